//! What the gate asks of a fork; the program that runs the gate supplies it.

use crate::value::Value;

/// Who asks a fork.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// The app's owner.
    Owner,
    /// Nobody in particular: the anonymous principal.
    Anonymous,
    /// Somebody with a key whom the app doesn't know.
    Stranger,
    /// A new member with this role.
    Member(String),
}

/// A copy of the live app without an outside, to try a release on.
///
/// Calls and queries fail with the reject's message.
pub trait Fork {
    /// Upgrades as a switch would.
    ///
    /// # Errors
    /// The step that failed, and why.
    fn upgrade(&mut self, wasm: &[u8]) -> Result<(), String>;

    /// Installs on an emptied canister, whatever was there.
    ///
    /// # Errors
    /// The step that failed, and why.
    fn install(&mut self, wasm: &[u8]) -> Result<(), String>;

    /// Asks a query method.
    ///
    /// # Errors
    /// The reject's message.
    fn query(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String>;

    /// Calls an update method.
    ///
    /// # Errors
    /// The reject's message.
    fn call(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String>;

    /// The values of all stable variables now, where the fork can read them from memory. Then nothing that is kept
    /// can hide, whether a method shows it or not; without it the census goes by what queries show.
    fn variables(&mut self) -> Option<Vec<(String, Value)>> {
        None
    }
}

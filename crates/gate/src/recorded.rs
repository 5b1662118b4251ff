//! Calls that people made of the live version, to be made again on forks.

use candid::Principal;

/// A call as it was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recorded {
    /// The method's name.
    pub method: String,
    /// The argument, encoded.
    pub arg: Vec<u8>,
    /// Who called; a fork knows the app's owner and members by their principals as the app does.
    pub caller: Principal,
    /// Whether it was an update call.
    pub update: bool,
}

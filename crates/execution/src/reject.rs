//! The system's own rejects, each with its code and a sentence that names the canister.

use candid::Principal;
use state::replicated::{CanisterCode, CanisterStatus, Reject, SystemState};

/// Reject codes of the interface spec.
pub mod code {
    /// Fatal system error.
    pub const SYS_FATAL: u32 = 1;
    /// Try again later.
    pub const SYS_TRANSIENT: u32 = 2;
    /// The destination is wrong.
    pub const DESTINATION_INVALID: u32 = 3;
    /// The canister rejected.
    pub const CANISTER_REJECT: u32 = 4;
    /// The canister failed.
    pub const CANISTER_ERROR: u32 = 5;
    /// A best-effort call's outcome is unknown.
    pub const SYS_UNKNOWN: u32 = 6;
}

/// A reject from its parts.
#[must_use]
pub fn reject(code: u32, error_code: &str, message: impl Into<String>) -> Reject {
    Reject { code, error_code: error_code.into(), message: message.into() }
}

/// No canister has this id.
#[must_use]
pub fn not_found(id: Principal) -> Reject {
    reject(code::DESTINATION_INVALID, "IC0301", format!("canister {id} not found"))
}

/// The canister has no code.
#[must_use]
pub fn no_code(id: Principal) -> Reject {
    reject(code::DESTINATION_INVALID, "IC0537", format!("canister {id} has no code installed yet"))
}

/// The method isn't there.
#[must_use]
pub fn no_method(id: Principal, kind: &str, method: &str) -> Reject {
    let method: String = method.chars().take(200).collect();
    reject(code::CANISTER_ERROR, "IC0536", format!("canister {id} has no {kind} method '{method}'"))
}

/// Too much is waiting.
#[must_use]
pub fn queue_full(id: Principal) -> Reject {
    reject(code::SYS_TRANSIENT, "IC0201", format!("canister {id} has too many calls waiting; try again in a moment"))
}

/// The call was ordered too late.
#[must_use]
pub fn expired() -> Reject {
    reject(code::SYS_TRANSIENT, "IC0202", "the call expired before it could start; send it again")
}

/// The canister trapped.
#[must_use]
pub fn trapped(id: Principal, why: &str) -> Reject {
    reject(code::CANISTER_ERROR, "IC0503", format!("canister {id} trapped: {why}"))
}

/// The call ended without an answer.
#[must_use]
pub fn no_reply(id: Principal) -> Reject {
    reject(code::CANISTER_ERROR, "IC0506", format!("canister {id} did not reply to the call"))
}

/// The canister's own reject.
#[must_use]
pub fn by_canister(message: impl Into<String>) -> Reject {
    reject(code::CANISTER_REJECT, "IC0406", message)
}

/// A malformed call of a native canister.
#[must_use]
pub fn bad_argument(method: &str, error: &impl std::fmt::Display) -> Reject {
    reject(code::CANISTER_REJECT, "IC0402", format!("the argument of `{method}` can't be read: {error}"))
}

/// Whether a canister takes new calls.
///
/// # Errors
/// It is stopping, stopped, frozen by its owner, or has no code.
pub fn check_running(id: Principal, system: &SystemState) -> Result<(), Reject> {
    match system.status {
        CanisterStatus::Running => {}
        CanisterStatus::Stopping => {
            return Err(reject(code::CANISTER_ERROR, "IC0509", format!("canister {id} is stopping")));
        }
        CanisterStatus::Stopped => {
            return Err(reject(code::CANISTER_ERROR, "IC0508", format!("canister {id} is stopped")));
        }
    }
    if system.frozen {
        let text = "this app is frozen by its owner: it can be read but not changed until it is thawed";
        return Err(reject(code::SYS_TRANSIENT, "IC0207", text));
    }
    if system.code == CanisterCode::Empty { Err(no_code(id)) } else { Ok(()) }
}

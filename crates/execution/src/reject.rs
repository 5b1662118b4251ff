//! The system's own rejects, each with its code and a sentence that names the canister.

use candid::Principal;
use protocol::{ErrorCode, Reject, RejectCode};
use state::replicated::{CanisterCode, CanisterStatus, SystemState};

/// No canister has this id.
#[must_use]
pub fn not_found(id: Principal) -> Reject {
    Reject::new(ErrorCode::CANISTER_NOT_FOUND, format!("canister {id} not found"))
}

/// The canister has no code.
#[must_use]
pub fn no_code(id: Principal) -> Reject {
    Reject::new(ErrorCode::CANISTER_WASM_MODULE_NOT_FOUND, format!("canister {id} has no code installed yet"))
}

/// The method isn't there.
#[must_use]
pub fn no_method(id: Principal, kind: &str, method: &str) -> Reject {
    let method: String = method.chars().take(200).collect();
    Reject::new(ErrorCode::CANISTER_METHOD_NOT_FOUND, format!("canister {id} has no {kind} method '{method}'"))
}

/// Too much is waiting.
#[must_use]
pub fn queue_full(id: Principal) -> Reject {
    Reject::new(
        ErrorCode::CANISTER_QUEUE_FULL,
        format!("canister {id} has too many calls waiting; try again in a moment"),
    )
}

/// The canister has fewer cycles than it must keep.
#[must_use]
pub fn out_of_cycles(id: Principal) -> Reject {
    let text = format!("canister {id} is frozen, because it is low on cycles; top it up with cycles and try again");
    Reject::new(ErrorCode::CANISTER_OUT_OF_CYCLES, text)
}

/// The call brings fewer cycles than the canister asks for.
#[must_use]
pub fn too_few_cycles(id: Principal, given: u128, least: u128) -> Reject {
    let text = format!("canister {id} takes calls with at least {least} cycles, and this one brings {given}");
    Reject::new(ErrorCode::INSUFFICIENT_CYCLES_IN_CALL, text)
}

/// The canister's open calls did not end while `stop_canister` waited.
#[must_use]
pub fn stop_timeout(id: Principal) -> Reject {
    let text = format!("canister {id} still has open calls, so it stays stopping; ask again, or start it");
    Reject::new(ErrorCode::STOP_CANISTER_REQUEST_TIMEOUT, text)
}

/// The call was ordered too late.
#[must_use]
pub fn expired() -> Reject {
    Reject::new(ErrorCode::INGRESS_MESSAGE_TIMEOUT, "the call expired before it could start; send it again")
}

/// A best-effort call had no answer in time; it may have happened or not.
#[must_use]
pub fn too_late(receiver: Principal) -> Reject {
    let text = format!("canister {receiver} did not answer in time; the call may have happened or not");
    Reject::new(ErrorCode::DEADLINE_EXPIRED, text)
}

/// The caller is changed and waits no longer; the call may have happened or not.
#[must_use]
pub fn given_up(receiver: Principal) -> Reject {
    let text = format!(
        "the app was changed while its call to canister {receiver} was open; the call may have happened or not"
    );
    Reject::new(ErrorCode::DEADLINE_EXPIRED, text)
}

/// The app was replaced under the call.
#[must_use]
pub fn changed_meanwhile(id: Principal) -> Reject {
    let text = format!("canister {id}: the app was changed while your call was open; look whether it happened");
    Reject::new(ErrorCode::CANISTER_DID_NOT_REPLY, text)
}

/// The canister trapped.
#[must_use]
pub fn trapped(id: Principal, why: &str) -> Reject {
    Reject::new(ErrorCode::CANISTER_CALLED_TRAP, format!("canister {id} trapped: {why}"))
}

/// The canister's memory was altered behind the program's back; nobody is answered from it.
#[must_use]
pub fn damaged(id: Principal, what: &str) -> Reject {
    Reject::new(ErrorCode::CERTIFIED_STATE_UNAVAILABLE, format!("canister {id}: {}", damaged_text(what)))
}

/// The same without the canister's id.
#[must_use]
pub fn damaged_text(what: &str) -> String {
    format!("its data was altered outside of this program ({what}); restore an earlier version")
}

/// The call ended without an answer.
#[must_use]
pub fn no_reply(id: Principal) -> Reject {
    Reject::new(ErrorCode::CANISTER_DID_NOT_REPLY, format!("canister {id} did not reply to the call"))
}

/// The canister's own reject.
#[must_use]
pub fn by_canister(message: impl Into<String>) -> Reject {
    Reject {
        code: RejectCode::CanisterReject,
        message: message.into(),
        error_code: Some(ErrorCode::CANISTER_REJECTED_MESSAGE),
    }
}

/// A malformed call of a native canister.
#[must_use]
pub fn bad_argument(method: &str, error: &impl std::fmt::Display) -> Reject {
    by_canister(format!("the argument of `{method}` can't be read: {error}"))
}

/// Whether a canister takes new calls.
///
/// # Errors
/// It is stopping, stopped, frozen by its owner, or has no code.
pub fn check_running(id: Principal, system: &SystemState) -> Result<(), Reject> {
    match system.status {
        CanisterStatus::Running => {}
        CanisterStatus::Stopping => {
            return Err(Reject::new(ErrorCode::CANISTER_STOPPING, format!("canister {id} is stopping")));
        }
        CanisterStatus::Stopped => {
            return Err(Reject::new(ErrorCode::CANISTER_STOPPED, format!("canister {id} is stopped")));
        }
    }
    if system.frozen {
        let text = "this app is frozen by its owner: it can be read but not changed until it is thawed";
        return Err(Reject::new(ErrorCode::CANISTER_STOPPING, text));
    }
    if system.code == CanisterCode::Empty { Err(no_code(id)) } else { Ok(()) }
}

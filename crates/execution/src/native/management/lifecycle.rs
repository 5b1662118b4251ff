//! Creating, starting, stopping and deleting canisters.

use candid::{CandidType, Principal};
use ic_management_canister_types::{CanisterIdRecord, CanisterSettings, ProvisionalCreateCanisterWithCyclesArgs};
use protocol::{CanisterId, ErrorCode};
use state::replicated::{
    CanisterStatus, Payload, Reject, StopRequest, SystemState,
    managed::{BlobHash, ChangeDetails, ChangeOrigin},
};
use std::collections::BTreeSet;

use super::{
    super::{Native, NativeCall, decode, encode},
    done, history, invalid,
    settings::{All, environment_hash, number},
};
use crate::{MANAGEMENT, executor::Executor, state::Canister};

#[derive(CandidType, serde::Deserialize)]
struct CreateArg {
    settings: Option<CanisterSettings>,
    sender_canister_version: Option<u64>,
}

/// A canister to be.
struct New {
    id: Option<Principal>,
    settings: CanisterSettings,
    cycles: u128,
    origin: ChangeOrigin,
}

impl Executor {
    pub(super) fn create_canister(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: CreateArg = decode(call.method, call.arg)?;
        let origin = history::origin(call, arg.sender_canister_version);
        let settings = arg.settings.unwrap_or_default();
        self.create(call.caller, New { id: None, settings, cycles: call.cycles, origin }).map(Native::Kept)
    }

    pub(super) fn provisional_create(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: ProvisionalCreateCanisterWithCyclesArgs = decode(call.method, call.arg)?;
        let cycles = match &arg.amount {
            Some(amount) => number("amount", amount, u128::MAX)?,
            None => self.config.initial_cycles,
        };
        let origin = history::origin(call, arg.sender_canister_version);
        let settings = arg.settings.unwrap_or_default();
        self.create(call.caller, New { id: arg.specified_id, settings, cycles, origin }).map(Native::Reply)
    }

    fn create(&mut self, caller: Principal, new: New) -> Result<Vec<u8>, Reject> {
        let mut canister = Canister::new(BTreeSet::from([caller]), new.cycles);
        let environment = new.settings.environment_variables.is_some();
        All::of(&canister.system).with(new.settings)?.put(&mut canister.system);
        let id = match new.id {
            Some(id) => self.choose(id)?,
            None => self.state.fresh_canister_id(),
        };
        let controllers = canister.system.controllers.clone();
        let environment = environment.then(|| BlobHash(environment_hash(&canister.system.environment)));
        canister.system.version = 1;
        self.state.canisters.insert(id, canister);
        self.changes.canisters.insert(id);
        self.directory_changed = true;
        self.record(id, new.origin, ChangeDetails::Creation { controllers, environment });
        encode((CanisterIdRecord { canister_id: id },))
    }

    /// Takes an id that someone chose, for good.
    fn choose(&mut self, id: Principal) -> Result<Principal, Reject> {
        let Some(index) = CanisterId::new(id).index().filter(|_| id != MANAGEMENT) else {
            return invalid(format!("{id} is not of the form of this network's canister ids"));
        };
        let taken = |text| Err(Reject::new(ErrorCode::CANISTER_ID_ALREADY_EXISTS, text));
        if self.state.canisters.contains_key(&id) {
            return taken(format!("canister {id} exists already"));
        }
        if self.state.was_used(index) {
            return taken(format!("there was a canister {id} already, and ids are not used again; choose another"));
        }
        let max = self.config.chosen_ids_max;
        if self.state.chosen_ids.len() >= max {
            let text =
                format!("{max} ids were chosen already, the most this network remembers; leave the choice to it");
            return Err(Reject::new(ErrorCode::MAX_NUMBER_OF_CANISTERS_REACHED, text));
        }
        self.state.chosen_ids.insert(index);
        self.changes.chosen_ids.push(index);
        Ok(id)
    }

    pub(super) fn start_canister(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let id = self.named(call)?;
        let mut waiting = Vec::new();
        self.change(id, |system| {
            system.status = CanisterStatus::Running;
            waiting = std::mem::take(&mut system.stopping);
        });
        let text = format!("canister {id} was started again while it was stopping");
        let cancelled = Reject::new(ErrorCode::CANISTER_STOPPING_CANCELLED, text);
        for request in waiting {
            self.respond(request.origin, Payload::Reject(cancelled.clone()), 0);
        }
        done()
    }

    pub(super) fn stop_canister(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let id = self.named(call)?;
        let until = self.state.time.saturating_add(self.config.stop_timeout_ns);
        let request = StopRequest { origin: call.origin.clone(), until };
        let mut stopped = false;
        self.change(id, |system: &mut SystemState| {
            stopped = system.status == CanisterStatus::Stopped;
            if !stopped {
                system.status = CanisterStatus::Stopping;
                system.stopping.push(request);
            }
        });
        if stopped {
            return done();
        }
        self.stop_if_idle(id);
        Ok(Native::Later)
    }

    pub(super) fn delete_canister(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let id = self.named(call)?;
        let stopped = self.state.canisters.get(&id).is_some_and(|c| c.system.status == CanisterStatus::Stopped);
        if !stopped {
            let text = format!("canister {id} must be stopped before it is deleted");
            return Err(Reject::new(ErrorCode::CANISTER_NOT_STOPPED, text));
        }
        if call.caller == id {
            return invalid(format!("canister {id} can't delete itself"));
        }
        self.remove_canister(id);
        done()
    }

    /// The canister that a call names by nothing but its id, if the caller may make this call on it.
    fn named(&self, call: &NativeCall<'_>) -> Result<Principal, Reject> {
        let CanisterIdRecord { canister_id } = decode(call.method, call.arg)?;
        self.accessible(canister_id, call)?;
        Ok(canister_id)
    }
}

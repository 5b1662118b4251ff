//! Cycles given to canisters.

use candid::Principal;
use ic_management_canister_types::{CanisterIdRecord, ProvisionalTopUpCanisterArgs};
use state::replicated::Reject;

use super::{
    super::{Native, NativeCall, decode, unit},
    done, settings,
};
use crate::{executor::Executor, reject};

impl Executor {
    pub(super) fn deposit_cycles(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let CanisterIdRecord { canister_id } = decode(call.method, call.arg)?;
        self.accessible(canister_id, call)?;
        self.credit(canister_id, call.cycles);
        Ok(Native::Kept(unit()))
    }

    pub(super) fn provisional_top_up(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: ProvisionalTopUpCanisterArgs = decode(call.method, call.arg)?;
        self.accessible(arg.canister_id, call)?;
        self.credit(arg.canister_id, settings::number("amount", &arg.amount, u128::MAX)?);
        done()
    }

    /// Whether a canister has the cycles that it must keep.
    pub(super) fn can_pay(&self, id: Principal) -> Result<(), Reject> {
        let frozen = |canister| self.config.idle_prices.out_of_cycles(canister);
        if self.state.canisters.get(&id).is_some_and(frozen) { Err(reject::out_of_cycles(id)) } else { Ok(()) }
    }

    /// Adds to a canister's balance, if there is such a canister.
    pub(crate) fn credit(&mut self, id: Principal, cycles: u128) {
        if let Some(canister) = self.state.canisters.get_mut(&id) {
            canister.system.cycles = canister.system.cycles.saturating_add(cycles);
            if canister.has_waiting() {
                self.ready.push(id);
            }
            self.changes.canisters.insert(id);
        }
    }
}

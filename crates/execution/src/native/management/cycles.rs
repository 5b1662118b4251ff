//! Cycles given to canisters.

use candid::Principal;
use ic_management_canister_types::{CanisterIdRecord, ProvisionalTopUpCanisterArgs};
use state::replicated::Reject;

use super::{
    super::{Native, NativeCall, decode, unit},
    done, settings,
};
use crate::executor::Executor;

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

    /// Adds to a canister's balance, if there is such a canister.
    pub(crate) fn credit(&mut self, id: Principal, cycles: u128) {
        if let Some(canister) = self.state.canisters.get_mut(&id) {
            canister.system.cycles = canister.system.cycles.saturating_add(cycles);
            self.changes.canisters.insert(id);
        }
    }
}

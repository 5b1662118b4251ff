//! Calls of an app's own methods within one batch, all of them or none.
//!
//! Each must answer by itself: a method that waits for another canister would end in a later batch. What they use is
//! bounded together as an installation is, since the batch waits for them.

use candid::Principal;
use embedder::{Effects, Entry, Reply};

use crate::{
    executor::Executor,
    messages::InputParts,
    registry::{Refused, calls::AppCall},
    turn::Turn,
    usage::Spent,
};

impl Executor {
    /// Makes the calls as this caller; after an error the canister is as before.
    pub(crate) fn call_at_once(&mut self, id: Principal, caller: Principal, calls: &[AppCall]) -> Result<(), Refused> {
        if calls.is_empty() {
            return Ok(());
        }
        self.changes.canisters.insert(id);
        let done = self.with_turn(id, |turn| {
            let before = turn.canister.system.clone();
            let done = turn.call_all(caller, calls);
            if done.is_err() {
                turn.roll_back();
                turn.canister.system = before;
            }
            done
        });
        let grown_bytes = done.unwrap_or_else(|| Err(Refused("its canister is gone".into())))?;
        self.usage.add(id, Some(caller), Spent { instructions: 0, grown_bytes });
        Ok(())
    }
}

impl Turn<'_> {
    /// Gives the bytes by which the memories grew.
    fn call_all(&mut self, caller: Principal, calls: &[AppCall]) -> Result<u64, Refused> {
        let mut left = self.env.config.install_instructions;
        for call in calls {
            left = left.saturating_sub(self.call_one(caller, call, left)?);
        }
        self.commit_memory().map_err(|altered| Refused(altered.to_string()))
    }

    /// Gives the instructions that it took.
    fn call_one(&mut self, caller: Principal, call: &AppCall, most: u64) -> Result<u64, Refused> {
        let entry = Entry::Update(call.method.as_str().into());
        if !self.module().is_ok_and(|module| module.has(&entry)) {
            return Err(Refused(format!("the app has no method `{}` that changes something", call.method)));
        }
        let sender_info = self.env.registry.standing_info(self.id, caller);
        let parts = InputParts { caller, arg: call.arg.as_slice().into(), sender_info, ..InputParts::default() };
        let limits = self.env.limits(most);
        let execution = self.run(&entry, &parts, &limits);
        let spent = Spent { instructions: execution.instructions, grown_bytes: 0 };
        self.out.usage.add(self.id, Some(caller), spent);
        let failed = |why: String| Refused(format!("`{}` of the app fails: {why}", call.method));
        let effects = execution.outcome.as_ref().map_err(|trap| failed(trap.to_string()))?;
        answered(effects).map_err(failed)?;
        self.note_logs(&execution);
        self.apply_settings(effects);
        Ok(execution.instructions)
    }
}

fn answered(effects: &Effects) -> Result<(), String> {
    match &effects.reply {
        _ if !effects.calls.is_empty() => Err("it waits for another".into()),
        Some(Reply::Data(_)) => Ok(()),
        Some(Reply::Reject(why)) => Err(why.clone()),
        None => Err("it does not answer".into()),
    }
}

//! Long messages in slices: where a message stops for now, and how it goes on.
//!
//! The counter in the module holds what is left of a slice; the rest of the message's budget is kept in a [`Meter`].
//! When the counter falls below zero the module has it filled again, and that is where a message waits if no further
//! slice was granted. It waits on a stack of its own, which the engine makes for every call.
//!
//! Invariant: where a slice ends depends on the code and the path taken alone. So a message that runs through n slices
//! at once stops where one stops that was given them one by one, and neither computes anything else for it.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
};

use wasmtime::{Caller, Func, Ref, Store, Table};

use crate::{message::Execution, system_api::Host, trap::Trap};

/// How a message is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slices {
    /// Instructions of a slice.
    pub instructions: u64,
    /// How many the message may use before it pauses; at least one.
    pub granted: u64,
}

impl Slices {
    /// All in one: such a message never pauses.
    pub const WHOLE: Slices = Slices { instructions: u64::MAX, granted: 1 };
}

/// How far a message came.
#[derive(Debug)]
pub enum Progress {
    /// To its end.
    Done(Execution),
    /// It has used the slices that it was granted and waits for more. Dropping the sandbox gives it up.
    Paused,
}

/// Slices granted and not used, seen by the message and by whoever grants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Granted(Arc<AtomicU64>);

impl Granted {
    pub(crate) fn add(&self, slices: u64) {
        self.0.fetch_add(slices, Ordering::Relaxed);
    }

    fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |slices| slices.checked_sub(1)).is_ok()
    }
}

/// What a message has left beside the counter in its module.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    reserve: i64,
    slice: i64,
    granted: Granted,
}

impl Meter {
    /// For a message with such a budget: the meter, and what goes into the counter.
    pub(crate) fn new(instructions: i64, slices: Slices, granted: Granted) -> (Meter, i64) {
        let slice = i64::try_from(slices.instructions.max(1)).unwrap_or(i64::MAX);
        let first = slice.min(instructions);
        granted.0.store(slices.granted.saturating_sub(1), Ordering::Relaxed);
        (Meter { reserve: instructions - first, slice, granted }, first)
    }

    /// What is left in all, given what is left in the counter. Below zero when too much was used.
    pub(crate) fn left(&self, counter: i64) -> i64 {
        self.reserve.saturating_add(counter)
    }
}

/// Puts the host's function into the table that the instrumented module calls it by.
pub(crate) fn provide_refill(store: &mut Store<Host>, table: &Table) -> wasmtime::Result<()> {
    let refill = Func::wrap_async(&mut *store, |caller: Caller<'_, Host>, (): ()| Box::new(refill(caller)));
    table.set(&mut *store, 0, Ref::Func(Some(refill)))
}

/// Fills the counter from the reserve, slice by slice, until it is not below zero; waits for each to be granted.
async fn refill(mut caller: Caller<'_, Host>) -> wasmtime::Result<()> {
    let Some(counter) = caller.data().handles.as_ref().map(|handles| handles.counter) else { return Ok(()) };
    loop {
        let left = counter.get(&mut caller).i64().unwrap_or(0);
        let Host { meter, limits, .. } = caller.data_mut();
        if left >= 0 {
            return Ok(());
        }
        if meter.left(left) < 0 {
            return Err(Trap::InstructionLimit { limit: limits.instructions }.into());
        }
        let granted = meter.granted.clone();
        poll_fn(move |_| if granted.take() { Poll::Ready(()) } else { Poll::Pending }).await;
        let meter = &mut caller.data_mut().meter;
        let slice = meter.slice.min(meter.reserve);
        meter.reserve -= slice;
        counter.set(&mut caller, (left + slice).into())?;
    }
}

//! Calls to other canisters: put together piece by piece, then performed.
//!
//! Source: interface spec, "Inter-canister method calls". A call is never refused here for what the callee is; only
//! for the canister's own limits and cycles.

use std::collections::BTreeMap;

use wasmtime::Linker;

use super::{
    cycles::{liquid, wide},
    host::Host,
    pointer::{Call, Pointer, define},
};
use crate::{
    message::{Closure, Input, Limits, OutgoingCall},
    system_api::Context,
};

const METHOD_NAME_BYTES_MAX: u64 = 20_000;
/// The longest that a call with a best-effort response waits.
const TIMEOUT_SECONDS_MAX: u32 = 300;
/// `call_perform`: the queue is full, or the canister has fewer cycles than it must keep (a transient system error by
/// the interface's reject codes).
const QUEUE_FULL: u32 = 2;

/// The calls that a message performed, counted.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    to: BTreeMap<Vec<u8>, usize>,
    calls: usize,
    bytes: u64,
}

impl Outgoing {
    /// Whether there is room for one more call, which is counted if so. Source: interface spec, "Inter-canister
    /// calls"; what the system can't do now is the implementation's choice, and this network's bounds are [`Limits`].
    fn admits(&mut self, call: Option<&OutgoingCall>, input: &Input, limits: &Limits) -> bool {
        let Some(call) = call else { return false };
        let bytes = self.bytes + (call.arg.len() + call.method.len()) as u64;
        let waiting = input.outstanding_calls.get(&call.callee).copied().unwrap_or(0);
        let to_one = waiting + self.to.get(&call.callee).copied().unwrap_or(0);
        if self.calls >= limits.calls || to_one >= limits.calls_to_one || bytes > limits.calls_bytes_total {
            return false;
        }
        self.calls += 1;
        self.bytes = bytes;
        *self.to.entry(call.callee.clone()).or_default() += 1;
        true
    }
}

pub(super) fn register<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "call_new", |call,
                                 callee: P,
                                 callee_size: P,
                                 name: P,
                                 name_size: P,
                                 reply_fun: P,
                                 reply_env: P,
                                 reject_fun: P,
                                 reject_env: P|
     -> () {
        call.host().drop_pending();
        let callee = call.read_principal(callee, callee_size)?;
        let method = call.read_text(name, name_size, METHOD_NAME_BYTES_MAX)?;
        let closure = |fun: P, env: P| Closure { fun: fun.into(), env: env.into() };
        call.host().pending = Some(OutgoingCall {
            callee,
            method,
            arg: Vec::new(),
            cycles: 0,
            on_reply: closure(reply_fun, reply_env),
            on_reject: closure(reject_fun, reject_env),
            on_cleanup: None,
            timeout_seconds: None,
        });
        Ok(())
    });
    define!(linker, "call_on_cleanup", |call, fun: P, env: P| -> () {
        let pending = pending(&mut call)?;
        if pending.on_cleanup.is_some() {
            return Err(call.violation("the cleanup callback was set already"));
        }
        pending.on_cleanup = Some(Closure { fun: fun.into(), env: env.into() });
        Ok(())
    });
    define!(linker, "call_data_append", |call, src: P, size: P| -> () {
        let size = size.into();
        let waiting = pending(&mut call)?;
        let total = size.saturating_add((waiting.arg.len() + waiting.method.len()) as u64);
        let limit = call.host().limits.call_bytes;
        if total > limit {
            return Err(call.violation(format_args!("a call of {total} bytes is larger than {limit}")));
        }
        let data = call.read(src, size)?;
        pending(&mut call)?.arg.extend_from_slice(&data);
        Ok(())
    });
    define!(linker, "call_with_best_effort_response", |call, timeout_seconds: u32| -> () {
        let pending = pending(&mut call)?;
        if pending.timeout_seconds.is_some() {
            return Err(call.violation("the timeout was set already"));
        }
        pending.timeout_seconds = Some(timeout_seconds.min(TIMEOUT_SECONDS_MAX));
        Ok(())
    });
    define!(linker, "call_cycles_add128", |call, high: u64, low: u64| -> () { add_cycles(&mut call, wide(high, low)) });
    define!(linker, "call_perform", |call| -> u32 {
        pending(&mut call)?;
        let host = call.host();
        let in_query =
            matches!(host.context, Context::CompositeQuery | Context::CompositeReply | Context::CompositeReject);
        let frozen = !in_query && host.effects.cycles_balance < host.input.canister.freezing_cycles;
        if frozen || !host.outgoing.admits(host.pending.as_ref(), &host.input, &host.limits) {
            host.drop_pending();
            return Ok(QUEUE_FULL);
        }
        host.effects.calls.extend(host.pending.take());
        Ok(0)
    });
    // Only modules with 32-bit memory can import it; the table refuses it to others before they get here.
    define!(linker, "call_cycles_add", |call, amount: u64| -> () { add_cycles(&mut call, u128::from(amount)) });
    Ok(())
}

fn pending<'a>(call: &'a mut Call<'_, '_>) -> wasmtime::Result<&'a mut OutgoingCall> {
    if call.host().pending.is_none() {
        return Err(call.violation("there is no call under construction; `call_new` begins one"));
    }
    call.host().pending.as_mut().ok_or_else(|| wasmtime::Error::msg("checked above"))
}

fn add_cycles(call: &mut Call<'_, '_>, amount: u128) -> wasmtime::Result<()> {
    pending(call)?;
    let liquid = liquid(call.host());
    if amount > liquid {
        return Err(call.violation(format_args!("{amount} cycles are more than the {liquid} that can be spent")));
    }
    call.host().effects.cycles_balance -= amount;
    pending(call)?.cycles += amount;
    Ok(())
}

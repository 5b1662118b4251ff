//! Time, the global timer, and the performance counter.
//!
//! Source: interface spec, "System time", "Global timer", "Performance counter".

use wasmtime::Linker;

use super::{host::Host, pointer::define};

pub(super) fn register(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "time", |call| -> u64 { Ok(call.host().input.time_ns) });
    define!(linker, "global_timer_set", |call, timestamp_ns: u64| -> u64 {
        let host = call.host();
        let before = host.effects.global_timer_ns.unwrap_or(host.input.global_timer_ns);
        host.effects.global_timer_ns = Some(timestamp_ns);
        Ok(before)
    });
    define!(linker, "performance_counter", |call, kind: u32| -> u64 {
        let used = call.used();
        match kind {
            0 => Ok(used),
            1 => Ok(call.host().input.context_instructions.saturating_add(used)),
            other => Err(call.violation(format_args!("there is no counter {other}"))),
        }
    });
    Ok(())
}

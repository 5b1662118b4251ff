//! Cycles: of the canister, of the call, and burned.
//!
//! Source: interface spec, "Cycles". Amounts are 128 bits wide; the 64-bit forms trap where an amount does not fit.

use wasmtime::Linker;

use super::{
    host::Host,
    pointer::{Pointer, define},
};

pub(super) fn register<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "msg_cycles_available128", |call, dst: P| -> () {
        let amount = call.host().cycles_available;
        call.write_u128(dst, amount)
    });
    define!(linker, "msg_cycles_refunded128", |call, dst: P| -> () {
        let amount = call.host().input.cycles_refunded;
        call.write_u128(dst, amount)
    });
    define!(linker, "msg_cycles_accept128", |call, high: u64, low: u64, dst: P| -> () {
        let amount = accept(call.host(), wide(high, low));
        call.write_u128(dst, amount)
    });
    define!(linker, "cycles_burn128", |call, high: u64, low: u64, dst: P| -> () {
        let host = call.host();
        let amount = wide(high, low).min(liquid(host));
        host.effects.cycles_balance -= amount;
        host.effects.cycles_burned += amount;
        call.write_u128(dst, amount)
    });
    define!(linker, "canister_cycle_balance128", |call, dst: P| -> () {
        let amount = call.host().effects.cycles_balance;
        call.write_u128(dst, amount)
    });
    define!(linker, "canister_liquid_cycle_balance128", |call, dst: P| -> () {
        let amount = liquid(call.host());
        call.write_u128(dst, amount)
    });
    Ok(())
}

/// The forms that only 32-bit modules have.
pub(super) fn register_legacy(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "msg_cycles_available", |call| -> u64 {
        let amount = call.host().cycles_available;
        u64::try_from(amount).map_err(|_| call.violation("the amount does not fit in 64 bits"))
    });
    define!(linker, "msg_cycles_refunded", |call| -> u64 {
        let amount = call.host().input.cycles_refunded;
        u64::try_from(amount).map_err(|_| call.violation("the amount does not fit in 64 bits"))
    });
    define!(linker, "msg_cycles_accept", |call, amount: u64| -> u64 {
        Ok(accept(call.host(), u128::from(amount)) as u64)
    });
    define!(linker, "canister_cycle_balance", |call| -> u64 {
        let amount = call.host().effects.cycles_balance;
        u64::try_from(amount).map_err(|_| call.violation("the amount does not fit in 64 bits"))
    });
    Ok(())
}

/// Takes up to `most` of the call's cycles.
fn accept(host: &mut Host, most: u128) -> u128 {
    let room = u128::MAX - host.effects.cycles_balance;
    let amount = most.min(host.cycles_available).min(room);
    host.cycles_available -= amount;
    host.effects.cycles_balance += amount;
    host.effects.cycles_accepted += amount;
    amount
}

/// What the canister may spend.
pub(super) fn liquid(host: &Host) -> u128 {
    host.effects.cycles_balance.saturating_sub(host.input.canister.freezing_cycles)
}

pub(super) fn wide(high: u64, low: u64) -> u128 {
    (u128::from(high) << 64) | u128::from(low)
}

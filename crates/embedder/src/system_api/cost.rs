//! What things cost in cycles.
//!
//! Source: interface spec, "Cost calculation". The amounts come from [`crate::message::CyclePrices`].

use wasmtime::Linker;

use super::{
    host::Host,
    pointer::{Call, Pointer, define},
};

/// `cost_sign_*`: the curve or algorithm is unknown.
const UNKNOWN_CURVE: u32 = 1;
/// `cost_sign_*`: the key is unknown.
const UNKNOWN_KEY: u32 = 2;
/// Key names that canisters use, on test networks and the main one.
const KEYS: [&[u8]; 3] = [b"dfx_test_key", b"test_key_1", PRODUCTION_KEY];
const PRODUCTION_KEY: &[u8] = b"key_1";

pub(super) fn register<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "cost_call", |call, name_bytes: u64, payload_bytes: u64, dst: P| -> () {
        let prices = &call.host().input.subnet.prices;
        let bytes = u128::from(name_bytes) + u128::from(payload_bytes) + prices.answer_bytes;
        let amount = prices.call + bytes * prices.call_byte + prices.message + prices.callback_instructions;
        call.write_u128(dst, amount)
    });
    define!(linker, "cost_create_canister", |call, dst: P| -> () {
        let amount = call.host().input.subnet.prices.create_canister;
        call.write_u128(dst, amount)
    });
    define!(linker, "cost_http_request", |call, request_bytes: u64, response_bytes: u64, dst: P| -> () {
        let prices = &call.host().input.subnet.prices;
        let amount = prices.http_request
            + u128::from(request_bytes) * prices.http_request_byte
            + u128::from(response_bytes) * prices.http_response_byte;
        call.write_u128(dst, amount)
    });
    define!(linker, "cost_http_request_v2", |call, _src: P, _size: P, _dst: P| -> () {
        Err(call.violation("this function is not provided here; use `cost_http_request`"))
    });
    // Curves and algorithms: secp256k1; BIP340 and Ed25519; BLS12-381 G2.
    define!(linker, "cost_sign_with_ecdsa", |call, src: P, size: P, curve: u32, dst: P| -> u32 {
        threshold(&mut call, (src, size), curve < 1, dst)
    });
    define!(linker, "cost_sign_with_schnorr", |call, src: P, size: P, algorithm: u32, dst: P| -> u32 {
        threshold(&mut call, (src, size), algorithm < 2, dst)
    });
    define!(linker, "cost_vetkd_derive_key", |call, src: P, size: P, curve: u32, dst: P| -> u32 {
        threshold(&mut call, (src, size), curve < 1, dst)
    });
    Ok(())
}

fn threshold<P: Pointer>(call: &mut Call<'_, '_>, key: (P, P), known: bool, dst: P) -> wasmtime::Result<u32> {
    let name = call.read(key.0, key.1)?;
    if !known {
        return Ok(UNKNOWN_CURVE);
    }
    if !KEYS.contains(&&name[..]) {
        return Ok(UNKNOWN_KEY);
    }
    let prices = &call.host().input.subnet.prices;
    let amount = if name == PRODUCTION_KEY { prices.threshold_production } else { prices.threshold };
    call.write_u128(dst, amount)?;
    Ok(0)
}

//! Environment variables.
//!
//! Source: interface spec, "Environment variables".

use wasmtime::Linker;

use super::{
    host::Host,
    pointer::{Call, Pointer, define},
};

const NAME_BYTES_MAX: u64 = 128;

pub(super) fn register<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "env_var_count", |call| -> P { Ok(P::of(call.host().input.canister.environment.len() as u64)) });
    define!(linker, "env_var_name_size", |call, index: P| -> P {
        let index = check_index(&mut call, index.into())?;
        Ok(P::of(name_at(call.host(), index).len() as u64))
    });
    define!(linker, "env_var_name_copy", |call, index: P, dst: P, offset: P, size: P| -> () {
        let index = check_index(&mut call, index.into())?;
        call.copy(dst, offset, size, |host| name_at(host, index))
    });
    define!(linker, "env_var_name_exists", |call, src: P, size: P| -> u32 {
        let name = call.read_text(src, size, NAME_BYTES_MAX)?;
        Ok(u32::from(position(call.host(), &name).is_some()))
    });
    define!(linker, "env_var_value_size", |call, src: P, size: P| -> P {
        let index = find(&mut call, src, size)?;
        Ok(P::of(value_at(call.host(), index).len() as u64))
    });
    define!(linker, "env_var_value_copy", |call, src: P, src_size: P, dst: P, offset: P, size: P| -> () {
        let index = find(&mut call, src, src_size)?;
        call.copy(dst, offset, size, |host| value_at(host, index))
    });
    Ok(())
}

fn check_index(call: &mut Call<'_, '_>, index: u64) -> wasmtime::Result<usize> {
    let count = call.host().input.canister.environment.len();
    if index < count as u64 {
        return Ok(index as usize);
    }
    Err(call.violation(format_args!("there is no variable {index}, only {count}")))
}

fn find<P: Pointer>(call: &mut Call<'_, '_>, src: P, size: P) -> wasmtime::Result<usize> {
    let name = call.read_text(src, size, NAME_BYTES_MAX)?;
    position(call.host(), &name).ok_or_else(|| call.violation(format_args!("there is no variable `{name}`")))
}

fn position(host: &Host, name: &str) -> Option<usize> {
    host.input.canister.environment.iter().position(|(known, _)| known == name)
}

fn name_at(host: &Host, index: usize) -> &[u8] {
    host.input.canister.environment.get(index).map_or(&[], |(name, _)| name.as_bytes())
}

fn value_at(host: &Host, index: usize) -> &[u8] {
    host.input.canister.environment.get(index).map_or(&[], |(_, value)| value.as_bytes())
}

//! Stable memory.
//!
//! Source: interface spec, "Stable memory". The 32-bit functions see at most 4 GiB and trap once there is more.

use wasmtime::Linker;

use super::{
    host::Host,
    pointer::{Call, define, slice, slice_mut},
};
use crate::memory::WASM_PAGE_BYTES;

pub(super) fn register(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "stable64_size", |call| -> u64 { Ok(call.host().stable.bytes() / WASM_PAGE_BYTES) });
    define!(linker, "stable64_grow", |call, pages: u64| -> i64 { Ok(grow(&mut call, pages)) });
    define!(linker, "stable64_write", |call, offset: u64, src: u64, size: u64| -> () {
        write(&mut call, offset, src, size)
    });
    define!(linker, "stable64_read", |call, dst: u64, offset: u64, size: u64| -> () {
        read(&mut call, dst, offset, size)
    });
    Ok(())
}

/// The forms that only 32-bit modules have.
pub(super) fn register_legacy(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "stable_size", |call| -> u32 { small(&mut call) });
    define!(linker, "stable_grow", |call, pages: u32| -> i32 {
        let old = small(&mut call)?;
        let over = u64::from(old) + u64::from(pages) > 1 << 16;
        Ok(if over { -1 } else { grow(&mut call, u64::from(pages)) as i32 })
    });
    define!(linker, "stable_write", |call, offset: u32, src: u32, size: u32| -> () {
        small(&mut call)?;
        write(&mut call, u64::from(offset), u64::from(src), u64::from(size))
    });
    define!(linker, "stable_read", |call, dst: u32, offset: u32, size: u32| -> () {
        small(&mut call)?;
        read(&mut call, u64::from(dst), u64::from(offset), u64::from(size))
    });
    Ok(())
}

/// The size in pages, if 32-bit offsets reach all of it.
fn small(call: &mut Call<'_, '_>) -> wasmtime::Result<u32> {
    let pages = call.host().stable.bytes() / WASM_PAGE_BYTES;
    if pages > 1 << 16 {
        return Err(call.violation("stable memory is larger than 4 GiB; use the `stable64` functions"));
    }
    Ok(pages as u32)
}

fn grow(call: &mut Call<'_, '_>, pages: u64) -> i64 {
    let host = call.host();
    host.stable.grow(pages, host.limits.stable_bytes).map_or(-1, |old| old as i64)
}

fn write(call: &mut Call<'_, '_>, offset: u64, src: u64, size: u64) -> wasmtime::Result<()> {
    call.pay(size)?;
    let (memory, host) = call.memory();
    let Some(data) = slice(memory, src, size) else { return Err(call.outside(src, size)) };
    if !host.stable.write(offset, data) {
        return Err(outside(call, offset, size));
    }
    Ok(())
}

fn read(call: &mut Call<'_, '_>, dst: u64, offset: u64, size: u64) -> wasmtime::Result<()> {
    call.pay(size)?;
    let (memory, host) = call.memory();
    let Some(target) = slice_mut(memory, dst, size) else { return Err(call.outside(dst, size)) };
    if !host.stable.read(offset, target) {
        return Err(outside(call, offset, size));
    }
    Ok(())
}

fn outside(call: &mut Call<'_, '_>, offset: u64, size: u64) -> wasmtime::Error {
    let bytes = call.host().stable.bytes();
    call.violation(format_args!("{size} bytes at {offset} are not all within the {bytes} bytes of stable memory"))
}

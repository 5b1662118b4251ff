//! Debug prints and traps.
//!
//! Source: interface spec, "Debugging aids". Prints are kept up to a limit; a text that is not UTF-8 is mended.

use wasmtime::Linker;

use super::{
    host::Host,
    pointer::{Pointer, define},
};
use crate::trap::{TRAP_MESSAGE_BYTES_MAX, Trap};

pub(super) fn register<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "debug_print", |call, src: P, size: P| -> () {
        let bytes = call.read(src, size)?;
        let host = call.host();
        let room = host.limits.log_bytes.saturating_sub(host.log_bytes);
        // A print counts for at least one byte, so that empty ones are bounded too.
        if room > 0 {
            let kept = &bytes[..bytes.len().min(room)];
            host.log_bytes += kept.len().max(1);
            host.logs.push(String::from_utf8_lossy(kept).into_owned());
        }
        Ok(())
    });
    define!(linker, "trap", |call, src: P, size: P| -> () {
        let bytes = call.read(src, size)?;
        let kept = &bytes[..bytes.len().min(TRAP_MESSAGE_BYTES_MAX)];
        Err(Trap::Explicit(String::from_utf8_lossy(kept).into_owned()).into())
    });
    Ok(())
}

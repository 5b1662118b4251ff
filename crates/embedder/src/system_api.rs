//! The system API: the functions that a module imports from `ic0`, at both pointer widths.
//!
//! Each section of the interface spec's "System API" chapter is a file. The table says what every function looks like
//! and in which contexts it may be called; a call from elsewhere, like any other broken rule, traps and names the
//! function and the context.
//!
//! Invariant: no function here reads anything but the memories and what [`crate::message::Input`] gave, and none
//! changes anything but the memories and the [`Host`].

mod call;
mod canister;
mod certified;
mod context;
mod cost;
mod cycles;
mod debug;
mod environment;
mod host;
mod msg;
mod pointer;
mod stable;
mod table;
mod time;

use wasmtime::Linker;

pub(crate) use context::Context;
pub(crate) use host::{Handles, Host};
pub use table::{Signature, signatures};
pub(crate) use table::{check_import, find};

use pointer::Pointer;

use crate::module::PointerWidth;

/// The functions for modules of one pointer width.
pub(crate) fn linker(engine: &wasmtime::Engine, width: PointerWidth) -> wasmtime::Result<Linker<Host>> {
    match width {
        PointerWidth::Bits32 => {
            let mut linker = linker_of::<u32>(engine)?;
            cycles::register_legacy(&mut linker)?;
            stable::register_legacy(&mut linker)?;
            Ok(linker)
        }
        PointerWidth::Bits64 => linker_of::<u64>(engine),
    }
}

fn linker_of<P: Pointer>(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    msg::register::<P>(&mut linker)?;
    cycles::register::<P>(&mut linker)?;
    canister::register::<P>(&mut linker)?;
    call::register::<P>(&mut linker)?;
    stable::register(&mut linker)?;
    certified::register::<P>(&mut linker)?;
    time::register(&mut linker)?;
    environment::register::<P>(&mut linker)?;
    cost::register::<P>(&mut linker)?;
    debug::register::<P>(&mut linker)?;
    Ok(linker)
}

#[cfg(test)]
mod tests;

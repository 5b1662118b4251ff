//! Stack for WebAssembly code: the native one must hold whatever the counted depth allows.
//!
//! Invariant: code never runs with less native stack below it than the engine was told that it has; so a canister
//! that recurses is stopped by our count, or by the engine as the backstop, and never takes the process down.

use std::{cell::Cell, thread};

/// Native stack that compiled code may use. The counted depth is a quarter of it, in estimated bytes, so that the
/// estimate may be wrong by much before the engine's own limit is met.
pub(crate) const WASM_STACK_BYTES: usize = 20 << 20;
/// What the host's own functions may need below that.
const HOST_STACK_BYTES: usize = 512 << 10;

/// Stack size for threads that run canisters: on smaller ones every message pays for a thread of its own.
pub const THREAD_STACK_BYTES: usize = WASM_STACK_BYTES + HOST_STACK_BYTES + (1 << 20);

/// Runs `work` on this thread if its stack is deep enough, else on one made for it.
pub(crate) fn on_deep_stack<R: Send>(work: impl FnOnce() -> R + Send) -> std::io::Result<R> {
    if remaining() >= WASM_STACK_BYTES + HOST_STACK_BYTES {
        return Ok(work());
    }
    thread::scope(|scope| {
        let deep = thread::Builder::new().name("canister".into()).stack_size(THREAD_STACK_BYTES);
        match deep.spawn_scoped(scope, work)?.join() {
            Ok(result) => Ok(result),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Bytes of this thread's stack below the caller.
fn remaining() -> usize {
    thread_local! {
        static LOWEST: Cell<Option<usize>> = const { Cell::new(None) };
    }
    let lowest = LOWEST.get().unwrap_or_else(|| {
        let lowest = lowest_address();
        LOWEST.set(Some(lowest));
        lowest
    });
    let here = 0u8;
    (std::ptr::from_ref(&here) as usize).saturating_sub(lowest)
}

/// The end of this thread's stack; `usize::MAX`, for none left, where the system does not say.
fn lowest_address() -> usize {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: the attributes are written by the first call before the others read them, and destroyed once.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return usize::MAX;
        }
        let (mut lowest, mut size) = (std::ptr::null_mut(), 0);
        let known = libc::pthread_attr_getstack(attributes.as_ptr(), &mut lowest, &mut size) == 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        if known { lowest as usize } else { usize::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spawned<R: Send + 'static>(bytes: usize, work: impl FnOnce() -> R + Send + 'static) -> R {
        thread::Builder::new().stack_size(bytes).spawn(work).expect("a thread").join().expect("no panic")
    }

    #[test]
    fn a_deep_thread_is_used_as_it_is_and_a_shallow_one_is_not() {
        let same = || {
            let here = thread::current().id();
            on_deep_stack(move || thread::current().id() == here).expect("run")
        };
        assert!(spawned(THREAD_STACK_BYTES, same));
        assert!(!spawned(1 << 20, same));
    }
}

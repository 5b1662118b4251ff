//! The tracker that needs no help but signals: clean pages are read-only, and the signal that a write raises says
//! which page it was. For kernels and sandboxes without userfaultfd, and for memories too large to scan.
//!
//! Invariant: a page below `bytes` is writable if and only if a run of the log holds it. The handler neither allocates
//! nor locks: it finds the log by the address alone, writes to atomics, and makes one system call.
//!
//! No pointer into a tracked memory may be given to the kernel to write to: the system call would fail (`EFAULT`)
//! instead of raising the signal. The system API copies in user space, which is tracked like the canister's own code.

use std::{
    ffi::{c_int, c_void},
    io,
    mem::MaybeUninit,
    ops::Range,
    ptr,
    sync::{
        OnceLock,
        atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering::Relaxed},
    },
};

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use state::pages::PAGE_BYTES;

use super::DirtyTracker;
use crate::memory::HEAP_CAPACITY_BYTES;

/// Runs of writable pages that are told apart between two commits. The last one is the whole memory.
const RUNS_MAX: usize = 1024;

/// Addresses are looked up by these many upper bits. Every tracked mapping is larger than a slot, so that at most one
/// begins in each.
const SLOT_SHIFT: u32 = 32;
/// User addresses have at most 48 bits, unless asked for otherwise.
const SLOTS: usize = 1 << (48 - SLOT_SHIFT);
/// How many slots before its own the mapping of an address may begin.
const SLOTS_BACK: usize = (HEAP_CAPACITY_BYTES >> SLOT_SHIFT) as usize;
const _: () = assert!(HEAP_CAPACITY_BYTES > 1 << SLOT_SHIFT);

/// Where the mappings that begin in each slot have their logs.
static TABLE: [Slot; SLOTS] =
    [const { Slot { base: AtomicUsize::new(0), log: AtomicPtr::new(ptr::null_mut()) } }; SLOTS];

struct Slot {
    base: AtomicUsize,
    log: AtomicPtr<Log>,
}

impl Slot {
    fn of(address: usize, back: usize) -> Option<&'static Slot> {
        TABLE.get((address >> SLOT_SHIFT).checked_sub(back)?)
    }

    /// Makes the page of the address writable. False if its mapping is not in this slot or has other reasons to fault.
    fn unprotect(&self, address: usize) -> bool {
        let base = self.base.load(Relaxed);
        if base == 0 || address.wrapping_sub(base) as u64 >= HEAP_CAPACITY_BYTES {
            return false;
        }
        // SAFETY: the address lies in the mapping, so whoever came by it has the mapping, which outlives its slot;
        // other mappings, which may be going away on other threads, did not get past the check above.
        unsafe { self.log.load(Relaxed).as_ref() }.is_some_and(|log| log.unprotect(address - base))
    }
}

/// The writable pages of one mapping.
#[derive(Debug)]
struct Log {
    base: usize,
    bytes: AtomicUsize,
    length: AtomicUsize,
    runs: [Run; RUNS_MAX],
}

/// Pages `start..end`.
#[derive(Debug, Default)]
struct Run {
    start: AtomicU32,
    end: AtomicU32,
}

impl Run {
    fn get(&self) -> Range<u32> {
        self.start.load(Relaxed)..self.end.load(Relaxed)
    }

    fn set(&self, pages: Range<u32>) {
        self.start.store(pages.start, Relaxed);
        self.end.store(pages.end, Relaxed);
    }
}

/// How many pages, aligned, become writable at the next write: the more were written, the more will be. A signal costs
/// about as much as comparing a few pages, so it takes many writes until others' pages are compared along.
fn width(length: usize) -> u32 {
    match length {
        0..768 => 1,
        768..896 => 16,
        896..960 => 256,
        _ => 4096,
    }
}

impl Log {
    fn runs(&self) -> &[Run] {
        &self.runs[..self.length.load(Relaxed)]
    }

    /// Called by the signal handler.
    fn unprotect(&self, offset: usize) -> bool {
        let page = (offset / PAGE_BYTES) as u32;
        let pages = (self.bytes.load(Relaxed) / PAGE_BYTES) as u32;
        if page >= pages || self.runs().iter().any(|run| run.get().contains(&page)) {
            return false;
        }
        let length = self.length.load(Relaxed);
        let width = width(length);
        let start = page - page % width;
        let run = start..pages.min(start + width);
        if length < RUNS_MAX - 1 && self.protect(run.clone(), MprotectFlags::READ | MprotectFlags::WRITE).is_ok() {
            return self.push(length, run);
        }
        // The log is full, or the kernel has no more pieces for us: all pages become one piece.
        self.protect(0..pages, MprotectFlags::READ | MprotectFlags::WRITE).is_ok()
            && self.push(length.min(RUNS_MAX - 1), 0..pages)
    }

    fn push(&self, at: usize, run: Range<u32>) -> bool {
        self.runs[at].set(run);
        self.length.store(at + 1, Relaxed);
        true
    }

    fn protect(&self, pages: Range<u32>, access: MprotectFlags) -> io::Result<()> {
        let start = self.base + pages.start as usize * PAGE_BYTES;
        let bytes = pages.len() * PAGE_BYTES;
        // SAFETY: the range lies within the mapping that the log is for, below its size; taking the right to write
        // away makes the handler give it back, and nothing else changes.
        unsafe { mprotect(start as *mut c_void, bytes, access)? };
        Ok(())
    }
}

/// Tracks one mapping by its pages' protection.
#[derive(Debug)]
pub(crate) struct Protection {
    /// Boxed, because the table points to it.
    log: Box<Log>,
}

impl Protection {
    /// Whether signals arrive here as they should, found out once by trying it on a page of our own.
    pub(super) fn works() -> bool {
        static WORKS: OnceLock<bool> = OnceLock::new();
        *WORKS.get_or_init(|| {
            let outcome = tried().unwrap_or_else(|error| {
                tracing::warn!(%error, "write protection can't be tried out");
                false
            });
            if !outcome {
                tracing::warn!("writes to protected pages are not reported; memories are compared instead");
            }
            outcome
        })
    }

    pub(super) fn start(base: usize, capacity: usize, bytes: usize) -> io::Result<Box<Protection>> {
        install_handler()?;
        if capacity as u64 > HEAP_CAPACITY_BYTES {
            return Err(io::Error::other(format!("{capacity} bytes are more than a tracked memory may have")));
        }
        let slot = Slot::of(base, 0).ok_or_else(|| io::Error::other("the memory's address is too high"))?;
        let runs = [const { Run { start: AtomicU32::new(0), end: AtomicU32::new(0) } }; RUNS_MAX];
        let (bytes_now, length) = (AtomicUsize::new(bytes), AtomicUsize::new(0));
        let tracker = Box::new(Protection { log: Box::new(Log { base, bytes: bytes_now, length, runs }) });
        slot.log.store(ptr::from_ref(&*tracker.log).cast_mut(), Relaxed);
        slot.base.store(base, Relaxed);
        tracker.log.protect(0..(bytes / PAGE_BYTES) as u32, MprotectFlags::READ)?;
        Ok(tracker)
    }
}

impl Drop for Protection {
    fn drop(&mut self) {
        if let Some(slot) = Slot::of(self.log.base, 0) {
            slot.base.store(0, Relaxed);
            slot.log.store(ptr::null_mut(), Relaxed);
        }
        let pages = 0..(self.log.bytes.load(Relaxed) / PAGE_BYTES) as u32;
        if let Err(error) = self.log.protect(pages, MprotectFlags::READ | MprotectFlags::WRITE) {
            tracing::warn!(%error, "a memory that is no longer tracked stays protected");
        }
    }
}

impl DirtyTracker for Protection {
    fn written(&self, bytes: usize, rearm: bool, found: &mut Vec<Range<u64>>) -> io::Result<()> {
        let pages = (bytes / PAGE_BYTES) as u32;
        let below = self.log.runs().iter().map(Run::get).map(|run| run.start..run.end.min(pages));
        let old = found.len();
        found.extend(below.filter(|run| !run.is_empty()).map(|run| u64::from(run.start)..u64::from(run.end)));
        join(found, old);
        if rearm {
            for run in &found[old..] {
                self.log.protect(run.start as u32..run.end as u32, MprotectFlags::READ)?;
            }
            self.log.length.store(0, Relaxed);
        }
        Ok(())
    }

    fn access(&self) -> MprotectFlags {
        MprotectFlags::READ
    }

    fn grown(&self, _old: usize, new: usize) -> io::Result<()> {
        self.log.bytes.store(new, Relaxed);
        Ok(())
    }

    fn shrinking(&self, bytes: usize) {
        let pages = (bytes / PAGE_BYTES) as u32;
        for run in self.log.runs() {
            let Range { start, end } = run.get();
            run.set(start.min(pages)..end.min(pages));
        }
        self.log.bytes.store(bytes, Relaxed);
    }
}

/// Makes the ranges from `first` on ascending and disjoint.
fn join(ranges: &mut Vec<Range<u64>>, first: usize) {
    ranges[first..].sort_unstable_by_key(|range| range.start);
    let mut kept = first;
    for next in first..ranges.len() {
        let range = ranges[next].clone();
        if kept > first && range.start <= ranges[kept - 1].end {
            ranges[kept - 1].end = ranges[kept - 1].end.max(range.end);
        } else {
            ranges[kept] = range;
            kept += 1;
        }
    }
    ranges.truncate(kept);
}

/// Writes to one page of two and expects to be told so.
fn tried() -> io::Result<bool> {
    let (reserved, bytes) = (HEAP_CAPACITY_BYTES as usize, 2 * PAGE_BYTES);
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
    // SAFETY: a fresh mapping at an address of the kernel's choice, unmapped below.
    let base = unsafe { mmap_anonymous(ptr::null_mut(), reserved, ProtFlags::READ | ProtFlags::WRITE, flags)? };
    let outcome = (|| {
        let tracker = Protection::start(base as usize, reserved, bytes)?;
        let mut found = Vec::new();
        for _ in 0..2 {
            // SAFETY: the second page of the mapping made above.
            unsafe { base.cast::<u8>().add(PAGE_BYTES).write_volatile(1) };
            tracker.written(bytes, true, &mut found)?;
        }
        Ok::<_, io::Error>(matches!(found[..], [Range { start: 1, end: 2 }, Range { start: 1, end: 2 }]))
    })();
    // SAFETY: the mapping made above, which nobody else knows.
    unsafe { munmap(base, reserved)? };
    outcome
}

/// What handled the signal before us; set before the handler can run.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

/// Puts our handler in front of the others, once. wasmtime's must be behind: it takes every fault at an instruction
/// that may trap for a trap. It is installed with the process's first engine, so we make one.
fn install_handler() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    let outcome = INSTALLED.get_or_init(|| {
        drop(wasmtime::Engine::default());
        let mut previous = MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: with no new action given the call only writes the old one, which is read after it succeeded.
        let previous = unsafe {
            match libc::sigaction(libc::SIGSEGV, ptr::null(), previous.as_mut_ptr()) {
                0 => previous.assume_init(),
                _ => return Err(errno()),
            }
        };
        let _ = PREVIOUS.set(previous);
        // SAFETY: all zeroes are a valid `sigaction`, and ours has the signature that `SA_SIGINFO` asks for.
        let installed = unsafe {
            let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
            action.sa_sigaction = on_fault as *const () as usize;
            // Like wasmtime's: on the alternate stack, and a fault within a later handler must still arrive.
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
            libc::sigaction(libc::SIGSEGV, &action, ptr::null_mut())
        };
        if installed == 0 { Ok(()) } else { Err(errno()) }
    });
    outcome.map_err(io::Error::from_raw_os_error)
}

fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL)
}

unsafe extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel gives a valid structure, whose address is set for this signal.
    let address = unsafe { (*info).si_addr() } as usize;
    if (0..=SLOTS_BACK).any(|back| Slot::of(address, back).is_some_and(|slot| slot.unprotect(address))) {
        return;
    }
    // SAFETY: as the kernel called us, so do we call the next.
    unsafe { pass_on(signal, info, context) }
}

/// Hands a signal that is not about our pages to whoever was there before: in the end that is a crash.
unsafe fn pass_on(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    type Informed = unsafe extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);
    type Plain = unsafe extern "C" fn(c_int);
    // SAFETY: the previous action is as the process had installed it: its flags say which signature it has. Without a
    // handler the default action is put back, and the write that is tried again on return ends the process.
    unsafe {
        match PREVIOUS.get() {
            Some(previous) if matches!(previous.sa_sigaction, libc::SIG_DFL | libc::SIG_IGN) => {
                let mut default: libc::sigaction = MaybeUninit::zeroed().assume_init();
                default.sa_sigaction = libc::SIG_DFL;
                libc::sigaction(signal, &default, ptr::null_mut());
            }
            Some(previous) if previous.sa_flags & libc::SA_SIGINFO != 0 => {
                std::mem::transmute::<usize, Informed>(previous.sa_sigaction)(signal, info, context);
            }
            Some(previous) => std::mem::transmute::<usize, Plain>(previous.sa_sigaction)(signal),
            None => libc::abort(),
        }
    }
}

//! The kernel's tracker: userfaultfd write protection that resolves itself (`WP_ASYNC`), read by `PAGEMAP_SCAN`.
//!
//! Source: Linux `Documentation/admin-guide/mm/{userfaultfd,pagemap}.rst`, 6.7 and newer. One descriptor serves the
//! whole process; unmapping a range unregisters it. A page that was never armed counts as written by the first scan
//! that meets its page table, which is only a page compared in vain.

use std::{
    io,
    ops::Range,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    sync::OnceLock,
};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use state::pages::PAGE_BYTES;

use super::DirtyTracker;

const UFFD_USER_MODE_ONLY: libc::c_int = 1;
const UFFD_API: u64 = 0xAA;
const FEATURE_PAGEFAULT_FLAG_WP: u64 = 1;
const FEATURE_WP_UNPOPULATED: u64 = 1 << 13;
const FEATURE_WP_ASYNC: u64 = 1 << 15;
const REGISTER_MODE_WP: u64 = 1 << 1;
const WRITEPROTECT_MODE_WP: u64 = 1;
const UFFDIO_API: u64 = 0xC018_AA3F;
const UFFDIO_REGISTER: u64 = 0xC020_AA00;
const UFFDIO_UNREGISTER: u64 = 0x8010_AA01;
const UFFDIO_WRITEPROTECT: u64 = 0xC018_AA06;

const PAGEMAP_SCAN: u64 = 0xC060_6610;
const PAGE_IS_WRITTEN: u64 = 1 << 1;
const PM_SCAN_WP_MATCHING: u64 = 1;
const PM_SCAN_CHECK_WPASYNC: u64 = 1 << 1;
/// Regions asked for at a time; a scan that fills them goes on where it stopped.
const SCAN_REGIONS: usize = 256;

/// Up to here a range is armed at once; a larger one is armed by its first scan, page table by page table.
const EAGER_ARM_BYTES: usize = 64 << 20;

/// `struct pm_scan_arg` of the kernel.
#[repr(C)]
#[derive(Default)]
struct ScanArg {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

/// `struct page_region` of the kernel.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct PageRegion {
    start: u64,
    end: u64,
    categories: u64,
}

/// The process's descriptors for dirty tracking.
#[derive(Debug)]
pub(crate) struct Userfault {
    uffd: OwnedFd,
    pagemap: OwnedFd,
}

impl Userfault {
    /// The tracking that this kernel offers, found out once by trying it on a page of our own.
    pub(crate) fn shared() -> Option<&'static Userfault> {
        static SHARED: OnceLock<Option<Userfault>> = OnceLock::new();
        let found = SHARED.get_or_init(|| match Userfault::open().and_then(Userfault::tried) {
            Ok(userfault) => Some(userfault),
            Err(error) => {
                tracing::warn!(%error, "the kernel does not track dirty pages; slower ways are used instead");
                None
            }
        });
        found.as_ref()
    }

    fn open() -> io::Result<Userfault> {
        // SAFETY: a system call without pointers.
        let fd = unsafe { libc::syscall(libc::SYS_userfaultfd, libc::O_CLOEXEC | UFFD_USER_MODE_ONLY) };
        let fd = i32::try_from(fd).ok().filter(|fd| *fd >= 0).ok_or_else(io::Error::last_os_error)?;
        // SAFETY: the kernel just made this descriptor for us.
        let uffd = unsafe { OwnedFd::from_raw_fd(fd) };
        let features = FEATURE_PAGEFAULT_FLAG_WP | FEATURE_WP_UNPOPULATED | FEATURE_WP_ASYNC;
        let mut api = [UFFD_API, features, 0];
        ioctl(&uffd, UFFDIO_API, &mut api)?;
        let pagemap = std::fs::File::open("/proc/self/pagemap")?.into();
        Ok(Userfault { uffd, pagemap })
    }

    /// Writes to one page of two and expects to be told so: a sandbox may accept the calls and do nothing.
    fn tried(self) -> io::Result<Userfault> {
        let bytes = 2 * PAGE_BYTES;
        let flags = MapFlags::PRIVATE;
        // SAFETY: a fresh mapping at an address of the kernel's choice, unmapped below.
        let base = unsafe { mmap_anonymous(std::ptr::null_mut(), bytes, ProtFlags::READ | ProtFlags::WRITE, flags)? };
        let outcome = (|| {
            self.register(base as usize, bytes)?;
            self.protect(base as usize, bytes)?;
            // SAFETY: the second page of the mapping made above.
            unsafe { base.cast::<u8>().add(PAGE_BYTES).write_volatile(1) };
            let mut found = Vec::new();
            self.scan(base as usize, bytes, true, &mut found)?;
            let mut after = Vec::new();
            self.scan(base as usize, bytes, true, &mut after)?;
            Ok::<_, io::Error>(matches!(found[..], [Range { start: 1, end: 2 }]) && after.is_empty())
        })();
        // SAFETY: the mapping made above, which nobody else knows.
        unsafe { munmap(base, bytes)? };
        match outcome? {
            true => Ok(self),
            false => Err(io::Error::other("a page written to was not reported")),
        }
    }

    /// Has writes to the range tracked.
    pub(crate) fn register(&self, start: usize, bytes: usize) -> io::Result<()> {
        ioctl(&self.uffd, UFFDIO_REGISTER, &mut [start as u64, bytes as u64, REGISTER_MODE_WP, 0])
    }

    /// Counts the range's pages as clean from now on.
    pub(crate) fn protect(&self, start: usize, bytes: usize) -> io::Result<()> {
        ioctl(&self.uffd, UFFDIO_WRITEPROTECT, &mut [start as u64, bytes as u64, WRITEPROTECT_MODE_WP])
    }

    fn scan(&self, base: usize, bytes: usize, rearm: bool, found: &mut Vec<Range<u64>>) -> io::Result<()> {
        let mut regions = [PageRegion::default(); SCAN_REGIONS];
        let (mut start, end) = (base as u64, (base + bytes) as u64);
        while start < end {
            let mut arg = ScanArg {
                size: size_of::<ScanArg>() as u64,
                flags: PM_SCAN_CHECK_WPASYNC | if rearm { PM_SCAN_WP_MATCHING } else { 0 },
                start,
                end,
                vec: regions.as_mut_ptr() as u64,
                vec_len: SCAN_REGIONS as u64,
                category_mask: PAGE_IS_WRITTEN,
                return_mask: PAGE_IS_WRITTEN,
                ..ScanArg::default()
            };
            // SAFETY: `arg` is the kernel's structure with its size, and names a buffer of `vec_len` regions that
            // lives across the call.
            let count = unsafe { libc::ioctl(self.pagemap.as_raw_fd(), PAGEMAP_SCAN as _, &mut arg) };
            let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
            for region in &regions[..count] {
                let page = |address: u64| (address - base as u64) / PAGE_BYTES as u64;
                found.push(page(region.start)..page(region.end));
            }
            if arg.walk_end <= start {
                return Err(io::Error::other("the kernel's page scan does not advance"));
            }
            start = arg.walk_end;
        }
        Ok(())
    }
}

fn ioctl<const N: usize>(fd: &OwnedFd, request: u64, arg: &mut [u64; N]) -> io::Result<()> {
    // SAFETY: every request used here takes a structure of 64-bit words, as long as the array given.
    match unsafe { libc::ioctl(fd.as_raw_fd(), request as _, arg.as_mut_ptr()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Tracks one mapping, registered with the shared descriptors.
#[derive(Debug)]
pub(crate) struct UserfaultTracker {
    userfault: &'static Userfault,
    base: usize,
    capacity: usize,
}

impl UserfaultTracker {
    pub(super) fn start(base: usize, capacity: usize, bytes: usize) -> io::Result<UserfaultTracker> {
        let missing = || io::Error::other("userfaultfd does not work here; choose another tracking");
        let userfault = Userfault::shared().ok_or_else(missing)?;
        userfault.register(base, capacity)?;
        let tracker = UserfaultTracker { userfault, base, capacity };
        tracker.grown(0, bytes)?;
        Ok(tracker)
    }
}

impl DirtyTracker for UserfaultTracker {
    fn written(&self, bytes: usize, rearm: bool, found: &mut Vec<Range<u64>>) -> io::Result<()> {
        self.userfault.scan(self.base, bytes, rearm, found)
    }

    fn grown(&self, old: usize, new: usize) -> io::Result<()> {
        match new - old {
            1..=EAGER_ARM_BYTES => self.userfault.protect(self.base + old, new - old),
            _ => Ok(()),
        }
    }
}

impl Drop for UserfaultTracker {
    fn drop(&mut self) {
        let range = &mut [self.base as u64, self.capacity as u64];
        if let Err(error) = ioctl(&self.userfault.uffd, UFFDIO_UNREGISTER, range) {
            tracing::warn!(%error, "the kernel goes on tracking a memory");
        }
    }
}

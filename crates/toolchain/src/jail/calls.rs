//! Seccomp: the system calls that a compiler has no business with.
//!
//! It is a list of what is denied, since a JavaScript engine and its bundler use too much to list what is
//! allowed. Denied calls answer EPERM, so that a program can say what it missed. Pairs of connected sockets
//! stay, since the workers talk to their children through them.

use std::collections::BTreeMap;

use libc::{
    CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS, c_long,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Calls that are denied whatever their arguments.
const DENIED: &[c_long] = &[
    // The network, and other processes' sockets.
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    libc::SYS_kill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    // Memory and queues that outlive a process.
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
    // What Landlock does not govern: modes, owners, times and attributes of files.
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_truncate,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    // The system as a whole.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_fsconfig,
    libc::SYS_fspick,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_personality,
    libc::SYS_fanotify_init,
    libc::SYS_vhangup,
    libc::SYS_lookup_dcookie,
];

/// Older spellings that only this architecture has.
#[cfg(target_arch = "x86_64")]
const DENIED_HERE: &[c_long] = &[
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_kexec_file_load,
    FCHMODAT2,
];
#[cfg(not(target_arch = "x86_64"))]
const DENIED_HERE: &[c_long] = &[FCHMODAT2];

/// The same number on every architecture.
const FCHMODAT2: c_long = 452;

/// Calls that pretend not to exist: programs then fall back to ones whose arguments a filter can see.
const ABSENT: &[c_long] =
    &[libc::SYS_clone3, libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register];

/// On x86-64 the same calls can be reached under a second number.
#[cfg(target_arch = "x86_64")]
const SECOND_NUMBER: Option<i64> = Some(0x4000_0000);
#[cfg(not(target_arch = "x86_64"))]
const SECOND_NUMBER: Option<i64> = None;

/// Denies the calls for this process and its children, for good.
pub(super) fn confine() -> Result<Vec<String>, String> {
    // The second filter is put on under the first, which leaves the call for it alone.
    apply(denied()?, libc::EPERM)?;
    apply(ABSENT.iter().flat_map(|call| numbers(*call)).map(|call| (call, Vec::new())).collect(), libc::ENOSYS)?;
    Ok(vec![
        "The compilers can open no socket, so they reach no network (seccomp).".to_owned(),
        "They can't trace, signal or read other processes, mount, or change clocks, owners or modes (seccomp)."
            .to_owned(),
    ])
}

fn denied() -> Result<Rules, String> {
    let mut rules: Rules =
        DENIED.iter().chain(DENIED_HERE).flat_map(|call| numbers(*call)).map(|call| (call, Vec::new())).collect();
    for call in numbers(libc::SYS_clone) {
        rules.insert(call, namespaces()?);
    }
    for call in numbers(libc::SYS_prlimit64) {
        // Zero is the process itself.
        rules.insert(call, vec![rule(0, SeccompCmpOp::Ne, 0)?]);
    }
    Ok(rules)
}

/// One rule for each kind of namespace that a new process could bring along.
fn namespaces() -> Result<Vec<SeccompRule>, String> {
    [CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS]
        .into_iter()
        .map(|flag| rule(0, SeccompCmpOp::MaskedEq(flag as u64), flag as u64))
        .collect()
}

fn rule(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, String> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
        .and_then(|condition| SeccompRule::new(vec![condition]))
        .map_err(failure)
}

fn numbers(call: c_long) -> impl Iterator<Item = i64> {
    std::iter::once(call).chain(SECOND_NUMBER.map(move |bit| call | bit))
}

fn apply(rules: Rules, errno: i32) -> Result<(), String> {
    let architecture = std::env::consts::ARCH.try_into().map_err(failure)?;
    let answer = SeccompAction::Errno(errno as u32);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, answer, architecture).map_err(failure)?;
    let program: BpfProgram = filter.try_into().map_err(failure)?;
    seccompiler::apply_filter(&program).map_err(failure)
}

fn failure(error: impl std::fmt::Display) -> String {
    format!("can't filter system calls: {error}")
}

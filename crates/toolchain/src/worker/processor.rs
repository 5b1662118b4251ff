//! How long the processes of a worker have computed, from the kernel's own count in `/proc`.
//!
//! A worker serves many questions and has children (the bundler's own program), so what one question took is a
//! difference, and the sum goes over the process group. A process that waits, or that the machine has no time
//! for, is not charged.

use std::path::Path;
use std::time::Duration;

/// What `/proc/<pid>/stat` says of one process; see proc_pid_stat(5).
struct Stat {
    group: u32,
    /// In clock ticks, with the children that ended.
    ticks: u64,
}

/// Processor time, in user and kernel mode, of the processes in a group and of their children that ended. Zero when
/// `/proc` can't be read: then only waiting is bounded.
pub(super) fn spent(group: u32) -> Duration {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ticks = processes.filter_map(|entry| stat(&entry.path())).filter(|stat| stat.group == group);
    let ticks: u64 = ticks.map(|stat| stat.ticks).sum();
    Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second().max(1))
}

fn stat(process: &Path) -> Option<Stat> {
    process.file_name()?.to_str()?.parse::<u32>().ok()?;
    parsed(&std::fs::read_to_string(process.join("stat")).ok()?)
}

/// The name, in brackets, may hold anything; what follows the last bracket is numbers but for the state.
fn parsed(line: &str) -> Option<Stat> {
    let (_, rest) = line.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<u64>());
    Some(Stat { group: fields.get(2)?.parse().ok()?, ticks: ticks.sum::<Result<u64, _>>().ok()? })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpid};

    use super::*;

    /// Ends the whole group.
    struct Group(Child);

    impl Group {
        fn of(script: &str) -> Group {
            Group(Command::new("/bin/sh").args(["-c", script]).process_group(0).spawn().unwrap())
        }

        fn leader(&self) -> Pid {
            Pid::from_child(&self.0)
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            let _ = kill_process_group(self.leader(), Signal::KILL);
            let _ = self.0.wait();
        }
    }

    #[test]
    fn who_computes_is_charged_with_its_children() {
        for script in ["while :; do :; done", "sh -c 'while :; do :; done'; :"] {
            let group = Group::of(script);
            while spent(group.0.id()) < Duration::from_millis(200) {
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn who_is_stopped_is_not_charged() {
        let group = Group::of("while :; do :; done");
        kill_process_group(group.leader(), Signal::STOP).unwrap();
        let stopped = waitpid(Some(group.leader()), WaitOptions::UNTRACED).unwrap().unwrap();
        assert!(stopped.1.stopped());
        let before = spent(group.0.id());
        // While another one computes.
        let other = Group::of("while :; do :; done");
        while spent(other.0.id()) < Duration::from_millis(200) {
            std::thread::yield_now();
        }
        assert_eq!(spent(group.0.id()), before);
    }

    #[test]
    fn a_name_with_brackets_and_spaces_is_no_number() {
        let line = "7 (a) b (c) 1) S 1 42 42 0 -1 4194304 1 0 0 0 10 20 3 4 20 0 1 0 9 0 0";
        let stat = parsed(line).unwrap();
        assert_eq!((stat.group, stat.ticks), (42, 37));
        assert!(parsed("7 (sh) S 1 42").is_none());
    }
}

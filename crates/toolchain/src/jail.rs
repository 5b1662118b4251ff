//! The launcher: it gives up what a compiler does not need, and then becomes that compiler.
//!
//! The node's binary runs itself with this as its entry, so that nothing has to be done between fork and exec
//! and everything stays in safe Rust. Invariant: the worker's program starts only after every restriction that
//! the kernel offers is in force; the first line on standard output says which, measured and not assumed.

mod calls;
mod files;

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::{Resource, Rlimit, Signal, getppid, getrlimit, set_parent_process_death_signal, setrlimit};
use serde::{Deserialize, Serialize};

/// The stack that a compiler of nested programs gets, in MiB, if the hard limit allows.
const STACK_MIB: u64 = 256;
const MIB: u64 = 1 << 20;
const OPEN_FILES: u64 = 256;

/// What the launcher says on its first line of standard output.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct JailReport {
    /// Sentences: what is confined, and what this kernel could not confine.
    pub(crate) confinement: Vec<String>,
}

/// What the launcher is told, in the order of [`Orders::to_args`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Orders {
    /// The process that must be alive for the worker to go on.
    pub(crate) parent: u32,
    /// Private memory of one process of the worker.
    pub(crate) memory_mib: u64,
    /// Folders and files that may be read.
    pub(crate) read: Vec<PathBuf>,
    /// Programs that may be run.
    pub(crate) execute: Vec<PathBuf>,
    /// The worker's folder.
    pub(crate) folder: PathBuf,
    /// The program and its arguments.
    pub(crate) command: Vec<OsString>,
}

/// Confines this process as the arguments say and becomes the worker. Never returns: when something fails, the
/// process ends with exit code 126 and a sentence on standard error.
///
/// The arguments are those that [`Toolchain`](crate::Toolchain) appends to its configured launcher.
pub fn jail_main(args: impl Iterator<Item = OsString>) -> ! {
    let reason = match Orders::from_args(args) {
        Ok(orders) => enter(&orders),
        Err(reason) => reason,
    };
    let _ = writeln!(std::io::stderr(), "the compiler's launcher: {reason}");
    std::process::exit(126)
}

/// Returns only when something failed.
fn enter(orders: &Orders) -> String {
    let [program, arguments @ ..] = orders.command.as_slice() else {
        return "there is nothing to run".to_owned();
    };
    if let Err(reason) = restrict(orders) {
        return reason;
    }
    let failure = Command::new(program).args(arguments).current_dir(&orders.folder).env_clear().exec();
    format!("can't run {}: {failure}", program.to_string_lossy())
}

fn restrict(orders: &Orders) -> Result<(), String> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| format!("can't follow its parent: {error}"))?;
    // The parent may have ended before the line above.
    if getppid().map(|parent| parent.as_raw_pid() as u32) != Some(orders.parent) {
        return Err("its parent is gone".to_owned());
    }
    limit(orders)?;
    let mut confinement = files::confine(&orders.read, &orders.execute)?;
    confinement.extend(calls::confine()?);
    confinement
        .push(format!("Each compiler process may use {} MiB of private memory and writes no file.", orders.memory_mib));
    report(&JailReport { confinement })
}

fn limit(orders: &Orders) -> Result<(), String> {
    set(Resource::Core, 0)?;
    set(Resource::Fsize, 0)?;
    set(Resource::Nofile, OPEN_FILES)?;
    set(Resource::Data, orders.memory_mib * MIB)?;
    set(Resource::Stack, stack_mib() * MIB)
}

/// Lowers (or, for the stack, raises) a limit as far as the hard limit allows.
fn set(resource: Resource, wanted: u64) -> Result<(), String> {
    let maximum = getrlimit(resource).maximum;
    let limit = maximum.map_or(wanted, |maximum| wanted.min(maximum));
    setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })
        .map_err(|error| format!("can't limit {resource:?}: {error}"))
}

/// The stack that a worker gets, in MiB.
pub(crate) fn stack_mib() -> u64 {
    getrlimit(Resource::Stack).maximum.map_or(STACK_MIB, |maximum| STACK_MIB.min(maximum / MIB))
}

fn report(report: &JailReport) -> Result<(), String> {
    let mut line = serde_json::to_vec(report).map_err(|error| error.to_string())?;
    line.push(b'\n');
    let mut out = std::io::stdout().lock();
    out.write_all(&line).and_then(|()| out.flush()).map_err(|error| format!("can't report: {error}"))
}

impl Orders {
    /// The arguments that [`Orders::from_args`] understands.
    pub(crate) fn to_args(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = vec!["--parent".into(), self.parent.to_string().into()];
        args.extend(["--memory-mib".into(), self.memory_mib.to_string().into()]);
        args.extend(["--folder".into(), self.folder.clone().into()]);
        args.extend(self.read.iter().flat_map(|path| ["--read".into(), path.into()]));
        args.extend(self.execute.iter().flat_map(|path| ["--execute".into(), path.into()]));
        args.push("--".into());
        args.extend(self.command.iter().cloned());
        args
    }

    fn from_args(mut args: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut orders = Self::default();
        while let Some(option) = args.next() {
            if option == "--" {
                orders.command = args.collect();
                return Ok(orders);
            }
            let value = args.next().ok_or_else(|| format!("{} needs a value", option.to_string_lossy()))?;
            orders.take(&option.to_string_lossy(), value)?;
        }
        Err("its arguments have no `--` in front of the program".to_owned())
    }

    fn take(&mut self, option: &str, value: OsString) -> Result<(), String> {
        match option {
            "--parent" => self.parent = number(option, &value)?,
            "--memory-mib" => self.memory_mib = number(option, &value)?,
            "--folder" => self.folder = value.into(),
            "--read" => self.read.push(value.into()),
            "--execute" => self.execute.push(value.into()),
            _ => return Err(format!("it has no option {option}")),
        }
        Ok(())
    }
}

fn number<T: std::str::FromStr>(option: &str, value: &OsString) -> Result<T, String> {
    let number = value.to_str().and_then(|text| text.parse().ok());
    number.ok_or_else(|| format!("{option} needs a number, not {}", value.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_survive_the_command_line() {
        let orders = Orders {
            parent: 7,
            memory_mib: 9,
            read: vec!["/a b".into(), "--".into()],
            execute: vec!["/c".into()],
            folder: "/d".into(),
            command: vec!["node".into(), "--x".into()],
        };
        assert_eq!(Orders::from_args(orders.to_args().into_iter()).unwrap(), orders);
    }

    #[test]
    fn incomplete_orders_are_refused() {
        for args in [vec![], vec!["--parent"], vec!["--parent", "x", "--"], vec!["--other", "1", "--"]] {
            assert!(Orders::from_args(args.iter().map(OsString::from)).is_err(), "{args:?}");
        }
    }
}

//! A thread that starts workers.
//!
//! The kernel ends a worker when the *thread* that started it ends, and the runtime's threads come and go. So
//! one thread starts them all and lives as long as the toolchain.

use std::io;
use std::sync::mpsc;

use tokio::process::{Child, Command};
use tokio::sync::oneshot;

type Job = (Command, oneshot::Sender<io::Result<Child>>);

/// A handle on the thread; the thread ends with the last handle.
#[derive(Clone, Debug)]
pub(crate) struct Spawner(mpsc::Sender<Job>);

impl Spawner {
    /// Must be called inside a Tokio runtime, which the started processes then belong to.
    pub(crate) fn start() -> io::Result<Self> {
        let (jobs, received) = mpsc::channel::<Job>();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name("toolchain-spawner".to_owned()).spawn(move || {
            let _entered = runtime.enter();
            for (mut command, started) in received {
                // When nobody waits any more, dropping the child kills it.
                let _ = started.send(command.spawn());
            }
        })?;
        Ok(Self(jobs))
    }

    /// Starts a process.
    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (started, answer) = oneshot::channel();
        let gone = |_| io::Error::other("the thread that starts compilers is gone");
        self.0.send((command, started)).map_err(|_| gone(()))?;
        answer.await.map_err(|_| gone(()))?
    }
}

//! The thread that makes batches durable, signs their roots meanwhile, and only then lets answers go.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
    thread::JoinHandle,
};

use execution::view::ViewDelta;
use protocol::{RootKey, Tree};
use state::{
    delta::BatchDelta,
    log::Log,
    planted::{self, Planted},
};

use crate::replica::{Certified, Command, Fatal, Shared};

/// Something that may happen only after all batches before it are durable.
pub(crate) type Release = Box<dyn FnOnce() + Send>;

/// What the log thread is given, in order.
pub(crate) enum Item {
    /// A batch to make durable; its certified tree; what to show and to do then.
    Batch { delta: Box<BatchDelta>, tree: Tree, view: ViewDelta, then: Vec<Release> },
    /// Something to show after what came before, and before what comes later.
    Show(ViewDelta),
    /// Nothing to write, only to wait for what came before.
    Release(Release),
    /// The catalogue has everything up to this height.
    Folded(u64),
    /// Nothing written so far may stay in the log when the next fold is done.
    Forget,
}

pub(crate) struct LogThread {
    pub(crate) log: Log,
    /// The catalogue has everything up to this height.
    pub(crate) folded: u64,
    pub(crate) key: Arc<RootKey>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) commands: Sender<Command>,
    pub(crate) fatal: Fatal,
}

impl LogThread {
    pub(crate) fn spawn(self, items: Receiver<Item>) -> std::io::Result<JoinHandle<()>> {
        std::thread::Builder::new().name("log".into()).spawn(move || self.run(&items))
    }

    fn run(mut self, items: &Receiver<Item>) {
        while let Ok(first) = items.recv() {
            let mut group = vec![first];
            group.extend(items.try_iter());
            if let Err(error) = self.commit(group) {
                // Nothing of the group is told to anyone: recovery decides what of it happened.
                (self.fatal)(&error);
                return;
            }
        }
        if let Err(error) = self.log.close(self.folded) {
            (self.fatal)(&error);
        }
    }

    /// Makes a group of batches durable and releases what waits for them.
    pub(crate) fn commit(&mut self, mut group: Vec<Item>) -> Result<(), state::log::LogError> {
        let mut last = None;
        let (mut batches, mut views) = (0, Vec::new());
        for item in &mut group {
            match item {
                Item::Batch { delta, tree, view, .. } => {
                    self.log.append(delta)?;
                    last = Some((delta.height, delta.time, tree.clone()));
                    views.push(std::mem::take(view));
                    batches += 1;
                }
                Item::Show(view) => views.push(std::mem::take(view)),
                Item::Release(_) | Item::Folded(_) | Item::Forget => {}
            }
        }
        if planted::is(Planted::EarlyAnswer) {
            let early = group.iter_mut().filter_map(|item| match item {
                Item::Batch { then, .. } => Some(std::mem::take(then)),
                _ => None,
            });
            early.flatten().for_each(|release| release());
        }
        let mut certified = None;
        if let Some((height, time, tree)) = last {
            let root = tree.digest();
            let key = self.key.clone();
            if planted::is(Planted::EarlyCertificate) {
                let (tree, signature) = (tree.clone(), key.sign(&root));
                self.shared.show([], Some(Certified { height, time, tree, signature }));
            }
            // The signature is made beside the sync: both take about as long.
            let (synced, signature) = std::thread::scope(|scope| {
                let signing = scope.spawn(move || key.sign(&root));
                (self.log.sync(), signing.join())
            });
            synced?;
            certified = signature.ok().map(|signature| Certified { height, time, tree, signature });
        }
        self.shared.show(views, certified);
        for item in group {
            self.release(item)?;
        }
        if batches > 0 {
            let _ = self.commands.send(Command::Durable { batches, log_bytes: self.log.bytes() });
        }
        Ok(())
    }

    fn release(&mut self, item: Item) -> Result<(), state::log::LogError> {
        match item {
            Item::Batch { then, .. } => then.into_iter().for_each(|release| release()),
            Item::Show(_) => {}
            Item::Release(release) => release(),
            Item::Folded(height) => {
                self.folded = height;
                self.log.release(height)?;
            }
            Item::Forget => self.log.forget()?,
        }
        Ok(())
    }
}

//! Bits that flip in what is synced: each is told where it matters, and nothing else comes of it.

use std::sync::Arc;

use state::{
    pages::{PAGE_BYTES, PagedMemory},
    storage::simulated::SimulatedDisk,
    store::Recovered,
};

use super::{Checked, Run, SEGMENT_BYTES, fresh};
use crate::compare::differ;

/// Batches whose sync only a later batch's commit frame proves.
const UNPROVEN: u64 = 2;

impl Run {
    /// A bit of what is synced flips. Either the start names the place, or a look at all memory names whose it is, or
    /// what is read is what was there.
    ///
    /// What follows the last sync that the log itself proves reads like a torn tail.
    pub(super) fn rot(&mut self) -> Checked {
        let files = self.disk.synced_files();
        let checked = |name: &str| name.starts_with("log/0") || name.starts_with("images/") || name == "catalogue.redb";
        let names: Vec<&String> = files.iter().filter(|(n, b)| checked(n) && !b.is_empty()).map(|(n, _)| n).collect();
        if names.is_empty() {
            return Ok(());
        }
        let proven = self.certified.0.saturating_sub(UNPROVEN);
        for _ in 0..6 {
            let name = self.random.pick(&names);
            // Most of a segment is empty yet; of an image, zeroes may rot as well.
            let used = match name.ends_with(".base") {
                true => files[name].len(),
                false => files[name].iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1),
            };
            let byte = usize::try_from(self.random.below(used as u64)).unwrap_or(0);
            let copy = self.disk.copy();
            let bit = self.random.next().to_le_bytes()[0] % 8;
            assert!(copy.flip(name, byte, bit), "the file is that long");
            self.read_rotten(&copy, name, byte, proven)?;
        }
        Ok(())
    }

    fn read_rotten(&mut self, copy: &SimulatedDisk, name: &str, byte: usize, proven: u64) -> Checked {
        match state::store::open(Arc::new(copy.clone()), SEGMENT_BYTES) {
            Err(error) => {
                self.saw(if name.starts_with("log") { "rot of the log named" } else { "rot of the catalogue named" });
                let named = error.to_string().contains(name.trim_end_matches(".redb"));
                if named { Ok(()) } else { Err(format!("rot in {name} at {byte} is reported as: {error}")) }
            }
            Ok((_, _, recovered)) if recovered.height < proven => {
                Err(format!("rot in {name} at {byte} takes batches above {} away", recovered.height))
            }
            Ok((_, _, recovered)) if name.starts_with("images/") => self.find_rot(copy, &recovered, name, byte),
            Ok((_, _, recovered)) if recovered.height == self.reference.state().height => {
                let executor = fresh(copy, &self.key, &recovered)?;
                differ(executor.state(), self.reference.state())
                    .map_err(|what| format!("rot in {name} at {byte} is served: {what}"))
            }
            Ok(_) => Ok(()),
        }
    }

    /// Memories that stand on the file are damaged, and no others; the node goes on with the rest.
    fn find_rot(&mut self, copy: &SimulatedDisk, recovered: &Recovered, name: &str, byte: usize) -> Checked {
        let sound = state::store::open(Arc::new(self.disk.copy()), SEGMENT_BYTES).map_err(|error| error.to_string())?.2;
        for (id, memory) in &recovered.memories {
            let files = memory.image().files();
            let stands_on_it = files.base.iter().chain(&files.overlays).any(|file| file == name);
            match memory.check() {
                Err(_) if stands_on_it => {}
                Ok(()) if !stands_on_it => {}
                Ok(()) if same_bytes(memory, &sound.memories[id]) => self.saw("rot that newer pages hide"),
                found => return Err(format!("rot in {name} at {byte}: {id:?} over {files:?} is {found:?}")),
            }
        }
        let executor = fresh(copy, &self.key, recovered)?;
        let told = executor.damage().len();
        let known = executor.state().memories().filter(|(_, memory)| memory.image().damage().is_some()).count();
        self.saw(if name.ends_with(".base") { "rot of a base found" } else { "rot of an overlay found" });
        if told == known { Ok(()) } else { Err(format!("{told} of {known} damaged memories are told")) }
    }
}

/// Whether two memories hold the same bytes: then what rotted lies under something newer.
fn same_bytes(memory: &PagedMemory, sound: &PagedMemory) -> bool {
    let pages = memory.bytes() / PAGE_BYTES as u64;
    let page = |memory: &PagedMemory, index| memory.page(index).copied().unwrap_or([0; PAGE_BYTES]);
    memory.bytes() == sound.bytes() && (0..pages).all(|index| page(memory, index) == page(sound, index))
}

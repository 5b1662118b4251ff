//! Fingerprints of memories with random histories, against hashing everything; and every altered byte found.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;

use crate::{
    catalogue::Contents,
    delta::{BatchDelta, MemoryId, MemoryKind, MemoryOp},
    fingerprint::{Mismatch, file, root_from_scratch},
    pages::{PAGE_BYTES, PageDelta, PageLines, PagedMemory},
    storage::{Storage, folder::Folder as RealFolder, simulated::SimulatedDisk},
    store::{self, FoldJob, Folder, apply_memory},
};

const WASM_PAGE: u64 = 64 << 10;
const SEGMENT: u64 = 4 << 20;

fn id(point: u64) -> MemoryId {
    MemoryId { canister: [7; 10], kind: MemoryKind::Heap, point }
}

/// One change of a history.
#[derive(Clone, Debug)]
enum Step {
    Write { pages: Vec<(u64, u8)>, grow: u64 },
    Resize(u64),
    Fork(u64),
    Restore(u64),
    Seal,
    Fold,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let page = (0u64..600, prop_oneof![Just(0u8), any::<u8>()]);
    prop_oneof![
        6 => (prop::collection::vec(page, 0..12), 0u64..40).prop_map(|(pages, grow)| Step::Write { pages, grow }),
        1 => (0u64..40).prop_map(Step::Resize),
        1 => (1u64..3).prop_map(Step::Fork),
        1 => (1u64..3).prop_map(Step::Restore),
        3 => Just(Step::Seal),
        2 => Just(Step::Fold),
        1 => Just(Step::Reopen),
    ]
}

struct World {
    disk: Arc<dyn Storage>,
    open: Option<(Folder, crate::log::Log)>,
    memories: BTreeMap<MemoryId, PagedMemory>,
    height: u64,
}

impl World {
    fn new(disk: Arc<dyn Storage>) -> World {
        let (folder, log, _) = store::open(disk.clone(), SEGMENT).expect("an empty disk");
        World { disk, open: Some((folder, log)), memories: BTreeMap::new(), height: 0 }
    }

    fn op(&mut self, op: MemoryOp) {
        apply_memory(&mut self.memories, &op);
        self.height += 1;
        let delta = BatchDelta { height: self.height, memories: vec![op], ..BatchDelta::default() };
        let log = &mut self.open.as_mut().expect("open").1;
        log.append(&delta).expect("appended");
        log.sync().expect("synced");
    }

    fn write(&mut self, pages: &[(u64, u8)], grow: u64) {
        let memory = self.memories.entry(id(0)).or_default();
        let bytes = memory.bytes() + grow * WASM_PAGE / 16;
        let bytes = bytes - bytes % WASM_PAGE;
        let mut lines = Vec::new();
        for (index, byte) in pages {
            let old = *memory.page(*index).unwrap_or(&[0; PAGE_BYTES]);
            if (index + 1) * PAGE_BYTES as u64 <= bytes {
                lines.extend(PageLines::diff(*index, &old, &[*byte; PAGE_BYTES]));
            }
        }
        self.op(MemoryOp::Write(id(0), PageDelta { bytes, pages: lines }));
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Write { pages, grow } => self.write(&pages, grow),
            Step::Resize(size) => {
                self.op(MemoryOp::Write(id(0), PageDelta { bytes: size * WASM_PAGE, pages: vec![] }));
            }
            Step::Fork(point) => self.op(MemoryOp::Fork { from: id(0), to: id(point) }),
            Step::Restore(point) => self.op(MemoryOp::Fork { from: id(point), to: id(0) }),
            Step::Seal => self.seal(),
            Step::Fold => self.fold(),
            Step::Reopen => self.reopen(),
        }
    }

    fn seal(&mut self) {
        for memory in self.memories.values_mut() {
            let root = memory.seal();
            assert_eq!(root, root_from_scratch(memory.bytes(), |index| memory.page(index)));
            assert_eq!(memory.check(), Ok(()));
            assert_eq!(memory.image().check_once(u64::MAX), Ok(()));
        }
    }

    fn fold(&mut self) {
        self.seal();
        let memories = [0, 1, 2].map(|point| (id(point), self.memories.get(&id(point)).cloned())).to_vec();
        let job = FoldJob { height: self.height, memories, ..FoldJob::default() };
        let folded = self.open.as_mut().expect("open").0.fold(job).expect("folded");
        for (id, from, image) in folded.images {
            self.memories.get_mut(&id).expect("still there").rebase(image, &from);
        }
        self.seal();
    }

    fn reopen(&mut self) {
        self.seal();
        let before: BTreeMap<_, _> = self.memories.iter().map(|(id, memory)| (*id, memory.fingerprint())).collect();
        self.open = None;
        let (folder, log, recovered) = store::open(self.disk.clone(), SEGMENT).expect("recovers");
        self.open = Some((folder, log));
        self.memories = recovered.memories;
        let after: BTreeMap<_, _> = self.memories.iter().map(|(id, memory)| (*id, memory.fingerprint())).collect();
        assert_eq!(before, after);
        self.seal();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_root_is_that_of_the_bytes_whatever_the_history(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new(Arc::new(SimulatedDisk::default()));
        steps.into_iter().for_each(|step| world.step(step));
        world.reopen();
    }

    #[test]
    fn a_file_s_length_says_how_many_pages_it_has(pages in 0u64..1 << 40) {
        let length = pages * PAGE_BYTES as u64 + file::tree_bytes(pages);
        prop_assert_eq!(file::pages_of(length), Some(pages));
        prop_assert_eq!(file::pages_of(length + 1), None);
    }
}

/// A folded memory with a base and an overlay file.
fn folded(disk: Arc<dyn Storage>) -> World {
    let mut world = World::new(disk);
    world.write(&[], 16 * 40);
    world.write(&(0..300).map(|index| (index, 3)).collect::<Vec<_>>(), 0);
    world.fold();
    world.write(&[(5, 9), (170, 8)], 0);
    world.fold();
    world
}

fn flip(disk: &dyn Storage, name: &str, at: u64) {
    let file = disk.open(name).expect("there");
    let mut byte = [0];
    file.read_at(at, &mut byte).expect("read");
    file.write_at(at, &[byte[0] ^ 1]).expect("written");
    file.sync().expect("synced");
}

fn each_flip(disk: Arc<dyn Storage>, check: impl Fn(&World, &str, u64)) {
    let world = folded(disk.clone());
    let names = disk.list("images").expect("listed");
    assert_eq!(names.len(), 2, "a base and an overlay: {names:?}");
    for name in names.iter().map(|name| format!("images/{name}")) {
        let length = disk.open(&name).expect("there").len().expect("length");
        let pages = if name.ends_with("base") { file::pages_of(length).expect("whole") } else { 0 };
        // Every part of the file: pages, overlaid pages, holes, leaves, the top node, and an overlay's every field.
        let tree = pages * PAGE_BYTES as u64;
        let places = [0, 4095, 200 * 4096 + 77, tree - u64::from(tree > 0), tree + 6 * 32, tree + 32 * (pages + 3), 40];
        for at in places.into_iter().filter(|at| *at < length) {
            flip(&*disk, &name, at);
            check(&world, &name, at);
            flip(&*disk, &name, at);
        }
    }
    assert_eq!(store::open(disk, SEGMENT).expect("in order again").2.memories[&id(0)].check(), Ok(()));
}

#[test]
fn a_byte_altered_on_the_simulated_disk_is_found_when_the_image_is_next_opened() {
    let disk: Arc<dyn Storage> = Arc::new(SimulatedDisk::default());
    each_flip(disk.clone(), |_, name, at| {
        let recovered = store::open(disk.clone(), SEGMENT).expect("one damaged memory stops nobody").2;
        let memory = &recovered.memories[&id(0)];
        assert!(memory.image().check_once(u64::MAX).is_err() && memory.check().is_err(), "{name} at {at}");
    });
}

#[test]
fn a_byte_altered_in_a_folder_is_found_while_it_is_mapped() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk: Arc<dyn Storage> = Arc::new(RealFolder::new(folder.path()).expect("opened"));
    each_flip(disk.clone(), |world, name, at| {
        let memory = &world.memories[&id(0)];
        let overlays = store::check_overlays(&*disk, memory.image().files());
        let hidden = at < 6 * 4096 && memory.image().overlay_pages().any(|(index, _)| index == at / 4096);
        assert!(memory.check().is_err() || overlays.is_err() || hidden, "{name} at {at}");
    });
}

#[test]
fn a_memory_that_is_written_over_an_altered_page_tells() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk: Arc<dyn Storage> = Arc::new(RealFolder::new(folder.path()).expect("opened"));
    let mut world = folded(disk.clone());
    let name = disk.list("images").expect("listed").into_iter().find(|name| name.ends_with("base")).expect("a base");
    let before = world.memories[&id(0)].fingerprint();
    flip(&*disk, &format!("images/{name}"), 100 * 4096);
    let other =
        PageDelta { bytes: 0, pages: PageLines::diff(101, &[0; PAGE_BYTES], &[1; PAGE_BYTES]).into_iter().collect() };
    assert_eq!(world.memories[&id(0)].check_under(&other), Ok(()));
    let over = PageLines::diff(100, &[0; PAGE_BYTES], &[1; PAGE_BYTES]).into_iter().collect();
    let over = PageDelta { bytes: 0, pages: over };
    assert_eq!(world.memories[&id(0)].check_under(&over), Err(Mismatch { first: 100, last: 100 }));
    world.write(&[(100, 42)], 0);
    // The whole page is written, so its bytes are right again; what it was based on was not.
    let memory = world.memories.get_mut(&id(0)).expect("there");
    assert_ne!(memory.seal(), before);
    assert_eq!(memory.image().damage(), Some("page 100 does not match its fingerprint"));
}

#[test]
fn a_catalogue_without_memories_recovers() {
    assert!(Contents::default().memories.is_empty());
    assert!(store::open(Arc::new(SimulatedDisk::default()), SEGMENT).expect("opens").2.memories.is_empty());
}

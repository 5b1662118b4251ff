//! Recovery and folds against a model, through crashes at seeded places.

use super::*;
use crate::{
    pages::{PageDelta, PageLines},
    storage::simulated::{Crash, SimulatedDisk},
};

const SMALL: u64 = 64 << 10;

/// The state as a plain map, to compare with.
#[derive(Clone, Default)]
struct Model {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    memories: BTreeMap<MemoryId, Vec<u8>>,
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn id(canister: u8, point: u64) -> MemoryId {
    MemoryId { canister: [canister; 10], kind: MemoryKind::Heap, point }
}

fn contents(memory: &PagedMemory) -> Vec<u8> {
    let pages = memory.bytes() / PAGE_BYTES as u64;
    let mut bytes = Vec::new();
    (0..pages).for_each(|index| bytes.extend_from_slice(memory.page(index).unwrap_or(&ZEROES)));
    bytes
}

/// A random batch on top of `model`, applied to it.
fn random_batch(random: &mut Random, model: &mut Model, height: u64) -> BatchDelta {
    let mut delta = BatchDelta { height, time: height, ..BatchDelta::default() };
    for _ in 0..random.below(4) {
        let key = vec![b'k', u8::try_from(random.below(9)).expect("small")];
        let value = (random.below(4) > 0).then(|| vec![u8::try_from(random.below(255)).expect("small"); 20]);
        match &value {
            Some(value) => drop(model.records.insert(key.clone(), value.clone())),
            None => drop(model.records.remove(&key)),
        }
        delta.records.push((key, value));
    }
    for _ in 0..random.below(4) {
        let target = id(u8::try_from(random.below(3)).expect("small"), 0);
        let op = match random.below(12) {
            0 => MemoryOp::Drop(target),
            1 => MemoryOp::Fork { from: target, to: MemoryId { point: 1 + random.below(2), ..target } },
            2 => MemoryOp::Fork { from: MemoryId { point: 1, ..target }, to: target },
            3 => MemoryOp::Write(target, PageDelta { bytes: random.below(3) * 65536, pages: vec![] }),
            _ => random_write(random, model, target),
        };
        apply_to_model(model, &op);
        delta.memories.push(op);
    }
    delta
}

fn random_write(random: &mut Random, model: &Model, target: MemoryId) -> MemoryOp {
    let old = model.memories.get(&target).cloned().unwrap_or_default();
    let bytes = (old.len() as u64).max(65536 * (1 + random.below(2)));
    let index = random.below(bytes / PAGE_BYTES as u64);
    let start = usize::try_from(index).expect("small") * PAGE_BYTES;
    let mut before = ZEROES;
    if let Some(page) = old.get(start..start + PAGE_BYTES) {
        before.copy_from_slice(page);
    }
    let mut after = before;
    after[usize::try_from(random.below(4096)).expect("small")] = u8::try_from(random.below(255)).expect("small");
    let pages = PageLines::diff(index, &before, &after).into_iter().collect();
    MemoryOp::Write(target, PageDelta { bytes, pages })
}

fn apply_to_model(model: &mut Model, op: &MemoryOp) {
    match op {
        MemoryOp::Write(target, delta) => {
            let memory = model.memories.entry(*target).or_default();
            memory.resize(usize::try_from(delta.bytes).expect("small"), 0);
            for page in &delta.pages {
                let mut data = page.data.chunks_exact(64);
                for line in (0..64).filter(|line| page.lines >> line & 1 == 1) {
                    let at = usize::try_from(page.index).expect("small") * PAGE_BYTES + line * 64;
                    memory[at..at + 64].copy_from_slice(data.next().expect("counted"));
                }
            }
        }
        MemoryOp::Fork { from, to } => {
            let copy = model.memories.get(from).cloned().unwrap_or_default();
            model.memories.insert(*to, copy);
        }
        MemoryOp::Drop(target) => drop(model.memories.remove(target)),
    }
}

/// What the executor keeps in a real node, in small.
struct Run {
    folder: Folder,
    log: Log,
    state: Recovered,
}

impl Run {
    fn open(disk: &SimulatedDisk) -> Run {
        let (folder, log, state) = open(Arc::new(disk.clone()), SMALL).expect("opens");
        Run { folder, log, state }
    }

    fn commit(&mut self, delta: &BatchDelta) {
        self.log.append(delta).expect("appends");
        self.log.sync().expect("syncs");
        self.state.apply(delta.clone());
    }

    fn job(&mut self) -> FoldJob {
        let records = std::mem::take(&mut self.state.unfolded_records);
        let memories = std::mem::take(&mut self.state.unfolded_memories);
        let record = |key: Vec<u8>| (key.clone(), self.state.records.get(&key).cloned());
        let memory = |id: MemoryId| (id, self.state.memories.get(&id).cloned());
        FoldJob {
            height: self.state.height,
            root: self.state.root,
            records: records.into_iter().map(record).collect(),
            memories: memories.into_iter().map(memory).collect(),
        }
    }

    fn finish(&mut self, folded: Folded) {
        for (id, from, image) in folded.images {
            if let Some(memory) = self.state.memories.get_mut(&id) {
                memory.rebase(image, &from);
            }
        }
        self.log.release(folded.height).expect("releases");
    }

    fn check(&self, model: &Model, seed: u64) {
        assert_eq!(self.state.records, model.records, "seed {seed}");
        let memories: BTreeMap<_, _> = self.state.memories.iter().map(|(id, memory)| (*id, contents(memory))).collect();
        let differ = memories.keys().chain(model.memories.keys()).find(|id| memories.get(id) != model.memories.get(id));
        assert_eq!(differ, None, "seed {seed}: a memory differs at height {}", self.state.height);
    }
}

#[test]
fn recovery_gives_the_model_after_crashes_folds_and_forks() {
    for seed in 0..60 {
        let mut random = Random(seed);
        let disk = SimulatedDisk::new();
        let mut model = Model::default();
        let mut height = 0;
        for _life in 0..4 {
            let mut run = Run::open(&disk);
            run.check(&model, seed);
            assert_eq!(run.state.height, height, "seed {seed}");
            for _ in 0..random.below(30) {
                height += 1;
                run.commit(&random_batch(&mut random, &mut model, height));
                if random.below(6) == 0 {
                    let job = run.job();
                    // A batch that commits while the fold is being written.
                    height += 1;
                    run.commit(&random_batch(&mut random, &mut model, height));
                    run.check(&model, seed);
                    let folded = run.folder.fold(job).expect("folds");
                    run.finish(folded);
                    run.check(&model, seed);
                }
                run.check(&model, seed);
            }
            let crash = if random.below(2) == 0 { Crash::Dropped } else { Crash::Torn(seed + 1) };
            disk.crash(crash);
        }
    }
}

#[test]
fn a_crash_at_any_write_of_a_fold_keeps_the_state() {
    for writes in 0..40 {
        let mut random = Random(7);
        let disk = SimulatedDisk::new();
        let mut model = Model::default();
        let mut run = Run::open(&disk);
        for height in 1..=20 {
            run.commit(&random_batch(&mut random, &mut model, height));
        }
        let job = run.job();
        disk.fill_after(writes);
        let finished = run.folder.fold(job).is_ok();
        drop(run);
        disk.crash(Crash::Dropped);
        let run = Run::open(&disk);
        run.check(&model, writes);
        if finished {
            break;
        }
    }
}

#[test]
fn a_record_that_rotted_in_the_catalogue_is_named() {
    let disk = SimulatedDisk::new();
    let (mut folder, _log, _) = open(Arc::new(disk.clone()), SMALL).expect("opens");
    let records = BTreeMap::from([(b"c/one".to_vec(), Some(b"easy to find here".to_vec()))]);
    folder.fold(FoldJob { height: 1, records, ..FoldJob::default() }).expect("folds");
    drop(folder);
    let bytes = &disk.synced_files()["catalogue.redb"];
    let at = bytes.windows(9).position(|window| window == b"find here").expect("it is there");
    assert!(disk.flip("catalogue.redb", at, 0));
    let error = open(Arc::new(disk), SMALL).expect_err("noticed").to_string();
    assert!(error.contains("c/one") && error.contains("copy"), "{error}");
}

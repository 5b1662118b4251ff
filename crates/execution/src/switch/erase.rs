//! Erasing for good what the owner says: a membership, words in an app's history and logs, answers that are still
//! kept, every restore point; and in the app's memory bytes that its program has let go of but not written over.
//!
//! The rows themselves are the app's, and are deleted by its own methods, in the same batch as all the rest: no crash
//! finds a part of it. What is overwritten in memory are texts that the caller found in no value that the program has
//! then.

use std::{collections::BTreeSet, sync::Arc};

use candid::Principal;
use state::{
    delta::{MemoryId, MemoryKind, MemoryOp},
    pages::{PAGE_BYTES, PageDelta, PageLines, PagedMemory},
    replicated::IngressStatus,
};

use crate::{
    executor::Executor,
    registry::{
        Refused,
        calls::{EraseArg, Erased},
    },
    state::memory_id,
};

/// A shorter text could stand in memory for something else, and is left.
pub const TEXT_BYTES_MIN: usize = 6;
/// Memory that is gone through for what was let go of.
const MEMORY_BYTES_MAX: u64 = 512 << 20;
/// What stands where something was erased.
const BLANK: u8 = b'x';

impl Executor {
    /// Erases. Everything of it is in one batch; the files follow when the replica forgets.
    pub(crate) fn erase(&mut self, arg: &EraseArg) -> Result<Erased, Refused> {
        let backend = arg.app;
        let Some(canister) = self.state.canisters.get(&backend).filter(|_| self.state.registry.app(backend).is_some())
        else {
            return Err(Refused("there is no such app".into()));
        };
        if !canister.system.held || canister.system.has_open_calls() {
            return Err(Refused("only in a held app without open calls can something be erased".into()));
        }
        let members = self.state.registry.members_snapshot(backend);
        if let Some(member) = arg.member.as_ref().filter(|member| !members.contains_key(*member)) {
            return Err(Refused(format!("the app has no member {member}")));
        }
        self.call_at_once(backend, arg.by, &arg.rows)?;
        if let Some(member) = &arg.member {
            self.state.registry.revoke(backend, member)?;
        }
        let points = self.drop_points(backend);
        self.state.registry.erase_words(backend, &arg.texts, &arg.verdicts);
        self.erase_logs(backend, &arg.texts);
        self.erase_answers(&arg.texts);
        let texts: Vec<&[u8]> =
            arg.texts.iter().map(String::as_bytes).filter(|text| text.len() >= TEXT_BYTES_MIN).collect();
        let mut overwritten = 0;
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            overwritten += self.overwrite(memory_id(backend, kind, 0), backend, &texts);
        }
        Ok(Erased { points, overwritten })
    }

    /// The memories of an app, for the replica to forget what was in their files.
    #[must_use]
    pub fn memories_of(&self, backend: Principal) -> Vec<MemoryId> {
        [MemoryKind::Heap, MemoryKind::Stable].map(|kind| memory_id(backend, kind, 0)).to_vec()
    }

    fn drop_points(&mut self, backend: Principal) -> u64 {
        let points: Vec<u64> = self.state.points.keys().filter(|(id, _)| *id == backend).map(|(_, n)| *n).collect();
        points.iter().for_each(|number| self.drop_point(backend, *number));
        points.len() as u64
    }

    fn erase_logs(&mut self, backend: Principal, texts: &[String]) {
        let Some(canister) = self.state.canisters.get_mut(&backend) else { return };
        let logs = &mut canister.system.logs;
        if logs.iter().any(|entry| texts.iter().any(|text| entry.text.contains(text.as_str()))) {
            // Lines are numbered without gaps, so all go.
            *logs = Arc::default();
            self.changes.canisters.insert(backend);
        }
    }

    /// Answers that hold one of the texts are given up, as old ones are; their calls don't run again.
    fn erase_answers(&mut self, texts: &[String]) {
        let holds = |bytes: &[u8]| texts.iter().any(|text| find(bytes, text.as_bytes(), 0).is_some());
        let told = |status: &IngressStatus| match status {
            IngressStatus::Replied(bytes) => holds(bytes),
            IngressStatus::Rejected(reject) => holds(reject.message.as_bytes()),
            _ => false,
        };
        let found: Vec<_> = self
            .state
            .ingress
            .iter()
            .filter(|(_, entry)| told(&entry.status))
            .map(|(id, entry)| (*id, entry.clone()))
            .collect();
        for (id, mut entry) in found {
            entry.status = IngressStatus::Done;
            self.state.put_ingress(id, entry);
            self.changes.ingress.insert(id);
        }
    }

    /// Writes over every place in a memory that holds one of the texts; gives how many there were.
    fn overwrite(&mut self, id: MemoryId, backend: Principal, texts: &[&[u8]]) -> u64 {
        let Some(memory) = self.state.memory(id).filter(|memory| memory.bytes() <= MEMORY_BYTES_MAX) else { return 0 };
        let (delta, count) = blanked(memory, texts);
        if delta.pages.is_empty() {
            return 0;
        }
        self.instances.take(backend);
        if let Some(memory) = self.state.memory_mut(id) {
            memory.apply_checked(&delta);
        }
        self.changes.memories.push(MemoryOp::Write(id, delta));
        self.changes.canisters.insert(backend);
        count
    }
}

/// What changes when every place that holds one of the texts is blanked, and how many such places there are. A text
/// may stand across the end of a page.
fn blanked(memory: &PagedMemory, texts: &[&[u8]]) -> (PageDelta, u64) {
    let mut bytes = vec![0; usize::try_from(memory.bytes()).unwrap_or(0)];
    let pages = bytes.len() / PAGE_BYTES;
    for (index, room) in bytes.chunks_exact_mut(PAGE_BYTES).enumerate() {
        if let Some(page) = memory.page(index as u64) {
            room.copy_from_slice(page);
        }
    }
    let (mut touched, mut count) = (BTreeSet::new(), 0);
    for text in texts {
        let mut from = 0;
        while let Some(at) = find(&bytes, text, from) {
            bytes[at..at + text.len()].fill(BLANK);
            touched.extend(at / PAGE_BYTES..=(at + text.len() - 1) / PAGE_BYTES);
            count += 1;
            from = at + text.len();
        }
    }
    let changed = touched.into_iter().filter(|index| *index < pages).filter_map(|index| {
        let new = bytes[index * PAGE_BYTES..][..PAGE_BYTES].first_chunk::<PAGE_BYTES>()?;
        let zero = [0; PAGE_BYTES];
        PageLines::diff(index as u64, memory.page(index as u64).unwrap_or(&zero), new)
    });
    (PageDelta { bytes: memory.bytes(), pages: changed.collect() }, count)
}

/// Where a text begins at or behind `from`.
fn find(bytes: &[u8], text: &[u8], from: usize) -> Option<usize> {
    let first = *text.first()?;
    let mut at = from;
    while let Some(next) = bytes.get(at..)?.iter().position(|byte| *byte == first) {
        at += next;
        if bytes[at..].starts_with(text) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_across_pages_and_blanked_wherever_they_stand() {
        let mut memory = PagedMemory::empty();
        let zero = [0; PAGE_BYTES];
        let (mut one, mut two) = (zero, zero);
        one[PAGE_BYTES - 3..].copy_from_slice(b"+49");
        two[..7].copy_from_slice(b" 30 123");
        two[100..110].copy_from_slice(b"+49 30 123");
        let pages =
            [(0, one), (1, two)].iter().filter_map(|(index, page)| PageLines::diff(*index, &zero, page)).collect();
        memory.apply(&PageDelta { bytes: 3 * PAGE_BYTES as u64, pages });
        let (delta, count) = blanked(&memory, &[b"+49 30 123", b"not there"]);
        assert_eq!(count, 2);
        memory.apply(&delta);
        assert_eq!(blanked(&memory, &[b"+49 30 123"]).1, 0);
        assert_eq!(memory.page(0).map(|page| &page[PAGE_BYTES - 3..]), Some(&b"xxx"[..]));
        assert_eq!(memory.page(1).map(|page| &page[..8]), Some(&b"xxxxxxx\0"[..]));
        assert_eq!(memory.page(2), None, "what had nothing in it is not written");
    }
}

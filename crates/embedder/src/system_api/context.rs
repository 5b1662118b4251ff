//! The contexts in which system API functions may be called, by the interface spec's letters.

use crate::message::{CallbackKind, Entry};

/// What kind of message runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Context {
    /// I: `canister_init` and `canister_post_upgrade`
    Install = 1,
    /// G: `canister_pre_upgrade`
    PreUpgrade = 1 << 1,
    /// U
    Update = 1 << 2,
    /// RQ
    ReplicatedQuery = 1 << 3,
    /// NRQ
    NonReplicatedQuery = 1 << 4,
    /// TQ
    TransformQuery = 1 << 5,
    /// CQ
    CompositeQuery = 1 << 6,
    /// Ry
    Reply = 1 << 7,
    /// Rt
    Reject = 1 << 8,
    /// CRy
    CompositeReply = 1 << 9,
    /// CRt
    CompositeReject = 1 << 10,
    /// C
    Cleanup = 1 << 11,
    /// CC
    CompositeCleanup = 1 << 12,
    /// F: `canister_inspect_message`
    InspectMessage = 1 << 13,
    /// T: heartbeat, timer, low memory
    SystemTask = 1 << 14,
    /// s: `(start)`
    Start = 1 << 15,
}

/// A set of contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contexts(u32);

impl Contexts {
    /// Reads the spec's letters: `*` is all but `s`, and `Q` both modes of queries.
    pub(crate) const fn of(letters: &str) -> Contexts {
        let bytes = letters.as_bytes();
        let (mut set, mut start) = (0, 0);
        while start < bytes.len() {
            let mut end = start;
            while end < bytes.len() && bytes[end] != b' ' {
                end += 1;
            }
            set |= letter(bytes, start, end);
            start = end + 1;
        }
        Contexts(set)
    }

    pub(crate) const fn contains(self, context: Context) -> bool {
        self.0 & context as u32 != 0
    }
}

const fn letter(bytes: &[u8], start: usize, end: usize) -> u32 {
    const NAMES: [(&[u8], u32); 18] = [
        (b"I", 1),
        (b"G", 1 << 1),
        (b"U", 1 << 2),
        (b"RQ", 1 << 3),
        (b"NRQ", 1 << 4),
        (b"TQ", 1 << 5),
        (b"CQ", 1 << 6),
        (b"Ry", 1 << 7),
        (b"Rt", 1 << 8),
        (b"CRy", 1 << 9),
        (b"CRt", 1 << 10),
        (b"C", 1 << 11),
        (b"CC", 1 << 12),
        (b"F", 1 << 13),
        (b"T", 1 << 14),
        (b"s", 1 << 15),
        (b"*", (1 << 15) - 1),
        (b"Q", (1 << 3) | (1 << 4)),
    ];
    let mut index = 0;
    while index < NAMES.len() {
        let (name, set) = NAMES[index];
        let mut same = name.len() == end - start;
        let mut at = 0;
        while same && at < name.len() {
            same = name[at] == bytes[start + at];
            at += 1;
        }
        if same {
            return set;
        }
        index += 1;
    }
    panic!("a letter that is no context of the interface spec")
}

impl Context {
    /// The context in which an entry runs.
    pub(crate) fn of(entry: &Entry, replicated: bool) -> Context {
        match entry {
            Entry::Start => Context::Start,
            Entry::Init | Entry::PostUpgrade => Context::Install,
            Entry::PreUpgrade => Context::PreUpgrade,
            Entry::InspectMessage => Context::InspectMessage,
            Entry::Update(_) => Context::Update,
            Entry::Query(_) if replicated => Context::ReplicatedQuery,
            Entry::Query(_) => Context::NonReplicatedQuery,
            Entry::TransformQuery(_) => Context::TransformQuery,
            Entry::CompositeQuery(_) => Context::CompositeQuery,
            Entry::Heartbeat | Entry::GlobalTimer | Entry::OnLowWasmMemory => Context::SystemTask,
            Entry::Callback(callback) => match (callback.kind, callback.in_composite) {
                (CallbackKind::Reply, false) => Context::Reply,
                (CallbackKind::Reject, false) => Context::Reject,
                (CallbackKind::Cleanup, false) => Context::Cleanup,
                (CallbackKind::Reply, true) => Context::CompositeReply,
                (CallbackKind::Reject, true) => Context::CompositeReject,
                (CallbackKind::Cleanup, true) => Context::CompositeCleanup,
            },
        }
    }
}

impl std::fmt::Display for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Context::Install => "`canister_init` or `canister_post_upgrade`",
            Context::PreUpgrade => "`canister_pre_upgrade`",
            Context::Update => "an update method",
            Context::ReplicatedQuery => "a replicated query",
            Context::NonReplicatedQuery => "a query",
            Context::TransformQuery => "a transform query",
            Context::CompositeQuery => "a composite query",
            Context::Reply => "a reply callback",
            Context::Reject => "a reject callback",
            Context::CompositeReply => "a reply callback of a composite query",
            Context::CompositeReject => "a reject callback of a composite query",
            Context::Cleanup => "a cleanup callback",
            Context::CompositeCleanup => "a cleanup callback of a composite query",
            Context::InspectMessage => "`canister_inspect_message`",
            Context::SystemTask => "a system task",
            Context::Start => "the start function",
        })
    }
}

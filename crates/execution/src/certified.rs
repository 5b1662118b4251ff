//! The certified state: the part of the replicated state that certificates speak of, as a hash tree.
//!
//! Paths are those of the interface spec, "The system state tree", and one of our own: `/autograph/<canister id>` is
//! the canister's fingerprint. Only what a batch changed is put in anew.

use std::{collections::BTreeSet, sync::Arc};

use candid::Principal;
use embedder::{Sections, Visibility};
use protocol::tree::Tree;
use state::replicated::{CanisterCode, IngressStatus, Metadata, NativeKind, RequestId, SystemState};

use crate::{
    config::ExecutionConfig,
    executor::{Blobs, Executor},
    state::Changes,
};

/// Version of what the tree holds of a state. A start compares roots of the same version only.
pub(crate) const FORMAT: u32 = 1;

/// The tree as of the last batch.
#[derive(Clone, Debug)]
pub(crate) struct CertifiedTree {
    tree: Tree,
}

impl CertifiedTree {
    /// What does not change: the subnet with its key, range and nodes.
    #[must_use]
    pub(crate) fn new(config: &ExecutionConfig) -> CertifiedTree {
        let mut tree = Tree::node();
        let subnet = config.subnet_id.as_slice();
        tree.insert(&[b"subnet", subnet, b"public_key"], Tree::leaf(config.root_key.to_vec()));
        tree.insert(&[b"subnet", subnet, b"type"], Tree::leaf(b"application".to_vec()));
        tree.insert(&[b"subnet", subnet, b"canister_ranges"], Tree::leaf(ranges()));
        let (first, _) = range();
        tree.insert(&[b"canister_ranges", subnet, first.as_slice()], Tree::leaf(ranges()));
        for (id, key) in &config.nodes {
            tree.insert(&[b"subnet", subnet, b"node", id.as_slice(), b"public_key"], Tree::leaf(key.clone()));
        }
        CertifiedTree { tree }
    }

    /// The tree; cloning it is cheap.
    #[must_use]
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }
}

/// All ids that this network may give.
fn range() -> (Principal, Principal) {
    let id = |index: u64| protocol::principal::CanisterId::from_index(index).principal();
    (id(0), id(u64::MAX))
}

fn ranges() -> Vec<u8> {
    let (first, last) = range();
    let pair = [[serde_bytes::ByteBuf::from(first.as_slice()), serde_bytes::ByteBuf::from(last.as_slice())]];
    let mut out = vec![0xd9, 0xd9, 0xf7];
    out.extend(state::replicated::to_record(&pair));
    out
}

impl Executor {
    /// Builds the tree from the whole state, at start.
    pub(crate) fn certify_all(&mut self) {
        let canisters: Vec<_> = self.state.canisters.keys().copied().collect();
        let requests: Vec<_> = self.state.ingress.keys().copied().collect();
        for id in canisters {
            self.certify_canister(id);
            self.certify_fingerprint(id);
        }
        requests.into_iter().for_each(|id| self.certify_request(id));
        self.certify_time();
    }

    /// Puts in what a batch changed.
    pub(crate) fn certify(&mut self, changes: &Changes) {
        changes.canisters.iter().chain(&changes.assets).for_each(|id| self.certify_canister(*id));
        let written = changes.memories.iter().map(|op| Principal::from_slice(&op.target().canister));
        let fingerprints: BTreeSet<Principal> = written.chain(changes.globals.iter().copied()).collect();
        fingerprints.into_iter().for_each(|id| self.certify_fingerprint(id));
        changes.ingress.iter().for_each(|id| self.certify_request(*id));
        self.certify_time();
    }

    fn certify_time(&mut self) {
        let mut time = Vec::with_capacity(10);
        leb128(self.state.time, &mut time);
        self.certified.tree.insert(&[b"time"], Tree::leaf(time));
    }

    /// Most messages change nothing of this, so what is as it was stays untouched.
    fn certify_canister(&mut self, id: Principal) {
        let path = [b"canister".as_slice(), id.as_slice()];
        let Some(canister) = self.state.canisters.get(&id) else {
            self.certified.tree.remove(&path);
            return;
        };
        let stale = matches!(canister.system.code, CanisterCode::Wasm(hash) if canister.system.metadata.module != hash);
        if stale {
            self.note_metadata(id);
        }
        let Some(canister) = self.state.canisters.get(&id) else { return };
        let system = &canister.system;
        let known = self.certified.tree.get(&path);
        let leaf = |name: &str| known.and_then(|known| known.lookup(&[name]));
        if known.is_none() || leaf("module_hash") != module_hash(system).as_ref().map(<[u8; 32]>::as_slice) {
            let subtree = canister_tree(system, &self.blobs);
            self.certified.tree.insert(&path, subtree);
            return;
        }
        let fresh = [("controllers", controllers(system)), ("certified_data", system.certified_data.clone())];
        let stale: Vec<_> =
            fresh.into_iter().filter(|(name, now)| leaf(name).is_some_and(|then| then != now.as_slice())).collect();
        for (name, bytes) in stale {
            self.certified.tree.insert(&[path[0], path[1], name.as_bytes()], Tree::leaf(bytes));
        }
    }

    fn certify_fingerprint(&mut self, id: Principal) {
        let path = [b"autograph".as_slice(), id.as_slice()];
        match self.state.canisters.get(&id).filter(|canister| matches!(canister.system.code, CanisterCode::Wasm(_))) {
            Some(canister) => self.certified.tree.insert(&path, Tree::leaf(canister.fingerprint().to_vec())),
            None => drop(self.certified.tree.remove(&path)),
        }
    }

    /// Takes down what the certified state needs to know of a module, so that it need not be there later.
    fn note_metadata(&mut self, id: Principal) {
        let Some(module) = self.module_of(id) else { return };
        let private = module.custom_sections().filter(|(_, visibility, _)| *visibility == Visibility::Private);
        let metadata = Metadata {
            module: module.hash().to_vec(),
            digest: metadata_tree(module.sections()).digest(),
            private: private.map(|(name, ..)| name.to_owned()).collect(),
        };
        if let Some(canister) = self.state.canisters.get_mut(&id) {
            canister.system.metadata = metadata;
        }
    }

    fn certify_request(&mut self, id: RequestId) {
        let path = [b"request_status".as_slice(), &id.0];
        match self.state.ingress.get(&id) {
            Some(entry) if entry.status != IngressStatus::Done => {
                self.certified.tree.insert(&path, request_tree(&entry.status));
            }
            _ => drop(self.certified.tree.remove(&path)),
        }
    }
}

fn canister_tree(system: &SystemState, blobs: &Arc<dyn Blobs>) -> Tree {
    let mut tree = Tree::node();
    tree.insert(&[b"controllers"], Tree::leaf(controllers(system)));
    if let Some(hash) = module_hash(system) {
        tree.insert(&[b"module_hash"], Tree::leaf(hash.to_vec()));
        tree.insert(&[b"certified_data"], Tree::leaf(system.certified_data.clone()));
    }
    if let CanisterCode::Wasm(hash) = system.code
        && system.metadata.digest != Tree::node().digest()
    {
        let blobs = blobs.clone();
        let load = move || metadata_of(&*blobs, &hash);
        tree.insert(&[b"metadata"], Tree::deferred(system.metadata.digest, load));
    }
    tree
}

/// The subtree `metadata`, from the module's bytes.
fn metadata_of(blobs: &dyn Blobs, module: &[u8; 32]) -> Tree {
    let sections = blobs.get(module).and_then(|bytes| embedder::sections(&bytes).ok());
    sections.map_or_else(Tree::node, |sections| metadata_tree(&sections))
}

fn metadata_tree(sections: &Sections) -> Tree {
    let mut tree = Tree::node();
    for (name, (_, bytes)) in sections {
        tree.insert(&[name.as_bytes()], Tree::leaf(bytes.clone()));
    }
    tree
}

fn module_hash(system: &SystemState) -> Option<[u8; 32]> {
    match system.code {
        CanisterCode::Empty => None,
        CanisterCode::Wasm(hash) => Some(hash),
        // No module stands behind these; the name of the code does.
        CanisterCode::Native(NativeKind::Registry) => Some(native_hash("registry")),
        CanisterCode::Native(NativeKind::Assets) => Some(native_hash("assets")),
    }
}

fn native_hash(name: &str) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(format!("native canister: {name}")).into()
}

fn controllers(system: &SystemState) -> Vec<u8> {
    let list: Vec<_> = system.controllers.iter().map(|id| serde_bytes::ByteBuf::from(id.as_slice())).collect();
    let mut out = vec![0xd9, 0xd9, 0xf7];
    out.extend(state::replicated::to_record(&list));
    out
}

fn request_tree(status: &IngressStatus) -> Tree {
    let mut tree = Tree::node();
    tree.insert(&[b"status"], Tree::leaf(status.label().as_bytes().to_vec()));
    match status {
        IngressStatus::Received | IngressStatus::Processing | IngressStatus::Done => {}
        IngressStatus::Replied(bytes) => tree.insert(&[b"reply"], Tree::leaf(bytes.clone())),
        IngressStatus::Rejected(reject) => {
            let mut code = Vec::new();
            leb128(reject.code.number(), &mut code);
            tree.insert(&[b"reject_code"], Tree::leaf(code));
            tree.insert(&[b"reject_message"], Tree::leaf(reject.message.as_bytes().to_vec()));
            if let Some(error_code) = reject.error_code {
                tree.insert(&[b"error_code"], Tree::leaf(error_code.to_string().into_bytes()));
            }
        }
    }
    tree
}

/// Unsigned LEB128, as the spec writes numbers in the tree.
fn leb128(mut value: u64, out: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

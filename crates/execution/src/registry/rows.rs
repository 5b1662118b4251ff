//! The rows of the registry.

use std::collections::{BTreeMap, BTreeSet};

use candid::{CandidType, Principal};
use serde::{Deserialize, Serialize};

use super::VISITOR;

/// An app: one backend canister, one asset canister, an owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// In its address.
    pub name: String,
    /// What people see.
    pub title: String,
    /// A [`Person`]'s id.
    pub owner: String,
    /// The canister that holds the data.
    pub backend: Principal,
    /// The canister that holds the pages.
    pub assets: Principal,
    /// The current version; 0 before the first went live.
    pub version: u64,
    /// Roles besides owner and visitor.
    pub roles: Vec<RoleDefinition>,
    /// Counts members without an id of their own.
    pub next_member: u64,
    /// Made at, ns.
    pub created_at: u64,
}

/// A role that invitations give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, CandidType)]
pub struct RoleDefinition {
    /// For example `guest`.
    pub id: String,
    /// For example `Guest`.
    pub label: String,
    /// Whose members may invite into it; the owner always may.
    pub invited_by: Vec<String>,
}

/// An invited person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What they may do.
    pub role: String,
    /// For lists.
    pub name: String,
    /// SHA-256 of the link's secret.
    pub token: Option<[u8; 32]>,
    /// Browsers that opened the link.
    pub keys: Vec<Principal>,
    /// Invited at, ns.
    pub at: u64,
}

/// Someone who owns apps on this node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their keys: the node's own key file, and each browser that entered the studio.
    pub keys: BTreeSet<Principal>,
}

/// A version of an app, as it went live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// 1, 2, …
    pub number: u64,
    /// Went live at, ns.
    pub at: u64,
    /// What was asked for.
    pub message: String,
    /// The key that asked.
    pub by: Principal,
    /// The version whose state this one brought back, if it was a restore.
    #[serde(default)]
    pub restored_from: Option<u64>,
    /// SHA-256 of the module.
    pub module: [u8; 32],
    /// Blob of the source tree.
    pub source: [u8; 32],
    /// Blob of the frontend's manifest.
    pub manifest: [u8; 32],
    /// Blob of the verdict.
    pub verdict: [u8; 32],
    /// What the owner approved for it, in words.
    #[serde(default)]
    pub approved: Vec<String>,
}

/// The frontend's files: path to what is served there.
pub type AppAssets = BTreeMap<String, AssetFile>;

/// One file of a frontend: a blob with its content type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetFile {
    /// SHA-256, and its name in the blob store.
    pub hash: [u8; 32],
    /// MIME type.
    pub content_type: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// Who a caller is to an app. Generated backends ask for it, so its Candid form is fixed.
#[derive(Clone, Debug, PartialEq, Eq, CandidType, Serialize, Deserialize)]
pub struct Standing {
    /// `owner`, `visitor`, or a role of the app.
    pub role: String,
    /// Stable id of the membership; empty for visitors.
    pub member: String,
    /// The name in the invitation.
    pub name: String,
}

impl Standing {
    /// Someone whom nobody invited.
    #[must_use]
    pub fn visitor() -> Standing {
        Standing { role: VISITOR.into(), member: String::new(), name: String::new() }
    }
}

//! The registry's Candid interface.
//!
//! `standing`, `redeem`, `invite` and `revoke` are for apps and people; the rest is for the node's own service (the
//! workshop), which acts for the person whose signed request it checked and names that key as `by`.

use candid::{CandidType, Principal};
use serde::{Deserialize, Serialize};

use super::{AssetFile, RoleDefinition};

/// A reply in words when it can't be done.
#[derive(Clone, Debug, PartialEq, Eq, CandidType, Serialize, Deserialize)]
pub enum Outcome<T> {
    /// Done.
    #[serde(rename = "ok")]
    Ok(T),
    /// Not done, and why.
    #[serde(rename = "err")]
    Err(String),
}

/// Argument of `invite`.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct InviteArg {
    /// The app's backend canister.
    pub app: Principal,
    /// The role to give.
    pub role: String,
    /// Whom, for lists.
    pub name: String,
    /// An id of the app's choosing.
    pub member: Option<String>,
}

/// Reply of `invite`.
#[derive(Clone, Debug, PartialEq, Eq, CandidType, Serialize, Deserialize)]
pub struct Invited {
    /// The secret for the link.
    pub token: String,
    /// The member's id.
    pub member: String,
}

/// Argument of `revoke`.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct RevokeArg {
    /// The app's backend canister.
    pub app: Principal,
    /// The member's id.
    pub member: String,
}

/// Argument of `create_app`.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct CreateAppArg {
    /// In its address.
    pub name: String,
    /// What people see.
    pub title: String,
    /// The person.
    pub owner: String,
}

/// Reply of `create_app`.
#[derive(Clone, Debug, PartialEq, Eq, CandidType, Serialize, Deserialize)]
pub struct CreatedApp {
    /// The canister for the data.
    pub backend: Principal,
    /// The canister for the pages.
    pub assets: Principal,
}

/// Argument of `publish`: a release that the gate let through.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct PublishArg {
    /// The app's backend canister.
    pub app: Principal,
    /// The live version that the verdict was made on; another one live makes it void.
    pub on_version: u64,
    /// SHA-256 of the module, a blob.
    pub module: [u8; 32],
    /// Frontend files, blobs.
    pub assets: Vec<(String, AssetArg)>,
    /// Roles from now on.
    pub roles: Vec<RoleDefinition>,
    /// Title from now on.
    pub title: String,
    /// Blob of the source tree.
    pub source: [u8; 32],
    /// Blob of the verdict.
    pub verdict: [u8; 32],
    /// Blob of the manifest.
    pub manifest: [u8; 32],
    /// What was asked for.
    pub message: String,
    /// The key that asked.
    pub by: Principal,
    /// What the owner approved.
    pub approved: Vec<String>,
}

/// One frontend file in Candid.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct AssetArg {
    /// SHA-256.
    pub hash: [u8; 32],
    /// MIME type.
    pub content_type: String,
    /// Length in bytes.
    pub bytes: u64,
}

impl From<AssetArg> for AssetFile {
    fn from(arg: AssetArg) -> AssetFile {
        AssetFile { hash: arg.hash, content_type: arg.content_type, bytes: arg.bytes }
    }
}

/// Argument of `restore`.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct RestoreArg {
    /// The app's backend canister.
    pub app: Principal,
    /// The version to bring back.
    pub version: u64,
    /// The live version that the request was made on.
    pub on_version: u64,
    /// What was asked for.
    pub message: String,
    /// The key that asked.
    pub by: Principal,
    /// Members of that version who stay as they are now: out, or with the role and link that they have.
    pub leave_out: Vec<String>,
    /// Open calls don't stand in the way; their callers are told.
    pub end_calls: bool,
}

/// Argument of `hold`, `release`, `end_calls`, `freeze`, `thaw`, `delete_app`.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct AppArg {
    /// The app's backend canister.
    pub app: Principal,
}

/// A call of a method of an app.
#[derive(Clone, Debug, PartialEq, Eq, CandidType, Serialize, Deserialize)]
pub struct AppCall {
    /// The method.
    pub method: String,
    /// Its argument, in Candid.
    pub arg: Vec<u8>,
}

/// Argument of `erase`.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct EraseArg {
    /// The app's backend canister.
    pub app: Principal,
    /// As whom the app's methods are called.
    pub by: Principal,
    /// How the app's own methods delete the rows; made in the same batch as everything else.
    pub rows: Vec<AppCall>,
    /// The member who goes.
    pub member: Option<String>,
    /// Texts that may stay nowhere. No value that the app still has holds one of them.
    pub texts: Vec<String>,
    /// Versions whose verdict held one of them, with the blob of the verdict without it.
    pub verdicts: Vec<(u64, [u8; 32])>,
}

/// Reply of `erase`.
#[derive(Clone, Debug, PartialEq, Eq, CandidType, Serialize, Deserialize)]
pub struct Erased {
    /// Restore points that are gone.
    pub points: u64,
    /// Places in memory that were written over.
    pub overwritten: u64,
}

/// Argument of `rename_app`.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct RenameArg {
    /// The app's backend canister.
    pub app: Principal,
    /// Its new name.
    pub name: String,
}

/// Argument of `enrol`.
#[derive(Clone, Debug, CandidType, Serialize, Deserialize)]
pub struct EnrolArg {
    /// The person.
    pub person: String,
    /// Their key.
    pub key: Principal,
}

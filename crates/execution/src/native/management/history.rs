//! What happened to a canister: kept by the methods that change it, told by `canister_info`.

use candid::{Principal, Reserved};
use ic_management_canister_types::{
    CanisterInfoArgs, CanisterInfoResult, Change, ChangeDetails as DetailsReply, ChangeOrigin as OriginReply,
    CodeDeploymentMode, CodeDeploymentRecord, ControllersChangeRecord, CreationRecord, FromCanisterRecord,
    FromUserRecord, LoadSnapshotRecord, SnapshotSource,
};
use state::replicated::{
    CallOrigin, Reject,
    managed::{CanisterChange, ChangeDetails, ChangeOrigin, DeploymentMode},
};

use super::{
    super::{Native, NativeCall, decode, reply},
    look::module_hash,
    snapshots::id_bytes,
};
use crate::executor::Executor;

/// Who makes a change, by the call that asks for it and the version that a canister tells of itself.
pub(super) fn origin(call: &NativeCall<'_>, version: Option<u64>) -> ChangeOrigin {
    match call.origin {
        CallOrigin::Ingress { .. } => ChangeOrigin::User(call.caller),
        _ => ChangeOrigin::Canister(call.caller, version),
    }
}

impl Executor {
    /// Adds a change that has just been made to a canister's history.
    pub(crate) fn record(&mut self, id: Principal, origin: ChangeOrigin, details: ChangeDetails) {
        let Some(version) = self.state.canisters.get(&id).map(|canister| canister.system.version) else { return };
        let change = CanisterChange { at: self.state.time, version, origin, details };
        if let Ok(managed) = self.managed(id) {
            managed.record(change);
        }
    }

    pub(super) fn canister_info(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: CanisterInfoArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        let canister = self.accessible(id, call)?;
        let history = &canister.managed.history;
        let wanted = usize::try_from(arg.num_requested_changes.unwrap_or(0)).unwrap_or(usize::MAX);
        let older = history.len().saturating_sub(wanted);
        reply((CanisterInfoResult {
            total_num_changes: canister.managed.changes_total,
            recent_changes: history.iter().skip(older).map(|change| told(id, change)).collect(),
            module_hash: module_hash(&canister.system),
            controllers: canister.system.controllers.iter().copied().collect(),
        },))
    }
}

fn told(id: Principal, change: &CanisterChange) -> Change {
    Change {
        timestamp_nanos: change.at,
        canister_version: change.version,
        origin: match change.origin {
            ChangeOrigin::User(user_id) => OriginReply::FromUser(FromUserRecord { user_id }),
            ChangeOrigin::Canister(canister_id, canister_version) => {
                OriginReply::FromCanister(FromCanisterRecord { canister_id, canister_version })
            }
        },
        details: Some(told_details(id, &change.details)),
    }
}

fn told_details(id: Principal, details: &ChangeDetails) -> DetailsReply {
    match details {
        ChangeDetails::Creation { controllers, environment } => DetailsReply::Creation(CreationRecord {
            controllers: controllers.iter().copied().collect(),
            environment_variables_hash: environment.map(|hash| hash.0.to_vec()),
        }),
        ChangeDetails::CodeUninstall => DetailsReply::CodeUninstall,
        ChangeDetails::CodeDeployment { mode, module } => DetailsReply::CodeDeployment(CodeDeploymentRecord {
            mode: match mode {
                DeploymentMode::Install => CodeDeploymentMode::Install,
                DeploymentMode::Reinstall => CodeDeploymentMode::Reinstall,
                DeploymentMode::Upgrade => CodeDeploymentMode::Upgrade,
            },
            module_hash: module.0.to_vec(),
        }),
        ChangeDetails::LoadSnapshot { from, number, version, taken_at, uploaded } => {
            DetailsReply::LoadSnapshot(LoadSnapshotRecord {
                from_canister_id: *from,
                snapshot_id: id_bytes(from.unwrap_or(id), *number),
                canister_version: *version,
                taken_at_timestamp: *taken_at,
                source: source(*uploaded),
            })
        }
        ChangeDetails::ControllersChange(controllers) => DetailsReply::ControllersChange(ControllersChangeRecord {
            controllers: controllers.iter().copied().collect(),
        }),
    }
}

/// Where a snapshot came from.
pub(super) fn source(uploaded: bool) -> SnapshotSource {
    if uploaded { SnapshotSource::MetadataUpload(Reserved) } else { SnapshotSource::TakenFromCanister(Reserved) }
}

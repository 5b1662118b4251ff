//! What is told about the network.

use candid::Principal;
use ic_management_canister_types::{
    NodeMetricsHistoryArgs, NodeMetricsHistoryResult, SubnetInfoArgs, SubnetInfoResult,
};
use protocol::ErrorCode;
use state::replicated::Reject;

use super::super::{Native, NativeCall, decode, reply};
use crate::executor::Executor;

impl Executor {
    pub(super) fn subnet_info(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let SubnetInfoArgs { subnet_id } = decode(call.method, call.arg)?;
        self.check_subnet(subnet_id)?;
        // There is no registry of networks, so its version never changes.
        reply((SubnetInfoResult { replica_version: env!("CARGO_PKG_VERSION").into(), registry_version: 0 },))
    }

    /// One node needs no account of who proposed what: the history is empty.
    pub(super) fn node_metrics_history(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let NodeMetricsHistoryArgs { subnet_id, .. } = decode(call.method, call.arg)?;
        self.check_subnet(subnet_id)?;
        reply((NodeMetricsHistoryResult::new(),))
    }

    fn check_subnet(&self, subnet: Principal) -> Result<(), Reject> {
        if subnet == self.config.subnet_id {
            return Ok(());
        }
        let text = format!("there is no subnet {subnet}; this network's is {}", self.config.subnet_id);
        Err(Reject::new(ErrorCode::SUBNET_NOT_FOUND, text))
    }
}

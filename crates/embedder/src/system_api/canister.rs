//! The canister itself and where it runs.
//!
//! Source: interface spec, "Canister smart contract self-identification", "status", "version", "Controller check",
//! "Replicated execution check", "Subnet self-identification".

use wasmtime::Linker;

use super::{
    host::Host,
    pointer::{Pointer, define},
};
use crate::system_api::Context;

pub(super) fn register<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "canister_self_size", |call| -> P { Ok(P::of(call.host().input.canister.id.len() as u64)) });
    define!(linker, "canister_self_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, |host| &host.input.canister.id)
    });
    define!(linker, "canister_status", |call| -> u32 { Ok(call.host().input.canister.status as u32) });
    define!(linker, "canister_version", |call| -> u64 { Ok(call.host().input.canister_version) });
    define!(linker, "subnet_self_size", |call| -> P { Ok(P::of(call.host().input.subnet.id.len() as u64)) });
    define!(linker, "subnet_self_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, |host| &host.input.subnet.id)
    });
    define!(linker, "subnet_self_node_count", |call| -> u32 { Ok(call.host().input.subnet.nodes) });
    define!(linker, "is_controller", |call, src: P, size: P| -> u32 {
        let principal = call.read_principal(src, size)?;
        Ok(u32::from(call.host().input.canister.controllers.contains(&principal)))
    });
    define!(linker, "in_replicated_execution", |call| -> u32 { Ok(u32::from(is_replicated(call.host()))) });
    Ok(())
}

fn is_replicated(host: &Host) -> bool {
    match host.context {
        Context::NonReplicatedQuery
        | Context::CompositeQuery
        | Context::CompositeReply
        | Context::CompositeReject
        | Context::CompositeCleanup
        | Context::InspectMessage => false,
        Context::TransformQuery => host.input.replicated,
        _ => true,
    }
}

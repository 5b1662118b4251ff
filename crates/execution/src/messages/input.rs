//! What a message may learn from outside its memory, gathered from the state.

use std::{collections::BTreeMap, sync::Arc};

use candid::Principal;
use embedder::{CallerInfo, CanisterStatus as WasmStatus, CanisterView, Input, Reject as WasmReject, SubnetView};
use state::replicated::{CallContext, CanisterStatus, Reject, SystemState};

use crate::{config::ExecutionConfig, state::Canister, turn::Env};

/// What differs from message to message.
#[derive(Clone, Debug)]
pub(crate) struct InputParts {
    pub(crate) caller: Principal,
    pub(crate) arg: Arc<[u8]>,
    pub(crate) reject: Option<Reject>,
    pub(crate) refunded: u128,
    /// The call that it belongs to, if that is one that was begun before.
    pub(crate) context: Option<u64>,
    /// The callback that it answers, if it is an answer.
    pub(crate) answers: Option<u64>,
    /// The call that it begins.
    pub(crate) begins: Option<CallContext>,
    pub(crate) method_name: Arc<str>,
    pub(crate) data_certificate: Option<Arc<[u8]>>,
    pub(crate) non_replicated: bool,
    pub(crate) sender_info: Option<state::replicated::SenderInfo>,
}

impl Default for InputParts {
    fn default() -> Self {
        InputParts {
            caller: Principal::anonymous(),
            arg: Arc::default(),
            reject: None,
            refunded: 0,
            context: None,
            answers: None,
            begins: None,
            method_name: "".into(),
            data_certificate: None,
            non_replicated: false,
            sender_info: None,
        }
    }
}

/// The input of a message on a canister at a time.
pub(crate) fn input_of(env: &Env<'_>, system: &SystemState, view: &Arc<CanisterView>, parts: &InputParts) -> Input {
    let begun_before = || parts.context.and_then(|context| system.call_contexts.get(&context));
    let context = parts.begins.as_ref().or_else(begun_before);
    let info = context.and_then(|context| context.sender_info.as_ref()).or(parts.sender_info.as_ref());
    Input {
        caller: parts.caller.as_slice().into(),
        arg: parts.arg.clone(),
        reject: parts.reject.as_ref().map(|r| WasmReject { code: r.code as u32, message: r.message.as_str().into() }),
        caller_info: info
            .map(|info| Arc::new(CallerInfo { data: info.data.clone(), signer: info.signer.as_slice().to_vec() })),
        method_name: parts.method_name.clone(),
        time_ns: env.time,
        deadline_ns: context.map_or(0, |context| context.deadline),
        cycles_balance: system.cycles,
        cycles_available: context.map_or(0, |context| context.cycles),
        cycles_refunded: parts.refunded,
        context_instructions: context.map_or(0, |context| context.instructions),
        global_timer_ns: system.global_timer,
        data_certificate: parts.data_certificate.clone(),
        replicated: !parts.non_replicated,
        canister_version: system.version,
        outstanding_calls: outstanding_calls(system, parts.answers),
        canister: view.clone(),
        subnet: env.subnet.clone(),
    }
}

/// Open calls of a canister by receiver, but for the one that is being answered. Mostly there are none, and then this costs nothing.
fn outstanding_calls(system: &SystemState, answered: Option<u64>) -> Arc<BTreeMap<Vec<u8>, usize>> {
    let mut by_receiver = BTreeMap::<Principal, usize>::new();
    for (_, callback) in system.callbacks.iter().filter(|(number, _)| Some(**number) != answered) {
        *by_receiver.entry(callback.receiver).or_default() += 1;
    }
    Arc::new(by_receiver.into_iter().map(|(id, count)| (id.as_slice().to_vec(), count)).collect())
}

/// What canisters may learn about the network.
pub(crate) fn subnet_view(config: &ExecutionConfig) -> Arc<SubnetView> {
    Arc::new(SubnetView {
        id: config.subnet_id.as_slice().to_vec(),
        nodes: u32::try_from(config.nodes.len()).unwrap_or(u32::MAX).max(1),
        root_key_der: config.root_key.to_vec(),
        prices: config.told_prices.clone(),
    })
}

/// What a canister may learn about itself, but for what messages change.
pub(crate) fn view(env: &Env<'_>, id: Principal, canister: &Canister) -> CanisterView {
    let system = &canister.system;
    CanisterView {
        id: id.as_slice().to_vec(),
        controllers: system.controllers.iter().map(|c| c.as_slice().to_vec()).collect(),
        status: match system.status {
            CanisterStatus::Running => WasmStatus::Running,
            CanisterStatus::Stopping => WasmStatus::Stopping,
            CanisterStatus::Stopped => WasmStatus::Stopped,
        },
        environment: system.environment.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
        freezing_cycles: env.config.idle_prices.freezing_limit(canister),
    }
}

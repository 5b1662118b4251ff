//! Running one queued message on its canister, from its input to its committed effects.
//!
//! One message at a time per canister; it commits whole or not at all (interface spec, "Message execution").

mod answers;
mod input;

use std::sync::Arc;

use crate::REGISTRY;
use candid::Principal;
use embedder::{
    Callback as WasmCallback, CallbackKind, Closure, Effects, Entry, Execution, Limits, OutgoingCall, Reply, Sandbox,
    Trap,
};
use state::{
    delta::{MemoryKind, MemoryOp},
    replicated::{
        CallContext, CallOrigin, Callback, CanisterCode, Ingress, IngressStatus, Message, Payload, Reject, Request,
        Response, SenderInfo, WasmFunction,
    },
};

use crate::{executor::Executor, reject, state::memory_id, usage::Spent};

pub(crate) use input::InputParts;

/// A call that begins on a canister.
struct Begin {
    origin: CallOrigin,
    caller: Principal,
    method: String,
    arg: Vec<u8>,
    cycles: u128,
    deadline: u64,
    sender_info: Option<SenderInfo>,
}

impl Executor {
    /// Runs a message and gives the instructions it took.
    pub(crate) fn run_message(&mut self, id: Principal, message: Message) -> u64 {
        match message {
            Message::Ingress(ingress) => self.run_ingress(id, ingress),
            Message::Request(request) => self.run_request(id, request),
            Message::Response(response) => self.run_response(id, response),
            Message::Timer => self.run_system_task(id, Entry::GlobalTimer),
            Message::Heartbeat => self.run_system_task(id, Entry::Heartbeat),
        }
    }

    fn run_ingress(&mut self, id: Principal, ingress: Ingress) -> u64 {
        let refusal = if ingress.expiry < self.state.time { Err(reject::expired()) } else { self.admit_now(id) };
        if let Err(reject) = refusal {
            self.answer_ingress(ingress.request_id, IngressStatus::Rejected(reject));
            return 0;
        }
        if let Some(entry) = self.state.ingress.get_mut(&ingress.request_id) {
            entry.status = IngressStatus::Processing;
            self.changes.ingress.insert(ingress.request_id);
        }
        let sender_info = ingress.sender_info.or_else(|| self.standing_info(id, ingress.sender));
        self.begin(
            id,
            Begin {
                origin: CallOrigin::Ingress { request_id: ingress.request_id, sender: ingress.sender },
                caller: ingress.sender,
                method: ingress.method,
                arg: ingress.arg,
                cycles: 0,
                deadline: 0,
                sender_info,
            },
        )
    }

    fn run_request(&mut self, id: Principal, request: Request) -> u64 {
        let origin = CallOrigin::Canister { sender: request.sender, callback: request.callback };
        if let Err(reject) = self.admit_now(id) {
            self.respond(origin, Payload::Reject(reject), request.cycles);
            return 0;
        }
        self.begin(
            id,
            Begin {
                origin,
                caller: request.sender,
                method: request.method,
                arg: request.arg,
                cycles: request.cycles,
                deadline: request.deadline,
                sender_info: None,
            },
        )
    }

    /// As `admit`, for a message that is at the head of the queue already.
    fn admit_now(&self, id: Principal) -> Result<(), Reject> {
        let canister = self.state.canisters.get(&id).ok_or_else(|| reject::not_found(id))?;
        reject::check_running(id, &canister.system)
    }

    /// What the platform tells an app's backend about its caller.
    pub(crate) fn standing_info(&self, id: Principal, caller: Principal) -> Option<SenderInfo> {
        self.state.registry.app(id)?;
        let standing = self.state.registry.standing(id, caller);
        let data = candid::encode_one(standing).ok()?;
        Some(SenderInfo { signer: REGISTRY, data })
    }

    fn begin(&mut self, id: Principal, call: Begin) -> u64 {
        let method: Arc<str> = call.method.as_str().into();
        let Some((entry, keeps)) = self.entry_for(id, &method) else {
            let reject = self.missing_method(id, &call.method);
            self.respond(call.origin, Payload::Reject(reject), call.cycles);
            return 0;
        };
        let context = CallContext {
            origin: call.origin,
            responded: false,
            cycles: call.cycles,
            outstanding: 0,
            instructions: 0,
            sender_info: call.sender_info,
            deadline: call.deadline,
        };
        let Some(canister) = self.state.canisters.get_mut(&id) else { return 0 };
        let context_id = canister.system.fresh_id();
        canister.system.call_contexts.insert(context_id, context);
        let parts = InputParts {
            caller: call.caller,
            arg: call.arg.into(),
            context: Some(context_id),
            ..InputParts::default()
        };
        let limits = self.limits(if keeps { self.config.update_instructions } else { self.config.query_instructions });
        let execution = self.run(id, entry, &parts, &limits);
        let instructions = execution.instructions;
        self.after(id, Some(context_id), execution, keeps);
        self.close_if_done(id, context_id);
        instructions
    }

    /// The entry for a method called in an update: an update method, or a query method whose changes are dropped.
    fn entry_for(&mut self, id: Principal, method: &Arc<str>) -> Option<(Entry, bool)> {
        let module = self.module_of(id)?;
        let update = Entry::Update(method.clone());
        if module.has(&update) {
            return Some((update, true));
        }
        let query = Entry::Query(method.clone());
        module.has(&query).then_some((query, false))
    }

    fn missing_method(&mut self, id: Principal, method: &str) -> Reject {
        match self.module_of(id) {
            Some(_) => reject::no_method(id, "update", method),
            None => reject::no_code(id),
        }
    }

    fn run_system_task(&mut self, id: Principal, entry: Entry) -> u64 {
        let runs = self.admit_now(id).is_ok() && self.module_of(id).is_some_and(|module| module.has(&entry));
        if !runs {
            return 0;
        }
        let context = CallContext {
            origin: CallOrigin::System,
            responded: true,
            cycles: 0,
            outstanding: 0,
            instructions: 0,
            sender_info: None,
            deadline: 0,
        };
        let Some(canister) = self.state.canisters.get_mut(&id) else { return 0 };
        let context_id = canister.system.fresh_id();
        canister.system.call_contexts.insert(context_id, context);
        let caller = crate::MANAGEMENT;
        let parts = InputParts { caller, context: Some(context_id), ..InputParts::default() };
        let limits = self.limits(self.config.update_instructions);
        let execution = self.run(id, entry, &parts, &limits);
        let instructions = execution.instructions;
        self.after(id, Some(context_id), execution, true);
        self.close_if_done(id, context_id);
        instructions
    }

    fn run_response(&mut self, id: Principal, response: Response) -> u64 {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return 0 };
        canister.system.cycles = canister.system.cycles.saturating_add(response.refund);
        let Some(callback) = canister.system.callbacks.remove(&response.callback) else { return 0 };
        let Some(context) = canister.system.call_contexts.get_mut(&callback.context) else { return 0 };
        context.outstanding = context.outstanding.saturating_sub(1);
        let replied = context.responded;
        let caller = origin_caller(&context.origin);
        let (kind, function, arg, reject) = match response.payload {
            Payload::Reply(arg) => (CallbackKind::Reply, callback.on_reply, arg, None),
            Payload::Reject(reject) => (CallbackKind::Reject, callback.on_reject, Vec::new(), Some(reject)),
        };
        let entry = callback_entry(kind, function, replied);
        let parts = InputParts {
            caller,
            arg: arg.into(),
            reject,
            refunded: response.refund,
            context: Some(callback.context),
            ..InputParts::default()
        };
        let limits = self.limits(self.config.update_instructions);
        let execution = self.run(id, entry, &parts, &limits);
        let mut instructions = execution.instructions;
        let trapped = execution.outcome.is_err();
        self.after(id, Some(callback.context), execution, true);
        if trapped {
            instructions += self.run_cleanup(id, &callback, caller);
        }
        self.close_if_done(id, callback.context);
        instructions
    }

    /// After a trap in a callback the canister may tidy up, in an execution of its own.
    fn run_cleanup(&mut self, id: Principal, callback: &Callback, caller: Principal) -> u64 {
        let Some(cleanup) = callback.on_cleanup else { return 0 };
        let entry = callback_entry(CallbackKind::Cleanup, cleanup, true);
        let parts = InputParts { caller, context: Some(callback.context), ..InputParts::default() };
        let limits = self.limits(self.config.update_instructions);
        let execution = self.run(id, entry, &parts, &limits);
        let instructions = execution.instructions;
        self.after_cleanup(id, callback.context, execution);
        instructions
    }

    fn after_cleanup(&mut self, id: Principal, context: u64, execution: Execution) {
        self.note_logs(id, &execution);
        self.charge(id, Some(context), instructions_of(&execution));
        match execution.outcome {
            Ok(effects) => {
                self.commit_for(id, Some(context));
                self.apply_settings(id, &effects);
            }
            Err(trap) => self.note_trap(id, &trap),
        }
    }

    /// Limits of a message on any canister.
    pub(crate) fn limits(&self, instructions: u64) -> Limits {
        Limits {
            instructions,
            heap_bytes: self.config.heap_bytes,
            stable_bytes: self.config.stable_bytes,
            ..Limits::default()
        }
    }

    /// Runs an entry on the canister's live instance, waking it if need be. Nothing is committed yet.
    pub(crate) fn run(&mut self, id: Principal, entry: Entry, parts: &InputParts, limits: &Limits) -> Execution {
        let input = self.input(id, parts);
        match self.sandbox(id).map(|sandbox| sandbox.run(&entry, input, limits)) {
            Ok(execution) => fatal(execution),
            Err(why) => Execution { outcome: Err(Trap::Explicit(why)), instructions: 0, logs: Vec::new() },
        }
    }

    /// Commits or rolls back what a message did, and takes its effects in.
    fn after(&mut self, id: Principal, context: Option<u64>, execution: Execution, keeps: bool) {
        self.note_logs(id, &execution);
        self.charge(id, context, instructions_of(&execution));
        if let Some(context) = context.and_then(|c| self.context_mut(id, c)) {
            context.instructions = context.instructions.saturating_add(execution.instructions);
        }
        match execution.outcome {
            Ok(effects) if keeps => {
                self.commit_for(id, context);
                self.apply_settings(id, &effects);
                self.apply_calls(id, context, effects.calls);
                self.apply_answer(id, context, effects.cycles_accepted, effects.reply);
            }
            Ok(effects) => {
                self.roll_back(id);
                self.apply_answer(id, context, 0, effects.reply);
            }
            Err(trap) => {
                self.roll_back(id);
                self.note_trap(id, &trap);
                self.answer_trap(id, context, &trap);
            }
        }
    }

    fn answer_trap(&mut self, id: Principal, context: Option<u64>, trap: &Trap) {
        let Some(open) = context.and_then(|c| self.context_mut(id, c)) else { return };
        // A later callback may still answer; only when none can come the trap itself is the answer.
        if open.responded || open.outstanding > 0 {
            return;
        }
        open.responded = true;
        let (origin, cycles) = (open.origin.clone(), std::mem::take(&mut open.cycles));
        self.respond(origin, Payload::Reject(reject::trapped(id, &trap.to_string())), cycles);
    }

    pub(crate) fn apply_settings(&mut self, id: Principal, effects: &Effects) {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        canister.system.cycles = effects.cycles_balance;
        canister.system.version += 1;
        if let Some(data) = &effects.certified_data {
            canister.system.certified_data.clone_from(data);
        }
        if let Some(timer) = effects.global_timer_ns {
            canister.system.global_timer = timer;
        }
        self.changes.canisters.insert(id);
    }

    fn apply_calls(&mut self, id: Principal, context: Option<u64>, calls: Vec<OutgoingCall>) {
        for call in calls {
            let Some(context_id) = context else { return };
            let now = self.state.time;
            let timeout = call.timeout_seconds.map(|s| s.min(self.config.call_timeout_seconds_max));
            let deadline = timeout.map_or(0, |seconds| now + u64::from(seconds) * 1_000_000_000);
            let receiver = Principal::from_slice(&call.callee);
            let callback = Callback {
                context: context_id,
                on_reply: function(call.on_reply),
                on_reject: function(call.on_reject),
                on_cleanup: call.on_cleanup.map(function),
                receiver,
                deadline,
            };
            let Some(canister) = self.state.canisters.get_mut(&id) else { return };
            let callback_id = canister.system.fresh_id();
            canister.system.callbacks.insert(callback_id, callback);
            if let Some(open) = canister.system.call_contexts.get_mut(&context_id) {
                open.outstanding += 1;
            }
            self.route(Request {
                sender: id,
                callback: callback_id,
                receiver,
                method: call.method,
                arg: call.arg,
                cycles: call.cycles,
                deadline,
            });
        }
    }

    fn apply_answer(&mut self, id: Principal, context: Option<u64>, accepted: u128, reply: Option<Reply>) {
        let Some(open) = context.and_then(|c| self.context_mut(id, c)) else { return };
        open.cycles = open.cycles.saturating_sub(accepted);
        let Some(reply) = reply else { return };
        open.responded = true;
        let (origin, refund) = (open.origin.clone(), std::mem::take(&mut open.cycles));
        let payload = match reply {
            Reply::Data(bytes) => Payload::Reply(bytes),
            Reply::Reject(text) => Payload::Reject(reject::by_canister(text)),
        };
        self.respond(origin, payload, refund);
    }

    fn context_mut(&mut self, id: Principal, context: u64) -> Option<&mut CallContext> {
        self.state.canisters.get_mut(&id)?.system.call_contexts.get_mut(&context)
    }

    fn note_logs(&mut self, id: Principal, execution: &Execution) {
        let now = self.state.time;
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        for line in &execution.logs {
            canister.system.log(now, line.clone(), false);
        }
    }

    pub(crate) fn note_trap(&mut self, id: Principal, trap: &Trap) {
        let now = self.state.time;
        if let Some(canister) = self.state.canisters.get_mut(&id) {
            canister.system.log(now, trap.to_string(), true);
            self.changes.canisters.insert(id);
        }
    }

    // ---- memory

    /// Commits, and charges what the memory grew by to the call.
    fn commit_for(&mut self, id: Principal, context: Option<u64>) {
        let grown_bytes = self.commit_memory(id);
        self.charge(id, context, Spent { instructions: 0, grown_bytes });
    }

    /// Takes what the last message wrote into the committed memory and the batch's delta; gives the bytes by which the
    /// memories grew.
    pub(crate) fn commit_memory(&mut self, id: Principal) -> u64 {
        let (Some(sandbox), Some(canister)) = (self.sandboxes.get_mut(&id), self.state.canisters.get_mut(&id)) else {
            return 0;
        };
        let before = canister.memory.heap.bytes() + canister.memory.stable.bytes();
        let delta = fatal(sandbox.commit(&mut canister.memory));
        if let Some(heap) = delta.heap {
            self.changes.memories.push(MemoryOp::Write(memory_id(id, MemoryKind::Heap, 0), heap));
        }
        if let Some(stable) = delta.stable {
            self.changes.memories.push(MemoryOp::Write(memory_id(id, MemoryKind::Stable, 0), stable));
        }
        if !delta.globals.is_empty() {
            self.changes.globals.insert(id);
        }
        (canister.memory.heap.bytes() + canister.memory.stable.bytes()).saturating_sub(before)
    }

    /// Puts the instance back to what is committed.
    pub(crate) fn roll_back(&mut self, id: Principal) {
        let (Some(sandbox), Some(canister)) = (self.sandboxes.get_mut(&id), self.state.canisters.get(&id)) else {
            return;
        };
        fatal(sandbox.roll_back(&canister.memory));
    }

    /// The module that a canister runs, compiled.
    pub(crate) fn module_of(&mut self, id: Principal) -> Option<Arc<embedder::Module>> {
        match self.state.canisters.get(&id)?.system.code {
            CanisterCode::Wasm(hash) => self.module(hash).ok(),
            _ => None,
        }
    }

    /// A module by its hash, from the cache or the blobs.
    pub(crate) fn module(&mut self, hash: [u8; 32]) -> Result<Arc<embedder::Module>, String> {
        if let Some(module) = self.modules.get(&hash) {
            return Ok(module.clone());
        }
        let bytes = self.blobs.get(&hash).ok_or("its module is not in this node's blob store")?;
        let module = self.engine.prepare(&bytes).map_err(|error| format!("its module can't be run: {error}"))?;
        self.modules.insert(hash, module.clone());
        Ok(module)
    }

    /// The canister's live instance, opened from committed memory if it isn't there.
    pub(crate) fn sandbox(&mut self, id: Principal) -> Result<&mut Sandbox, String> {
        if !self.sandboxes.contains_key(&id) {
            let module = self.module_of(id).ok_or("it has no code that runs")?;
            let canister = self.state.canisters.get(&id).ok_or("it is gone")?;
            let sandbox = Sandbox::open(&self.engine, module, &canister.memory).map_err(|error| error.to_string())?;
            self.sandboxes.insert(id, sandbox);
        }
        self.sandboxes.get_mut(&id).ok_or_else(|| "it is gone".into())
    }
}

/// The machine under the memories failed: this process can't go on (the state on disk is whole).
pub(crate) fn fatal<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the machine failed under a canister's memory, so this process ends: {error}"),
    }
}

fn instructions_of(execution: &Execution) -> Spent {
    Spent { instructions: execution.instructions, grown_bytes: 0 }
}

fn function(closure: Closure) -> WasmFunction {
    WasmFunction { fun: closure.fun, env: closure.env }
}

fn callback_entry(kind: CallbackKind, function: WasmFunction, replied: bool) -> Entry {
    let closure = Closure { fun: function.fun, env: function.env };
    Entry::Callback(WasmCallback { kind, closure, in_composite: false, replied })
}

pub(crate) fn origin_caller(origin: &CallOrigin) -> Principal {
    match origin {
        CallOrigin::Ingress { sender, .. } | CallOrigin::Canister { sender, .. } => *sender,
        CallOrigin::System => crate::MANAGEMENT,
    }
}

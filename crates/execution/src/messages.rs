//! Running one queued message on its canister, from its input to its committed effects.
//!
//! One message at a time per canister; it commits whole or not at all (interface spec, "Message execution"). Everything
//! here works on a [`Turn`]: what concerns anyone else is put into its outbox.

mod answers;
mod input;

use std::sync::Arc;

use candid::Principal;
use embedder::{
    Callback as WasmCallback, CallbackKind, Closure, Effects, Entry, Execution, Limits, OutgoingCall, Reply, Trap,
};
use state::{
    planted::{self, Planted},
    replicated::{
        CallContext, CallOrigin, Callback, Ingress, Message, Payload, Reject, Request, Response, SenderInfo,
        WasmFunction,
    },
};

use crate::{reject, turn::Turn, usage::Spent};

pub(crate) use input::{InputParts, input_of, subnet_view, view};

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

impl Turn<'_> {
    /// Runs a message and gives the instructions it took.
    pub(crate) fn run_message(&mut self, message: Message) -> u64 {
        match message {
            Message::Ingress(ingress) => self.run_ingress(ingress),
            Message::Request(request) if planted::is(Planted::RequestTwice) => {
                self.run_request(request.clone()) + self.run_request(request)
            }
            Message::Request(request) => self.run_request(request),
            Message::Response(response) => self.run_response(response),
            Message::Timer => self.run_system_task(Entry::GlobalTimer),
            Message::Heartbeat => self.run_system_task(Entry::Heartbeat),
            Message::LowMemory => self.run_system_task(Entry::OnLowWasmMemory),
        }
    }

    fn run_ingress(&mut self, ingress: Ingress) -> u64 {
        let refusal = if ingress.expiry < self.env.time { Err(reject::expired()) } else { self.admit_now() };
        let origin = CallOrigin::Ingress { request_id: ingress.request_id, sender: ingress.sender };
        if let Err(reject) = refusal {
            self.respond(origin, Payload::Reject(reject), 0);
            return 0;
        }
        self.out.begun.push(ingress.request_id);
        let sender_info = ingress.sender_info.or_else(|| self.standing_info(ingress.sender));
        self.begin(Begin {
            origin,
            caller: ingress.sender,
            method: ingress.method,
            arg: ingress.arg,
            cycles: 0,
            deadline: 0,
            sender_info,
        })
    }

    fn run_request(&mut self, request: Request) -> u64 {
        let origin = CallOrigin::Canister { sender: request.sender, callback: request.callback };
        // Nobody waits for a best-effort call any more that was not taken up in time.
        let late = request.deadline != 0 && request.deadline <= self.env.time;
        let refusal = if late { Err(reject::too_late(self.id)) } else { self.admit_now() };
        if let Err(reject) = refusal {
            self.respond(origin, Payload::Reject(reject), request.cycles);
            return 0;
        }
        self.begin(Begin {
            origin,
            caller: request.sender,
            method: request.method,
            arg: request.arg,
            cycles: request.cycles,
            deadline: request.deadline,
            sender_info: None,
        })
    }

    /// As `admit`, for a message that is at the head of the queue already.
    fn admit_now(&self) -> Result<(), Reject> {
        self.canister.takes_calls(self.id, &self.env.config.idle_prices)
    }

    /// What the platform tells an app's backend about its caller.
    fn standing_info(&self, caller: Principal) -> Option<SenderInfo> {
        self.env.registry.standing_info(self.id, caller)
    }

    fn begin(&mut self, call: Begin) -> u64 {
        let method: Arc<str> = call.method.as_str().into();
        let Some((entry, keeps)) = self.entry_for(&method) else {
            let reject = self.missing_method(&call.method);
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
        let canister = &mut self.canister;
        let context_id = canister.system.fresh_id();
        canister.system.call_contexts.insert(context_id, context);
        let parts = InputParts {
            caller: call.caller,
            arg: call.arg.into(),
            context: Some(context_id),
            ..InputParts::default()
        };
        let limits = if keeps { self.update_limits() } else { self.env.limits(self.env.config.query_instructions) };
        let execution = self.run(&entry, &parts, &limits);
        let execution = if keeps { self.within_means(execution) } else { execution };
        let instructions = execution.instructions;
        self.after(Some(context_id), execution, keeps);
        self.close_if_done(context_id);
        instructions
    }

    /// Limits of an update; only there the owner's own limit of memory holds (interface spec, "Wasm memory limit").
    fn update_limits(&self) -> Limits {
        let limits = self.env.limits(self.env.config.update_instructions);
        match self.canister.system.wasm_memory_limit {
            0 => limits,
            // What is there already stays usable; only growing beyond the limit traps.
            limit => Limits { heap_bytes: limits.heap_bytes.min(limit), ..limits },
        }
    }

    /// The entry for a method called in an update: an update method, or a query method whose changes are dropped.
    fn entry_for(&mut self, method: &Arc<str>) -> Option<(Entry, bool)> {
        let module = self.module().ok()?;
        let update = Entry::Update(method.clone());
        if module.has(&update) {
            return Some((update, true));
        }
        let query = Entry::Query(method.clone());
        module.has(&query).then_some((query, false))
    }

    fn missing_method(&mut self, method: &str) -> Reject {
        match self.module() {
            Ok(_) => reject::no_method(self.id, "update", method),
            Err(why) => why.reject(self.id),
        }
    }

    fn run_system_task(&mut self, entry: Entry) -> u64 {
        let runs = self.admit_now().is_ok() && self.module().is_ok_and(|module| module.has(&entry));
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
        let canister = &mut self.canister;
        let context_id = canister.system.fresh_id();
        canister.system.call_contexts.insert(context_id, context);
        let caller = crate::MANAGEMENT;
        let parts = InputParts { caller, context: Some(context_id), ..InputParts::default() };
        let limits = self.env.limits(self.env.config.update_instructions);
        let execution = self.run(&entry, &parts, &limits);
        let execution = self.within_means(execution);
        let instructions = execution.instructions;
        self.after(Some(context_id), execution, true);
        self.close_if_done(context_id);
        instructions
    }

    fn run_response(&mut self, response: Response) -> u64 {
        let canister = &mut self.canister;
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
        let limits = self.env.limits(self.env.config.update_instructions);
        let execution = self.run(&entry, &parts, &limits);
        let mut instructions = execution.instructions;
        let trapped = execution.outcome.is_err();
        self.after(Some(callback.context), execution, true);
        if trapped {
            instructions += self.run_cleanup(&callback, caller);
        }
        self.close_if_done(callback.context);
        instructions
    }

    /// After a trap in a callback the canister may tidy up, in an execution of its own.
    fn run_cleanup(&mut self, callback: &Callback, caller: Principal) -> u64 {
        let Some(cleanup) = callback.on_cleanup else { return 0 };
        let entry = callback_entry(CallbackKind::Cleanup, cleanup, true);
        let parts = InputParts { caller, context: Some(callback.context), ..InputParts::default() };
        let limits = self.env.limits(self.env.config.update_instructions);
        let execution = self.run(&entry, &parts, &limits);
        let instructions = execution.instructions;
        self.after_cleanup(callback.context, execution);
        instructions
    }

    fn after_cleanup(&mut self, context: u64, execution: Execution) {
        self.note_logs(&execution);
        self.charge(Some(context), instructions_of(&execution));
        match execution.outcome {
            Ok(effects) => {
                self.commit_for(Some(context));
                self.apply_settings(&effects);
            }
            Err(trap) => {
                self.roll_back();
                self.note_trap(&trap);
            }
        }
    }

    /// Commits or rolls back what a message did, and takes its effects in.
    fn after(&mut self, context: Option<u64>, execution: Execution, keeps: bool) {
        self.note_logs(&execution);
        self.charge(context, instructions_of(&execution));
        if let Some(context) = context.and_then(|c| self.context_mut(c)) {
            context.instructions = context.instructions.saturating_add(execution.instructions);
        }
        match execution.outcome {
            Ok(effects) if keeps => {
                self.commit_for(context);
                self.apply_settings(&effects);
                self.apply_calls(context, effects.calls);
                self.apply_answer(context, effects.cycles_accepted, effects.reply);
            }
            Ok(effects) => {
                self.roll_back();
                self.apply_answer(context, 0, effects.reply);
            }
            Err(trap) => {
                self.roll_back();
                self.note_trap(&trap);
                self.answer_trap(context, &trap);
            }
        }
    }

    fn answer_trap(&mut self, context: Option<u64>, trap: &Trap) {
        let Some(open) = context.and_then(|c| self.context_mut(c)) else { return };
        // A later callback may still answer; only when none can come the trap itself is the answer.
        if open.responded || open.outstanding > 0 {
            return;
        }
        open.responded = true;
        let (origin, cycles) = (open.origin.clone(), std::mem::take(&mut open.cycles));
        self.respond(origin, Payload::Reject(reject::trapped(self.id, &trap.to_string())), cycles);
    }

    pub(crate) fn apply_settings(&mut self, effects: &Effects) {
        let canister = &mut self.canister;
        canister.system.cycles = effects.cycles_balance;
        canister.system.version += 1;
        if let Some(data) = &effects.certified_data {
            canister.system.certified_data.clone_from(data);
        }
        if let Some(timer) = effects.global_timer_ns {
            canister.system.global_timer = timer;
        }
    }

    fn apply_calls(&mut self, context: Option<u64>, calls: Vec<OutgoingCall>) {
        for call in calls {
            let Some(context_id) = context else { return };
            let now = self.env.time;
            let timeout = call.timeout_seconds.map(|s| s.min(self.env.config.call_timeout_seconds_max));
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
            let canister = &mut self.canister;
            let callback_id = canister.system.fresh_id();
            canister.system.callbacks.insert(callback_id, callback);
            if let Some(open) = canister.system.call_contexts.get_mut(&context_id) {
                open.outstanding += 1;
            }
            self.out.sent.push(Sent::Request(Request {
                sender: self.id,
                callback: callback_id,
                receiver,
                method: call.method,
                arg: call.arg,
                cycles: call.cycles,
                deadline,
            }));
        }
    }

    fn apply_answer(&mut self, context: Option<u64>, accepted: u128, reply: Option<Reply>) {
        let Some(open) = context.and_then(|c| self.context_mut(c)) else { return };
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

    fn context_mut(&mut self, context: u64) -> Option<&mut CallContext> {
        self.canister.system.call_contexts.get_mut(&context)
    }

    pub(crate) fn note_logs(&mut self, execution: &Execution) {
        for line in &execution.logs {
            self.canister.system.log(self.env.time, line.clone(), false);
        }
    }

    pub(crate) fn note_trap(&mut self, trap: &Trap) {
        self.canister.system.log(self.env.time, trap.to_string(), true);
    }

    // ---- answers

    fn respond(&mut self, origin: CallOrigin, payload: Payload, refund: u128) {
        self.out.sent.push(Sent::Answer(origin, payload, refund));
    }

    /// Ends a call that nothing can continue; one that was never answered is answered now.
    fn close_if_done(&mut self, context: u64) {
        if self.context_mut(context).is_none_or(|open| open.outstanding > 0) {
            return;
        }
        let Some(closed) = self.canister.system.call_contexts.remove(&context) else { return };
        if !closed.responded {
            self.respond(closed.origin, Payload::Reject(reject::no_reply(self.id)), closed.cycles);
        }
    }

    // ---- usage

    /// Commits, and charges what the memory grew by to the call.
    fn commit_for(&mut self, context: Option<u64>) {
        let grown_bytes = self.commit_memory();
        self.charge(context, Spent { instructions: 0, grown_bytes });
    }

    /// Notes what a message of an open call took.
    fn charge(&mut self, context: Option<u64>, spent: Spent) {
        let open = context.and_then(|context| self.canister.system.call_contexts.get(&context));
        let caller = match open.map(|open| &open.origin) {
            Some(CallOrigin::Ingress { sender, .. }) => Some(*sender),
            _ => None,
        };
        self.out.usage.add(self.id, caller, spent);
    }
}

/// What a turn sends to others, in order.
#[derive(Debug)]
pub(crate) enum Sent {
    Request(Request),
    Answer(CallOrigin, Payload, u128),
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

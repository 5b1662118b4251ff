//! Running one queued message on its canister, from its input to its committed effects.
//!
//! One message at a time per canister; it commits whole or not at all (interface spec, "Message execution"). Everything
//! here works on a [`Turn`]: what concerns anyone else is put into its outbox. A message is made ready, runs, and is
//! finished; only what finishes it changes the canister, so that one that does not end within its slice is as if it
//! had not begun.

mod answers;
mod input;

use std::sync::Arc;

use candid::Principal;
use embedder::{
    Callback as WasmCallback, CallbackKind, Closure, Effects, Entry, Execution, Input, Limits, OutgoingCall, Progress,
    Reply, Slices, Trap,
};
use state::{
    planted::{self, Planted},
    replicated::{
        Begun, CallContext, CallOrigin, Callback, Ingress, LongMessage, Message, Payload, Reject, Request, Response,
        SenderInfo, WasmFunction,
    },
};

use crate::{
    reject,
    turn::{Turn, no_instance},
    usage::Spent,
};

pub(crate) use input::{InputParts, input_of, subnet_view, view};

/// A message made ready to run.
struct Task {
    entry: Entry,
    parts: InputParts,
    limits: Limits,
    /// Whether its changes are kept.
    keeps: bool,
    begun: Begun,
}

/// A call that begins on a canister.
struct Call<'m> {
    origin: CallOrigin,
    caller: Principal,
    method: &'m str,
    arg: &'m [u8],
    cycles: u128,
    deadline: u64,
    sender_info: Option<SenderInfo>,
}

impl Turn<'_> {
    /// Runs a message, or its first slice if it is a long one.
    pub(crate) fn run_message(&mut self, message: Message) {
        let twice = planted::is(Planted::RequestTwice) && matches!(message, Message::Request(_));
        if twice {
            self.run_once(message.clone());
        }
        self.run_once(message);
    }

    fn run_once(&mut self, message: Message) {
        let Some(task) = self.prepare(&message, None) else { return };
        match self.run_slice(&task) {
            Some(execution) => self.finish(task, execution),
            None => self.set_aside(message, task),
        }
    }

    /// Gives the long message its slice of this batch, if there is one on its way.
    pub(crate) fn run_long(&mut self) {
        let Some(long) = self.canister.system.long.take_if(|long| long.begun.is_some()) else { return };
        let Some(task) = self.prepare(&long.message, long.begun) else { return self.end_long() };
        match self.run_slice(&task) {
            Some(execution) => {
                self.end_long();
                self.finish(task, execution);
            }
            None => self.canister.system.long = Some(long),
        }
    }

    fn end_long(&mut self) {
        self.out.ran = true;
        self.out.ended_long = true;
    }

    /// Keeps a message that did not end within its first slice, as it was but for what is known of its caller: that may
    /// change until it ends.
    fn set_aside(&mut self, mut message: Message, task: Task) {
        if let (Message::Ingress(ingress), Some(call)) = (&mut message, task.parts.begins) {
            ingress.sender_info = call.sender_info;
        }
        let long = LongMessage { message, since: self.env.height, begun: Some(task.begun) };
        self.canister.system.long = Some(Box::new(long));
    }

    /// Runs a message through the slices that it may have used by the end of this batch: from where it is paused, or
    /// from its beginning. Nothing if it needs more.
    fn run_slice(&mut self, task: &Task) -> Option<Execution> {
        let slice = self.env.config.slice_instructions;
        let granted = task.begun.slices(self.env.height);
        let input = Input {
            time_ns: task.begun.time,
            cycles_balance: task.begun.cycles.saturating_add(task.parts.refunded),
            canister_version: task.begun.version,
            ..self.input(&task.parts)
        };
        let ran = self.sandbox().map(|sandbox| match sandbox.is_paused() {
            true => sandbox.resume(1),
            false => sandbox.start(&task.entry, input, &task.limits, Slices { instructions: slice, granted }),
        });
        let execution = match ran.map(fatal) {
            Ok(Progress::Done(execution)) => Some(execution),
            Ok(Progress::Paused) => None,
            Err(why) => Some(no_instance(why)),
        };
        // What earlier slices took was counted in their batches.
        let before = slice.saturating_mul(granted - 1);
        let took = execution.as_ref().map_or(slice, |execution| execution.instructions.saturating_sub(before));
        self.out.instructions = self.out.instructions.saturating_add(took);
        execution
    }

    /// What a message is to run, after all that may keep it from running. `begun` is given when it goes on: then all
    /// that was looked at before it began, and may have changed since, is not looked at again.
    fn prepare(&mut self, message: &Message, begun: Option<Begun>) -> Option<Task> {
        let goes_on = begun.is_some();
        let begun = begun.unwrap_or(Begun {
            height: self.env.height,
            time: self.env.time,
            cycles: self.canister.system.cycles,
            version: self.canister.system.version,
        });
        match message {
            Message::Ingress(ingress) => self.prepare_ingress(ingress, begun, goes_on),
            Message::Request(request) => self.prepare_request(request, begun, goes_on),
            Message::Response(response) => self.prepare_response(response, begun),
            Message::Timer => self.prepare_system_task(Entry::GlobalTimer, begun, goes_on),
            Message::Heartbeat => self.prepare_system_task(Entry::Heartbeat, begun, goes_on),
            Message::LowMemory => self.prepare_system_task(Entry::OnLowWasmMemory, begun, goes_on),
        }
    }

    fn prepare_ingress(&mut self, ingress: &Ingress, begun: Begun, goes_on: bool) -> Option<Task> {
        let origin = CallOrigin::Ingress { request_id: ingress.request_id, sender: ingress.sender };
        let mut sender_info = ingress.sender_info.clone();
        if !goes_on {
            let refusal = if ingress.expiry < self.env.time { Err(reject::expired()) } else { self.admit_now() };
            if let Err(reject) = refusal {
                self.respond(origin, Payload::Reject(reject), 0);
                return None;
            }
            self.out.begun.push(ingress.request_id);
            sender_info = sender_info.or_else(|| self.standing_info(ingress.sender));
        }
        let call = Call {
            origin,
            caller: ingress.sender,
            method: &ingress.method,
            arg: &ingress.arg,
            cycles: 0,
            deadline: 0,
            sender_info,
        };
        self.prepare_call(call, begun)
    }

    fn prepare_request(&mut self, request: &Request, begun: Begun, goes_on: bool) -> Option<Task> {
        let origin = CallOrigin::Canister { sender: request.sender, callback: request.callback };
        if !goes_on {
            // Nobody waits for a best-effort call any more that was not taken up in time.
            let late = request.deadline != 0 && request.deadline <= self.env.time;
            let refusal = if late { Err(reject::too_late(self.id)) } else { self.admit_now() };
            if let Err(reject) = refusal {
                self.respond(origin, Payload::Reject(reject), request.cycles);
                return None;
            }
        }
        let call = Call {
            origin,
            caller: request.sender,
            method: &request.method,
            arg: &request.arg,
            cycles: request.cycles,
            deadline: request.deadline,
            sender_info: None,
        };
        self.prepare_call(call, begun)
    }

    /// As `admit`, for a message that is at the head of the queue already.
    fn admit_now(&self) -> Result<(), Reject> {
        self.canister.takes_calls(self.id, &self.env.config.idle_prices)
    }

    /// What the platform tells an app's backend about its caller.
    fn standing_info(&self, caller: Principal) -> Option<SenderInfo> {
        self.env.registry.standing_info(self.id, caller)
    }

    fn prepare_call(&mut self, call: Call<'_>, begun: Begun) -> Option<Task> {
        let Some((entry, keeps)) = self.entry_for(&call.method.into()) else {
            let reject = self.missing_method(call.method);
            self.respond(call.origin, Payload::Reject(reject), call.cycles);
            return None;
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
        let parts =
            InputParts { caller: call.caller, arg: call.arg.into(), begins: Some(context), ..InputParts::default() };
        let limits = if keeps { self.update_limits() } else { self.env.limits(self.env.config.query_instructions) };
        Some(Task { entry, parts, limits, keeps, begun })
    }

    fn prepare_system_task(&mut self, entry: Entry, begun: Begun, goes_on: bool) -> Option<Task> {
        let runs = goes_on || self.admit_now().is_ok();
        if !runs || !self.module().is_ok_and(|module| module.has(&entry)) {
            return None;
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
        let parts = InputParts { caller: crate::MANAGEMENT, begins: Some(context), ..InputParts::default() };
        let limits = self.env.limits(self.env.config.update_instructions);
        Some(Task { entry, parts, limits, keeps: true, begun })
    }

    fn prepare_response(&mut self, response: &Response, begun: Begun) -> Option<Task> {
        let system = &self.canister.system;
        let callback = system.callbacks.get(&response.callback);
        let context = callback.and_then(|callback| system.call_contexts.get(&callback.context));
        let (Some(callback), Some(context)) = (callback, context) else {
            self.take_callback(response.callback, response.refund);
            return None;
        };
        let (kind, function, arg, reject) = match &response.payload {
            Payload::Reply(arg) => (CallbackKind::Reply, callback.on_reply, arg.as_slice(), None),
            Payload::Reject(reject) => (CallbackKind::Reject, callback.on_reject, &[][..], Some(reject.clone())),
        };
        let entry = callback_entry(kind, function, context.responded);
        let parts = InputParts {
            caller: origin_caller(&context.origin),
            arg: arg.into(),
            reject,
            refunded: response.refund,
            answers: Some(response.callback),
            context: Some(callback.context),
            ..InputParts::default()
        };
        let limits = self.env.limits(self.env.config.update_instructions);
        Some(Task { entry, parts, limits, keeps: true, begun })
    }

    /// Consumes a message that has ended, and takes in what it did.
    fn finish(&mut self, task: Task, execution: Execution) {
        // Nothing else of the canister ran, but cycles may have come in.
        let mut execution = with_cycles_since(execution, task.begun.cycles, self.canister.system.cycles);
        // An answer must be taken in, whatever it comes to.
        if task.keeps && task.parts.answers.is_none() {
            execution = self.within_means(execution);
        }
        let trapped = execution.outcome.is_err();
        let mut answered = None;
        let context = match (task.parts.begins, task.parts.answers) {
            (Some(context), _) => {
                let system = &mut self.canister.system;
                let number = system.fresh_id();
                system.call_contexts.insert(number, context);
                number
            }
            (None, Some(callback)) => {
                let Some(callback) = self.take_callback(callback, task.parts.refunded) else { return };
                answered.insert(callback).context
            }
            (None, None) => return,
        };
        self.after(Some(context), execution, task.keeps);
        if let Some(callback) = answered.filter(|_| trapped) {
            self.run_cleanup(&callback, task.parts.caller);
        }
        self.close_if_done(context);
    }

    /// Takes in what an answer brings beside its payload, and the callback that it is for.
    fn take_callback(&mut self, number: u64, refund: u128) -> Option<Callback> {
        let system = &mut self.canister.system;
        system.cycles = system.cycles.saturating_add(refund);
        let callback = system.callbacks.remove(&number)?;
        let context = system.call_contexts.get_mut(&callback.context)?;
        context.outstanding = context.outstanding.saturating_sub(1);
        Some(callback)
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

    /// After a trap in a callback the canister may tidy up, in an execution of its own.
    fn run_cleanup(&mut self, callback: &Callback, caller: Principal) {
        let Some(cleanup) = callback.on_cleanup else { return };
        let entry = callback_entry(CallbackKind::Cleanup, cleanup, true);
        let parts = InputParts { caller, context: Some(callback.context), ..InputParts::default() };
        let limits = self.env.limits(self.env.config.cleanup_instructions);
        let execution = self.run(&entry, &parts, &limits);
        self.out.instructions = self.out.instructions.saturating_add(execution.instructions);
        self.after_cleanup(callback.context, execution);
    }

    fn after_cleanup(&mut self, context: u64, execution: Execution) {
        self.note_logs(&execution);
        self.charge(Some(context), instructions_of(&execution));
        match execution.outcome {
            Ok(effects) => match self.commit_for(Some(context)) {
                Ok(()) => self.apply_settings(&effects),
                Err(altered) => self.note_trap(&altered),
            },
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
            Ok(effects) if keeps => match self.commit_for(context) {
                Ok(()) => {
                    self.apply_settings(&effects);
                    self.apply_calls(context, effects.calls);
                    self.apply_answer(context, effects.cycles_accepted, effects.reply);
                }
                Err(altered) => {
                    self.note_trap(&altered);
                    self.answer_trap(context, &altered);
                }
            },
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
    fn commit_for(&mut self, context: Option<u64>) -> Result<(), Trap> {
        let grown_bytes = self.commit_memory()?;
        self.charge(context, Spent { instructions: 0, grown_bytes });
        Ok(())
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

/// What a message leaves of the cycles that it began with, and what came in or went meanwhile.
fn with_cycles_since(mut execution: Execution, begun: u128, now: u128) -> Execution {
    if let Ok(effects) = &mut execution.outcome {
        let left = &mut effects.cycles_balance;
        *left = left.saturating_add(now.saturating_sub(begun)).saturating_sub(begun.saturating_sub(now));
    }
    execution
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

//! Queries: run on committed memory, answered, and put back.
//!
//! A composite query may call queries of other canisters of this network, also across several awaits; all instances
//! that took part are put back at the end, in whatever way it ended. The state is never changed. Where the instances
//! come from is the caller's matter ([`Wake`]): the executor's own, or read views beside it.

use protocol::ErrorCode;
use std::{collections::HashSet, sync::Arc};

use candid::Principal;
use embedder::{Callback as WasmCallback, CallbackKind, Effects, Entry, OutgoingCall, Reply, Trap};
use state::{
    planted::{self, Planted},
    replicated::{CanisterCode, Payload, Reject},
};

use crate::{
    executor::Executor,
    messages::InputParts,
    native, reject,
    turn::{Env, Turn},
    usage::Spent,
};

/// Calls that one composite query may make, over all depths.
const COMPOSITE_CALLS_MAX: usize = 100;
/// How deep composite queries may call each other.
const COMPOSITE_DEPTH_MAX: usize = 8;

/// A query call, authenticated.
#[derive(Clone, Debug)]
pub struct Query {
    /// Who asks.
    pub sender: Principal,
    /// The canister asked.
    pub canister: Principal,
    /// The method.
    pub method: String,
    /// Its argument.
    pub arg: Vec<u8>,
    /// A certificate of the canister's certified data, for `data_certificate_copy`.
    pub data_certificate: Option<Arc<[u8]>>,
}

/// What a query came to.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Reply or reject.
    pub payload: Payload,
    /// The state's time, ns.
    pub time: u64,
    /// Instructions it took, those of canisters that it asked included.
    pub instructions: u64,
}

/// Where a query finds canisters awake.
pub(crate) trait Wake {
    /// What turns share.
    fn env(&self) -> Env<'_>;

    /// Runs something on one canister; `None` if it isn't there.
    fn with_turn<R>(&mut self, id: Principal, work: impl FnOnce(&mut Turn<'_>) -> R) -> Option<R>;
}

impl Wake for Executor {
    fn env(&self) -> Env<'_> {
        Executor::env(self)
    }

    fn with_turn<R>(&mut self, id: Principal, work: impl FnOnce(&mut Turn<'_>) -> R) -> Option<R> {
        Executor::with_turn(self, id, work)
    }
}

/// Answers a query; nothing of it stays.
pub(crate) fn answer(wake: &mut impl Wake, query: &Query) -> Answered {
    let mut tree = Tree { wake, calls: 0, instructions: 0, used: HashSet::new(), path: Vec::new() };
    let outcome = tree.query(query, true);
    for id in std::mem::take(&mut tree.used) {
        if !planted::is(Planted::QueryWriteStays) {
            tree.wake.with_turn(id, |turn| turn.roll_back());
        }
    }
    let time = tree.wake.env().time;
    Answered { payload: outcome.unwrap_or_else(Payload::Reject), time, instructions: tree.instructions }
}

/// One query on its way, with all that it calls.
struct Tree<'w, W> {
    wake: &'w mut W,
    calls: usize,
    instructions: u64,
    /// Canisters whose instances were used and must be put back.
    used: HashSet<Principal>,
    /// Canisters on the path down: calling one of them again is refused.
    path: Vec<Principal>,
}

impl Executor {
    /// Answers a query; nothing of it stays.
    pub fn query(&mut self, query: &Query) -> Answered {
        answer(self, query)
    }

    /// Runs `canister_inspect_message`: whether the canister lets an update call in.
    ///
    /// # Errors
    /// It does not, or can't be called.
    pub fn inspect(&mut self, sender: Principal, canister: Principal, method: &str, arg: &[u8]) -> Result<(), Reject> {
        if canister == crate::MANAGEMENT {
            return self.inspect_management(sender, method, arg);
        }
        if self.is_native(canister) {
            return Ok(());
        }
        self.admit_ingress(canister)?;
        if !self.module_of(canister).is_some_and(|module| module.has(&Entry::InspectMessage)) {
            return Ok(());
        }
        let parts = InputParts {
            caller: sender,
            arg: arg.into(),
            method_name: method.into(),
            sender_info: self.state.registry.standing_info(canister, sender),
            non_replicated: true,
            ..InputParts::default()
        };
        let run = |turn: &mut Turn<'_>| {
            let limits = turn.env.limits(turn.env.config.inspect_instructions);
            let execution = turn.run(&Entry::InspectMessage, &parts, &limits);
            turn.roll_back();
            execution
        };
        let execution = self.with_turn(canister, run).ok_or_else(|| reject::not_found(canister))?;
        self.usage.add(canister, Some(sender), Spent { instructions: execution.instructions, grown_bytes: 0 });
        match execution.outcome {
            Ok(effects) if effects.accepted_message => Ok(()),
            Ok(_) => Err(Reject::new(
                ErrorCode::CANISTER_REJECTED_MESSAGE,
                format!("canister {canister} does not accept this message"),
            )),
            Err(trap) => Err(reject::trapped(canister, &trap.to_string())),
        }
    }
}

/// What a query's first look at its canister gives.
enum First {
    Entry(Entry),
    Done(Payload),
}

impl<W: Wake> Tree<'_, W> {
    fn query(&mut self, query: &Query, outermost: bool) -> Result<Payload, Reject> {
        let id = query.canister;
        if id == crate::MANAGEMENT {
            return native::management_query(self.wake, query);
        }
        let first = self.wake.with_turn(id, |turn| first_look(turn, query, outermost));
        let entry = match first.ok_or_else(|| reject::not_found(id))?? {
            First::Entry(entry) => entry,
            First::Done(payload) => return Ok(payload),
        };
        if self.path.contains(&id) || self.path.len() >= COMPOSITE_DEPTH_MAX {
            let text = format!(
                "a composite query can't call canister {id} from within itself, or deeper than {COMPOSITE_DEPTH_MAX}"
            );
            return Err(Reject::new(ErrorCode::QUERY_CALL_GRAPH_LOOP_DETECTED, text));
        }
        self.path.push(id);
        self.used.insert(id);
        let answer = self.run(query, entry, outermost);
        self.path.pop();
        answer
    }

    fn run(&mut self, query: &Query, entry: Entry, outermost: bool) -> Result<Payload, Reject> {
        let id = query.canister;
        let composite = matches!(entry, Entry::CompositeQuery(_));
        let parts = InputParts {
            caller: query.sender,
            arg: query.arg.as_slice().into(),
            data_certificate: query.data_certificate.clone().filter(|_| outermost),
            sender_info: self.wake.env().registry.standing_info(id, query.sender),
            non_replicated: true,
            ..InputParts::default()
        };
        let mut answer = None;
        let mut waiting = self.step(id, entry, &parts, &mut answer)?;
        if !composite {
            waiting.clear();
        }
        // Calls are answered in the order in which they were made; each answer may make more.
        while !waiting.is_empty() {
            let call = waiting.remove(0);
            self.calls += 1;
            if self.calls > COMPOSITE_CALLS_MAX {
                let text = format!("the composite query makes more than {COMPOSITE_CALLS_MAX} calls");
                return Err(Reject::new(ErrorCode::QUERY_CALL_GRAPH_TOO_DEEP, text));
            }
            let payload = self.nested(id, &call);
            let entry = continuation(&call, &payload, answer.is_some());
            let parts = answered(query.sender, &parts, payload);
            waiting.extend(self.step(id, entry, &parts, &mut answer)?);
        }
        answer.ok_or_else(|| reject::no_reply(id))
    }

    fn step(
        &mut self,
        id: Principal,
        entry: Entry,
        parts: &InputParts,
        answer: &mut Option<Payload>,
    ) -> Result<Vec<OutgoingCall>, Reject> {
        let run = |turn: &mut Turn<'_>| {
            let limits = turn.env.limits(turn.env.config.query_instructions);
            turn.run(&entry, parts, &limits)
        };
        let execution = self.wake.with_turn(id, run).ok_or_else(|| reject::not_found(id))?;
        self.instructions = self.instructions.saturating_add(execution.instructions);
        let effects: Effects = execution.outcome.map_err(|trap: Trap| reject::trapped(id, &trap.to_string()))?;
        if let Some(reply) = effects.reply {
            *answer = Some(match reply {
                Reply::Data(bytes) => Payload::Reply(bytes),
                Reply::Reject(text) => Payload::Reject(reject::by_canister(text)),
            });
        }
        Ok(effects.calls)
    }

    fn nested(&mut self, caller: Principal, call: &OutgoingCall) -> Payload {
        let query = Query {
            sender: caller,
            canister: Principal::from_slice(&call.callee),
            method: call.method.clone(),
            arg: call.arg.clone(),
            data_certificate: None,
        };
        self.query(&query, false).unwrap_or_else(Payload::Reject)
    }
}

/// Whether a canister can answer, and where its code is entered; native ones answer at once.
fn first_look(turn: &Turn<'_>, query: &Query, outermost: bool) -> Result<First, Reject> {
    if let CanisterCode::Native(kind) = turn.canister.system.code {
        return native::query(turn, kind, query).map(First::Done);
    }
    let id = turn.id;
    if !turn.canister.system.frozen {
        reject::check_running(id, &turn.canister.system)?;
    }
    if turn.env.config.idle_prices.out_of_cycles(&turn.canister) {
        return Err(reject::out_of_cycles(id));
    }
    let module = turn.module().map_err(|why| why.reject(id))?;
    let name: Arc<str> = query.method.as_str().into();
    let composite = Entry::CompositeQuery(name.clone());
    // Composite queries may call composite queries, but only on behalf of a user.
    if module.has(&composite) {
        return Ok(First::Entry(composite));
    }
    let entry = Entry::Query(name);
    if module.has(&entry) {
        Ok(First::Entry(entry))
    } else {
        Err(reject::no_method(id, if outermost { "query" } else { "such query" }, &query.method))
    }
}

fn continuation(call: &OutgoingCall, payload: &Payload, replied: bool) -> Entry {
    let (kind, closure) = match payload {
        Payload::Reply(_) => (CallbackKind::Reply, call.on_reply),
        Payload::Reject(_) => (CallbackKind::Reject, call.on_reject),
    };
    Entry::Callback(WasmCallback { kind, closure, in_composite: true, replied })
}

fn answered(caller: Principal, first: &InputParts, payload: Payload) -> InputParts {
    let (arg, reject) = match payload {
        Payload::Reply(bytes) => (bytes.into(), None),
        Payload::Reject(reject) => (Arc::default(), Some(reject)),
    };
    InputParts { caller, arg, reject, ..first.clone() }
}

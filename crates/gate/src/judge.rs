//! The order in which a release is judged: interface, types, then what a fork shows before and after.

mod access;
mod first;
mod kept;
mod later;

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicU64},
};

use crate::{
    access::{self as views, Sights, Views},
    behaviour::{self, Eve},
    checks::Checks,
    data,
    fork::{Caller, Fork},
    interface::{self, Interface, InterfaceError},
    matrix::{self, Declared},
    probe::{self, Answer, Answers, Readable},
    recorded::Recorded,
    stable::{self, StableDiagnostic},
    verdict::{Effect, Finding, Verdict},
    words,
};

/// What a module says about itself.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Its interface (`.did`); empty if it has none.
    pub candid: &'a str,
    /// Its stable signature (`.most`); empty if it has none.
    pub stable_types: &'a str,
}

/// What the gate may know besides the two sides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Roles of the app whose members' view is probed as well.
    pub roles: Vec<String>,
    /// Members of the live app: role and membership's id.
    pub members: Vec<(String, String)>,
    /// What the app says about its access, where it is known how to find that.
    pub declared: Option<Declared>,
    /// What the live version declares; absent: nothing, or there is none.
    pub declared_before: Option<Declared>,
    /// Methods that clients rely on, where that is known; else all whose names don't begin with an underscore.
    pub used_methods: Option<BTreeSet<String>>,
    /// Calls that people made of the live version, in no particular order.
    pub recorded: Vec<Recorded>,
    /// Behaviours that were accepted.
    pub checks: Checks,
    /// What the proposal says it touches, if it says so: names of variables, methods, things in the app.
    pub touches: Option<Vec<String>>,
    /// What changes beside the module, by name, and how in a word (`adds`, `changes`): roles, pages.
    pub changed: Vec<(String, &'static str)>,
    /// Counts the bytes of memory that the census has looked at, for whoever tells of its progress.
    pub looked_at: Option<Arc<AtomicU64>>,
}

/// Judges a release against the live app, or as a first version.
///
/// `stable` is what the compiler objects to about taking the live data over (`stableCompatible`). The fork is left
/// in no particular state.
pub fn judge(
    live: Option<Side<'_>>,
    proposed: Side<'_>,
    wasm: &[u8],
    fork: &mut dyn Fork,
    stable: &[StableDiagnostic],
) -> Verdict {
    judge_with(&Options::default(), live, proposed, wasm, fork, stable)
}

/// [`judge`] with what else is known about the app.
pub fn judge_with(
    options: &Options,
    live: Option<Side<'_>>,
    proposed: Side<'_>,
    wasm: &[u8],
    fork: &mut dyn Fork,
    stable: &[StableDiagnostic],
) -> Verdict {
    let mut judging = Judging { options, wasm, fork, verdict: Verdict::default() };
    match live {
        None => judging.first(proposed),
        Some(live) => judging.next(live, proposed, stable),
    }
    judging.verdict.settle()
}

/// Judges again what became of the data, on a fork of the app as it is now, and whether the release starts on it:
/// for what the live app did since [`judge_with`]. Interface, access and behaviour were judged and stay so.
pub fn judge_data(
    live: Side<'_>,
    proposed: Side<'_>,
    wasm: &[u8],
    fork: &mut dyn Fork,
    stable: &[StableDiagnostic],
) -> Verdict {
    let options = Options::default();
    let mut judging = Judging { options: &options, wasm, fork, verdict: Verdict::default() };
    judging.again(live, proposed, stable);
    judging.verdict.settle()
}

struct Judging<'a> {
    options: &'a Options,
    wasm: &'a [u8],
    fork: &'a mut dyn Fork,
    verdict: Verdict,
}

/// One side with what can be asked of it.
struct Asked {
    interface: Interface,
    methods: Vec<Readable>,
}

impl Judging<'_> {
    fn first(&mut self, proposed: Side<'_>) {
        if !self.installs(|fork, wasm| fork.install(wasm)) {
            return;
        }
        let interface = match Interface::parse(proposed.candid) {
            Ok(interface) => interface,
            Err(error) => {
                return self.verdict.interface.push(Finding::not_judged(
                    "interface",
                    "What it offers",
                    &error.to_string(),
                    Effect::Informs,
                ));
            }
        };
        let asked = self.asked(interface);
        let shown = self.views(&asked, &[Caller::Owner, Caller::Anonymous]);
        let owner = shown.get(&Caller::Owner).into_iter().flatten();
        self.verdict
            .behaviour
            .extend(owner.filter_map(|(method, answer)| traps(method, answer, "A new app", Effect::Informs)));
        self.verdict.access.extend(shown.get(&Caller::Anonymous).map(views::open).unwrap_or_default());
        self.first_access(&asked, proposed);
        self.promises(&asked.interface);
        // Nobody has accepted anything yet.
        let untried = self.verdict.behaviour.iter_mut().filter(|finding| finding.kind == "check_fails");
        untried.for_each(|finding| finding.effect = Effect::Informs);
    }

    fn next(&mut self, live: Side<'_>, proposed: Side<'_>, stable: &[StableDiagnostic]) {
        let interfaces = self.interfaces(live, proposed);
        self.verdict.data.extend(stable::findings(stable));
        let (signatures, losses) = self.static_census(live, proposed);
        let Some((old, new)) = interfaces else {
            return self.without_queries(&losses, live, proposed);
        };
        let (old, new) = (self.asked(old), self.asked(new));
        let callers = self.callers();
        let lives = self.fork.keep();
        let before = self.views(&old, &callers);
        let eve = Eve::of(self.fork, self.options, &old.interface);
        self.fork.back(lives);
        if !self.installs(|fork, wasm| fork.upgrade(wasm)) {
            return self.verdict.data.extend(data::findings(&losses, &[], false));
        }
        let upgraded = self.fork.keep();
        let after = self.views(&new, &callers);
        let replayed = eve.against(self.fork, self.options, &old.interface, &new.interface);
        self.verdict.behaviour.extend(replayed);
        self.fork.back(upgraded);
        let memory = self.still_kept(lives, live, proposed);
        let nothing = Answers::new();
        let owner = (before.get(&Caller::Owner).unwrap_or(&nothing), after.get(&Caller::Owner).unwrap_or(&nothing));
        self.census(&losses, memory.as_ref(), owner, &new, signatures.as_ref(), &old);
        self.behaviour(owner.0, owner.1, &new.interface);
        if let Some(found) = memory {
            self.later(lives, (live, proposed), &found.changes, &later::open_methods(&old.interface, &new.interface));
        }
        self.access(
            access::Version { asked: &old, side: live, mark: lives, views: &Sights::of(&before) },
            access::Version { asked: &new, side: proposed, mark: upgraded, views: &Sights::of(&after) },
        );
        self.promises(&new.interface);
        let sides = Some((&old.interface, &new.interface));
        let outside = behaviour::outside(self.options, &self.verdict, sides, signatures.as_ref());
        self.verdict.behaviour.extend(outside);
    }

    /// What must hold without any data; nothing is asked of the fork afterwards.
    fn promises(&mut self, new: &Interface) {
        let found = behaviour::from_nothing(self.fork, self.options, self.wasm, new);
        self.verdict.behaviour.extend(found);
    }

    /// The data alone: by memory where it can be read, else by what the owner is shown.
    fn again(&mut self, live: Side<'_>, proposed: Side<'_>, stable: &[StableDiagnostic]) {
        self.verdict.data.extend(stable::findings(stable));
        let (signatures, losses) = self.static_census(live, proposed);
        let (Ok(old), Ok(new)) = (Interface::parse(live.candid), Interface::parse(proposed.candid)) else {
            return self.without_queries(&losses, live, proposed);
        };
        let held = self.fork.keep();
        if !self.installs(|fork, wasm| fork.upgrade(wasm)) {
            return self.verdict.data.extend(data::findings(&losses, &[], false));
        }
        let switched = self.fork.keep();
        if let Some(found) = self.still_kept(held, live, proposed) {
            return self.verdict.data.extend(data::findings(
                &losses,
                &kept::from_memory(Some(&found)),
                found.complete(),
            ));
        }
        let (old, new) = (self.asked(old), self.asked(new));
        self.fork.back(held);
        let before = probe::ask_all(self.fork, &old.interface, &old.methods, &Caller::Owner);
        self.fork.back(switched);
        let after = probe::ask_all(self.fork, &new.interface, &new.methods, &Caller::Owner);
        self.census(&losses, None, (&before, &after), &new, signatures.as_ref(), &old);
    }

    /// Both interfaces, compared; `None` if one can't be read.
    fn interfaces(&mut self, live: Side<'_>, proposed: Side<'_>) -> Option<(Interface, Interface)> {
        let (old, new) = (Interface::parse(live.candid), Interface::parse(proposed.candid));
        let room = &mut self.verdict.interface;
        match (old, new) {
            (Ok(old), Ok(new)) => {
                room.extend(interface::findings(&old, &new, self.options.used_methods.as_ref()));
                Some((old, new))
            }
            (Err(error), _) => {
                let effect = if error == InterfaceError::Missing { Effect::Informs } else { Effect::Asks };
                room.push(Finding::not_judged("interface", "What the live version offers", &error.to_string(), effect));
                None
            }
            // The live version has one, so clients may rely on it.
            (Ok(_), Err(error)) => {
                room.push(Finding::not_judged(
                    "interface",
                    "What the new version offers",
                    &error.to_string(),
                    Effect::Asks,
                ));
                None
            }
        }
    }

    /// Installs or upgrades; what fails is a finding.
    fn installs(&mut self, step: impl FnOnce(&mut dyn Fork, &[u8]) -> Result<(), String>) -> bool {
        let Err(error) = step(self.fork, self.wasm) else { return true };
        let reason = words::shortened(error.trim(), 600);
        let message = format!("The new version does not start on a copy of the app: {}.", reason.trim_end_matches('.'));
        self.verdict
            .build
            .push(Finding::new("does_not_install", "the new version", Effect::Refuses, message).detail(error));
        false
    }

    fn asked(&mut self, interface: Interface) -> Asked {
        let (methods, more) = probe::readable(&interface);
        if more {
            let message = format!("Only the first {} lists were looked at; there are more.", probe::MOST_METHODS);
            self.verdict.behaviour.push(Finding::new("not_judged", "methods", Effect::Informs, message));
        }
        Asked { interface, methods }
    }

    fn callers(&self) -> Vec<Caller> {
        matrix::callers(self.options)
    }

    fn views(&mut self, side: &Asked, callers: &[Caller]) -> Views {
        let view =
            |caller: &Caller| (caller.clone(), probe::ask_all(self.fork, &side.interface, &side.methods, caller));
        callers.iter().map(view).collect()
    }

    /// What worked for the owner and would not any more.
    fn behaviour(&mut self, before: &Answers, after: &Answers, new: &Interface) {
        for (method, answer) in after {
            let finding = match (before.get(method), answer) {
                (Some(Answer::Shown(_) | Answer::Part(_)), Answer::Trapped(_)) => {
                    traps(method, answer, "The new version", Effect::Refuses)
                }
                (_, Answer::Trapped(_)) => {
                    traps(method, answer, "The new version, like the live one or being new there,", Effect::Informs)
                }
                (_, Answer::Unreadable(reason)) => {
                    let message = format!("The answer of {} could not be looked at.", words::quoted(method));
                    Some(Finding::new("not_judged", method, Effect::Informs, message).detail(reason))
                }
                _ => None,
            };
            self.verdict.behaviour.extend(finding);
        }
        let unasked = before.iter().filter(|(method, answer)| {
            answer.value().is_some() && !after.contains_key(*method) && new.methods.contains_key(*method)
        });
        for (method, _) in unasked {
            let message = format!(
                "{} now has to be told what to read, so its answers could not be compared.",
                words::quoted(method)
            );
            self.verdict.behaviour.push(Finding::new("not_judged", method, Effect::Informs, message));
        }
    }
}

fn traps(method: &str, answer: &Answer, subject: &str, effect: Effect) -> Option<Finding> {
    let Answer::Trapped(reason) = answer else { return None };
    let message = format!(
        "{subject} fails when asked for {}: {}.",
        words::quoted(&words::thing(method)),
        words::shortened(reason.trim_end_matches('.'), 300)
    );
    Some(Finding::new("query_traps", method, effect, message).detail(reason))
}

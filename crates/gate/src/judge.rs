//! The order in which a release is judged: interface, types, then what a fork shows before and after.

use std::collections::BTreeSet;

use crate::{
    access::{self, Views},
    behaviour::{self, Eve},
    census,
    checks::Checks,
    data::{self, Seen, Source},
    fork::{Caller, Fork},
    interface::{self, Interface, InterfaceError},
    most::{MostError, Signature},
    probe::{self, Answer, Answers, Readable},
    recorded::Recorded,
    stable::{self, StableDiagnostic},
    types::{self, Loss},
    value::Value,
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
                return self.verdict.interface.push(not_judged(
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
        self.verdict.access.extend(shown.get(&Caller::Anonymous).map(access::open).unwrap_or_default());
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
        let before = self.views(&old, &callers);
        let eve = Eve::of(self.fork, self.options, &old.interface);
        let kept = self.variables(live.stable_types);
        if !self.installs(|fork, wasm| fork.upgrade(wasm)) {
            return self.verdict.data.extend(data::findings(&losses, &[]));
        }
        let after = self.views(&new, &callers);
        let replayed = eve.against(self.fork, self.options, &old.interface, &new.interface);
        self.verdict.behaviour.extend(replayed);
        let memory = self.still_kept(kept, proposed.stable_types);
        let nothing = Answers::new();
        let owner = (before.get(&Caller::Owner).unwrap_or(&nothing), after.get(&Caller::Owner).unwrap_or(&nothing));
        self.census(&losses, memory, owner, &new, signatures.as_ref(), &old);
        self.behaviour(owner.0, owner.1, &new.interface);
        self.access(&new, &callers, &before, &after);
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
                room.push(not_judged("interface", "What the live version offers", &error.to_string(), effect));
                None
            }
            // The live version has one, so clients may rely on it.
            (Ok(_), Err(error)) => {
                room.push(not_judged("interface", "What the new version offers", &error.to_string(), Effect::Asks));
                None
            }
        }
    }

    /// What the types say, and the signatures if they could be read.
    fn static_census(&mut self, live: Side<'_>, proposed: Side<'_>) -> (Option<(Signature, Signature)>, Vec<Loss>) {
        if live.stable_types.trim().is_empty() {
            self.verdict.data.push(not_judged(
                "data",
                "What the live version keeps",
                "it declares nothing",
                Effect::Informs,
            ));
            return (None, Vec::new());
        }
        let compared = || -> Result<_, MostError> {
            let (old, new) = (Signature::parse(live.stable_types)?, Signature::parse(proposed.stable_types)?);
            let losses = types::losses(&old, &new)?;
            Ok((Some((old, new)), losses))
        };
        compared().unwrap_or_else(|error| {
            let reason = if proposed.stable_types.trim().is_empty() {
                "the new version declares nothing".into()
            } else {
                error.to_string()
            };
            self.verdict.data.push(not_judged("data", "What would become of the data", &reason, Effect::Asks));
            (None, Vec::new())
        })
    }

    /// Nothing can be asked: memory and the types alone must do.
    fn without_queries(&mut self, losses: &[Loss], live: Side<'_>, proposed: Side<'_>) {
        let kept = self.variables(live.stable_types);
        if !self.installs(|fork, wasm| fork.upgrade(wasm)) {
            return self.verdict.data.extend(data::findings(losses, &[]));
        }
        let memory = self.still_kept(kept, proposed.stable_types);
        let seen = memory.map(|(before, after)| from_memory(before, after)).unwrap_or_default();
        self.verdict.data.extend(data::findings(losses, &seen));
    }

    /// What the live version keeps, as far as memory can be read.
    fn variables(&mut self, stable_types: &str) -> Option<Variables> {
        match self.fork.variables(stable_types)? {
            Ok(variables) => Some(variables),
            Err(error) => {
                self.verdict.data.push(not_judged(
                    "memory",
                    "What lies in memory",
                    &error.to_string(),
                    Effect::Informs,
                ));
                None
            }
        }
    }

    /// The same before and after; a version whose memory can't be read after it could before needs a word.
    fn still_kept(&mut self, before: Option<Variables>, stable_types: &str) -> Option<(Variables, Variables)> {
        let before = before?;
        match self.fork.variables(stable_types) {
            Some(Ok(after)) => Some((before, after)),
            failed => {
                let reason =
                    failed.and_then(Result::err).map_or_else(|| "it shows nothing".into(), |error| error.to_string());
                self.verdict.data.push(not_judged("memory", "What the new version would keep", &reason, Effect::Asks));
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
        let members = self.options.roles.iter().take(8).map(|role| Caller::Member(role.clone()));
        [Caller::Owner, Caller::Anonymous, Caller::Stranger].into_iter().chain(members).collect()
    }

    fn views(&mut self, side: &Asked, callers: &[Caller]) -> Views {
        let view =
            |caller: &Caller| (caller.clone(), probe::ask_all(self.fork, &side.interface, &side.methods, caller));
        callers.iter().map(view).collect()
    }

    /// The counted half of the census, merged with what the types say.
    fn census(
        &mut self,
        losses: &[Loss],
        memory: Option<(Variables, Variables)>,
        (before, after): (&Answers, &Answers),
        new: &Asked,
        signatures: Option<&(Signature, Signature)>,
        old: &Asked,
    ) {
        let kept = memory.is_some();
        let mut seen = memory.map(|(before, after)| from_memory(before, after)).unwrap_or_default();
        for (method, answer) in before {
            let (Some(old), Some(new)) = (answer.value(), after.get(method).and_then(Answer::value)) else { continue };
            let source = if kept { Source::Display(method.clone()) } else { Source::Method(method.clone()) };
            let changes = census::changes(old, new);
            let whole = |answer: Option<&Answer>| matches!(answer, Some(Answer::Shown(_)));
            if !(whole(Some(answer)) && whole(after.get(method))) {
                self.verdict.data.push(too_many(method, kept));
                continue;
            }
            seen.extend(changes.into_iter().map(|change| Seen { change, source: source.clone() }));
        }
        let (memory, shown): (Vec<Seen>, Vec<Seen>) =
            seen.into_iter().partition(|seen| !matches!(seen.source, Source::Display(_)));
        let mut found = data::findings(losses, &memory);
        // What memory already tells of needs no second word.
        let told: BTreeSet<&str> =
            found.iter().flat_map(|finding| finding.examples.iter().map(String::as_str)).collect();
        let news = |seen: &&Seen| seen.change.examples.iter().any(|example| !told.contains(example.as_str()));
        let shown: Vec<Seen> = shown.iter().filter(news).cloned().collect();
        found.extend(data::findings(&[], &shown));
        if let Some((live, proposed)) = signatures.filter(|_| !kept) {
            found.extend(uncounted(live, proposed, before, old, new, losses));
        }
        self.verdict.data.extend(found);
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

    fn access(&mut self, new: &Asked, callers: &[Caller], before: &Views, after: &Views) {
        let found = access::findings(before, after, &Views::new());
        if found.iter().all(|finding| finding.effect == Effect::Informs) {
            return self.verdict.access.extend(found);
        }
        // What the program shows without any data is its own text.
        let empty = match self.fork.install(self.wasm) {
            Ok(()) => self.views(new, callers),
            Err(_) => Views::new(),
        };
        self.verdict.access.extend(access::findings(before, after, &empty));
    }
}

type Variables = Vec<(String, Value)>;

fn from_memory(before: Variables, after: Variables) -> Vec<Seen> {
    let changes = census::changes(&Value::Record(before), &Value::Record(after));
    changes.into_iter().map(|change| Seen { change, source: Source::Memory }).collect()
}

/// Variables that a migration takes in and that no answer shows: what becomes of them can't be counted.
fn uncounted(
    live: &Signature,
    proposed: &Signature,
    before: &Answers,
    old: &Asked,
    new: &Asked,
    losses: &[Loss],
) -> Vec<Finding> {
    let done: BTreeSet<&String> = live.steps.iter().map(|(name, _)| name).collect();
    let pending = proposed.steps.iter().filter(|(name, _)| !done.contains(name)).flat_map(|(_, takes)| takes.iter());
    let taken: BTreeSet<&String> = proposed.converted.iter().map(|field| &field.name).chain(pending).collect();
    let told: BTreeSet<&String> =
        losses.iter().filter(|loss| loss.path.len() == 1).filter_map(|loss| loss.path.first()).collect();
    let variables = live.kept.iter().filter(|field| taken.contains(&field.name) && !told.contains(&field.name));
    let unseen = variables
        .filter(|field| types::holds_data(live, &field.ty).unwrap_or(true) && !is_shown(live, field, before, old, new));
    let finding = |field: &crate::most::Field| {
        let name = words::quoted(&field.name);
        let message = format!(
            "The new version converts {name}, and no list shows all of it, so what would be gone can't be counted."
        );
        Finding::new("not_counted", words::split(&field.name), Effect::Asks, message)
    };
    unseen.map(finding).collect()
}

fn is_shown(live: &Signature, field: &crate::most::Field, before: &Answers, old: &Asked, new: &Asked) -> bool {
    let rows = types::row_fields(live, &field.ty).unwrap_or_default();
    before.iter().filter(|(_, answer)| matches!(answer, Answer::Shown(_))).any(|(method, _)| {
        let still = new.interface.methods.contains_key(method);
        let alike = data::likeness(&rows, &probe::declared_fields(&old.interface, method)) >= 0.3;
        still && (alike || words::thing(method) == words::split(&field.name))
    })
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

fn not_judged(subject: &str, what: &str, reason: &str, effect: Effect) -> Finding {
    let kind = if effect == Effect::Asks { "census_failed" } else { "not_judged" };
    Finding::new(kind, subject, effect, format!("{what} could not be judged.")).detail(reason)
}

fn too_many(method: &str, kept: bool) -> Finding {
    let effect = if kept { Effect::Informs } else { Effect::Asks };
    let message = format!("There is too much in {} to compare all of it.", words::quoted(&words::thing(method)));
    Finding::new("not_counted", words::thing(method), effect, message)
}

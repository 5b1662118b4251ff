//! Who could see or change more than before: what readable methods show, then every method tried by every role.

use std::collections::BTreeMap;

use super::{Asked, Judging, Options, Side};
use crate::{
    access::{self as views, Views},
    fork::{Caller, Mark},
    matrix::{self, Half, Known, Pool, Power, Powers, Prober, Variables},
    verdict::{Effect, Finding},
    words,
};

/// One version as it was seen on the fork.
#[derive(Clone, Copy)]
pub(super) struct Version<'a> {
    pub(super) asked: &'a Asked,
    pub(super) side: Side<'a>,
    /// The fork just when it began to run this version.
    pub(super) mark: Mark,
    pub(super) views: &'a Views,
}

/// What one version lets its callers do, the variables that they begin with, and methods that took too long.
struct Tried {
    powers: Powers,
    variables: Variables,
    given_up: Vec<String>,
}

impl Judging<'_> {
    /// Leaves the fork as the new version found it.
    pub(super) fn access(&mut self, old: Version<'_>, new: Version<'_>) {
        let mut found = self.shown(old, new);
        found.extend(self.tried(old, new));
        self.fork.back(new.mark);
        self.verdict.access.extend(found);
    }

    /// What methods that need not be told what to read show.
    fn shown(&mut self, old: Version<'_>, new: Version<'_>) -> Vec<Finding> {
        let found = views::findings(old.views, new.views, &Views::new());
        if found.iter().all(|finding| finding.effect == Effect::Informs) {
            return found;
        }
        // What the program shows without any data is its own text.
        let callers = matrix::callers(self.options);
        let empty = match self.fork.install(self.wasm) {
            Ok(()) => self.views(new.asked, &callers),
            Err(_) => Views::new(),
        };
        views::findings(old.views, new.views, &empty)
    }

    /// What all methods show and change.
    fn tried(&mut self, old: Version<'_>, new: Version<'_>) -> Vec<Finding> {
        let kept = self.kept(old);
        let data = kept.as_ref().map(|kept| Pool::of(kept)).unwrap_or_else(|| of_owner(old.views));
        let before = self.powers(old, kept.as_ref(), &data);
        let kept = self.kept(new);
        let after = self.powers(new, kept.as_ref(), &data);
        let mut found = matrix::findings(
            &Half { powers: &before.powers, views: old.views, variables: &before.variables },
            &Half { powers: &after.powers, views: new.views, variables: &after.variables },
        );
        if let Some(declared) = &self.options.declared {
            found.extend(matrix::declared_findings(declared, Some(&before.powers), &after.powers));
        }
        found.extend(after.given_up.iter().map(|method| {
            let message = format!("What {} does could not be tried: it takes too long.", words::quoted(method));
            Finding::new("not_judged", method, Effect::Informs, message)
        }));
        found
    }

    /// What a version keeps when it begins; nothing if memory can't be read, or holds too much to look at value by value.
    fn kept(&mut self, version: Version<'_>) -> Option<Variables> {
        self.fork.back(version.mark);
        self.fork.variables(version.side.stable_types)?.ok()
    }

    /// Everything that all callers but the owner can do.
    fn powers(&mut self, version: Version<'_>, kept: Option<&Variables>, data: &Pool) -> Tried {
        let Options { roles, recorded, .. } = self.options;
        let callers = matrix::callers(self.options);
        let known = Known { roles, recorded, data };
        let running = matrix::Version {
            interface: &version.asked.interface,
            stable_types: version.side.stable_types,
            start: version.mark,
            kept,
        };
        let mut prober = Prober::new(self.fork, &running, &known, callers.len());
        let mut powers = BTreeMap::new();
        for caller in callers.into_iter().filter(|caller| *caller != Caller::Owner) {
            let nothing = BTreeMap::new();
            let reach = prober.reach(&caller, version.views.get(&caller).unwrap_or(&nothing));
            let claim = prober.claim(&caller, &reach);
            powers.insert(caller, Power { reach, claim });
        }
        let given_up = prober.given_up().cloned().collect();
        Tried { powers, given_up, variables: prober.into_variables().into_owned() }
    }
}

/// Where memory can't be read, what the owner is shown is the data.
fn of_owner(views: &Views) -> Pool {
    let shown = views.get(&Caller::Owner).into_iter().flatten();
    let shown = shown.filter_map(|(method, answer)| Some((words::thing(method), answer.value()?.clone())));
    Pool::of(&shown.collect::<Vec<_>>())
}

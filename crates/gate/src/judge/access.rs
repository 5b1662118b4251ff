//! Who could see or change more than before: what readable methods show, then every method tried by every role.

use std::{collections::BTreeMap, time::Duration};

use super::{Asked, Judging, Options, Side};
use crate::{
    access::{self as views, Sights, Views},
    fork::{Caller, Mark},
    heap::Sample,
    matrix::{self, Changes, Half, Known, Pool, Power, Powers, Prober, Variables},
    probe::Answer,
    value::Value,
    verdict::{Effect, Finding},
    words,
};

/// Long enough for clocks to go on, and for timers that calls may have set off by the way.
const LATER: Duration = Duration::from_secs(3_600);

/// One version as it was seen on the fork.
#[derive(Clone, Copy)]
pub(super) struct Version<'a, 'v> {
    pub(super) asked: &'a Asked,
    pub(super) side: Side<'a>,
    /// The fork just when it began to run this version.
    pub(super) mark: Mark,
    pub(super) views: &'a Sights<'v>,
}

/// What one version lets its callers do, the variables that they begin with, and methods that took too long.
struct Tried {
    powers: Powers,
    variables: Variables,
    given_up: Vec<String>,
}

impl Judging<'_> {
    /// Leaves the fork as the new version found it.
    pub(super) fn access<'v>(&mut self, old: Version<'_, 'v>, new: Version<'_, 'v>) {
        let mut found = self.shown(old, new);
        found.extend(self.tried(old, new));
        self.fork.back(new.mark);
        self.verdict.access.extend(found);
    }

    /// What methods that need not be told what to read show.
    fn shown(&mut self, old: Version<'_, '_>, new: Version<'_, '_>) -> Vec<Finding> {
        let found = views::findings(old.views, new.views.views, &Views::new());
        if found.iter().all(|finding| finding.effect == Effect::Informs) {
            return found;
        }
        let nobodys = self.nobodys(old, new);
        views::findings(old.views, new.views.views, &nobodys)
    }

    /// What is shown and is nobody's data: the program's own texts, which it shows without any data; clocks and random
    /// values, which differ when asked later; and who the caller is.
    fn nobodys(&mut self, old: Version<'_, '_>, new: Version<'_, '_>) -> Views {
        let callers = matrix::callers(self.options);
        self.fork.back(new.mark);
        self.fork.pass(LATER);
        let later = self.views(new.asked, &callers);
        let mut nobodys = match self.fork.install(self.wasm) {
            Ok(()) => self.views(new.asked, &callers),
            Err(_) => Views::new(),
        };
        for caller in &callers {
            let own = self.fork.identity(caller).into_iter().map(Value::Text).collect();
            let all = nobodys.entry(caller.clone()).or_default();
            // No method has such names.
            all.insert("the caller".into(), Answer::Shown(Value::List(own)));
            if let (Some(now), Some(later)) = (new.views.views.get(caller), later.get(caller)) {
                let varying = views::varying(now, later, old.views);
                all.extend(varying.into_iter().map(|(method, answer)| (format!("{method} varies"), answer)));
            }
        }
        nobodys
    }

    /// What all methods show and change.
    fn tried<'v>(&mut self, old: Version<'_, 'v>, new: Version<'_, 'v>) -> Vec<Finding> {
        let (kept, then) = (self.kept(old), self.kept(new));
        let shown = old.views.views.get(&Caller::Owner).map(matrix::of_owner).unwrap_or_default();
        let data = match &kept {
            Some(kept) => Pool::of(&kept.variables).and_shown(shown),
            None => shown,
        };
        // Both are told the same, so that what one shows the other was asked for too.
        let mut asked = kept.as_ref().map(|kept| Pool::of(&kept.variables)).unwrap_or_default();
        if let Some(then) = &then {
            asked.learn(&then.variables);
        }
        let mut before = self.powers(old, kept.as_ref(), &data, Some(&asked));
        let mut after = self.powers(new, then.as_ref(), &data, Some(&asked));
        if self.compared(old, new, &before, &after).iter().any(|finding| finding.effect == Effect::Asks) {
            before.powers = matrix::without(before.powers, &self.by_itself(old, kept.as_ref()));
            after.powers = matrix::without(after.powers, &self.by_itself(new, then.as_ref()));
        }
        let mut found = self.compared(old, new, &before, &after);
        if let Some(declared) = &self.options.declared {
            found.extend(matrix::declared_findings(declared, Some(&before.powers), &after.powers));
            if let Some(was) = &self.options.declared_before {
                let wider = matrix::declared_wider(was, declared, &found);
                found.extend(wider);
            }
        }
        found.extend(after.given_up.iter().map(|method| {
            let message = format!("What {} does could not be tried: it takes too long.", words::quoted(method));
            Finding::new("not_judged", method, Effect::Informs, message)
        }));
        found
    }

    /// What a version keeps when it begins; nothing if memory can't be read.
    fn kept(&mut self, version: Version<'_, '_>) -> Option<Sample> {
        matrix::kept(self.fork, version.mark, version.side.stable_types)
    }

    fn compared<'v>(&self, old: Version<'_, 'v>, new: Version<'_, 'v>, before: &Tried, after: &Tried) -> Vec<Finding> {
        matrix::findings(
            &Half { powers: &before.powers, views: old.views, variables: &before.variables },
            &Half { powers: &after.powers, views: new.views, variables: &after.variables },
        )
    }

    /// What changes as time goes by, whoever calls.
    fn by_itself(&mut self, version: Version<'_, '_>, kept: Option<&Sample>) -> Changes {
        let Some(kept) = kept else { return Changes::new() };
        self.fork.back(version.mark);
        self.fork.pass(LATER);
        let found = matrix::changed_since(self.fork, (version.mark, kept), version.side.stable_types, &[]);
        found.unwrap_or_default()
    }

    /// Everything that all callers but the owner can do.
    fn powers(&mut self, version: Version<'_, '_>, kept: Option<&Sample>, data: &Pool, asked: Option<&Pool>) -> Tried {
        let Options { roles, recorded, .. } = self.options;
        let callers = matrix::callers(self.options);
        let asked = asked.filter(|_| kept.is_some());
        let known = Known { roles, recorded, data, asked };
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
            let reach = prober.reach(&caller, version.views.views.get(&caller).unwrap_or(&nothing));
            let claim = prober.claim(&caller, &reach);
            powers.insert(caller, Power { reach, claim });
        }
        let given_up = prober.given_up().cloned().collect();
        Tried { powers, given_up, variables: prober.into_variables().into_owned() }
    }
}

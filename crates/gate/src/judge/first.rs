//! What a first version lets people do, tried on data that its owner's own calls made.

use std::collections::BTreeMap;

use super::{Asked, Judging, Side};
use crate::{
    fork::{Caller, Mark},
    heap::Sample,
    matrix::{self, Known, Pool, Power, Powers, Prober},
    probe::Answers,
    verdict::Finding,
};

/// The fork after some calls, and what lies in memory there.
struct Filled {
    mark: Mark,
    kept: Option<Sample>,
}

impl Judging<'_> {
    /// Tries every method by every role, and whether whoever comes first gets more than their due. All of it informs:
    /// a first version has nothing to widen. The fork runs the new version on an empty app.
    pub(super) fn first_access(&mut self, asked: &Asked, side: Side<'_>) {
        let empty = self.filled(side);
        let filled = self.fill(asked, side, &empty, &Caller::Owner);
        let data = filled.kept.as_ref().map(|kept| Pool::of(&kept.variables)).unwrap_or_default();
        let all: Vec<Caller> = matrix::callers(self.options).into_iter().filter(|who| *who != Caller::Owner).collect();
        let powers = self.powers_of(asked, side, &filled, &data, &all);
        let mut found = matrix::open(&powers);
        if let Some(declared) = &self.options.declared {
            found.extend(matrix::declared_findings(declared, None, &powers));
        }
        found.extend(self.first_caller(asked, side, &empty, &powers));
        self.fork.back(empty.mark);
        self.verdict.access.extend(found);
    }

    /// Whether a stranger who calls before the owner does can do more afterwards than one who calls later.
    fn first_caller(&mut self, asked: &Asked, side: Side<'_>, empty: &Filled, later: &Powers) -> Option<Finding> {
        let claimed = self.fill(asked, side, empty, &Caller::Stranger);
        let filled = self.fill(asked, side, &claimed, &Caller::Owner);
        // What the stranger entered is their own.
        let own = claimed.kept.as_ref().map(|kept| Pool::of(&kept.variables)).unwrap_or_default();
        let data = filled.kept.as_ref().map(|kept| Pool::without(&kept.variables, &own)).unwrap_or_default();
        let first = self.powers_of(asked, side, &filled, &data, &[Caller::Stranger]);
        matrix::first_caller(first.get(&Caller::Stranger)?, later.get(&Caller::Stranger)?)
    }

    /// Lets a caller enter what they may.
    fn fill(&mut self, asked: &Asked, side: Side<'_>, from: &Filled, caller: &Caller) -> Filled {
        let data = Pool::default();
        let known = Known { roles: &self.options.roles, recorded: &self.options.recorded, data: &data, asked: None };
        let version = running(asked, side, from);
        Prober::new(self.fork, &version, &known, 1).fill(caller);
        self.filled(side)
    }

    fn filled(&mut self, side: Side<'_>) -> Filled {
        let mark = self.fork.keep();
        Filled { mark, kept: matrix::kept(self.fork, mark, side.stable_types) }
    }

    fn powers_of(&mut self, asked: &Asked, side: Side<'_>, from: &Filled, data: &Pool, callers: &[Caller]) -> Powers {
        let known = Known { roles: &self.options.roles, recorded: &self.options.recorded, data, asked: None };
        let version = running(asked, side, from);
        let mut prober = Prober::new(self.fork, &version, &known, callers.len());
        let mut powers = BTreeMap::new();
        for caller in callers {
            let reach = prober.reach(caller, &Answers::new());
            let claim = prober.claim(caller, &reach);
            powers.insert(caller.clone(), Power { reach, claim });
        }
        powers
    }
}

fn running<'a>(asked: &'a Asked, side: Side<'a>, from: &'a Filled) -> matrix::Version<'a> {
    matrix::Version {
        interface: &asked.interface,
        stable_types: side.stable_types,
        start: from.mark,
        kept: from.kept.as_ref(),
    }
}

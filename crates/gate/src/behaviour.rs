//! What worked and must go on working: recorded calls, accepted behaviours, and no more touched than was said.

use std::collections::BTreeSet;

use crate::{
    checks::{self, On},
    fork::Fork,
    interface::Interface,
    judge::Options,
    most::Signature,
    replay::Replay,
    touch::Touch,
    verdict::{Finding, Verdict},
};

/// What the live version does, as far as it is to be compared.
#[derive(Debug, Default)]
pub(crate) struct Eve {
    replay: Replay,
    /// Checks on the live data that do not hold now either.
    failing: BTreeSet<String>,
}

impl Eve {
    /// Looks at the live version, on a fork that runs it, and leaves the fork as it was.
    pub(crate) fn of(fork: &mut dyn Fork, options: &Options, old: &Interface) -> Eve {
        let replay = Replay::before(fork, &options.recorded, old);
        let tried = checks::run(fork, old, &options.checks, On::Live);
        Eve { replay, failing: tried.into_iter().filter(|(_, held)| held.is_err()).map(|(name, _)| name).collect() }
    }

    /// Looks at the new version, on a fork that took the live data over, and leaves the fork as it was.
    pub(crate) fn against(
        self,
        fork: &mut dyn Fork,
        options: &Options,
        old: &Interface,
        new: &Interface,
    ) -> Vec<Finding> {
        let mut found = self.replay.after(fork, old, new);
        for (name, held) in checks::run(fork, new, &options.checks, On::Live) {
            found.extend(held.err().map(|reason| checks::broken(&name, &reason, !self.failing.contains(&name))));
        }
        found
    }
}

/// Tries what must hold on a new app: `fork` is emptied.
pub(crate) fn from_nothing(fork: &mut dyn Fork, options: &Options, wasm: &[u8], new: &Interface) -> Vec<Finding> {
    let mut found = checks::dropped(&options.checks);
    if !options.checks.run.iter().any(|check| check.on == On::Empty) {
        return found;
    }
    match fork.install(wasm) {
        Ok(()) => {
            let tried = checks::run(fork, new, &options.checks, On::Empty);
            let broken = |(name, held): (String, Result<(), String>)| Some(checks::broken(&name, &held.err()?, true));
            found.extend(tried.into_iter().filter_map(broken));
        }
        Err(reason) => found.push(checks::untried(&reason)),
    }
    found
}

/// What changes although the proposal does not say so.
pub(crate) fn outside(
    options: &Options,
    verdict: &Verdict,
    sides: Option<(&Interface, &Interface)>,
    signatures: Option<&(Signature, Signature)>,
) -> Vec<Finding> {
    let touches = options.touches.as_ref();
    touches.map(|names| Touch::new(names).findings(verdict, &options.changed, sides, signatures)).unwrap_or_default()
}

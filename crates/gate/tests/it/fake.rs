//! A fork that answers from a script, in Candid's text form.

use std::collections::BTreeMap;

use candid::types::value::IDLArgs;
use gate::{Caller, Fork, Mark, Value, heap::HeapError};

/// Which code the fork runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Live,
    Upgraded,
    Empty,
}

/// Answers by phase, caller and method; what is not scripted traps.
#[derive(Default)]
pub(crate) struct Fake {
    phase: Option<Phase>,
    answers: BTreeMap<(Phase, Caller, String), Vec<String>>,
    kept: BTreeMap<Phase, Vec<(String, Value)>>,
    upgrade_fails: Option<String>,
    marks: Vec<Phase>,
}

impl Fake {
    /// The owner sees this, before and after, or only in one phase.
    pub(crate) fn owner(self, phases: &[Phase], method: &str, answer: &str) -> Fake {
        self.says(phases, Caller::Owner, method, answer)
    }

    pub(crate) fn says(mut self, phases: &[Phase], caller: Caller, method: &str, answer: &str) -> Fake {
        for phase in phases {
            self.answers.insert((*phase, caller.clone(), method.into()), vec![answer.into()]);
        }
        self
    }

    /// Rows come in pages; the argument is the id after which to go on.
    pub(crate) fn pages(mut self, phases: &[Phase], method: &str, pages: &[&str]) -> Fake {
        for phase in phases {
            let pages = pages.iter().map(|page| (*page).to_owned()).collect();
            self.answers.insert((*phase, Caller::Owner, method.into()), pages);
        }
        self
    }

    /// Neither installing nor upgrading succeeds.
    pub(crate) fn fails(self, reason: &str) -> Fake {
        Fake { upgrade_fails: Some(reason.into()), ..self }
    }

    /// What memory holds in one phase.
    pub(crate) fn keeps(mut self, phase: Phase, variables: Vec<(String, Value)>) -> Fake {
        self.kept.insert(phase, variables);
        self
    }

    fn phase(&self) -> Phase {
        self.phase.unwrap_or(Phase::Live)
    }
}

impl Fork for Fake {
    fn upgrade(&mut self, _wasm: &[u8]) -> Result<(), String> {
        self.phase = Some(Phase::Upgraded);
        self.upgrade_fails.clone().map_or(Ok(()), Err)
    }

    fn install(&mut self, _wasm: &[u8]) -> Result<(), String> {
        self.phase = Some(Phase::Empty);
        self.upgrade_fails.clone().map_or(Ok(()), Err)
    }

    fn query(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let pages = self.answers.get(&(self.phase(), caller, method.to_owned())).ok_or("trapped: denied")?;
        let after = IDLArgs::from_bytes(arg).map_err(|error| error.to_string())?;
        let after: usize = match after.args.first() {
            Some(candid::IDLValue::Opt(id)) => {
                id.to_string().split(' ').next().and_then(|id| id.parse().ok()).unwrap_or(0)
            }
            _ => 0,
        };
        // Each page of a script holds two rows, whose ids count up from one.
        let text = pages.get(after.div_ceil(2)).map_or("(vec {})", String::as_str);
        candid_parser::parse_idl_args(text).and_then(|args| Ok(args.to_bytes()?)).map_err(|error| error.to_string())
    }

    fn call(&mut self, _caller: Caller, _method: &str, _arg: &[u8]) -> Result<Vec<u8>, String> {
        Err("the gate does not call".into())
    }

    fn keep(&mut self) -> Mark {
        self.marks.push(self.phase());
        Mark(self.marks.len() - 1)
    }

    fn back(&mut self, mark: Mark) {
        self.phase = Some(self.marks[mark.0]);
    }

    fn variables(&mut self, _stable_types: &str) -> Option<Result<Vec<(String, Value)>, HeapError>> {
        self.kept.get(&self.phase()).cloned().map(Ok)
    }
}

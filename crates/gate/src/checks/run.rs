//! Trying checks on a fork.

use candid::types::value::IDLArgs;

use super::{Check, CheckError, Checks, MOST_CHECKS, On, Step};
use crate::{
    fork::{Caller, Fork},
    interface::{self, Interface, is_query},
    value::{Value, decode, from_candid},
    verdict::{Effect, Finding},
    words,
};

/// Reads Candid text, measured before it is parsed.
pub(crate) fn arguments(text: &str) -> Result<IDLArgs, String> {
    interface::measured(text).map_err(|error| error.to_string())?;
    let parsed = interface::roomy(|| candid_parser::parse_idl_args(text));
    parsed.map_err(|error| words::shortened(&error.to_string(), 300))
}

/// Arguments of a method as its interface has them.
pub(crate) fn encoded(interface: &Interface, method: &str, text: &str) -> Result<Vec<u8>, String> {
    let function = interface.methods.get(method).ok_or("there is no such method")?;
    let args = arguments(text)?;
    if args.args.len() > function.args.len() {
        return Err(format!("it takes {}", words::counted(function.args.len() as u64, "argument")));
    }
    let (env, types) = (&interface.env, &function.args);
    let encode = || args.annotate_types(true, env, types)?.to_bytes_with_types(env, types);
    interface::roomy(encode).map_err(|error: candid::Error| words::shortened(&error.to_string(), 300))
}

/// The checks that run on these data, each with the reason why it does not hold.
///
/// `fork` runs the version whose interface this is. What the steps do is taken back.
pub(crate) fn run(
    fork: &mut dyn Fork,
    interface: &Interface,
    checks: &Checks,
    on: On,
) -> Vec<(String, Result<(), String>)> {
    let mine: Vec<&Check> = checks.run.iter().take(MOST_CHECKS).filter(|check| check.on == on).collect();
    if mine.is_empty() {
        return Vec::new();
    }
    let mark = fork.keep();
    let mut told = Vec::new();
    for check in mine {
        told.push((check.name.clone(), holds(fork, interface, check)));
        fork.back(mark);
    }
    told
}

fn holds(fork: &mut dyn Fork, interface: &Interface, check: &Check) -> Result<(), String> {
    for (at, step) in check.steps.iter().enumerate() {
        let failed =
            |reason| format!("step {}, {} as {}, {reason}", at + 1, words::quoted(&step.call), whom(&step.caller));
        step.holds(fork, interface).map_err(failed)?;
    }
    Ok(())
}

fn whom(caller: &str) -> String {
    match caller {
        "owner" => "the owner".into(),
        "anonymous" => "somebody not signed in".into(),
        "stranger" => "a stranger".into(),
        role => words::quoted(role),
    }
}

impl Step {
    fn holds(&self, fork: &mut dyn Fork, interface: &Interface) -> Result<(), String> {
        let arg = encoded(interface, &self.call, &self.args).map_err(|why| format!("can't be called: {why}"))?;
        let Some(function) = interface.methods.get(&self.call) else { return Err("is not there".into()) };
        let caller = self.caller();
        let reply = match is_query(function) {
            true => fork.query(caller, &self.call, &arg),
            false => fork.call(caller, &self.call, &arg),
        };
        let answer = match reply {
            Ok(reply) => decode(&reply, &interface.env, &function.rets).map_err(|error| error.to_string())?,
            Err(_) if self.fails => return Ok(()),
            Err(message) => return Err(format!("fails: {}", words::shortened(message.trim_end_matches('.'), 300))),
        };
        self.fits(&answer)
    }

    fn caller(&self) -> Caller {
        match self.caller.as_str() {
            "owner" => Caller::Owner,
            "anonymous" => Caller::Anonymous,
            "stranger" => Caller::Stranger,
            role => Caller::Member(role.into()),
        }
    }

    fn fits(&self, answer: &Value) -> Result<(), String> {
        let refused = matches!(answer, Value::Variant(tag, _) if tag == "err");
        if self.fails {
            return if refused { Ok(()) } else { Err("should have been refused, and was done".into()) };
        }
        let shown = || format!("“{}”", answer.shown());
        if let Some(text) = &self.contains
            && !has_text(answer, text)
        {
            return Err(format!("should have answered with “{}”, and answered {}", words::example(text), shown()));
        }
        match &self.expect {
            Some(expect) => {
                let expected =
                    arguments(expect).and_then(|args| from_candid(args).map_err(|error| error.to_string()))?;
                let other = || format!("should have answered {}, and answered {}", expect.trim(), shown());
                if fits(&expected, answer) { Ok(()) } else { Err(other()) }
            }
            // Who looks for a text may look for it in a refusal.
            None if refused && self.contains.is_none() => Err(format!("is refused: {}", shown())),
            None => Ok(()),
        }
    }
}

/// Whether `answer` has at least what `expected` names.
fn fits(expected: &Value, answer: &Value) -> bool {
    match (expected, answer) {
        (Value::Record(fields), answer) => {
            fields.iter().all(|(name, value)| fits(value, answer.part(name).unwrap_or(&Value::Nothing)))
        }
        (Value::Variant(tag, inner), Value::Variant(other, value)) => {
            tag == other && (**inner == Value::Nothing || fits(inner, value))
        }
        (Value::List(wanted), Value::List(rows)) => {
            wanted.len() == rows.len() && wanted.iter().zip(rows).all(|(wanted, row)| fits(wanted, row))
        }
        (Value::List(wanted), Value::Blob(bytes)) => wanted.is_empty() && bytes.is_empty(),
        (expected, answer) => expected == answer,
    }
}

fn has_text(value: &Value, text: &str) -> bool {
    match value {
        Value::List(rows) => rows.iter().any(|row| has_text(row, text)),
        Value::Record(fields) => fields.iter().any(|(_, value)| has_text(value, text)),
        Value::Variant(tag, inner) => tag.contains(text) || has_text(inner, text),
        value => value.scalar().is_some_and(|scalar| scalar.contains(text)),
    }
}

/// What is said of a check that does not hold; of one that did not hold before either, it only informs.
pub(crate) fn broken(name: &str, reason: &str, before: bool) -> Finding {
    let reason = reason.trim_end_matches('.');
    let short = words::shortened(name, 200);
    match before {
        true => {
            let message = format!("An accepted behaviour does not hold, “{short}”: {reason}.");
            Finding::new("check_fails", name, Effect::Asks, message)
        }
        false => {
            let message = format!("“{short}” does not hold, as in the live version: {reason}.");
            Finding::new("check_fails", name, Effect::Informs, message)
        }
    }
}

/// What is said when the new version can't be started without data.
pub(crate) fn untried(reason: &str) -> Finding {
    let message = "The accepted behaviours could not be tried: the new version does not start without data.";
    Finding::new("check_fails", "checks", Effect::Asks, message).detail(reason)
}

/// What is said of accepted behaviours that the proposal no longer keeps.
pub(crate) fn dropped(checks: &Checks) -> Vec<Finding> {
    let finding = |name: &String, effect| {
        let message = format!("“{}” was accepted and would no longer be checked.", words::shortened(name, 200));
        Finding::new("check_dropped", name, effect, message)
    };
    let asks = checks.dropped.iter().map(|name| finding(name, Effect::Asks));
    let more = checks.run.len().saturating_sub(MOST_CHECKS);
    let untried = (more > 0).then(|| {
        let message = format!("There are {more} more accepted behaviours than are tried; only {MOST_CHECKS} were.");
        Finding::new("not_judged", "checks", Effect::Asks, message)
    });
    asks.chain(checks.lapsed.iter().map(|name| finding(name, Effect::Informs))).chain(untried).collect()
}

impl CheckError {
    /// As a finding about the file at this path of the proposed source tree.
    #[must_use]
    pub fn finding(&self, path: &str) -> Finding {
        let message = format!("The accepted behaviours in `{path}` can't be read: {self}.");
        Finding::new("check_unreadable", path, Effect::Refuses, message)
    }
}

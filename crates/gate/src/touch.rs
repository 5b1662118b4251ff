//! What a proposal says it touches, and what it changes besides.
//!
//! A declared touch is a promise of the proposal's author, kept here: whatever else changes is a finding that asks.
//! Names are compared as words, so that `order` covers the variable `orders`, the method `listOrders` and the path
//! `orders → total`.

use std::collections::BTreeSet;

use crate::{
    interface::Interface,
    most::Signature,
    types,
    verdict::{Effect, Finding, Verdict},
    words,
};

/// What may be touched, as words.
pub(crate) struct Touch {
    declared: Vec<Vec<String>>,
    shown: String,
}

impl Touch {
    pub(crate) fn new(names: &[String]) -> Touch {
        let declared = names.iter().map(|name| stems(name)).filter(|words| !words.is_empty()).collect();
        let shown = match names {
            [] => "nothing of what is kept or offered".into(),
            names => {
                format!("only {}", names.iter().take(20).map(|name| words::quoted(name)).collect::<Vec<_>>().join(", "))
            }
        };
        Touch { declared, shown }
    }

    /// Whether a name is about something that was declared.
    fn covers(&self, name: &str) -> bool {
        let words = stems(name);
        self.declared.iter().any(|wanted| wanted.iter().all(|word| words.contains(word)))
    }

    /// A finding for each thing that changes without having been declared.
    pub(crate) fn findings(
        &self,
        verdict: &Verdict,
        changed: &[(String, &'static str)],
        sides: Option<(&Interface, &Interface)>,
        signatures: Option<&(Signature, Signature)>,
    ) -> Vec<Finding> {
        let mut outside: BTreeSet<(String, String)> = BTreeSet::new();
        let mut add = |subject: &str, what: String| {
            if !self.covers(subject) {
                outside.insert((words::shortened(subject, 200), what));
            }
        };
        for (name, what) in changed {
            add(name, format!("it also {what} {}.", words::quoted(name)));
        }
        for (name, what) in sides.map(|(old, new)| methods(old, new)).unwrap_or_default() {
            add(&name, format!("it also {what} {}.", words::quoted(&name)));
        }
        for name in signatures.map(|(old, new)| types::changed_variables(old, new)).unwrap_or_default() {
            add(&name, format!("it also changes how {} is kept.", words::quoted(&name)));
        }
        for finding in noticed(verdict) {
            let subject = finding.subject.rsplit(": ").next().unwrap_or_default();
            add(subject, finding.message.clone());
        }
        outside.into_iter().map(|(subject, what)| self.outside(&subject, &what)).collect()
    }

    fn outside(&self, subject: &str, what: &str) -> Finding {
        let message = format!("This change says that it touches {}. But: {what}", self.shown);
        Finding::new("outside", subject, Effect::Asks, message)
    }
}

/// Findings that tell of a change in what is kept, offered or shown.
fn noticed(verdict: &Verdict) -> impl Iterator<Item = &Finding> {
    let rooms = [&verdict.interface, &verdict.data, &verdict.access, &verdict.behaviour];
    let told = [
        "not_judged",
        "not_declared",
        "pages_not_judged",
        "stable_memory",
        "census_failed",
        "not_counted",
        "more",
        "new_method",
        "check_dropped",
        "query_traps",
    ];
    rooms.into_iter().flatten().filter(move |finding| !told.contains(&finding.kind.as_str()))
}

fn methods(old: &Interface, new: &Interface) -> Vec<(String, &'static str)> {
    let gone = old.methods.keys().filter(|name| !new.methods.contains_key(*name)).map(|name| (name, "takes away"));
    let other = new.methods.iter().filter_map(|(name, function)| match old.methods.get(name) {
        None => Some((name, "adds")),
        Some(before) => (written(old, before) != written(new, function)).then_some((name, "changes")),
    });
    gone.chain(other).map(|(name, what)| (name.clone(), what)).collect()
}

/// A method's type with the types that it names written out, some levels deep.
fn written(interface: &Interface, function: &candid::types::Function) -> String {
    let mut text = format!("{:?}", function.modes);
    for ty in function.args.iter().map(|arg| ("arg", arg)).chain(function.rets.iter().map(|ret| ("ret", ret))) {
        text.push_str(ty.0);
        write_type(&mut text, interface, ty.1, 0);
    }
    text
}

/// How deep types are compared, and in how much text.
const DEPTH: usize = 12;
const LENGTH: usize = 20_000;

fn write_type(text: &mut String, interface: &Interface, ty: &candid::types::Type, depth: usize) {
    use candid::types::TypeInner;
    if depth > DEPTH || text.len() > LENGTH {
        return;
    }
    let Ok(ty) = interface.env.trace_type(ty) else { return };
    match ty.as_ref() {
        TypeInner::Opt(inner) | TypeInner::Vec(inner) => {
            text.push_str(if matches!(ty.as_ref(), TypeInner::Opt(_)) { "?" } else { "[]" });
            write_type(text, interface, inner, depth + 1);
        }
        TypeInner::Record(fields) | TypeInner::Variant(fields) => {
            text.push_str(if matches!(ty.as_ref(), TypeInner::Record(_)) { "{" } else { "<" });
            for field in fields {
                text.push_str(&format!("{}:", field.id.get_id()));
                write_type(text, interface, &field.ty, depth + 1);
            }
            text.push('}');
        }
        TypeInner::Func(_) | TypeInner::Service(_) => text.push_str("reference"),
        other => text.push_str(&format!("{other:?},")),
    }
}

/// The words of a name, without the endings of plurals.
fn stems(name: &str) -> Vec<String> {
    let words = words::split(&name.replace(['.', '→', '/', '-'], "_"));
    words.split(' ').filter(|word| !word.is_empty()).map(|word| stem(&word.to_lowercase())).collect()
}

fn stem(word: &str) -> String {
    let stem = match word {
        "people" => "person",
        word if word.len() > 4 && word.ends_with("ies") => return format!("{}y", &word[..word.len() - 3]),
        word if ["ses", "xes", "zes", "ches", "shes"].iter().any(|end| word.ends_with(end)) => &word[..word.len() - 2],
        word if word.len() > 2 && !word.ends_with("ss") => word.strip_suffix('s').unwrap_or(word),
        word => word,
    };
    stem.to_owned()
}

#[cfg(test)]
mod tests;

//! The data room: what the types lose and what was counted, said once for each thing.

use std::collections::BTreeSet;

use crate::{
    census::{Change, Fate, Pattern},
    types::{self, Loss, LossKind},
    verdict::{Effect, Finding},
    words,
};

/// How alike two sets of field names must be to be taken for the same kind of row.
const ALIKE: f64 = 0.3;

/// A counted difference with where it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) change: Change,
    pub(crate) source: Source,
}

/// Where a difference was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// In memory; the path begins with the variable.
    Memory,
    /// In the answers of a method.
    Method(String),
    /// In the answers of a method, while memory shows that nothing is lost.
    Display(String),
}

impl Seen {
    /// The names from the outside in, as people know them.
    fn path(&self) -> Vec<String> {
        let outer = match &self.source {
            Source::Memory => None,
            Source::Method(name) | Source::Display(name) => Some(words::thing(name)),
        };
        outer.into_iter().chain(self.change.path.iter().cloned()).collect()
    }

    /// How well it fits a loss in the types; `None` if it is something else.
    fn fits(&self, loss: &Loss) -> Option<u64> {
        let change = &self.change;
        let path: Vec<&String> = loss.path.iter().filter(|part| part.parse::<u32>().is_err()).collect();
        if self.source == Source::Memory {
            let same = change.path.iter().collect::<Vec<_>>() == path;
            let whole = match loss.kind {
                LossKind::Case(_) => false,
                LossKind::Required => change.fate == Fate::Filled,
                _ => change.fate != Fate::Filled,
            };
            let inside = whole && path.iter().zip(&change.path).filter(|(a, b)| *a == b).count() == path.len();
            return (same || inside).then_some(if same { 1_000 } else { 500 });
        }
        let likeness = likeness(&loss.siblings, &change.siblings);
        let enough = likeness >= ALIKE;
        let score = (likeness * 100.0) as u64;
        let same_thing = self
            .path()
            .first()
            .is_some_and(|outer| Some(outer) == path.first().map(|name| words::split(name)).as_ref());
        match loss.kind {
            LossKind::Variable => {
                let whole = change.fate == Fate::RowsGone || change.path.is_empty();
                (whole && (enough || same_thing)).then_some(score + u64::from(same_thing) * 100)
            }
            LossKind::Case(_) => None,
            _ => {
                let same_field = change.path.last() == path.last().copied() && change.fate != Fate::RowsGone;
                (same_field && (enough || loss.siblings.is_empty() || same_thing))
                    .then_some(score + u64::from(same_thing) * 100)
            }
        }
    }
}

/// How much two sets of names have in common, from 0 to 1.
pub(crate) fn likeness(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let common = one.intersection(other).count();
    let all = one.union(other).count();
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

/// One finding for each loss, with what was counted of it, and one for each difference that no type explains.
/// `complete` says that all that both versions keep was compared, so that what was not seen does not differ.
pub(crate) fn findings(losses: &[Loss], seen: &[Seen], complete: bool) -> Vec<Finding> {
    let mut explained = BTreeSet::new();
    let mut found = Vec::new();
    // Choices under another name, and what else became of those beside them.
    let mut rest: Vec<Seen> = seen.to_vec();
    for loss in losses {
        let mut fitting: Vec<(u64, usize)> =
            seen.iter().enumerate().filter_map(|(at, seen)| Some((seen.fits(loss)?, at))).collect();
        fitting.sort_by_key(|(score, at)| (!is_harm(&seen[*at].change, loss), std::cmp::Reverse(*score), *at));
        let change = fitting.first().map(|(_, at)| &seen[*at].change);
        if let Some(new) = change.and_then(|change| renamed_case(loss, change)).filter(|_| complete) {
            let at = fitting[0].1;
            found.push(case_renamed(loss, &seen[at].change, &new));
            without_case(&mut rest[at].change, loss);
            continue;
        }
        explained.extend(fitting.iter().map(|(_, at)| *at));
        let of_case = change.and_then(|change| case(loss, change));
        let harmless = complete && !change.is_some_and(|change| is_harm(change, loss));
        found.push(lost(loss, of_case.as_ref().or(change), harmless));
    }
    let told_of = |seen: &Seen| seen.change.count > 0 && !matches!(seen.change.fate, Fate::Kept | Fate::Filled);
    let mut told = BTreeSet::new();
    for (_, seen) in rest.iter().enumerate().filter(|(at, seen)| !explained.contains(at) && told_of(seen)) {
        let finding = counted(seen);
        // Two methods that show the same rows tell of the same loss.
        if told.insert((
            finding.kind.clone(),
            seen.change.path.clone(),
            seen.change.siblings.clone(),
            finding.examples.clone(),
        )) {
            found.push(finding);
        }
    }
    found
}

/// Whether a difference that a loss explains takes something away.
fn is_harm(change: &Change, loss: &Loss) -> bool {
    match change.fate {
        Fate::Moved | Fate::Kept | Fate::Rekeyed => false,
        Fate::Filled => loss.kind == LossKind::Required,
        Fate::RowsGone | Fate::Gone | Fate::Changed | Fate::Fewer | Fate::More => true,
    }
}

/// Of a change, what is about the choice that is lost.
fn case(loss: &Loss, change: &Change) -> Option<Change> {
    let of_it = of_case(loss, change);
    let count = of_it.iter().map(|(.., count)| count).sum();
    let examples = of_it.iter().take(words::MOST_EXAMPLES).map(|(before, after, _)| format!("{before} → {after}"));
    (count > 0).then(|| Change { count, examples: examples.collect(), ..change.clone() })
}

/// What became of a choice.
fn of_case<'a>(loss: &Loss, change: &'a Change) -> Vec<&'a (String, String, u64)> {
    let LossKind::Case(tag) = &loss.kind else { return Vec::new() };
    let words = words::split(tag);
    change.became.iter().filter(|(before, ..)| *before == words).collect()
}

/// The new word for a choice, if all that made it have this one now, which there was not before, and nobody else has.
fn renamed_case(loss: &Loss, change: &Change) -> Option<String> {
    let counted = change.became.iter().map(|(.., count)| count).sum::<u64>();
    let [(_, new, _)] = of_case(loss, change)[..] else { return None };
    let only = change.became.iter().filter(|(_, after, _)| after == new).count() == 1;
    let was = loss.siblings.iter().any(|tag| words::split(tag) == *new);
    (change.fate == Fate::Changed && counted == change.count && only && !was).then(|| new.clone())
}

fn case_renamed(loss: &Loss, change: &Change, new: &str) -> Finding {
    let LossKind::Case(tag) = &loss.kind else { return lost(loss, Some(change), false) };
    let of_it = case(loss, change).unwrap_or_else(|| change.clone());
    let name = words::of(&loss.path);
    let number = words::counted(of_it.count, "value");
    let message = format!(
        "The choice {} of {name} would be called “{new}” from now on; {number} that made it would have the new name.",
        words::quoted(tag)
    );
    let mut finding = Finding::new("renamed", case_subject(loss, tag), Effect::Informs, message).detail(&loss.detail);
    (finding.count, finding.examples) = (Some(of_it.count), of_it.examples);
    finding
}

/// Takes out of a change what is about a choice.
fn without_case(change: &mut Change, loss: &Loss) {
    let LossKind::Case(tag) = &loss.kind else { return };
    let words = words::split(tag);
    change.became.retain(|(before, ..)| *before != words);
    change.count = change.became.iter().map(|(.., count)| count).sum();
    let left = change.became.iter().take(words::MOST_EXAMPLES);
    change.examples = left.map(|(before, after, _)| format!("{before} → {after}")).collect();
    // What they all had in common was said of all of them.
    change.pattern = None;
}

fn case_subject(loss: &Loss, tag: &str) -> String {
    format!("{} → {}", words::path(&loss.path), words::split(tag))
}

/// What a loss in the types means for the data; `harmless` says that no value is lost by it.
fn lost(loss: &Loss, change: Option<&Change>, harmless: bool) -> Finding {
    let name = words::of(&loss.path);
    let moved = change.is_some_and(|change| change.fate == Fate::Moved);
    let (kind, message) = match (&loss.kind, &loss.renamed_to) {
        (LossKind::Variable | LossKind::Field, _) if moved => {
            let to = change.and_then(|change| change.moved_to.as_deref()).unwrap_or_default();
            ("renamed", format!("{name} would be called {} from now on; its values move along", words::quoted(to)))
        }
        (LossKind::Variable | LossKind::Field, Some(to)) => {
            let to = words::quoted(to);
            (
                "looks_renamed",
                format!(
                    "{name} would be gone, and {to} is new and of the same kind: this looks like a new name without moving the data"
                ),
            )
        }
        (LossKind::Variable, None) => ("variable_gone", format!("{name} would be gone")),
        (LossKind::Field, None) => ("field_gone", format!("{name} would be gone")),
        (LossKind::Case(tag), _) => ("case_gone", format!("The choice {} of {name} would be gone", words::quoted(tag))),
        (LossKind::Retyped(from, to), _) if harmless && !is_opaque(from, to) => {
            ("retyped", format!("{name} would change from {from} to {to}, and all its values are kept"))
        }
        (LossKind::Retyped(from, to), _) => {
            ("type_changed", format!("{name} would change from {from} to {to}; what does not fit would be gone"))
        }
        (LossKind::Required, _) if harmless => {
            ("now_required", format!("{name} could no longer be empty; nothing is made up where it is"))
        }
        (LossKind::Required, _) => {
            ("now_required", format!("{name} could no longer be empty; where it is, something would be made up"))
        }
    };
    let subject = match &loss.kind {
        LossKind::Case(tag) => case_subject(loss, tag),
        _ => words::path(&loss.path),
    };
    let kept = harmless && (kind == "retyped" || loss.kind == LossKind::Required);
    let effect = if moved && kind == "renamed" || kept { Effect::Informs } else { Effect::Asks };
    let count = change.map(|change| count_words(change, loss.kind == LossKind::Variable)).unwrap_or_default();
    let mut finding = Finding::new(kind, subject, effect, format!("{message}{count}.")).detail(&loss.detail);
    finding.count = change.map(|change| change.count);
    finding.examples = change.map(|change| change.examples.clone()).unwrap_or_default();
    finding
}

/// Whether one of two kinds of values, in words, is not looked into: such values can't be compared.
fn is_opaque(from: &str, to: &str) -> bool {
    [from, to].iter().any(|words| types::NOT_COMPARED.contains(words))
}

fn count_words(change: &Change, rows: bool) -> String {
    let one = if rows || change.fate == Fate::RowsGone { "row" } else { "value" };
    let number = words::counted(change.count, one);
    if matches!(change.fate, Fate::Moved | Fate::Kept) && !change.became.is_empty() {
        return format!(": {number}, {}", renamings(&change.became));
    }
    format!(": {number}{}", words::for_example(&change.examples))
}

/// What became what, each with how many.
fn renamings(became: &[(String, String, u64)]) -> String {
    let each = became.iter().map(|(old, new, count)| format!("“{old}” as “{new}” ({count})"));
    each.collect::<Vec<_>>().join(", ")
}

/// A difference that the types don't explain.
fn counted(seen: &Seen) -> Finding {
    let (change, path) = (&seen.change, seen.path());
    let name = words::of(&path);
    let whole = if change.count == change.of { "all ".into() } else { format!("{} of ", change.count) };
    let (kind, message) = match change.fate {
        Fate::RowsGone if change.count == 1 && change.of == 1 => {
            ("rows_gone", format!("The only row of {name} would be gone"))
        }
        Fate::RowsGone if change.of == 0 => {
            ("rows_gone", format!("{} of {name} would be gone", words::counted(change.count, "row")))
        }
        Fate::RowsGone => ("rows_gone", format!("{whole}{} rows of {name} would be gone", change.of)),
        Fate::Gone => ("values_gone", format!("{} of {name} would be gone", words::counted(change.count, "value"))),
        Fate::Moved => {
            let to = words::quoted(change.moved_to.as_deref().unwrap_or_default());
            ("renamed", format!("{name} would be called {to} from now on; its values move along"))
        }
        Fate::Kept => ("retyped", format!("{name} would have another form, and all its values are kept")),
        Fate::Filled => ("filled", format!("{name} would no longer be empty")),
        Fate::Rekeyed => {
            let rows = words::counted(change.count, "row");
            ("rekeyed", format!("{rows} of {name} would be kept under another key, and nothing else of them changes"))
        }
        Fate::Changed if change.in_rows => {
            let values = words::counted(change.count, "value");
            ("values_changed", format!("{values} of {name} would {}", becoming(change.pattern.as_ref())))
        }
        Fate::Changed | Fate::More => ("value_changed", format!("{name} would change")),
        Fate::Fewer => ("fewer", format!("{name} would go down")),
    };
    let message = capital(&format!("{message}{}.", words::for_example(&change.examples)));
    let mut finding = Finding::new(kind, words::path(&path), effect(seen), message);
    (finding.count, finding.examples) = (Some(change.count), change.examples.clone());
    match &seen.source {
        Source::Memory => finding,
        Source::Method(method) => finding.detail(format!("seen as the owner by `{method}`")),
        Source::Display(method) => hidden(finding, method),
    }
}

/// What happens to values that change, by what they have in common.
fn becoming(pattern: Option<&Pattern>) -> String {
    match pattern {
        None => "change".into(),
        Some(Pattern::Same(value)) => format!("all become “{value}”"),
        Some(Pattern::From(name)) => format!("change places with {}", words::quoted(name)),
        Some(Pattern::Exchanged) => "be exchanged between rows".into(),
        Some(Pattern::Cut) => "be cut short".into(),
        Some(Pattern::Merged(old, new)) => {
            let old = old.iter().map(|(value, count)| format!("“{value}” ({count})")).collect::<Vec<_>>();
            format!("change: {} would all become “{new}” and could not be told apart", old.join(", "))
        }
    }
}

/// What is kept and only shown in another way.
fn hidden(finding: Finding, method: &str) -> Finding {
    let message = finding.message.replace("would be gone", "would no longer be shown");
    let message = format!("{} Nothing of it is lost.", message);
    Finding { kind: "shown_otherwise".into(), effect: Effect::Informs, message, ..finding }
        .detail(format!("seen as the owner by `{method}`"))
}

fn effect(seen: &Seen) -> Effect {
    match seen.change.fate {
        // Counters go up; that loses nothing.
        Fate::Moved | Fate::Kept | Fate::Filled | Fate::Rekeyed | Fate::More => Effect::Informs,
        // What a method computes may change with the program; what memory holds does not by itself.
        Fate::Changed if !seen.change.in_rows && seen.source != Source::Memory => Effect::Informs,
        _ => Effect::Asks,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

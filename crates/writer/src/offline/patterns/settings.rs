//! What concerns the whole app: its colour, its currency, its title.
//!
//! Invariant: a setting is read only where its own words stand, never from a colour or a currency inside a list.

use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::noun::sentence_case;
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::Unit;
use crate::spec::FieldKind;

/// Reads a setting.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    scheme(draft, clause) || colour(draft, clause) || currency(draft, clause) || title(draft, clause)
}

/// "mint cream for the background and teal for the buttons": what is behind everything, and what stands on it.
fn scheme(draft: &mut Draft, clause: &mut Clause) -> bool {
    let colours: Vec<usize> = (0..clause.units.len()).filter(|at| clause.units[*at].colour().is_some()).collect();
    let places: Vec<usize> = (0..clause.units.len()).filter(|at| clause.units[*at].is("behind")).collect();
    let others = clause.units.iter().filter(|unit| unit.entity().is_some_and(|_| unit.colour().is_none())).count();
    let fits = (1..=3).contains(&colours.len()) && others == 0 && !clause.has(&["have", "may", "answer"]);
    let front = clause.has(&["front"]);
    if !fits || places.is_empty() && !front {
        return false;
    }
    let Some(place) = places.first() else { return accent(draft, clause, colours[0]) };
    // The colour whose words stand nearest the background's.
    let back = colours.iter().copied().min_by_key(|at| at.abs_diff(*place)).unwrap_or_default();
    let css = |at: usize| clause.units[at].colour().unwrap_or_default().to_owned();
    let names: Vec<String> = colours.iter().map(|at| clause.units[*at].text.clone()).collect();
    draft.spec.theme.background = Some(css(back));
    if let Some(front) = colours.iter().copied().find(|at| *at != back) {
        draft.spec.theme.accent = css(front);
    }
    let and = draft.language.say(Say::And, &[]);
    draft.understood(Say::ColourScheme, &[&super::super::noun::listed(&names, &and)], "theme");
    clause.take_all();
    true
}

/// "style all components with teal".
fn accent(draft: &mut Draft, clause: &mut Clause, at: usize) -> bool {
    clause.units[at].colour().unwrap_or_default().clone_into(&mut draft.spec.theme.accent);
    let name = clause.units[at].text.clone();
    draft.understood(Say::Colour, &[&name], "theme");
    clause.take_all();
    true
}

/// "make it dark green", "use blue as the colour".
fn colour(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(at) = clause.units.iter().position(|unit| unit.colour().is_some()) else { return false };
    let asks = clause.units.iter().any(|unit| unit.is_any(&["want", "use", "colourWord", "be", "app"]));
    // "blue", said of an app that is there.
    let alone = !draft.creating && clause.units.iter().filter(|unit| unit.is_word()).count() == 1;
    let others = clause
        .units
        .iter()
        .filter(|unit| {
            unit.is_content()
                && unit.colour().is_none()
                && !unit.is_any(&["colourWord", "app", "edit"])
                && unit.field() != Some("colour")
        })
        .count();
    if !(asks || alone) || others > 0 {
        return false;
    }
    let css = clause.units[at].colour().unwrap_or_default();
    css.clone_into(&mut draft.spec.theme.accent);
    let name = clause.units[at].text.clone();
    draft.understood(Say::Colour, &[&name], "theme");
    clause.take_all();
    true
}

/// "use dollars", "prices are in pounds".
fn currency(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(code) = clause.units.iter().find_map(Unit::currency) else { return false };
    let asks = clause.units.iter().any(|unit| unit.is_any(&["use", "currencyWord"]))
        || (clause.has(&["be"])
            && clause.has(&["in"])
            && !clause.has(&["have", "with"])
            && !clause.units.iter().any(|unit| unit.kind == Kind::Comma));
    if !asks {
        return false;
    }
    code.clone_into(&mut draft.currency);
    draft.currency_said = true;
    for field in draft.spec.entities.iter_mut().flat_map(|entity| &mut entity.fields) {
        if let FieldKind::Money { currency } = &mut field.kind {
            code.clone_into(currency);
        }
    }
    draft.understood(Say::Currency, &[code], "entities");
    clause.take_all();
    true
}

/// "call it Anna & Ben", "the app is called …", "rename the app to …".
fn title(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = clause.units.iter().position(|unit| unit.is("rename")) else { return false };
    let rest = &clause.units[verb + 1..];
    let subject = clause.units[..verb]
        .iter()
        .chain(rest.iter().take(3))
        .any(|unit| unit.is_any(&["they", "app", "titleWord"]) && unit.entity().is_none());
    if !subject {
        return false;
    }
    let is_lead =
        |unit: &&Unit| unit.is_any(&["they", "app", "det", "to", "as", "titleWord"]) && unit.kind != Kind::Quoted;
    let words: Vec<&Unit> = rest.iter().skip_while(is_lead).collect();
    let title = sentence_case(
        &words.iter().filter(|unit| unit.is_word()).map(|unit| unit.text.as_str()).collect::<Vec<_>>().join(" "),
    );
    if title.is_empty() {
        return false;
    }
    draft.spec.title = title.clone();
    draft.understood(Say::Title, &[&title], "title");
    clause.take_all();
    true
}

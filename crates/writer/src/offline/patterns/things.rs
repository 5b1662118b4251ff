//! Things and what they have: "guests have a, b and c", "tables with a number of seats", "the budget: what, how much",
//! and plain lists.
//!
//! Invariant: every item of a list becomes a field, an entity or a report.

use super::super::access::Allowance;
use super::super::audit::numbers::measures;
use super::super::clause::Clause;
use super::super::draft::{Draft, Focus};
use super::super::field::{Item, Joint, items};
use super::super::lexicon::Shape;
use super::super::noun::{listed as enumerated, noun, shape};
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::{Unit, written};

const MARKS: &[&str] = &["have", "with", "need"];

/// "X have a, b and c" and its like.
pub(crate) fn described(draft: &mut Draft, clause: &mut Clause) -> bool {
    let done = described_units(draft, &clause.units);
    if done {
        clause.take_all();
    }
    done
}

fn described_units(draft: &mut Draft, units: &[Unit]) -> bool {
    let Some(at) = mark(units) else { return false };
    let (left, right) = (units[..at].to_vec(), units[at + 1..].to_vec());
    if !right.iter().any(|unit| unit.is_content() || unit.is_any(&["yesNo", "answer"])) {
        return false;
    }
    let says_have = units[at].is("have");
    if says_have && has_described(draft, &left, &right) {
        let title = super::super::noun::sentence_case(&written(left.split_at(lead(&left)).1));
        draft.topic.get_or_insert(title);
        return described_units(draft, &right);
    }
    if let Some(done) = possessed(draft, &right) {
        return done;
    }
    if is_choice_heading(&left) || is_property(draft, &left, &units[at]) {
        on_focus(draft, units)
    } else if let Some(occasion) = left
        .iter()
        .find_map(Unit::occasion)
        // "each concert has a date": one of several, kept as things are.
        .filter(|_| !left.iter().any(|unit| unit.entity().is_some() || unit.is("each")))
        .filter(|_| draft.find_units(&left).is_none())
    {
        draft.occasion.get_or_insert(occasion);
        list_units(draft, &right)
    } else if left.iter().any(|unit| unit.is_content() && !unit.is_any(&["want", "need", "track"])) {
        titled_list(draft, &left, &right, &units[at])
            || listed_things(draft, &left, &right, &units[at])
            || described_thing(draft, &left, &right, says_have)
    } else if speaks_of_itself(&left)
        && !right.first().is_some_and(|unit| unit.is_any(&["poss", "they", "each"]))
        && !asks_details(draft, units, at)
    {
        described_units(draft, &right) || list_units(draft, &right)
    } else {
        on_focus(draft, &right)
    }
}

/// Articles before a noun.
fn lead(words: &[Unit]) -> usize {
    words.iter().take_while(|unit| !unit.is_content()).count()
}

/// "our band has gigs with a date and a fee": who has them only names the app.
fn has_described(draft: &Draft, left: &[Unit], right: &[Unit]) -> bool {
    let (owner, thing) = (lead(left), lead(right));
    let single = noun(left, draft.language).is_some_and(|named| !named.plural && named.concept.is_none());
    let mere =
        left[..owner].iter().any(|unit| unit.is_any(&["poss", "det"])) && left[owner..].iter().all(Unit::is_content);
    let end = (thing..right.len()).find(|at| !right[*at].is_content()).unwrap_or(right.len());
    let listed = end > thing && right.get(end).is_some_and(|unit| unit.is("with") && unit.is_structure());
    let first = draft.creating && draft.spec.entities.is_empty();
    first && single && mere && listed && right[thing..end].iter().all(|unit| unit.field().is_none())
}

/// "a lesson lasts 45 minutes": how long each takes is kept with it.
pub(super) fn lasts(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = clause.units.iter().position(|unit| unit.is("lasts") && unit.is_structure()) else { return false };
    let timed = |unit: &Unit| unit.kind == Kind::Number || unit.field() == Some("duration") || unit.measure().is_some();
    if !clause.units[verb + 1..].iter().any(timed) {
        return false;
    }
    let subject = clause.units[..verb].to_vec();
    let Some(id) = draft.find_units(&subject).or_else(|| draft.entity(&subject)) else { return false };
    let field = draft.field_of_concept(&id, "duration").or_else(|| draft.add_concept(&id, "duration", false));
    let Some(field) = field else { return false };
    let (many, label) = (draft.many(&id), draft.field_label(&id, &field));
    draft.understood(Say::EntityHas, &[&many, &label], &format!("entities/{id}/fields/{field}"));
    let number = clause.units[verb..].iter().find(|unit| unit.kind == Kind::Number).map(|unit| unit.text.clone());
    number.into_iter().for_each(|number| assume_number(draft, &id, &number));
    draft.folded.push((id, written(&clause.units)));
    clause.take_all();
    true
}

/// "a plus one, we need the name": only properties are needed, right after what they belong to.
fn asks_details(draft: &Draft, units: &[Unit], need: usize) -> bool {
    matches!(draft.focus, Some(Focus::Field(..)))
        && units[need].is("need")
        && units[need + 1..].iter().filter(|unit| unit.is_content()).all(|unit| unit.field().is_some())
}

/// "we need each guest's age".
fn possessed(draft: &mut Draft, words: &[Unit]) -> Option<bool> {
    let owner = words.iter().position(|unit| unit.possessive && unit.kind == Kind::Word)?;
    if let Some(Focus::Field(entity, field)) = &draft.focus {
        let label = super::super::text::fold(&draft.field_label(entity, field));
        if words[..=owner].iter().any(|unit| unit.is_content() && label.contains(&unit.norm)) {
            return Some(super::bring::add_details(draft, &words[owner + 1..]));
        }
    }
    let id = draft.find_units(&words[..=owner])?;
    Some(describe(draft, &id, &words[owner + 1..], false))
}

fn mark(units: &[Unit]) -> Option<usize> {
    let mut depth = 0usize;
    for (at, unit) in units.iter().enumerate() {
        match unit.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let verb = unit.is_any(MARKS) && unit.entity().is_none() && unit.field().is_none();
        if depth == 0 && (unit.kind == Kind::Colon || verb && units.len() > at + 1) {
            return Some(at);
        }
        if depth == 0
            && (unit.kind == Kind::Comma || unit.is("and") && at > 0)
            && !units[at..].iter().any(|unit| unit.kind == Kind::Colon)
        {
            let opens_clause = units[..at].iter().all(|unit| unit.is_any(&["for", "each"]) || unit.is_content());
            if !(opens_clause && units[0].is_any(&["for", "each"])) {
                return None;
            }
        }
    }
    None
}

/// "meal choice: meat, fish or vegetarian".
fn is_choice_heading(left: &[Unit]) -> bool {
    let head = left.iter().rev().find(|unit| unit.is_content());
    head.is_some_and(|unit| {
        unit.entity().is_none()
            && unit
                .field()
                .and_then(|field| super::super::lexicon::lexicon().concepts.field.get(field))
                .is_some_and(|field| field.kind == "choice")
    }) || (left.iter().any(|unit| unit.is("choiceNoun")) && head.is_some_and(|unit| unit.entity().is_none()))
}

/// "diet: vegan or not": a property followed by a colon while something is in focus.
fn is_property(draft: &Draft, left: &[Unit], mark: &Unit) -> bool {
    let content: Vec<&Unit> = left.iter().filter(|unit| unit.is_content()).collect();
    let known = content.len() == 1
        && content[0].field().is_some()
        && (content[0].entity().is_none() || !content[0].is_plural(draft.language));
    mark.kind == Kind::Colon && known && draft.focus.is_some()
}

fn speaks_of_itself(left: &[Unit]) -> bool {
    left.iter().any(|unit| unit.is_any(&["we", "me", "want"])) || left.is_empty() || left.iter().all(Unit::is_filler)
}

/// "Pet clinic: owners (…), pets (…), visits": the heading names the app, not a thing in it.
fn titled_list(draft: &mut Draft, left: &[Unit], right: &[Unit], mark: &Unit) -> bool {
    let list = with_tails(items(right));
    let things = list.iter().filter(|item| names_thing(draft, item)).count();
    let named = noun(left, draft.language);
    let heading = mark.kind == Kind::Colon
        && draft.creating
        && named.as_ref().is_some_and(|named| !named.plural && draft.find(named).is_none());
    if !heading || things * 2 <= list.len() || list.iter().any(is_sentence) {
        return false;
    }
    let whole = written(left.split_at(left.iter().position(Unit::is_content).unwrap_or(0)).1);
    draft.topic.get_or_insert_with(|| super::super::noun::sentence_case(&whole));
    list_of_things(draft, &list, things)
}

/// "Driving school with instructors, cars and students": the first words name the app, all others things in it.
fn listed_things(draft: &mut Draft, left: &[Unit], right: &[Unit], mark: &Unit) -> bool {
    let list = items(right);
    let several = |item: &Item| {
        let head = item.units.iter().rev().find(|unit| unit.is_content());
        let plural = head.is_some_and(|head| head.field().is_none() && head.is_plural(draft.language));
        plural && item.inner.is_empty() && item.units.iter().filter(|unit| unit.is_content()).count() <= 2
    };
    let singular = noun(left, draft.language).is_some_and(|named| !named.plural && draft.find(&named).is_none());
    let first = draft.creating && draft.spec.entities.is_empty() && super::brief::is_first(draft);
    let numberless = draft.language.grammar().numberless;
    if !first || !singular || numberless || !mark.is("with") || list.len() < 2 || !list.iter().all(several) {
        return false;
    }
    let from = left.iter().position(Unit::is_content).unwrap_or(0);
    let title = super::super::noun::sentence_case(&written(&left[from..]));
    let title = draft.topic.get_or_insert(title).clone();
    draft.understood(Say::Title, &[&title], "title");
    list_of_things(draft, &list, list.len())
}

fn described_thing(draft: &mut Draft, left: &[Unit], right: &[Unit], says_have: bool) -> bool {
    let lead = left.iter().take_while(|unit| unit.is_any(&["for", "each"]) && !unit.is_content()).count();
    let subject: Vec<Unit> = left[lead..]
        .iter()
        .filter(|unit| {
            !(unit.is_any(&["each", "track", "ask", "must", "may", "we", "me", "thingWord", "want", "also", "add"])
                && unit.entity().is_none()
                && unit.field().is_none())
        })
        .cloned()
        .collect();
    let subject = if subject.iter().any(Unit::is_content) { subject } else { left.to_vec() };
    if let Some(done) = belongs(draft, left, right) {
        return done;
    }
    let several: Vec<Item> = items(&subject);
    let Some(last) = several.last() else { return false };
    if !says_have && let Some(done) = stocked(draft, left, right) {
        return done;
    }
    for other in &several[..several.len() - 1] {
        keep_thing(draft, other);
    }
    let Some(id) = draft.entity(&last.units).or_else(|| last_noun(draft, &last.units)) else { return false };
    report_numbers(draft, &id, left);
    if draft.creating && left.iter().any(|unit| unit.is("for") && unit.is_structure()) && draft.known(&id).new {
        let start = left.iter().position(Unit::is_content).unwrap_or(0);
        draft.topic.get_or_insert_with(|| super::super::noun::sentence_case(&written(&left[start..])));
    }
    if last.units.iter().any(|unit| unit.is("only")) {
        return false;
    }
    describe(draft, &id, right, says_have)
}

/// "jobs per car with a date and a price": each of the one belongs to one of the other.
fn belongs(draft: &mut Draft, left: &[Unit], right: &[Unit]) -> Option<bool> {
    let each = left.iter().position(|unit| unit.is("each") && unit.is_structure())?;
    let (thing, owner) = (&left[..each], &left[each + 1..]);
    let named = |units: &[Unit]| noun(units, draft.language).filter(|_| units.iter().all(Unit::is_content));
    let (thing, owner) = (named(thing).map(|_| thing)?, named(owner).map(|_| owner)?);
    let owner = draft.entity(owner)?;
    let id = draft.entity(thing).filter(|id| *id != owner)?;
    draft.links.push((id.clone(), owner));
    Some(describe(draft, &id, right, false))
}

/// "for each visit the vet notes a diagnosis and a price": what is noted is kept with it.
pub(crate) fn noted(draft: &mut Draft, clause: &mut Clause) -> bool {
    let units = &clause.units;
    let lead = units.iter().take_while(|unit| unit.is_any(&["for", "in", "each"]) && unit.is_structure()).count();
    let end = (lead..units.len()).find(|at| !units[*at].is_content()).unwrap_or(units.len());
    let noted = |at: usize| units.get(at + 1).is_some_and(|next| next.is("det") && next.is_structure());
    let notes = |at: &usize| {
        let unit = &units[*at];
        unit.is_any(&["track", "ask", "give", "need"]) && unit.field().is_none()
            || unit.entity() == Some("note") && noted(*at)
    };
    let Some(verb) = (end..units.len().min(end + 4)).find(notes) else { return false };
    let each = units[..lead].iter().any(|unit| unit.is("each"));
    let mere =
        units[end..verb].iter().all(|unit| unit.is_content() || unit.is_any(&["det", "we", "me", "may", "must"]));
    let (owner, rest) = (units[lead..end].to_vec(), units[verb + 1..].to_vec());
    let told = each && end > lead && mere && rest.iter().any(Unit::is_content);
    let Some(id) = Some(owner).filter(|_| told).and_then(|owner| draft.entity(&owner)) else { return false };
    let done = describe(draft, &id, &rest, false);
    if done {
        clause.take_all();
    }
    done
}

/// "Library: book, author, copies": where nouns have no plural, a known kind of thing that comes first in the list is
/// what is kept, and the heading names the app.
fn stocked(draft: &mut Draft, left: &[Unit], right: &[Unit]) -> Option<bool> {
    let heading = noun(left, draft.language).filter(|named| named.concept.is_none())?;
    let fresh = draft.creating && draft.spec.entities.is_empty() && draft.occasion.is_none();
    let done = fresh.then(|| kept_first(draft, &items(right))).flatten()?;
    draft.topic.get_or_insert(heading.many);
    Some(done)
}

/// "I have a shop. I want to note the product, the price, the stock": the same in a sentence of its own.
fn stocked_later(draft: &mut Draft, list: &[Item]) -> Option<bool> {
    let Some(Focus::Entity(id)) = draft.focus.clone() else { return None };
    let facts = draft.known(&id);
    let bare = draft.creating && facts.concept.is_none() && facts.bare && !facts.acts && draft.spec.entities.len() == 1;
    let done = bare.then(|| kept_first(draft, list)).flatten()?;
    draft.note(&id).heading = true;
    Some(done)
}

/// A list that begins with a kind of thing goes on with its properties.
fn kept_first(draft: &mut Draft, list: &[Item]) -> Option<bool> {
    let first = list.first()?;
    let content: Vec<&Unit> = first.units.iter().filter(|unit| unit.is_content()).collect();
    let kept = content.len() == 1
        && first.inner.is_empty()
        && content[0].field().is_none()
        && shape(content[0].entity()) == Some(Shape::Item);
    let numberless = draft.language.grammar().numberless;
    let properties = list[1..].iter().any(|item| item.units.iter().any(|unit| unit.field().is_some()));
    if !numberless || !kept || !properties || list.iter().any(is_sentence) {
        return None;
    }
    let id = draft.entity(&first.units)?;
    Some(describe(draft, &id, &flat(&list[1..]), false))
}

/// "every catch gets a batch": the noun right before the list is described, what stands before it is reported.
fn last_noun(draft: &mut Draft, words: &[Unit]) -> Option<String> {
    let start = (0..words.len()).rev().take_while(|at| words[*at].is_content()).last()?;
    if start == 0 || !words[start - 1].is_any(&["det", "each"]) {
        return None;
    }
    let id = draft.entity(&words[start..])?;
    draft.missed(Say::NotUnderstood, &[&written(&words[..start])]);
    Some(id)
}

/// "10 tables": rows are not made from numbers. What limits or measures is no number of rows.
fn report_numbers(draft: &mut Draft, id: &str, words: &[Unit]) {
    let number = words.iter().position(|unit| unit.kind == Kind::Number);
    if let Some(at) = number.filter(|at| !measures(words, *at)) {
        assume_number(draft, id, &words[at].text);
    }
}

fn assume_number(draft: &mut Draft, id: &str, number: &str) {
    let many = draft.many(id);
    draft.assumed(Say::AssumedNumbers, &[number, &many], Some(&format!("entities/{id}")));
}

/// Fields of an entity, and things that the list names on the way.
pub(crate) fn describe(draft: &mut Draft, id: &str, right: &[Unit], says_have: bool) -> bool {
    let (own, things): (Vec<Item>, Vec<Item>) = items(right).into_iter().partition(|item| !is_thing(draft, item));
    let limits: Vec<&Unit> = right.iter().filter(|unit| unit.kind == Kind::Number).collect();
    let added = details(draft, id, &flat(&own));
    if let Some(number) = limits.first().filter(|_| draft.limit_field(id).is_some_and(|field| added.contains(&field))) {
        let many = draft.many(id);
        draft.assumed(Say::AssumedNumbers, &[&number.text, &many], Some(&format!("entities/{id}")));
    }
    for thing in &things {
        let Some(other) = keep_thing(draft, thing) else { continue };
        let money = shape(draft.known(&other).concept) == Some(Shape::Money)
            || shape(draft.known(&other).concept) == Some(Shape::Place);
        if says_have && !money {
            draft.links.push((other, id.to_owned()));
        }
    }
    draft.look_at(id);
    !added.is_empty() || !things.is_empty()
}

/// Fields of an entity, as a list says them; their ids.
pub(crate) fn details(draft: &mut Draft, id: &str, words: &[Unit]) -> Vec<String> {
    let (wants, unread) = super::super::field::read(words, draft.language);
    unread.iter().for_each(|item| draft.missed(Say::NotUnderstood, &[item]));
    let mut added: Vec<String> = Vec::new();
    for want in &wants {
        let Some(field) = draft.add_field(id, want) else { continue };
        if want.known().is_some_and(|known| known.companion) {
            draft.note(id).companion = Some(field.clone());
        }
        if !added.contains(&field) {
            added.push(field);
        }
    }
    say_fields(draft, id, &added);
    for want in &wants {
        say_defaults(draft, id, want);
    }
    added
}

fn say_fields(draft: &mut Draft, id: &str, added: &[String]) {
    if added.is_empty() {
        return;
    }
    let and = draft.language.say(Say::And, &[]);
    let or = draft.language.say(Say::Or, &[]);
    let labels: Vec<String> = added
        .iter()
        .map(|field| {
            let options = super::people::option_names(draft, id, field);
            let label = draft.field_label(id, field);
            if options.is_empty() { label } else { format!("{label} ({})", enumerated(&options, &or)) }
        })
        .collect();
    let many = draft.spec.entity(id).map(|entity| entity.plural.clone()).unwrap_or_default();
    let about = if added.len() == 1 { format!("entities/{id}/fields/{}", added[0]) } else { format!("entities/{id}") };
    draft.understood(Say::EntityHas, &[&many, &enumerated(&labels, &and)], &about);
}

fn say_defaults(draft: &mut Draft, id: &str, want: &super::super::field::Wanted) {
    if want.defaulted {
        let defaults = want.options.clone();
        let or = draft.language.say(Say::Or, &[]);
        let field = draft
            .spec
            .entity(id)
            .and_then(|entity| entity.fields.iter().find(|field| field.label == want.label))
            .map(|field| field.id.clone());
        if let Some(field) = field {
            draft.assumed(
                Say::AssumedOptions,
                &[&want.label, &enumerated(&defaults, &or)],
                Some(&format!("entities/{id}/fields/{field}")),
            );
        }
    }
}

/// Items back as words, each with its parentheses.
fn flat(list: &[Item]) -> Vec<Unit> {
    let mut words: Vec<Unit> = Vec::new();
    for (number, item) in list.iter().enumerate() {
        if number > 0 {
            words.push(sign(if item.joint == Joint::Or { Kind::Slash } else { Kind::Comma }));
        }
        words.extend(item.units.iter().cloned());
        if !item.inner.is_empty() {
            words.push(sign(Kind::Open));
            words.extend(item.inner.iter().cloned());
            words.push(sign(Kind::Close));
        }
    }
    words
}

/// What stands between two properties.
pub(super) fn comma() -> Unit {
    sign(Kind::Comma)
}

fn sign(kind: Kind) -> Unit {
    let text = match kind {
        Kind::Slash => "/",
        Kind::Open => "(",
        Kind::Close => ")",
        _ => ",",
    };
    Unit::silent(kind, text, Vec::new())
}

/// In a list of properties, an item that is clearly a kind of thing: a known plural that is no property. Where nouns
/// have no plural, nothing is clear, and it is a property that points to the thing.
fn is_thing(draft: &Draft, item: &Item) -> bool {
    let content: Vec<&Unit> = item.units.iter().filter(|unit| unit.is_content()).collect();
    let Some(head) = head_of(draft, item) else { return false };
    let counted = item.units.iter().any(|unit| unit.is_any(&["numberOf", "for", "each", "from"]));
    let whole = head.entity().is_some_and(|concept| draft.language.is_whole(concept, &head.norm));
    head.entity().is_some()
        && head.field().is_none()
        && (head.is_plural(draft.language) && (!draft.language.grammar().numberless || has_properties(item)) || whole)
        && !counted
        && content.len() <= 3
}

/// The word that says what an item is: the first where the head stands first and nouns have no plural, else the last.
fn head_of<'a>(draft: &Draft, item: &'a Item) -> Option<&'a Unit> {
    let grammar = draft.language.grammar();
    let mut content = item.units.iter().filter(|unit| unit.is_content());
    if grammar.head_first && grammar.numberless { content.next() } else { content.next_back() }
}

/// "cars (make, plate number)": parentheses with properties, not with choices.
fn has_properties(item: &Item) -> bool {
    let content = item.inner.iter().filter(|unit| unit.is_content()).count();
    content > 1 && item.inner.iter().any(|unit| unit.field().is_some())
}

/// In a list under a heading, an item that names a kind of thing rather than a property. Where nouns have no plural,
/// a word with choices behind it is a property.
fn names_thing(draft: &Draft, item: &Item) -> bool {
    let Some(head) = head_of(draft, item) else { return false };
    let numberless = draft.language.grammar().numberless;
    let chosen = numberless
        && !has_properties(item)
        && head.entity().is_none()
        && item.inner.iter().filter(|unit| unit.is_content()).count() > 1;
    if chosen {
        return false;
    }
    let exists = draft.find_units(&item.units).is_some();
    let plural = head.is_plural(draft.language);
    let known = head.entity().is_some() && (plural || head.field().is_none());
    let unknown = head.field().is_none()
        && head.entity().is_none()
        && plural
        && !item.units.iter().any(|unit| unit.is("numberOf"));
    exists && head.field().is_none()
        || known
        || unknown
        || (item.inner.iter().filter(|unit| unit.is_content()).count() > 1 && plural)
}

/// Makes or finds the entity of an item; its parentheses are its fields, or say who may see it.
fn keep_thing(draft: &mut Draft, item: &Item) -> Option<String> {
    let with = item.units.iter().position(|unit| unit.is("with")).unwrap_or(item.units.len());
    let id = draft.entity(&item.units[..with])?;
    report_numbers(draft, &id, &item.units);
    if with + 1 < item.units.len() {
        details(draft, &id, &item.units[with + 1..]);
    }
    let (inner, access) = item
        .inner
        .split_at(item.inner.iter().position(|unit| unit.is_any(&["only", "private"])).unwrap_or(item.inner.len()));
    if !access.is_empty() {
        draft.allowances.push(restricted(&id, access));
    }
    if inner.iter().any(Unit::is_content) {
        details(draft, &id, inner);
    } else {
        let many = draft.spec.entity(&id).map(|entity| entity.plural.clone()).unwrap_or_default();
        draft.understood(Say::EntityKept, &[&many], &format!("entities/{id}"));
    }
    Some(id)
}

/// "(only for me and my partner)", "(private)".
fn restricted(id: &str, words: &[Unit]) -> Allowance {
    let private = words.iter().any(|unit| unit.is("private"));
    let who: Vec<Unit> =
        words.iter().filter(|unit| !unit.is_any(&["only", "private", "for", "to", "see", "by"])).cloned().collect();
    Allowance {
        only: true,
        negative: false,
        who: if private { Vec::new() } else { who },
        actions: vec![super::super::access::Action::See],
        what: Vec::new(),
        own: false,
        quote: written(words),
        entity: Some(id.to_owned()),
    }
}

/// A list by itself.
pub(crate) fn listed(draft: &mut Draft, clause: &mut Clause) -> bool {
    let start = clause
        .units
        .iter()
        .take_while(|unit| {
            (unit.is_any(&[
                "we", "me", "want", "need", "track", "have", "det", "must", "be", "to", "with", "for", "where", "may",
                "see", "and",
            ]) || unit.is_filler())
                && unit.entity().is_none()
                && unit.field().is_none()
        })
        .count();
    let asks = clause.units[..start].iter().any(|unit| unit.is_any(&["want", "need", "track", "have"]));
    if !draft.creating && !asks {
        return false;
    }
    let rest = clause.units[start..].to_vec();
    let says_i = clause.units[..start].iter().any(|unit| unit.is_any(&["we", "me"]));
    if mark(&rest).is_some() || says_i && !asks || !items(&rest).iter().all(|item| is_named(draft, item)) {
        return false;
    }
    let opening = draft.creating && clause.opens && !asks && draft.spec.entities.is_empty() && items(&rest).len() == 1;
    let done = list_units(draft, &rest);
    if done {
        clause.take_all();
    }
    if let Some(id) = draft.spec.entities.first().map(|entity| entity.id.clone()).filter(|_| opening && done) {
        draft.note(&id).heading = true;
    }
    done
}

/// A noun phrase or a known property: what a list without a heading may consist of.
fn is_named(draft: &Draft, item: &Item) -> bool {
    let short = item.units.iter().filter(|unit| unit.is_content()).count() <= 4;
    let property = short && super::super::field::wanted(item, draft.language).is_some_and(|want| want.sure);
    property || noun(&item.units, draft.language).is_some() || !item.units.iter().any(Unit::is_content)
}

/// A list under the topic: things, or the properties of the thing in focus.
pub(crate) fn list_units(draft: &mut Draft, words: &[Unit]) -> bool {
    let list = with_tails(items(words));
    let worded: Vec<&Item> = list.iter().filter(|item| item.units.iter().any(Unit::is_content)).collect();
    if worded.is_empty() || worded.iter().any(|item| is_sentence(item)) {
        return false;
    }
    if let Some(topic) =
        worded[0].units.iter().find_map(Unit::occasion).filter(|_| {
            worded.len() == 1 && draft.creating && worded[0].units.iter().all(|unit| unit.entity().is_none())
        })
    {
        return occasion(draft, topic, &worded[0].units);
    }
    let topic = draft.topic_noun.clone().filter(|topic| {
        draft.spec.entities.is_empty()
            && worded.len() == 1
            && worded[0].inner.is_empty()
            && same_words(topic, &worded[0].units)
    });
    if let Some(named) =
        topic.and_then(|topic| noun(&topic, draft.language)).filter(|named| !named.plural && named.concept.is_none())
    {
        draft.topic.get_or_insert(named.one);
        return true;
    }
    if let Some(done) = stocked_later(draft, &list) {
        return done;
    }
    let things = worded.iter().filter(|item| names_thing(draft, item)).count();
    let target = field_target(draft, things, worded.len());
    match target {
        Some(id) if things * 2 <= worded.len() && (things == 0 || draft.known(&id).new) && things != worded.len() => {
            describe(draft, &id, words, false)
        }
        _ => list_of_things(draft, &list, things),
    }
}

fn occasion(draft: &mut Draft, topic: &'static str, words: &[Unit]) -> bool {
    draft.occasion.get_or_insert(topic);
    let text = words
        .iter()
        .filter(|unit| unit.is_content() && !unit.is("app"))
        .map(super::super::noun::shown)
        .collect::<Vec<_>>()
        .join(" ");
    draft.topic.get_or_insert_with(|| super::super::noun::sentence_case(&text));
    true
}

fn same_words(one: &[Unit], other: &[Unit]) -> bool {
    let content = |units: &[Unit]| {
        units.iter().filter(|unit| unit.is_content()).map(|unit| unit.norm.clone()).collect::<Vec<_>>()
    };
    content(one) == content(other)
}

/// "tables, each with a number of seats": what starts with "with" belongs to the thing before.
fn with_tails(list: Vec<Item>) -> Vec<Item> {
    let mut joined: Vec<Item> = Vec::new();
    for item in list {
        match joined
            .last_mut()
            .filter(|last| item.units.first().is_some_and(|unit| unit.is("with")) && last.inner.is_empty())
        {
            Some(last) => {
                last.units.extend(item.units);
                last.inner = item.inner;
            }
            None => joined.push(item),
        }
    }
    joined
}

/// More than a noun phrase: nothing for a list.
fn is_sentence(item: &Item) -> bool {
    let content = item.units.iter().filter(|unit| unit.is_content()).count();
    let asks = item.units.first().is_some_and(|unit| unit.is("whether"));
    let verbs = item
        .units
        .iter()
        .filter(|unit| !(asks && unit.is_any(&["whether", "they"])))
        .filter(|unit| {
            unit.is_any(&[
                "may", "must", "see", "edit", "not", "let", "choose", "bring", "once", "unique", "undo", "remove",
                "rename", "whether", "answer", "give", "they",
            ]) && unit.entity().is_none()
                && unit.field().is_none()
        })
        .count();
    content > 7 || verbs > 0
}

/// Whose properties a list without a heading names.
fn field_target(draft: &mut Draft, things: usize, all: usize) -> Option<String> {
    if things == all {
        return None;
    }
    if let Some(Focus::Entity(id) | Focus::Field(id, _)) = draft.focus.clone() {
        return Some(id);
    }
    if things > 0 {
        return None;
    }
    if let Some(words) = draft.topic_noun.clone().filter(|words| noun(words, draft.language).is_some()) {
        return draft.entity(&words);
    }
    draft.occasion?;
    draft.people()
}

fn list_of_things(draft: &mut Draft, list: &[Item], things: usize) -> bool {
    let known = list
        .iter()
        .any(|item| noun(&item.units, draft.language).is_some_and(|named| named.concept.is_some() || named.plural));
    if things == 0 && !(draft.creating && draft.spec.entities.is_empty() && known) {
        return false;
    }
    let mut any = false;
    let mut last: Option<String> = None;
    let counts = |item: &Item| item.units.iter().any(|unit| unit.is("numberOf"));
    for item in list.iter().filter(|item| item.units.iter().any(Unit::is_content) || counts(item)) {
        let property = head_of(draft, item).is_none_or(|head| {
            let several = head.is_plural(draft.language) && !draft.language.grammar().numberless;
            head.field().is_some() && !several && head.entity().is_none()
        });
        match last.clone().filter(|_| property) {
            Some(id) => any |= !details(draft, &id, &flat(std::slice::from_ref(item))).is_empty(),
            None => {
                last = keep_thing(draft, item).or(last);
                any |= last.is_some();
            }
        }
    }
    any
}

/// Fields of what "they" stands for.
fn on_focus(draft: &mut Draft, words: &[Unit]) -> bool {
    match draft.focus.clone() {
        Some(Focus::Field(..)) => super::bring::add_details(draft, words),
        Some(Focus::Entity(id)) => describe(draft, &id, words, false),
        None => match draft
            .topic_noun
            .clone()
            .and_then(|noun| draft.entity(&noun))
            .or_else(|| draft.occasion.and_then(|_| draft.people()))
        {
            Some(id) => describe(draft, &id, words, false),
            None => false,
        },
    }
}

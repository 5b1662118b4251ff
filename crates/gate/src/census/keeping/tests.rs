//! What counts as kept, and that it could be worked out again.

use proptest::prelude::*;

use super::*;

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn number(number: i64) -> Value {
    Value::Number(number.to_string())
}

fn choice(tag: &str) -> Value {
    Value::Variant(tag.into(), Box::new(Value::Nothing))
}

fn holding(tag: &str, inside: Value) -> Value {
    Value::Variant(tag.into(), Box::new(inside))
}

fn record(fields: &[(&str, Value)]) -> Value {
    Value::Record(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// Where the values of a field are, by what each row has now; `None` if they are not kept.
fn kept_as(field: &str, same_name: bool, rows: &[(Value, Vec<(&str, Value)>)]) -> Option<Vec<String>> {
    let mut keeping = Keeping::default();
    for (before, after) in rows {
        let targets = after.iter().map(|(name, value)| Target { name, value: value.clone(), same_name });
        keeping.add("", field, || before.clone(), || targets.collect());
    }
    keeping.kept(rows.len() as u64).map(|kept| kept.to)
}

/// The same for one value under the same name.
fn reformed(rows: &[(Value, Value)]) -> bool {
    let rows: Vec<_> = rows.iter().map(|(before, after)| (before.clone(), vec![("it", after.clone())])).collect();
    kept_as("it", true, &rows).is_some()
}

#[test]
fn a_value_in_another_form_is_the_same() {
    assert!(reformed(&[(number(5), text("5")), (number(12), text("12"))]));
    assert!(reformed(&[(number(5), text("5 kg")), (number(12), text("12 kg"))]));
    assert!(reformed(&[(number(5), record(&[("seconds", number(5))]))]));
    assert!(reformed(&[(text("a"), holding("text", text("a"))), (text("b"), holding("text", text("b")))]));
    assert!(reformed(&[(text("note"), Value::List(vec![text("note")]))]));
    assert!(reformed(&[(Value::Number("0.5".into()), text("0.50"))]));
    // A text of digits is more than its number.
    assert!(!reformed(&[(text("007"), number(7))]));
    assert!(!reformed(&[(number(-5), text("5"))]));
    assert!(!reformed(&[(number(5), text("15"))]));
    assert!(!reformed(&[(number(5), text("1.5"))]));
    assert!(!reformed(&[(number(5), text("x5x"))]));
    assert!(!reformed(&[(text("a"), holding("text", text("")))]));
}

#[test]
fn a_value_lies_in_the_same_place_of_every_row() {
    let pair = |one, other| record(&[("left", number(one)), ("right", number(other))]);
    assert!(reformed(&[(number(1), pair(1, 2)), (number(3), pair(3, 1))]));
    assert!(!reformed(&[(number(1), pair(1, 2)), (number(3), pair(1, 3))]));
    // Each choice may have a place of its own.
    let there = |tag, value| holding(tag, record(&[("at", number(value)), ("by", number(9))]));
    assert!(reformed(&[(number(1), there("open", 1)), (number(2), holding("done", number(2)))]));
}

#[test]
fn texts_that_share_a_new_value_are_not_kept_by_it() {
    let all = "Anna, Ben";
    assert!(!reformed(&[(text("Anna"), record(&[("all", text(all))])), (text("Ben"), record(&[("all", text(all))]))]));
}

#[test]
fn parts_make_a_whole() {
    let split = |parts: [&str; 2]| vec![("given", text(parts[0])), ("family", text(parts[1]))];
    let names = |rows: &[(&str, [&str; 2])]| {
        let rows: Vec<_> = rows.iter().map(|(whole, parts)| (text(*whole), split(*parts))).collect();
        kept_as("name", false, &rows)
    };
    let both = Some(vec!["family".to_owned(), "given".to_owned()]);
    assert_eq!(names(&[("Anna Bell", ["Anna", "Bell"]), ("Ben de Vries", ["Ben", "de Vries"])]), both);
    assert_eq!(names(&[("Anna Bell", ["Anna", "Bell"]), ("Cher", ["Cher", ""])]), both);
    assert_eq!(names(&[("Anna Bell", ["Anna", "Bell"]), ("Ben Vries", ["Ben", ""])]), None);
    assert_eq!(names(&[("Anna Bell", ["Anna", "Bell"]), ("Ben Vries", ["Vries", "Ben"])]), None);
    assert_eq!(names(&[("Anna Bell", ["Anna", "Bell"]), ("Anna-Bell", ["Anna", "Bell"])]), None);
    assert_eq!(names(&[("Anna Bell", ["Anna", "Bell"]), ("Anna, Bell", ["Anna", "Bell"])]), None);
    let list = |tags: &[&str]| Value::List(tags.iter().map(|tag| text(*tag)).collect());
    assert!(reformed(&[(text("a,b,c"), list(&["a", "b", "c"])), (text("d"), list(&["d"]))]));
    assert!(!reformed(&[(text("a,b,c"), list(&["a", "b"])), (text("d"), list(&["d"]))]));
    // A number is a part as well, but not without its sign.
    let form = |grade, stream: &str| record(&[("grade", number(grade)), ("stream", text(stream))]);
    assert!(reformed(&[(text("5a"), form(5, "a")), (text("6b"), form(6, "b"))]));
    assert!(!reformed(&[(text("5a"), form(5, "a")), (text("-6b"), form(6, "b"))]));
}

/// Rows of a field with other names for its values.
fn renamed(field: &str, pairs: &[(Value, Value)], times: usize) -> bool {
    let row = |(old, new): &(Value, Value)| (old.clone(), vec![("state", new.clone())]);
    let rows: Vec<_> = pairs.iter().cycle().take(pairs.len() * times).map(row).collect();
    kept_as(field, false, &rows).is_some()
}

#[test]
fn few_values_become_choices_one_each() {
    let yes = |yes: bool| Value::Bool(yes);
    assert!(renamed("paid", &[(yes(true), choice("paid")), (yes(false), choice("due"))], 1));
    assert!(renamed("urgent", &[(yes(true), choice("high")), (yes(false), choice("normal"))], 9));
    // One that was always no says nothing of what the new field means.
    assert!(!renamed("urgent", &[(yes(false), choice("normal"))], 9));
    // Yes is not no.
    assert!(!renamed("paid", &[(yes(false), choice("paid")), (yes(true), choice("due"))], 9));
    assert!(!renamed("paid", &[(yes(true), choice("unpaid")), (yes(false), choice("clear"))], 9));
    // Nothing may become the same, or change places.
    assert!(!renamed("paid", &[(yes(true), choice("paid")), (yes(false), choice("paid"))], 9));
    let words = |new: [&str; 2]| [(text("red"), choice(new[0])), (text("Blue"), choice(new[1]))];
    assert!(renamed("colour", &words(["red", "blue"]), 1));
    assert!(!renamed("colour", &words(["blue", "red"]), 9));
    assert!(!renamed("colour", &words(["one", "two"]), 9));
    assert!(reformed(&[(text("g"), choice("gram")), (text("g"), choice("gram"))]));
    assert!(!reformed(&[(text("g"), choice("kilo")), (text("g"), choice("kilo"))]));
    let term = |term| {
        (
            number(term),
            if term > 1 { holding("other", number(term)) } else { choice(["first", "second"][term as usize]) },
        )
    };
    assert!(reformed(&[term(0), term(1), term(1), term(7), term(8)]));
}

#[test]
fn many_values_that_became_other_words_are_not_kept() {
    let rows: Vec<_> = (0..200).map(|at| (number(at % 40), choice(&format!("n{}", at % 40 + 1)))).collect();
    assert!(!reformed(&rows));
}

/// Texts as people write them.
fn words() -> impl Strategy<Value = String> {
    "[a-zé]{1,6}( [a-z0-9]{1,4}){0,2}"
}

proptest! {
    /// Whatever becomes of a list of values: if two rows that were different are the same now, nothing is kept.
    #[test]
    fn what_is_kept_can_be_told_apart(
        rows in prop::collection::vec((words(), prop::collection::vec("[a-c ]{0,3}", 2)), 1..12)
    ) {
        let row = |(old, new): &(String, Vec<String>)| (text(old.clone()), vec![("one", text(new[0].clone())), ("two", text(new[1].clone()))]);
        let kept = kept_as("it", false, &rows.iter().map(row).collect::<Vec<_>>()).is_some();
        for (old, new) in &rows {
            let merged = rows.iter().any(|(other, same)| same == new && other != old);
            prop_assert!(!(kept && merged), "{rows:?}");
        }
    }

    /// A text cut in two anywhere between its words is kept, and if one row loses a letter, it is not.
    #[test]
    fn halves_keep_a_text(rows in prop::collection::vec("[a-z]{2,6} [a-z]{2,6}", 1..12), hurt in any::<prop::sample::Index>()) {
        let halves = |whole: &String| {
            let (one, two) = whole.split_once(' ').unwrap();
            (text(whole.clone()), vec![("one", text(one)), ("two", text(two))])
        };
        let mut split: Vec<_> = rows.iter().map(halves).collect();
        prop_assert!(kept_as("it", false, &split).is_some());
        let at = hurt.index(split.len());
        let cut: String = rows[at].split_once(' ').unwrap().1.chars().skip(1).collect();
        split[at].1[1].1 = text(cut);
        prop_assert_eq!(kept_as("it", false, &split), None);
    }

    /// Values in the rows of others are not kept, whatever form they have.
    #[test]
    fn exchanged_values_are_not_kept(numbers in prop::collection::btree_set(0..10_000i64, 17..40)) {
        let numbers: Vec<i64> = numbers.into_iter().collect();
        let turned = |at: usize| numbers[(at + 1) % numbers.len()];
        let rows = |new: &dyn Fn(usize) -> Value| (0..numbers.len()).map(|at| (number(numbers[at]), new(at))).collect::<Vec<_>>();
        let right: Vec<_> = numbers.iter().map(|n| (number(*n), text(n.to_string()))).collect();
        prop_assert!(reformed(&right));
        prop_assert!(!reformed(&rows(&|at| text(turned(at).to_string()))));
        prop_assert!(!reformed(&rows(&|at| record(&[("it", number(turned(at)))]))));
        prop_assert!(!reformed(&rows(&|at| choice(&("n".to_owned() + &turned(at).to_string())))));
    }
}

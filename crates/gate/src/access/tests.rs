use super::*;

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn rows(names: &[(&str, &str)]) -> Value {
    let row =
        |(name, phone): &(&str, &str)| Value::Record(vec![("name".into(), text(name)), ("phone".into(), text(phone))]);
    Value::List(names.iter().map(row).collect())
}

fn views(owner: &[(&str, Value)], anonymous: &[(&str, Value)]) -> Views {
    let answers =
        |shown: &[(&str, Value)]| shown.iter().map(|(m, v)| ((*m).to_owned(), Answer::Shown(v.clone()))).collect();
    [(Caller::Owner, answers(owner)), (Caller::Anonymous, answers(anonymous)), (Caller::Stranger, answers(anonymous))]
        .into()
}

fn check(before: &Views, after: &Views, empty: &Views) -> Vec<String> {
    findings(&Sights::of(before), after, empty)
        .iter()
        .map(|f| format!("{:?} {} {} {:?}", f.effect, f.kind, f.subject, f.count))
        .collect()
}

const GUESTS: [(&str, &str); 2] = [("Anna", "1"), ("Ben", "2")];

#[test]
fn rows_that_open_up_ask_once() {
    let before = views(&[("guests", rows(&GUESTS))], &[("guests", rows(&[]))]);
    let after = views(&[("guests", rows(&GUESTS))], &[("guests", rows(&GUESTS))]);
    assert_eq!(check(&before, &after, &Views::new()), ["Asks widened anonymous: guests Some(4)"]);
    assert_eq!(check(&before, &before, &Views::new()), Vec::<String>::new());
    assert_eq!(check(&after, &before, &Views::new()), ["Informs narrowed anonymous: guests None"]);
}

#[test]
fn a_field_that_opens_up_asks() {
    let hidden = rows(&[("Anna", ""), ("Ben", "")]);
    let before = views(&[("guests", rows(&GUESTS))], &[("guests", hidden)]);
    let after = views(&[("guests", rows(&GUESTS))], &[("guests", rows(&GUESTS))]);
    let found = findings(&Sights::of(&before), &after, &Views::new());
    assert_eq!(
        found[0].message,
        "Anyone, signed in or not, could see “phone” of “guests”, which they can't now: 2 values, for example “1”, “2”."
    );
}

#[test]
fn a_new_method_over_visible_data_informs_and_over_other_data_asks() {
    let before = views(&[("guests", rows(&GUESTS))], &[("guests", rows(&GUESTS))]);
    let with = |value: Value| views(&[("guests", rows(&GUESTS))], &[("guests", rows(&GUESTS)), ("names", value)]);
    let names = Value::List(vec![text("Anna"), text("Ben")]);
    let found = check(&before, &with(names), &Views::new());
    assert_eq!(found, ["Informs new_method anonymous: names None"]);
    let secrets = Value::List(vec![text("Anna"), text("secret")]);
    assert_eq!(check(&before, &with(secrets), &Views::new()), ["Asks widened anonymous: names Some(1)"]);
}

#[test]
fn text_of_the_program_is_no_data() {
    let before = views(&[("greet", text("hello"))], &[("greet", text("hello"))]);
    let changed = views(&[], &[("greet", text("hello world"))]);
    assert_eq!(check(&before, &changed, &Views::new()), Vec::<String>::new());
    let added = views(&[], &[("greet", text("hello")), ("bye", text("good bye"))]);
    assert_eq!(check(&before, &added, &Views::new()), ["Asks widened anonymous: bye Some(1)"]);
    assert_eq!(check(&before, &added, &added), ["Informs new_method anonymous: bye None"]);
}

#[test]
fn a_new_field_with_one_first_value_informs() {
    let row = |diet: &[&str], at: usize| {
        let mut fields = vec![("name".to_owned(), text("Anna"))];
        fields.extend(diet.get(at).map(|diet| ("diet".to_owned(), text(diet))));
        Value::Record(fields)
    };
    let both = |diet: &[&str]| Value::List(vec![row(diet, 0), row(diet, 1)]);
    let view = |diet: &[&str]| views(&[("guests", both(diet))], &[("guests", both(diet))]);
    assert_eq!(
        check(&view(&[]), &view(&["none", "none"]), &Views::new()),
        ["Informs new_field_shown anonymous: guests Some(1)"]
    );
    assert_eq!(check(&view(&[]), &view(&["vegan", "none"]), &Views::new()), ["Asks widened anonymous: guests Some(2)"]);
}

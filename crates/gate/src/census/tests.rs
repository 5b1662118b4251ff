use super::*;

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn row(id: u32, fields: &[(&str, &str)]) -> Value {
    let mut parts = vec![("id".to_owned(), Value::Number(id.to_string()))];
    parts.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), text(value))));
    Value::Record(parts)
}

fn check(before: &Value, after: &Value) -> Vec<String> {
    let line = |c: &Change| {
        format!(
            "{:?} {} {}/{} {}{}",
            c.fate,
            c.path.join("."),
            c.count,
            c.of,
            c.examples.join("|"),
            c.moved_to.as_deref().map_or(String::new(), |to| format!(" to {to}"))
        )
    };
    changes(before, after).iter().map(line).collect()
}

#[test]
fn the_same_in_another_order_is_the_same() {
    let rows = |ids: &[u32]| Value::List(ids.iter().map(|id| row(*id, &[("name", "Anna")])).collect());
    assert_eq!(check(&rows(&[1, 2, 3]), &rows(&[3, 1, 2, 4])), Vec::<String>::new());
    let tags = |tags: &[&str]| Value::List(tags.iter().map(|tag| text(tag)).collect());
    assert_eq!(check(&tags(&["a", "b"]), &tags(&["b", "a"])), Vec::<String>::new());
    assert_eq!(check(&tags(&["a", "b", "b"]), &tags(&["b"])), ["RowsGone  2/3 a|b"]);
}

#[test]
fn rows_that_vanish_are_counted_by_name() {
    let before = Value::List(vec![row(1, &[("name", "Anna")]), row(2, &[("name", "Ben")])]);
    assert_eq!(check(&before, &Value::List(vec![row(2, &[("name", "Ben")])])), ["RowsGone  1/2 Anna"]);
    assert_eq!(check(&before, &Value::List(vec![])), ["RowsGone  2/2 Anna|Ben"]);
    assert_eq!(check(&before, &Value::Nothing), ["RowsGone  2/2 Anna|Ben"]);
    // Other ids are other rows, whatever they are called.
    assert_eq!(check(&before, &Value::List(vec![row(7, &[("name", "Anna")])])), ["RowsGone  2/2 Anna|Ben"]);
}

#[test]
fn values_that_vanish_change_or_move() {
    let before = Value::List(vec![row(1, &[("phone", "1")]), row(2, &[("phone", "2")]), row(3, &[("phone", "")])]);
    let after =
        |fields: [&[(&str, &str)]; 3]| Value::List((1..).zip(fields).map(|(id, fields)| row(id, fields)).collect());
    assert_eq!(check(&before, &after([&[], &[], &[]])), ["Gone phone 2/2 1|2"]);
    assert_eq!(check(&before, &after([&[("phone", "1")], &[("phone", "")], &[("phone", "")]])), ["Gone phone 1/2 2"]);
    assert_eq!(
        check(&before, &after([&[("phone", "1")], &[("phone", "9")], &[("phone", "x")]])),
        ["Filled phone 1/2 x", "Changed phone 1/2 2 → 9"]
    );
    assert_eq!(
        check(&before, &after([&[("mobile", "1")], &[("mobile", "2")], &[]])),
        ["Moved phone 2/2 1|2 to mobile"]
    );
    assert_eq!(check(&before, &after([&[("mobile", "1")], &[("mobile", "")], &[]])), ["Gone phone 2/2 1|2"]);
}

#[test]
fn pairs_are_rows_by_their_key() {
    let pair =
        |key: &str, name: &str| Value::Record(vec![("0".into(), text(key)), ("1".into(), row(1, &[("name", name)]))]);
    let before = Value::List(vec![pair("a", "Anna"), pair("b", "Ben")]);
    let after = Value::List(vec![pair("b", "Bob")]);
    assert_eq!(check(&before, &after), ["RowsGone  1/2 Anna", "Changed name 1/1 Ben → Bob"]);
}

#[test]
fn a_map_that_becomes_a_list_keeps_its_rows_but_may_lose_its_keys() {
    let pair = |key: Value, row: Value| Value::Record(vec![("0".into(), key), ("1".into(), row)]);
    let list = Value::List(vec![row(1, &[("name", "Anna")]), row(2, &[("name", "Ben")])]);
    let by = |keys: [Value; 2]| {
        Value::List(
            (1..)
                .zip(keys)
                .zip(["Anna", "Ben"])
                .map(|((id, key), name)| pair(key, row(id, &[("name", name)])))
                .collect(),
        )
    };
    let ids = by([Value::Number("1".into()), Value::Number("2".into())]);
    assert_eq!(check(&ids, &list), Vec::<String>::new());
    assert_eq!(check(&list, &ids), Vec::<String>::new());
    assert_eq!(check(&by([text("a@x"), text("b@x")]), &list), ["Gone key 2/2 a@x|b@x"]);
    assert_eq!(check(&ids, &Value::List(vec![])), ["RowsGone  2/2 Anna|Ben"]);
}

#[test]
fn single_values_go_down_or_away() {
    let number = |n: i64| Value::Number(n.to_string());
    assert_eq!(check(&number(12), &number(0)), ["Fewer  1/1 12 → 0"]);
    assert_eq!(check(&number(12), &number(13)), ["More  1/1 12 → 13"]);
    assert_eq!(check(&text("Our wedding"), &text("")), ["Gone  1/1 Our wedding"]);
    assert_eq!(check(&number(5), &text("5")), ["Kept  1/1 5"]);
    let choice = |tag: &str| Value::Variant(tag.into(), Box::new(Value::Nothing));
    assert_eq!(check(&choice("yes"), &choice("no")), ["Changed  1/1 yes → no"]);
    assert_eq!(check(&choice("yes"), &choice("yes")), Vec::<String>::new());
}

#[test]
fn nested_rows_count_where_they_are() {
    let guest = |tags: &[&str]| {
        let tags = Value::List(tags.iter().map(|tag| text(tag)).collect());
        Value::List(vec![Value::Record(vec![("id".into(), Value::Number("1".into())), ("tags".into(), tags)])])
    };
    assert_eq!(check(&guest(&["a", "b"]), &guest(&["a"])), ["RowsGone tags 1/0 b"]);
}

/// Rows with an id and what one function makes of each.
fn rows(count: u32, row: impl Fn(u32) -> Vec<(&'static str, String)>) -> Value {
    let make = |id: u32| {
        let mut fields = vec![("id".to_owned(), Value::Number(id.to_string()))];
        fields.extend(row(id).into_iter().map(|(name, value)| (name.to_owned(), Value::Text(value))));
        Value::Record(fields)
    };
    Value::List((0..count).map(make).collect())
}

fn patterns(before: &Value, after: &Value) -> Vec<(String, Fate, Option<Pattern>)> {
    changes(before, after).into_iter().map(|change| (change.path.join("."), change.fate, change.pattern)).collect()
}

#[test]
fn what_changed_values_have_in_common_is_told() {
    let before = rows(20, |id| vec![("name", format!("name {id}")), ("city", format!("city {id}"))]);
    let after = |row: fn(u32) -> (String, String)| {
        let row = move |id| {
            let (name, city) = row(id);
            vec![("name", name), ("city", city)]
        };
        patterns(&before, &rows(20, row))
    };
    let changed = |field: &str, pattern| (field.to_owned(), Fate::Changed, pattern);
    assert_eq!(
        after(|id| ("unknown".into(), format!("city {id}"))),
        [changed("name", Some(Pattern::Same("unknown".into())))]
    );
    assert_eq!(
        after(|id| (format!("city {id}"), format!("name {id}"))),
        [changed("city", Some(Pattern::From("name".into()))), changed("name", Some(Pattern::From("city".into())))]
    );
    assert_eq!(
        after(|id| (format!("name {}", (id + 1) % 20), format!("city {id}"))),
        [changed("name", Some(Pattern::Exchanged))]
    );
    assert_eq!(after(|id| (format!("na{}", ""), format!("city {id}"))).len(), 1);
    assert_eq!(
        after(|_| ("name".into(), "c".into())),
        [changed("city", Some(Pattern::Cut)), changed("name", Some(Pattern::Cut))]
    );
    assert_eq!(after(|id| (format!("{id}"), format!("city {id}"))), [changed("name", None)]);
}

#[test]
fn values_that_can_no_longer_be_told_apart_are_counted() {
    let diets = ["vegan", "vegetarian", "meat"];
    let before = rows(30, |id| vec![("diet", diets[id as usize % 3].into())]);
    let after = rows(30, |id| vec![("diet", if id % 3 == 2 { "meat" } else { "plants" }.into())]);
    let merged = Pattern::Merged(vec![("vegan".into(), 10), ("vegetarian".into(), 10)], "plants".into());
    assert_eq!(patterns(&before, &after), [("diet".into(), Fate::Changed, Some(merged))]);
}

#[test]
fn a_text_in_parts_or_together_with_others_is_kept() {
    let before = rows(5, |id| vec![("name", format!("Anna Bell-{id}"))]);
    let parts = rows(5, |id| vec![("first", "Anna".into()), ("last", format!("Bell-{id}"))]);
    assert_eq!(check(&before, &parts), ["Moved name 5/5 Anna Bell-0|Anna Bell-1|Anna Bell-2 to first & last"]);
    let joined = rows(5, |id| vec![("contact", format!("Anna Bell-{id}, +49"))]);
    assert_eq!(check(&before, &joined), ["Moved name 5/5 Anna Bell-0|Anna Bell-1|Anna Bell-2 to contact"]);
    let half = rows(5, |_| vec![("first", "Anna".into())]);
    assert_eq!(check(&before, &half), ["Gone name 5/5 Anna Bell-0|Anna Bell-1|Anna Bell-2"]);
    let but_one = rows(5, |id| {
        vec![("first", "Anna".into()), ("last", if id == 3 { String::new() } else { format!("Bell-{id}") })]
    });
    assert_eq!(check(&before, &but_one), ["Gone name 5/5 Anna Bell-0|Anna Bell-1|Anna Bell-2"]);
}

#[test]
fn rows_under_another_key_are_the_same_rows_if_nothing_is_lost() {
    let pair = |key: Value, name: &str| {
        Value::Record(vec![("0".into(), key), ("1".into(), Value::Record(vec![("name".into(), text(name))]))])
    };
    let map = |keys: [Value; 2]| {
        let [one, other] = keys;
        Value::List(vec![pair(one, "Anna"), pair(other, "Ben")])
    };
    let number = |digits: &str| Value::Number(digits.into());
    let before = map([number("1"), number("2")]);
    assert_eq!(check(&before, &map([number("11"), number("12")])), ["Rekeyed  2/2 Anna|Ben"]);
    // Names for keys say something that numbers don't.
    let named = map([text("anna@example.org"), text("ben@example.org")]);
    assert_eq!(check(&named, &map([number("11"), number("12")])), ["RowsGone  2/2 Anna|Ben"]);
}

#[test]
fn bytes_of_the_same_length_are_not_the_same() {
    let file = |bytes: &[u8]| Value::Record(vec![("file".into(), Value::Blob(bytes.to_vec()))]);
    assert_eq!(check(&file(&[1, 2]), &file(&[1, 2])), Vec::<String>::new());
    assert_eq!(check(&file(&[1, 2]), &file(&[0, 0])), ["Changed file 1/1 2 bytes → 2 bytes"]);
}

use super::*;

fn check(live: &str, proposed: &str) -> Vec<String> {
    let (live, proposed) = (Interface::parse(live).unwrap(), Interface::parse(proposed).unwrap());
    findings(&live, &proposed, None)
        .iter()
        .map(|f| format!("{:?} {} {}: {}", f.effect, f.kind, f.subject, f.message))
        .collect()
}

fn one(live: &str, proposed: &str) -> String {
    let found = check(&format!("service : {{ {live} }}"), &format!("service : {{ {proposed} }}"));
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn what_clients_rely_on_may_grow() {
    let live =
        "type G = record { name : text }; service : { list : () -> (vec G) query; add : (G) -> (); _own : () -> () }";
    let grown = "type G = record { name : text; phone : opt text }; type I = record { name : text };
        service : { list : () -> (vec G) query; add : (I, opt nat) -> (nat); other : () -> () }";
    assert_eq!(check(live, grown), Vec::<String>::new());
    assert_eq!(check(live, live), Vec::<String>::new());
}

#[test]
fn what_breaks_is_named() {
    let gone = one("listGuests : () -> (nat) query", "");
    assert_eq!(
        gone,
        "Refuses method_gone listGuests: “list guests” would no longer be there; pages and programs that use it would stop working."
    );
    let cases = [
        (
            "f : (text) -> ()",
            "f : (nat) -> ()",
            "argument_changed",
            "what it takes changes from text to a whole number",
        ),
        (
            "f : (record { a : nat }) -> ()",
            "f : (record { a : nat; eMail : text }) -> ()",
            "argument_changed",
            "it also needs “e mail”",
        ),
        ("f : (variant { a; b }) -> ()", "f : (variant { a }) -> ()", "argument_changed", "it no longer takes “b”"),
        (
            "f : () -> (variant { a })",
            "f : () -> (variant { a; b })",
            "answer_changed",
            "it may answer “b”, which they don't know",
        ),
        (
            "f : () -> (vec record { a : nat })",
            "f : () -> (vec record { b : nat })",
            "answer_changed",
            "“a” is missing from its answer",
        ),
        (
            "f : () -> (record { a : nat })",
            "f : () -> (record { a : text })",
            "answer_changed",
            "“a” changes from a whole number to text",
        ),
        ("f : () -> (nat)", "f : () -> ()", "answer_changed", "its answer has a part less"),
        ("f : () -> ()", "f : (nat) -> ()", "argument_changed", "it needs one thing more"),
        ("f : () -> (int) query", "f : () -> (int)", "method_kind", "only read until now"),
        ("f : () -> (nat)", "f : () -> (int)", "answer_changed", "its answer changes"),
    ];
    for (live, proposed, kind, reason) in cases {
        let found = one(live, proposed);
        assert!(found.starts_with(&format!("Refuses {kind} f:")) && found.contains(reason), "{found}");
    }
}

#[test]
fn what_reads_as_nothing_is_told() {
    assert!(one("f : () -> (opt nat)", "f : () -> (opt text)").starts_with("Informs reads_as_nothing"));
    assert!(one("f : () -> ()", "f : () -> () query").starts_with("Informs method_kind"));
}

#[test]
fn recursive_types_of_one_name_are_compared() {
    let live = "type T = record { v : nat; next : opt T }; service : { f : () -> (T) query }";
    let other = "type T = record { v : text; next : opt T }; service : { f : () -> (T) query }";
    assert_eq!(check(live, live), Vec::<String>::new());
    assert!(check(live, other)[0].contains("“v” changes from a whole number to text"));
}

#[test]
fn only_methods_in_use_count_where_they_are_known() {
    let live = Interface::parse("service : { a : () -> (); b : () -> () }").unwrap();
    let proposed = Interface::parse("service : {}").unwrap();
    let found = findings(&live, &proposed, Some(&["b".to_owned()].into()));
    assert_eq!(found.iter().map(|f| f.subject.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn hostile_texts_are_refused() {
    let deep = [
        format!("service : {{ f : ({} nat) -> () }}", "vec ".repeat(100_000)),
        format!("service : {{ f : ({}", "record { a : ".repeat(100_000)),
        format!("type A = {}nat{};", "(".repeat(1_000), ")".repeat(1_000)),
        format!("service : {{ f : ({} nat {}) -> () }}", "record { a : vec opt ".repeat(40), "}".repeat(40)),
    ];
    let hidden = format!("service : {{ f : ({}", "vec /* nat, /* ( */ ) */ ".repeat(1_000));
    assert!(matches!(Interface::parse(&hidden), Err(InterfaceError::TooLarge(_))));
    for text in deep {
        assert!(matches!(Interface::parse(&text), Err(InterfaceError::TooLarge(_))), "{}", &text[..40]);
    }
    assert!(matches!(Interface::parse(&" ".repeat(MOST_BYTES + 1)), Err(InterfaceError::Missing)));
    assert!(matches!(Interface::parse(&"x".repeat(MOST_BYTES + 1)), Err(InterfaceError::TooLarge(_))));
    for text in [
        "service",
        "}{",
        "\"",
        "type A = A; service : A",
        "service : { f : A }",
        "import \"/etc/passwd\"; service : {}x",
        "\u{0}",
    ] {
        assert!(Interface::parse(text).is_err(), "{text}");
    }
}

#[test]
fn long_chains_of_names_end() {
    let chain: String = (0..3_000).map(|n| format!("type A{n} = vec A{};", n + 1)).collect();
    let text = format!("{chain} type A3000 = nat; service : {{ f : () -> (A0) }}");
    let live = Interface::parse(&text).unwrap();
    let other = Interface::parse(&text.replace("type A3000 = nat", "type A3000 = text")).unwrap();
    assert_eq!(findings(&live, &other, None).len(), 1);
}

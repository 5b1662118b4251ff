//! Memory of a real module: every kind of value, read by its types.
//!
//! `tests/fixtures/heap.bin` holds the ranges of memory that belong to the variables of `heap.mo`, as they were after
//! `canister_init` and `canister_pre_upgrade`: for each range its offset and length (64 bits, little-endian), then the
//! bytes. `heap.most` is the module's signature.

use gate::{
    Value,
    heap::{HeapError, Most, json, variables},
};
use proptest::prelude::*;
use serde_json::json;

/// Memory with holes.
#[derive(Clone)]
pub(crate) struct Ranges(Vec<(u64, Vec<u8>)>);

impl Ranges {
    fn recorded() -> Ranges {
        Ranges::of(include_bytes!("../fixtures/heap.bin"))
    }

    pub(crate) fn of(mut bytes: &[u8]) -> Ranges {
        let mut ranges = Vec::new();
        while !bytes.is_empty() {
            let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
            let (offset, length) = (word(0), usize::try_from(word(8)).unwrap());
            ranges.push((offset, bytes[16..16 + length].to_vec()));
            bytes = &bytes[16 + length..];
        }
        Ranges(ranges)
    }

    /// All of the memory, with zeros between the ranges.
    pub(crate) fn whole(&self) -> Vec<u8> {
        let end = |(start, bytes): &(u64, Vec<u8>)| usize::try_from(*start).unwrap() + bytes.len();
        let mut memory = vec![0; self.0.iter().map(end).max().unwrap_or(0)];
        for range in &self.0 {
            memory[end(range) - range.1.len()..end(range)].copy_from_slice(&range.1);
        }
        memory
    }

    fn variables(&self) -> Result<Vec<(String, Value)>, HeapError> {
        variables(&self.whole(), include_str!("../fixtures/heap.most"))
    }
}

fn variable(name: &str) -> Value {
    let all = Ranges::recorded().variables().unwrap();
    all.into_iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("{name}")).1
}

fn number(digits: &str) -> Value {
    Value::Number(digits.into())
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn record(fields: &[(&str, Value)]) -> Value {
    Value::Record(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn numbers(all: &[&str]) -> Value {
    Value::List(all.iter().map(|digits| number(digits)).collect())
}

#[test]
fn numbers_of_every_size_are_read() {
    let expected = [
        ("huge", "123456789012345678901234567890123456789"),
        ("low", "-5"),
        ("lower", "-123456789012345678901234567890"),
        ("n64", "18446744073709551615"),
        ("s64", "12"),
        ("i64", "-9223372036854775808"),
        ("si64", "-3"),
        ("n32", "4294967295"),
        ("i32", "-2"),
        ("n16", "65535"),
        ("i16", "-300"),
        ("n8", "255"),
        ("i8", "-128"),
        ("f", "1.5"),
    ];
    for (name, digits) in expected {
        assert_eq!(variable(name), number(digits), "{name}");
    }
}

#[test]
fn plain_values_and_options_are_read() {
    assert_eq!((variable("yes"), variable("no"), variable("c")), (Value::Bool(true), Value::Bool(false), text("ä")));
    assert_eq!((variable("unit"), variable("blob")), (Value::Nothing, Value::Blob(vec![0, 1, 255])));
    assert_eq!(variable("id"), text("rwlgt-iiaaa-aaaaa-aaaaa-cai"));
    assert_eq!((variable("nothing"), variable("something")), (Value::Nothing, number("7")));
    assert_eq!((variable("twice"), variable("twiceSome")), (Value::Nothing, number("4")));
    assert_eq!(variable("nothingButText"), text(""));
    let rope: String = (0..5).map(|n| format!("part of a long text {n}; ")).collect();
    assert_eq!(variable("rope"), text(&rope));
}

#[test]
fn collections_are_read_as_lists_in_their_order() {
    assert_eq!(variable("list"), numbers(&["5", "6", "7"]));
    assert_eq!(variable("stack"), numbers(&["2", "1"]));
    assert_eq!(variable("pureList"), numbers(&["1", "2", "3"]));
    assert_eq!(variable("pureQueue"), numbers(&["1", "2", "3"]));
    assert_eq!(variable("pureSet"), numbers(&["1", "3"]));
    assert_eq!(variable("set"), Value::List(vec![text("x"), text("y")]));
    assert_eq!(variable("queue"), Value::List(vec![text("q1"), text("q2"), text("q3")]));
    let pair = |key: Value, value: Value| record(&[("0", key), ("1", value)]);
    let letters = [("1", "a"), ("2", "b"), ("3", "c")].map(|(key, letter)| pair(number(key), text(letter)));
    assert_eq!(variable("pureMap"), Value::List(letters.into()));
    assert_eq!(
        variable("pairs"),
        Value::List(vec![pair(number("1"), Value::Bool(true)), pair(number("2"), Value::Bool(false))])
    );
    // Enough for a tree of several nodes.
    let many = (0..70).map(|n| pair(number(&n.to_string()), text(&format!("row {n}")))).collect();
    assert_eq!(variable("many"), Value::List(many));
}

#[test]
fn records_choices_and_recursive_types_are_read() {
    let choice = |tag: &str, inside: Value| Value::Variant(tag.into(), Box::new(inside));
    let anna = record(&[("diet", choice("vegan", Value::Nothing)), ("name", text("Anna")), ("note", text("first"))]);
    let ben = record(&[("diet", choice("other", text("soup"))), ("name", text("Ben")), ("note", Value::Nothing)]);
    let rows = [("a", anna), ("b", ben)].map(|(key, row)| record(&[("0", text(key)), ("1", row)]));
    assert_eq!(variable("map"), Value::List(rows.into()));
    let comment =
        |words: &str, replies: Vec<Value>| record(&[("replies", Value::List(replies)), ("text", text(words))]);
    assert_eq!(variable("comments"), Value::List(vec![comment("top", vec![comment("reply", vec![])])]));
}

#[test]
fn memory_of_another_kind_is_told_apart() {
    let nothing = variables(&[], "actor {};");
    assert_eq!(nothing, Err(HeapError::UnknownLayout));
    let zeros = variables(&vec![0; 8 << 20], "actor {};");
    assert_eq!(zeros, Err(HeapError::UnknownLayout));
    assert!(matches!(variables(&[], "garbage"), Err(HeapError::Types(_))));
    let mut fresh = Ranges::recorded();
    let metadata = &mut fresh.0[0].1;
    metadata[136..144].fill(0);
    assert_eq!(fresh.variables(), Err(HeapError::NotExported));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_memory_ends_with_an_answer(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut memory = Ranges::recorded();
        for (range, byte, value) in damage {
            let length = memory.0.len();
            let bytes = &mut memory.0[range.index(length)].1;
            let at = byte.index(bytes.len());
            bytes[at] = value;
        }
        drop(memory.variables());
    }

    /// Any word becomes any other word of the same memory: references go where they should not, in circles too.
    #[test]
    fn tangled_memory_ends_with_an_answer(swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..20)) {
        let mut memory = Ranges::recorded();
        let words: Vec<(usize, usize)> =
            memory.0.iter().enumerate().flat_map(|(range, (_, bytes))| (0..bytes.len() / 8).map(move |word| (range, word * 8))).collect();
        for (from, to) in swaps {
            let ((a, i), (b, j)) = (words[from.index(words.len())], words[to.index(words.len())]);
            let word: [u8; 8] = memory.0[a].1[i..i + 8].try_into().unwrap();
            memory.0[b].1[j..j + 8].copy_from_slice(&word);
        }
        drop(memory.variables());
    }
}

#[test]
fn the_same_as_json_tells_everything_apart() {
    let memory = Ranges::recorded();
    let read = |most| json(&memory.whole(), include_str!("../fixtures/heap.most"), most);
    let shown = |most| read(most).unwrap();
    let all = shown(Most::ALL);
    let variable = |name: &str| all.iter().find(|found| found.name == name).unwrap().value.clone();
    let expected = [
        ("nothing", json!(null)),
        ("something", json!("7")),
        // An empty option in an option, and a full one.
        ("twice", json!([null])),
        ("twiceSome", json!(["4"])),
        ("nothingButText", json!("")),
        ("unit", json!(null)),
        ("blob", json!({ "base64": "AAH/", "length": 3 })),
        ("id", json!("rwlgt-iiaaa-aaaaa-aaaaa-cai")),
        ("huge", json!("123456789012345678901234567890123456789")),
        ("f", json!(1.5)),
        ("pairs", json!([["1", true], ["2", false]])),
        ("pureMap", json!([["1", "a"], ["2", "b"], ["3", "c"]])),
        ("pureSet", json!(["1", "3"])),
        (
            "map",
            json!([
                ["a", { "diet": { "#vegan": null }, "name": "Anna", "note": "first" }],
                ["b", { "diet": { "#other": "soup" }, "name": "Ben", "note": null }],
            ]),
        ),
        ("comments", json!([{ "text": "top", "replies": [{ "text": "reply", "replies": [] }] }])),
    ];
    for (name, value) in expected {
        assert_eq!(variable(name), value, "{name}");
    }
    assert!(all.iter().all(|shown| shown.left_out == 0));
    let cut = shown(Most { elements: 2, ..Most::ALL });
    let many = cut.iter().find(|found| found.name == "many").unwrap();
    assert_eq!((many.value.clone(), many.left_out), (json!([["0", "row 0"], ["1", "row 1"]]), 68));
    let brief = shown(Most { length: 2, ..Most::ALL });
    let blob = brief.iter().find(|found| found.name == "blob").unwrap();
    assert_eq!(blob.value["length"], json!(2));
    let many = brief.iter().find(|found| found.name == "many").unwrap();
    assert_eq!((many.value[69].clone(), many.left_out), (json!(["69", "ro"]), 0));
    assert_eq!(read(Most { bytes: 1_000, ..Most::ALL }), Err(HeapError::TooLarge));
}

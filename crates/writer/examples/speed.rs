//! How long the offline writer takes for a request of 2,000 words, in each language.
//!
//!     cargo run --release -p writer --example speed -- [ROUNDS [FILE]...]
//!
//! One JSON object on standard output: milliseconds of `write`, and of `corrections`, which tries what could be said
//! otherwise (what is declined has none). Beside them stands what this machine needs, at the same time, to normalise the
//! request's letters a hundred times, and the ratio of `write` to that. Each figure is the median of its rounds. The
//! requests are what the tests write in a language, over and over until the words are there: many apps at once, harder
//! than what a person writes of one. Texts of one's own are measured by naming their files.

#![allow(clippy::print_stdout, reason = "it is a program that prints")]

use std::{collections::BTreeMap, env, time::Instant};

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;
use writer::{Wish, corrections, write};

const WORDS: usize = 2_000;
/// How often the letters are normalised in a round, so that it takes milliseconds.
const TIMES: usize = 100;
/// Letters that count as a word where words aren't set apart.
const LETTERS: usize = 2;

fn main() {
    let mut arguments = env::args().skip(1);
    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(9).max(1);
    let read = |file: String| (file.clone(), std::fs::read_to_string(&file).expect("the file can be read"));
    let mut requests: BTreeMap<String, String> = arguments.map(read).collect();
    if requests.is_empty() {
        requests = fixtures();
    }
    let measured = |(name, text): (String, String)| (name, figures(&text, rounds));
    let requests: BTreeMap<String, Value> = requests.into_iter().map(measured).collect();
    println!("{}", json!({ "bench": "writer", "rounds": rounds, "requests": requests }));
}

/// A request of [`WORDS`] words for each language.
fn fixtures() -> BTreeMap<String, String> {
    let read = |text| toml::from_str::<BTreeMap<String, Value>>(text).expect("the fixture reads");
    let briefs = read(include_str!("../tests/fixtures/briefs.toml"));
    let others = read(include_str!("../tests/fixtures/languages.toml"));
    let texts = |code: &String| [strings(&briefs[code]), strings(&others[code])].concat();
    briefs.keys().map(|code| (code.clone(), request(&texts(code)))).collect()
}

/// All texts of a part of a fixture.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(strings).collect(),
        Value::Object(table) => table.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// So many of the texts, over and over, that they have [`WORDS`] words.
fn request(texts: &[String]) -> String {
    let mut text = String::new();
    let mut words = 0;
    for part in texts.iter().cycle() {
        words += part.split_whitespace().map(length).sum::<usize>();
        text.push_str(part);
        text.push('\n');
        if words >= WORDS {
            return text;
        }
    }
    text
}

/// One, or more where words aren't set apart.
fn length(word: &str) -> usize {
    let unspaced = word.chars().filter(|letter| ('\u{3400}'..='\u{9fff}').contains(letter)).count();
    unspaced.div_ceil(LETTERS).max(1)
}

fn figures(text: &str, rounds: usize) -> Value {
    let (mut writes, mut corrected, mut normalised) = (Vec::new(), Vec::new(), Vec::new());
    // The first time reads the lexicons.
    let written = write(&Wish { text, name: None });
    for _ in 0..rounds {
        writes.push(milliseconds(|| drop(write(&Wish { text, name: None }))));
        if let Ok((spec, understanding)) = &written {
            corrected.push(milliseconds(|| drop(corrections(None, spec, understanding))));
        }
        normalised.push(milliseconds(|| {
            for _ in 0..TIMES {
                std::hint::black_box(text.nfkd().count());
            }
        }));
    }
    let (write, plain) = (median(writes).unwrap_or(0.0), median(normalised).unwrap_or(f64::NAN));
    let ratio = write / plain;
    json!({ "write_ms": write, "corrections_ms": median(corrected), "normalise_ms": plain, "write_per_normalise": ratio })
}

fn milliseconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1_000.0
}

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

//! How fast the data census is: the heap of an app with orders, made to measure, and the same after an upgrade.
//!
//!     cargo run --release -p gate --example census_speed -- [MEGABYTES]
//!
//! One JSON object on standard output: for each kind of upgrade the milliseconds of the gate without compiling and without
//! queries, and megabytes of live data a second, of which both sides are read. Beside them stands what this machine needs,
//! at the same time, to compare two such memories byte by byte. Each figure is the median of its rounds.

#![allow(clippy::print_stdout, reason = "it is a program that prints")]

use std::{env, time::Instant};

use gate::{Caller, Fork, Look, Mark, Side, judge};

const METADATA: usize = 0x48_0000;
const HEAP: usize = 0x50_0000;
const NULL: u64 = 0xffff_ffff_ffff_fffb;
/// What a row takes, roughly.
const ROW_BYTES: usize = 400;

/// Writes objects as the Motoko runtime lays them out.
struct Heap {
    memory: Vec<u8>,
}

impl Heap {
    fn new() -> Heap {
        let mut memory = vec![0; HEAP];
        for (at, letter) in b"MOTOKO ORTHOGONAL PERSISTENCE 64".iter().enumerate() {
            memory[METADATA + 4 * at] = *letter;
        }
        memory[METADATA + 128] = 1;
        Heap { memory }
    }

    fn object(&mut self, tag: u64, words: &[u64]) -> u64 {
        let reference = self.memory.len() as u64 - 1;
        let all = [tag, reference].into_iter().chain(words.iter().copied());
        self.memory.extend(all.flat_map(u64::to_le_bytes));
        reference
    }

    fn text(&mut self, text: &str) -> u64 {
        let reference = self.object(29, &[text.len() as u64]);
        self.memory.extend(text.as_bytes());
        self.memory.resize(self.memory.len().next_multiple_of(8), 0);
        reference
    }

    fn names(&mut self, names: &[&str]) -> u64 {
        let reference = self.object(25, &[names.len() as u64 * 8]);
        self.memory.extend(names.iter().flat_map(|name| u64::from(hash(name)).to_le_bytes()));
        reference
    }

    fn actor(mut self, variable: &str, value: u64) -> Vec<u8> {
        let names = self.names(&[variable]);
        let actor = self.object(1, &[names, value]);
        self.memory[METADATA + 136..METADATA + 144].copy_from_slice(&actor.to_le_bytes());
        self.memory
    }
}

fn hash(name: &str) -> u32 {
    candid::idl_hash(name) & 0x7fff_ffff
}

/// How the upgrade treats the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Upgrade {
    Live,
    Keeps,
    AddsAField,
    EmptiesNotes,
    OtherOrder,
}

fn memory(rows: u64, upgrade: Upgrade) -> Vec<u8> {
    let mut heap = Heap::new();
    let mut names = vec!["at", "customer", "email", "id", "note", "price", "status"];
    if upgrade == Upgrade::AddsAField {
        names.push("urgent");
    }
    let names = heap.names(&names);
    let row = |heap: &mut Heap, id: u64| {
        let at = heap.object(11, &[1_700_000_000_000_000_000 + id]);
        let customer = heap.text(&format!("Customer number {id} of the shop"));
        let email = heap.text(&format!("customer.{id}@example.org"));
        let kept = id.is_multiple_of(3) && (upgrade != Upgrade::EmptiesNotes || !id.is_multiple_of(30));
        let note = if kept {
            heap.text(&format!("Please ring twice, order {id}; the house is behind the trees"))
        } else {
            NULL
        };
        let status = heap.object(23, &[u64::from(hash(["open", "paid"][usize::from(id.is_multiple_of(2))])), 0]);
        let mut words = vec![names, at, customer, email, id << 2, note, (id * 7) << 2, status];
        if upgrade == Upgrade::AddsAField {
            words.push(0);
        }
        heap.object(1, &words)
    };
    let order = |at: u64| if upgrade == Upgrade::OtherOrder { rows - 1 - at } else { at };
    let references: Vec<u64> = (0..rows).map(|at| row(&mut heap, order(at))).collect();
    let words: Vec<u64> = [rows].into_iter().chain(references).collect();
    let array = heap.object(3, &words);
    heap.actor("orders", array)
}

fn types(upgrade: Upgrade) -> String {
    let more = if upgrade == Upgrade::AddsAField { "; urgent : Bool" } else { "" };
    format!(
        "actor {{ stable orders : [{{at : Nat64; customer : Text; email : Text; id : Nat; note : ?Text; price : Nat; status : {{#open; #paid}}{more}}}] }};"
    )
}

struct Shown<'a>(&'a [u8], &'a [u8]);

impl Fork for Shown<'_> {
    fn upgrade(&mut self, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn install(&mut self, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn query(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        Err(String::new())
    }

    fn call(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        Err(String::new())
    }

    fn same(&mut self, _: Mark, _: Mark) -> bool {
        true
    }

    fn memories(&mut self, _: Mark, _: Mark, look: Look<'_>) -> Option<Result<(), String>> {
        look(self.0, self.1);
        Some(Ok(()))
    }
}

/// Rounds of everything, one after the other.
const ROUNDS: usize = 5;
const UPGRADES: [Upgrade; 4] = [Upgrade::Keeps, Upgrade::AddsAField, Upgrade::EmptiesNotes, Upgrade::OtherOrder];

fn main() {
    let megabytes = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10);
    let rows = (megabytes << 20) / ROW_BYTES;
    let before = memory(rows as u64, Upgrade::Live);
    let live = (before.len() - HEAP) as f64 / 1e6;
    let mut figures = serde_json::Map::new();
    for upgrade in UPGRADES {
        let after = memory(rows as u64, upgrade);
        let judged: Vec<f64> = (0..ROUNDS).map(|_| judged_seconds(&before, &after, upgrade)).collect();
        figures.insert(format!("{upgrade:?}"), figure(live, judged));
    }
    let same = before.clone();
    let compared = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        assert!(std::hint::black_box(&before) == std::hint::black_box(&same));
        begun.elapsed().as_secs_f64()
    });
    figures.insert("bytes_compared".into(), figure(live, compared.collect()));
    println!("{}", serde_json::json!({ "census": { "rows": rows, "live_megabytes": live, "of": figures } }));
}

fn judged_seconds(before: &[u8], after: &[u8], upgrade: Upgrade) -> f64 {
    let (old, new) = (types(Upgrade::Live), types(upgrade));
    let side = |types| Side { candid: "service : {}", stable_types: types };
    let begun = Instant::now();
    let verdict = judge(Some(side(&old)), side(&new), b"", &mut Shown(before, after), &[]);
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(verdict.data.len(), usize::from(upgrade == Upgrade::EmptiesNotes), "{:?}", verdict.data);
    seconds
}

fn figure(live: f64, mut seconds: Vec<f64>) -> serde_json::Value {
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    serde_json::json!({ "milliseconds": median * 1e3, "megabytes_per_second": live / median })
}

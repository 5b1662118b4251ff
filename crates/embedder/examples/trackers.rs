//! Where the ways of finding dirty pages cross: microseconds of one message and its commit, by heap size, number of
//! pages written and way, as one JSON object on standard output. The limits in `memory/tracker.rs` are from here.
//!
//! `trackers [SIZE ...]` measures heaps of so many KiB, or of all sizes. Every page of a heap is resident. The ways take
//! turns, message by message, so that whatever else the machine does hits all of them; figures are medians.

use std::{sync::Arc, time::Instant};

use embedder::{CanisterMemory, Engine, EngineConfig, Entry, Input, Limits, Sandbox, Tracking};

const SIZES_KIB: [u64; 15] = [
    64,
    128,
    192,
    256,
    384,
    512,
    1 << 10,
    4 << 10,
    16 << 10,
    64 << 10,
    128 << 10,
    256 << 10,
    384 << 10,
    512 << 10,
    1 << 20,
];
const DIRTY_PAGES: [u64; 4] = [1, 16, 256, 1024];
const WAYS: [(&str, Tracking); 3] =
    [("userfault", Tracking::Userfault), ("protection", Tracking::Protection), ("compare", Tracking::Compare)];
const ROUNDS: usize = 1_001;
const ROUNDS_MIN: usize = 7;
/// Rounds end early after this, because comparing a gigabyte takes long.
const SECONDS_MAX: f64 = 2.0;
const PAGE_BYTES: u64 = 4096;

/// A module whose heap has this size; `initialize` fills it, and the methods write pages spread evenly over it, each
/// time another value and another place in the page.
fn module(kib: u64) -> Vec<u8> {
    let bytes = kib << 10;
    let methods: String = DIRTY_PAGES
        .iter()
        .filter(|pages| *pages * PAGE_BYTES <= bytes)
        .map(|pages| {
            let stride = bytes / pages;
            format!(
                "(func (export \"canister_update write{pages}\")
                   (global.set $turn (i64.add (global.get $turn) (i64.const 1)))
                   (call $fill (i64.const {stride}))
                   (call $msg_reply))"
            )
        })
        .collect();
    let text = format!(
        "(module
           (import \"ic0\" \"msg_reply\" (func $msg_reply))
           (memory i64 {wasm_pages})
           (global $turn (mut i64) (i64.const 1))
           (func $fill (param $stride i64) (local $at i64)
             (loop $next
               (i64.store
                 (i64.add (local.get $at) (i64.and (i64.shl (global.get $turn) (i64.const 3)) (i64.const 4088)))
                 (global.get $turn))
               (local.set $at (i64.add (local.get $at) (local.get $stride)))
               (br_if $next (i64.lt_u (local.get $at) (i64.const {bytes})))))
           (func (export \"canister_init\") (call $fill (i64.const {PAGE_BYTES})))
           {methods})",
        wasm_pages = bytes >> 16,
    );
    wat::parse_str(text).expect("a module")
}

/// One canister whose dirty pages are found in one way.
struct Subject {
    sandbox: Sandbox,
    memory: CanisterMemory,
}

impl Subject {
    fn new(tracking: Tracking, wasm: &[u8]) -> Subject {
        let engine = Engine::new(EngineConfig { tracking, ..EngineConfig::default() }).expect("an engine");
        let module = engine.prepare(wasm).expect("a module");
        let sandbox = Sandbox::install(&engine, module).expect("installed");
        let mut subject = Subject { sandbox, memory: CanisterMemory::default() };
        let _ = subject.message(&Entry::Init);
        subject
    }

    /// Microseconds of a message and its commit.
    fn message(&mut self, entry: &Entry) -> f64 {
        let input = Input { arg: Arc::from([]), caller: Arc::from([4u8]), replicated: true, ..Input::default() };
        let begun = Instant::now();
        let execution = self.sandbox.run(entry, input, &Limits::default()).expect("the machine works");
        assert!(execution.outcome.is_ok(), "{:?}", execution.outcome);
        self.sandbox.commit(&mut self.memory).expect("committed");
        begun.elapsed().as_secs_f64() * 1e6
    }
}

/// A row of figures: the ways' medians for one size and number of pages.
fn measure(kib: u64, subjects: &mut [Subject], pages: u64) -> String {
    let entry = Entry::Update(format!("write{pages}").into());
    let mut times = vec![Vec::new(); subjects.len()];
    let begun = Instant::now();
    for round in 0..ROUNDS {
        if round >= ROUNDS_MIN && begun.elapsed().as_secs_f64() > SECONDS_MAX {
            break;
        }
        for (subject, times) in subjects.iter_mut().zip(&mut times) {
            times.push(subject.message(&entry));
        }
    }
    let medians = WAYS.iter().zip(&mut times).map(|((name, _), times)| {
        times.sort_by(f64::total_cmp);
        format!("\"{name}_us\":{:.2}", times[times.len() / 2])
    });
    let medians: Vec<String> = medians.collect();
    format!("{{\"heap_kib\":{kib},\"dirty_pages\":{pages},{}}}", medians.join(","))
}

fn all(sizes: &[u64]) -> String {
    let mut rows = Vec::new();
    for &kib in sizes {
        let wasm = module(kib);
        let mut subjects: Vec<Subject> = WAYS.iter().map(|(_, tracking)| Subject::new(*tracking, &wasm)).collect();
        let fitting = DIRTY_PAGES.iter().filter(|pages| *pages * PAGE_BYTES <= kib << 10);
        rows.extend(fitting.map(|pages| measure(kib, &mut subjects, *pages)));
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').take(3).collect::<Vec<_>>().join(" ");
    format!("{{\"machine\":{{\"load\":\"{load}\"}},\"trackers\":[{}]}}", rows.join(","))
}

fn main() {
    let asked: Vec<u64> = std::env::args().skip(1).map(|size| size.parse().expect("a size in KiB")).collect();
    let sizes = if asked.is_empty() { SIZES_KIB.to_vec() } else { asked };
    println!("{}", all(&sizes));
}

//! Times one Motoko canister: `measure GUESTS.wasm`, compiled from `tests/motoko/guests.mo`.
//!
//! Prints medians in microseconds. Quote them only from a release build on an idle machine.

use std::{sync::Arc, time::Instant};

use candid::Encode;
use embedder::{CanisterMemory, Engine, EngineConfig, Entry, Execution, Input, Limits, Sandbox};

fn median(name: &str, count: usize, mut work: impl FnMut(usize)) {
    let mut times: Vec<f64> = (0..count)
        .map(|round| {
            let start = Instant::now();
            work(round);
            start.elapsed().as_nanos() as f64 / 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:<44} {:>10.2} us (p99 {:.2})", times[count / 2], times[count * 99 / 100]);
}

fn input(arg: Vec<u8>) -> Input {
    Input { arg: Arc::from(arg), caller: Arc::from(&[4u8][..]), replicated: true, ..Input::default() }
}

fn run(sandbox: &mut Sandbox, entry: &Entry, arg: Vec<u8>) -> Execution {
    let execution = sandbox.run(entry, input(arg), &Limits::default()).expect("the machine works");
    if let Err(trap) = &execution.outcome {
        panic!("{entry}: {trap}");
    }
    execution
}

fn measure(wasm: &[u8]) {
    let folder = std::env::temp_dir().join(format!("autograph-measure-{}", std::process::id()));
    let engine = || Engine::new(EngineConfig { cache_dir: Some(folder.clone()), ..EngineConfig::default() });
    let engine_new = || engine().expect("an engine");
    let plain = || Engine::new(EngineConfig::default()).expect("an engine");
    median("prepare (check, instrument, compile)", 5, |_| drop(plain().prepare(wasm).expect("a module")));
    let _ = engine_new().prepare(wasm).expect("a module");
    median("prepare from the cache on disk", 20, |_| drop(engine_new().prepare(wasm).expect("a module")));
    let engine = engine_new();
    println!("kernel tracks dirty pages: {}", engine.tracks_with_kernel());
    let module = engine.prepare(wasm).expect("a module");
    median("prepare from memory", 50, |_| drop(engine.prepare(wasm).expect("a module")));

    let mut memory = CanisterMemory::default();
    let mut sandbox = Sandbox::install(&engine, module.clone()).expect("installed");
    run(&mut sandbox, &Entry::Start, vec![]);
    run(&mut sandbox, &Entry::Init, Encode!().expect("encoded"));
    sandbox.commit(&mut memory).expect("committed");
    let update = Entry::Update("rsvp".into());
    let arg = |guest: usize| {
        let (name, email) = (format!("Guest number {guest}"), format!("guest{guest}@example.com"));
        Encode!(&name, &email, &true).expect("encoded")
    };
    for guest in 0..1000 {
        run(&mut sandbox, &update, arg(guest));
        sandbox.commit(&mut memory).expect("committed");
    }
    let args: Vec<_> = (0..1000).map(arg).collect();
    let execution = run(&mut sandbox, &update, args[0].clone());
    println!("instructions of an update: {}", execution.instructions);
    sandbox.commit(&mut memory).expect("committed");
    median("update, run only", 3000, |round| drop(run(&mut sandbox, &update, args[round % 1000].clone())));
    sandbox.commit(&mut memory).expect("committed");
    median("update and commit", 10_000, |round| {
        run(&mut sandbox, &update, args[round % 1000].clone());
        sandbox.commit(&mut memory).expect("committed");
    });
    median("update and roll back", 3000, |round| {
        run(&mut sandbox, &update, args[round % 1000].clone());
        sandbox.roll_back(&memory).expect("rolled back");
    });
    for (name, query) in [("query of a number and roll back", "count"), ("query of 1000 records and roll back", "list")]
    {
        median(name, 1000, |_| {
            run(&mut sandbox, &Entry::Query(query.into()), Encode!().expect("encoded"));
            sandbox.roll_back(&memory).expect("rolled back");
        });
    }
    println!("memory: {} KiB, of it committed pages {}", memory.heap.bytes() >> 10, memory.heap.hot_len());
    median("wake (map, copy hot pages, instantiate)", 200, |_| {
        drop(Sandbox::open(&engine, module.clone(), &memory).expect("woken"));
    });
    median("upgrade to the same module, keeping memory", 200, |_| {
        run(&mut sandbox, &Entry::PreUpgrade, vec![]);
        sandbox.replace_module(module.clone(), true).expect("replaced");
        run(&mut sandbox, &Entry::Start, vec![]);
        run(&mut sandbox, &Entry::PostUpgrade, Encode!().expect("encoded"));
        sandbox.commit(&mut memory).expect("committed");
    });
    let _ = std::fs::remove_dir_all(folder);
}

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: measure GUESTS.wasm");
        std::process::exit(2);
    };
    let wasm = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    measure(&wasm);
}

//! The same random programs under every tracker: what they commit, and what is left after they were undone, must not
//! depend on how written pages are found.

use std::{sync::Arc, thread};

use embedder::{Engine, MemoryDelta, Module, WASM_PAGE_BYTES};

use crate::support::{Canister, all_ways, engine_with, prepare, query, update};

/// Runs its argument: records of kind, address, length and value, 32 bits each.
const INTERPRETER: &str = r#"(module
    (import "ic0" "msg_arg_data_size" (func $arg_size (result PTR)))
    (import "ic0" "msg_arg_data_copy" (func $arg_copy (param PTR PTR PTR)))
    (import "ic0" "msg_reply" (func $reply))
    (memory MEMORY 4) (data (PTR.const 70000) "what the module brings along")
    (global $runs (mut i32) (i32.const 0))
    (func $ptr (param i32) (result PTR) (WIDEN (local.get 0)))
    (func $int (param PTR) (result i32) (NARROW (local.get 0)))
    (func $one (param $kind i32) (param $at PTR) (param $length PTR) (param $value i32)
        (block $out (block $trap (block $host (block $grow (block $copy (block $fill (block $v128 (block $i64
        (block $i32 (block $i16 (block $i8
            (br_table $i8 $i16 $i32 $i64 $v128 $fill $copy $grow $host $trap $out (local.get $kind)))
            (i32.store8 (local.get $at) (local.get $value)) (return))
            (i32.store16 (local.get $at) (local.get $value)) (return))
            (i32.store (local.get $at) (local.get $value)) (return))
            (i64.store (local.get $at) (i64.extend_i32_u (local.get $value))) (return))
            (v128.store (local.get $at) (i32x4.splat (local.get $value))) (return))
            (memory.fill (local.get $at) (local.get $value) (local.get $length)) (return))
            (memory.copy (local.get $at) (call $ptr (local.get $value)) (local.get $length)) (return))
            (drop (memory.grow (local.get $length))) (return))
            (call $arg_copy (local.get $at) (PTR.const 0) (local.get $length)) (return))
            unreachable)
        (i32.store (PTR.mul (memory.size) (PTR.const 65536)) (i32.const 1)))
    (func $run (local $at i32) (local $end i32)
        (call $arg_copy (PTR.const 64) (PTR.const 0) (call $arg_size))
        (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
        (local.set $at (i32.const 64))
        (local.set $end (i32.add (i32.const 64) (call $int (call $arg_size))))
        (loop $next
            (if (i32.lt_u (local.get $at) (local.get $end)) (then
                (call $one (i32.load (call $ptr (local.get $at)))
                    (call $ptr (i32.load offset=4 (call $ptr (local.get $at))))
                    (call $ptr (i32.load offset=8 (call $ptr (local.get $at))))
                    (i32.load offset=12 (call $ptr (local.get $at))))
                (local.set $at (i32.add (local.get $at) (i32.const 16)))
                (br $next))))
        (call $reply))
    (func (export "canister_update run") (call $run))
    (func (export "canister_query look") (call $run)))"#;

const GROW: u32 = 7;
const TRAPS: [u32; 2] = [9, 10];
/// Programs lie below this address, so that they don't overwrite themselves.
const PROGRAM_END: u64 = 4096;
const HEAP_LIMIT: u64 = 24 * WASM_PAGE_BYTES;

fn interpreter(engine: &Engine, memory64: bool) -> Arc<Module> {
    let (ptr, memory, widen, narrow) = match memory64 {
        true => ("i64", "i64", "i64.extend_i32_u", "i32.wrap_i64"),
        false => ("i32", "", "i32.add (i32.const 0)", "i32.add (i32.const 0)"),
    };
    let text = INTERPRETER.replace("PTR", ptr).replace("MEMORY", memory);
    prepare(engine, &text.replace("WIDEN", widen).replace("NARROW", narrow))
}

/// A small generator with a seed that a failure can name.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    /// An address with room for `length` bytes behind it, as often as not at the edge of a page.
    fn address(&mut self, bytes: u64, length: u64) -> u64 {
        let anywhere = PROGRAM_END + self.next(bytes - PROGRAM_END - length);
        let edge = (anywhere / 4096 * 4096 + self.next(18)).saturating_sub(9);
        let at = if self.next(2) == 0 { edge } else { anywhere };
        at.clamp(PROGRAM_END, bytes - length)
    }
}

/// Some writes within so many bytes, one growth perhaps, a trap at the end if there is to be one.
fn program(random: &mut Seeded, bytes: u64, trap: bool) -> Vec<u8> {
    let mut records = Vec::new();
    for _ in 0..random.next(40) {
        let kind = random.next(9) as u32;
        let length = match kind {
            0..5 => [1, 2, 4, 8, 16][kind as usize],
            GROW => 1 + random.next(3),
            // The argument is at least as long as what comes before the record.
            8 => 16 * records.len() as u64,
            _ if random.next(8) == 0 => random.next(100_000),
            _ => random.next(300),
        };
        let at = random.address(bytes, length.max(16));
        let value = if kind == 6 { random.address(bytes, length) } else { random.next(1 << 32) };
        if kind != GROW || random.next(4) == 0 {
            records.push([kind, at as u32, length as u32, value as u32]);
        }
    }
    if trap {
        records.push([TRAPS[random.next(2) as usize], 0, 0, 0]);
    }
    records.iter().flatten().flat_map(|word| word.to_le_bytes()).collect()
}

/// A canister's life of so many steps; gives all that it committed.
fn live(engine: &Engine, module: &Arc<Module>, seed: u64, steps: u64) -> Vec<MemoryDelta> {
    let mut random = Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut canister = Canister::install(engine.clone(), module.clone());
    canister.limits.heap_bytes = HEAP_LIMIT;
    let mut committed = Vec::new();
    for step in 0..steps {
        let kind = random.next(10);
        let bytes = canister.sandbox.heap().bytes();
        canister.input.arg = program(&mut random, bytes, kind == 1).into();
        match kind {
            0 => drop(canister.run(&query("look"))),
            1 => drop(canister.trap(&update("run"))),
            2 => canister.reopen(),
            3 | 4 => {
                let keep = kind == 3;
                canister.sandbox.replace_module(module.clone(), keep).expect("replaced");
                canister.input.arg = program(&mut random, 4 * WASM_PAGE_BYTES, false).into();
                drop(canister.run(&update("run")));
                match random.next(2) {
                    0 => canister.sandbox.restore(module.clone(), &canister.memory).expect("restored"),
                    _ => committed.push(canister.commit()),
                }
            }
            _ => {
                if canister.run(&update("run")).outcome.is_ok() {
                    committed.push(canister.commit());
                }
            }
        }
        canister.roll_back();
        canister.assert_committed(&format!("seed {seed} step {step} kind {kind}"));
    }
    committed
}

fn agree(seeds: std::ops::Range<u64>) {
    let engines = all_ways().into_iter().map(|way| (way, engine_with(way)));
    let engines: Vec<_> =
        engines.map(|(way, engine)| (way, [false, true].map(|wide| interpreter(&engine, wide)), engine)).collect();
    for seed in seeds {
        let lives: Vec<_> = thread::scope(|scope| {
            let live = |(_, modules, engine): &(_, [Arc<Module>; 2], Engine)| {
                let module = modules[seed as usize % 2].clone();
                let engine = engine.clone();
                scope.spawn(move || live(&engine, &module, seed, 25))
            };
            let running: Vec<_> = engines.iter().map(live).collect();
            running.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        for (found, (way, ..)) in lives.iter().zip(&engines) {
            assert!(*found == lives[0], "seed {seed}: {way:?} commits other changes than a comparison of all pages");
        }
    }
}

#[test]
fn programs_commit_the_same_under_every_tracker() {
    agree(1..13);
}

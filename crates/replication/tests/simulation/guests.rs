//! Small modules for the simulated apps. They keep one sum in four places, so that a page, a global or a stable byte
//! that goes its own way shows.

/// Bytes of [`Sums`] as the module replies them.
pub(crate) const REPLY_BYTES: usize = 48;
/// Where the sum stands in the main memory.
pub(crate) const TOTAL_AT: u64 = 1024;
/// Where the page sums begin; each stands on a page of its own.
pub(crate) const PAGES_AT: u64 = 8192;
/// How many there are.
pub(crate) const PAGES: u64 = 12;

const COUNTER: &str = r#"(module
  (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "stable64_grow" (func $stable_grow (param i64) (result i64)))
  (import "ic0" "stable64_read" (func $stable_read (param i64 i64 i64)))
  (import "ic0" "stable64_write" (func $stable_write (param i64 i64 i64)))
  (import "ic0" "call_new" (func $call_new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_data_append" (func $call_data (param i32 i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "global_timer_set" (func $timer (param i64) (result i64)))
  (import "ic0" "time" (func $time (result i64)))
  (import "ic0" "certified_data_set" (func $certify (param i32 i32)))
  (table funcref (elem $on_reply $on_reject))
  (memory 2)
  (global $sum (mut i64) (i64.const 0))
  (data (i32.const 512) "add")
  (data (i32.const 520) "add_trap")
  (data (i32.const 600) "{VERSION}")
  (func $take (call $arg_copy (i32.const 0) (i32.const 0) (call $arg_size)))
  (func $plus (param $at i32) (param $n i64)
    (i64.store (local.get $at) (i64.add (i64.load (local.get $at)) (local.get $n))))
  (func $bump (param $n i64)
    (call $plus (i32.const 1024) (local.get $n))
    (call $plus
      (i32.add (i32.const 8192)
        (i32.mul (i32.const 4096) (i32.wrap_i64 (i64.rem_u (local.get $n) (i64.const 12)))))
      (local.get $n))
    (global.set $sum (i64.add (global.get $sum) (local.get $n)))
    (call $stable_read (i64.const 32) (i64.const 0) (i64.const 8))
    (call $plus (i32.const 32) (local.get $n))
    (call $stable_write (i64.const 0) (i64.const 32) (i64.const 8)))
  (func $report
    (i64.store (i32.const 48) (global.get $sum))
    (call $stable_read (i64.const 56) (i64.const 0) (i64.const 8))
    (i64.store (i32.const 64) (i64.extend_i32_u (memory.size)))
    (call $append (i32.const 1024) (i32.const 24))
    (call $append (i32.const 48) (i32.const 24))
    (call $reply))
  (func $call (param $name i32) (param $length i32)
    (call $take)
    (call $call_new (i32.const 8) (i32.const 10) (local.get $name) (local.get $length)
      (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $call_data (i32.const 0) (i32.const 8))
    (drop (call $perform)))
  (func $on_reply (param i32) (call $plus (i32.const 1040) (i64.const 1)) (call $report))
  (func $on_reject (param i32) (call $plus (i32.const 1040) (i64.const 1)) (call $report))
  (func (export "canister_init") (drop (call $stable_grow (i64.const 1))))
  (func (export "canister_update add")
    (call $take) (call $bump (i64.load (i32.const 0))) (call $certify (i32.const 1024) (i32.const 8)) (call $report))
  (func (export "canister_update add_trap")
    (call $take) (call $bump (i64.load (i32.const 0))) (unreachable))
  (func $slowly (local $i i32)
    (loop $on
      (call $plus (i32.const 80) (i64.const 1))
      (br_if $on (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8000))))
    (i64.store (i32.const 80) (i64.const 0)))
  (func (export "canister_update add_slowly")
    (call $take) (call $bump (i64.load (i32.const 0))) (call $slowly) (call $report))
  (func (export "canister_update add_slowly_trap")
    (call $take) (call $bump (i64.load (i32.const 0))) (call $slowly) (unreachable))
  (func (export "canister_update grow")
    (local $at i32)
    (local.set $at (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
    ;; A new page reads as zeroes, whatever an undone message left there.
    (i64.store (i32.const 72) (i64.load (local.get $at)))
    (i64.store (local.get $at) (i64.const 5))
    (call $append (i32.const 72) (i32.const 8)) (call $reply))
  (func (export "canister_update grow_trap")
    (i64.store (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)) (i64.const 77))
    (drop (call $stable_grow (i64.const 1)))
    (call $bump (i64.const 13)) (unreachable))
  (func (export "canister_update call") (call $call (i32.const 512) (i32.const 3)))
  (func (export "canister_update call_trap") (call $call (i32.const 520) (i32.const 8)))
  (func (export "canister_update wait") (call $take)
    (drop (call $timer (i64.add (call $time) (i64.load (i32.const 0))))) (call $report))
  (func (export "canister_global_timer") (call $plus (i32.const 1032) (i64.const 1)))
  (func (export "canister_query read") (call $report))
  (func (export "canister_query write") (call $report) (call $bump (i64.const 1000003))))"#;

/// The module of a version; versions differ in a data segment.
pub(crate) fn counter(version: u64) -> Vec<u8> {
    wat::parse_str(COUNTER.replace("{VERSION}", &format!("version {version}"))).expect("the module's text")
}

/// What the module says about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) heap: u64,
    pub(crate) ticks: u64,
    pub(crate) calls: u64,
    pub(crate) global: u64,
    pub(crate) stable: u64,
    pub(crate) pages: u64,
}

impl Sums {
    /// From a reply.
    pub(crate) fn read(bytes: &[u8]) -> Option<Sums> {
        if bytes.len() != REPLY_BYTES {
            return None;
        }
        let at = |index: usize| bytes[index * 8..][..8].try_into().map_or(0, u64::from_le_bytes);
        Some(Sums { heap: at(0), ticks: at(1), calls: at(2), global: at(3), stable: at(4), pages: at(5) })
    }
}

//! Fuzzes `fuzzing::tree`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::tree(data));

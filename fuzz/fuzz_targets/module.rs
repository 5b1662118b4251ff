//! Fuzzes `fuzzing::module`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::module(data));

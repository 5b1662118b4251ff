//! Fuzzes `fuzzing::grown_module`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::grown_module(data));

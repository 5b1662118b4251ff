//! Fuzzes `fuzzing::stable_types`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::stable_types(data));

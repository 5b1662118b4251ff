//! Fuzzes `fuzzing::checks`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::checks(data));

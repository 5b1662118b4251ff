//! Fuzzes `fuzzing::authentication`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::authentication(data));

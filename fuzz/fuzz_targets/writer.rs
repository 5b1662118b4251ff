//! Fuzzes `fuzzing::writer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::writer(data));

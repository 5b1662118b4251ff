//! Fuzzes `fuzzing::certificate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::certificate(data));

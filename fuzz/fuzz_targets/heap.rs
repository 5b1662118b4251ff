//! Fuzzes `fuzzing::heap`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::heap(data));

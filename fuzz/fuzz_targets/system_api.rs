//! Fuzzes `fuzzing::system_api`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::system_api(data));

//! Motoko modules for the tests, compiled by the real compiler.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The compiled test app.
pub(crate) fn guests_wasm() -> &'static [u8] {
    static WASM: OnceLock<Vec<u8>> = OnceLock::new();
    WASM.get_or_init(|| compile("guests.mo"))
}

/// Compiles a source of these tests with the real compiler, from the toolchain's installed packages.
pub(crate) fn compile(source: &str) -> Vec<u8> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = here.join("tests/it").join(source);
    let modules = std::env::var_os("AUTOGRAPH_WORKER").map_or_else(|| here.join("../toolchain/worker"), PathBuf::from);
    let out = tempfile::NamedTempFile::new().expect("a temporary file");
    let status = Command::new("node")
        .arg(here.join("tests/compile.mjs"))
        .args([modules.as_path(), &source, out.path()])
        .status()
        .expect("node runs");
    assert!(status.success(), "the toolchain's packages are installed by `make toolchain`");
    std::fs::read(out.path()).expect("the module")
}

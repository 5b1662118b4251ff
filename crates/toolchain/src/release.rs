//! What a build hands on: the module, its interface, its memory's types, and the files for the browser.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::chain::Compacted;
use crate::diagnostic::Diagnostic;

/// A compiled app. Its `Debug` form tells sizes, not contents.
#[derive(Clone, PartialEq, Eq)]
pub struct Release {
    /// The backend's module. It carries `candid:service`, `candid:args` and `motoko:stable-types` in public.
    pub wasm: Vec<u8>,
    /// The backend's interface in Candid.
    pub candid: String,
    /// The types of the stable variables (`.most`).
    pub stable_types: String,
    /// Absolute address such as `/index.html` -> what is served there.
    pub assets: BTreeMap<String, Asset>,
    /// What of a migration chain was left out; the sources keep it.
    pub compacted: Option<Compacted>,
    /// What the compilers remarked.
    pub warnings: Vec<Diagnostic>,
    /// [`SourceTree::hash`](crate::SourceTree::hash) of what it was built from.
    pub source_hash: [u8; 32],
    /// How long it took.
    pub timings: Timings,
}

/// A file for the browser. Its `Debug` form tells the size, not the content.
#[derive(Clone, PartialEq, Eq)]
pub struct Asset {
    /// For the header of that name.
    pub content_type: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Asset {
    /// A file whose content type follows from its address.
    pub fn at(path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { content_type: content_type(path).to_owned(), bytes: bytes.into() }
    }
}

impl std::fmt::Debug for Asset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes of {}", self.bytes.len(), self.content_type)
    }
}

impl std::fmt::Debug for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Release")
            .field("wasm_bytes", &self.wasm.len())
            .field("candid", &self.candid)
            .field("assets", &self.assets)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// Wall-clock times of a build; backend and pages are made at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// The Motoko compiler.
    pub backend: Duration,
    /// Bundler and style sheets.
    pub pages: Duration,
    /// Everything.
    pub total: Duration,
}

/// The content type of a file by the ending of its name.
pub fn content_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" | "htm" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json",
        "txt" | "md" | "did" | "ts" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::content_type;

    #[test]
    fn the_ending_of_the_name_decides() {
        assert_eq!(content_type("/a.b/c.svg"), "image/svg+xml");
        assert_eq!(content_type("/a.svg/c"), "application/octet-stream");
    }
}

//! A source tree -> a release: Motoko, Candid, bindings, pages.
//!
//! [`Toolchain`] keeps warm workers, one for the backend and one for the pages, and lets both work on a build at
//! once; a third one helps with backends that use the core library without importing it, and a fourth with those
//! that have a migration chain. Invariant: what
//! strangers wrote is compiled in a process without network, secrets or home, started through [`jail_main`];
//! nothing of one tree is left for the next; and a worker that takes too long, too much or breaks is replaced
//! before the next build.

mod bindings;
mod chain;
mod default_page;
mod diagnostic;
mod error;
mod jail;
mod manifest;
mod module_size;
mod pipeline;
mod release;
mod source;
mod worker;

pub use bindings::{Bindings, bindings};
pub use chain::{CHAIN, Compacted, LiveChain};
pub use diagnostic::{Diagnostic, Severity};
pub use error::{BuildError, Limit, StartError};
pub use jail::jail_main;
pub use manifest::{AppManifest, ManifestRole, Setting};
pub use pipeline::{Stage, Toolchain};
pub use release::{Asset, Release, Timings, content_type};
pub use source::{BACKEND_MAIN, SourceError, SourceTree};
pub use worker::{Limits, ToolchainConfig};

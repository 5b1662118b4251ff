//! Compiling a tree with a migration chain: whole, or without what already ran once the module would grow too large.
//!
//! Invariant: what is left out follows from the tree and from what ran on the live app alone, so the same proposal
//! on the same version is compiled from the same files.

use serde_json::json;

use super::{Compiled, Files, Toolchain, compile_by, decode};
use crate::chain::{Chain, Compacted, LiveChain};
use crate::error::{BuildError, Limit};
use crate::module_size::fullest;
use crate::source::BACKEND_MAIN;

/// A module that fills more than this part of one of its limits, in percent, is compiled without what already ran:
/// so there is room for the next version to be larger.
const FULL_PERCENT: usize = 50;
/// "With --enhanced-migration, this stable declaration cannot have an initializer."
const INITIALISED: &str = "M0250";
/// "Initial actor requires field": what a shortened chain takes from the live app's data.
const TAKEN_OVER: &str = "M0254";

impl Toolchain {
    /// A folder whose name alone speaks for a chain may hold helpers of a program that has none.
    pub(super) async fn compile_chain(
        &self,
        files: &Files<'_>,
        chain: &Chain,
        live: &LiveChain,
    ) -> Result<Compiled, BuildError> {
        let chained = self.compile_steps(files, chain, live).await;
        let is_chain = chain.named || !live.ran.is_empty() || !speaks_against_a_chain(&chained);
        if is_chain {
            return chained;
        }
        let plain = self.compile_plain(files).await?;
        if plain.wasm.is_some() { Ok(plain) } else { chained }
    }

    async fn compile_steps(&self, files: &Files<'_>, chain: &Chain, live: &LiveChain) -> Result<Compiled, BuildError> {
        let objections = [chain.odd_names(), chain.objections(live)].concat();
        if !objections.is_empty() {
            return Err(BuildError::Diagnostics(objections));
        }
        let Some(compacted) = chain.compacted(live) else {
            return self.fitting(self.ask_chained(files, chain).await, chain, live);
        };
        let is_long = chain.len() > self.config.limits.chain_steps;
        let whole = if is_long { None } else { Some(self.ask_chained(files, chain).await) };
        match whole {
            Some(whole) if !self.is_full(&whole) => return whole,
            _ => {}
        }
        let short = self.ask_compacted(files, chain, compacted).await;
        if !is_faulty(&short) {
            return self.fitting(short, chain, live);
        }
        // Something needs a file that was left out, or the program is wrong: the whole tells.
        self.fitting(self.ask_chained(files, chain).await, chain, live)
    }

    async fn ask_chained(&self, files: &Files<'_>, chain: &Chain) -> Result<Compiled, BuildError> {
        let limit = self.config.limits.wasm_bytes;
        let request = json!({ "files": files, "main": BACKEND_MAIN, "chain": chain.folder, "wasmLimit": limit });
        compile_by(&self.chained, &self.chained_implicit, request).await
    }

    async fn ask_compacted(
        &self,
        files: &Files<'_>,
        chain: &Chain,
        compacted: Compacted,
    ) -> Result<Compiled, BuildError> {
        let needed = files.iter().filter(|(path, _)| !chain.leaves_out(&compacted, path));
        let needed = needed.map(|(path, text)| (*path, *text)).collect();
        let mut compiled = self.ask_chained(&needed, chain).await?;
        compiled.diagnostics.retain(|one| one.is_error(None) || !one.has_code(TAKEN_OVER));
        compiled.compacted = Some(compacted);
        Ok(compiled)
    }

    /// Whether it is worth the while to leave something out.
    fn is_full(&self, whole: &Result<Compiled, BuildError>) -> bool {
        match whole {
            Ok(compiled) => self.exceeds(compiled, FULL_PERCENT).is_some(),
            Err(error) => matches!(error, BuildError::Limit { .. }),
        }
    }

    /// The limit of which the module fills more than this part, if there is one: what it has, in words, and the most.
    fn exceeds(&self, compiled: &Compiled, percent: usize) -> Option<String> {
        let wasm = decode(compiled.wasm.as_deref()?).ok()?;
        let fullest = fullest(&wasm, &self.config.limits);
        fullest.exceeds(percent).then(|| format!("{} {}; {}", fullest.found, fullest.what, fullest.most))
    }

    /// What can't be installed is no module, and the next step depends on the chain.
    fn fitting(
        &self,
        result: Result<Compiled, BuildError>,
        chain: &Chain,
        live: &LiveChain,
    ) -> Result<Compiled, BuildError> {
        let excess = match &result {
            Ok(compiled) => self.exceeds(compiled, 100),
            Err(BuildError::Limit { limit: Limit::Wasm, .. }) => {
                let most = self.config.limits.wasm_bytes;
                Some(format!("more than {most} bytes; {most}"))
            }
            Err(_) => None,
        };
        match excess {
            None => result,
            Some(excess) => Err(BuildError::Limit { limit: Limit::Wasm, message: too_large(&excess, chain, live) }),
        }
    }
}

fn too_large(excess: &str, chain: &Chain, live: &LiveChain) -> String {
    let new = chain.pending(live);
    let next = match (live.ran.is_empty(), new) {
        (true, _) => format!(
            "none of the {new} files of its migration chain ran yet, so all are needed; let one file that starts from \
             nothing make what the first ones make together"
        ),
        (false, 0 | 1) => {
            "what its migration chain did before is left out already; leave out what is not needed".into()
        }
        (false, new) => format!("its migration chain has {new} new files; deploy fewer of them at a time"),
    };
    format!("the module has {excess} can be installed; {next}")
}

fn is_faulty(short: &Result<Compiled, BuildError>) -> bool {
    short.as_ref().is_ok_and(|compiled| compiled.wasm.is_none())
}

/// Programs without a chain initialise their variables and name their files as they like.
fn speaks_against_a_chain(result: &Result<Compiled, BuildError>) -> bool {
    match result {
        Ok(compiled) => compiled.diagnostics.iter().any(|one| one.is_error(Some(INITIALISED))),
        Err(error) => matches!(error, BuildError::Diagnostics(_)),
    }
}

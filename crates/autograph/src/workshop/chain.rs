//! Migration chains: what ran on a live app, for the toolchain, and what it says about a chain, for the verdict.

use execution::registry::App;
use gate::Finding;
use toolchain::{CHAIN, Compacted, Diagnostic, LiveChain};

use super::{Workshop, answer::Problem};

impl Workshop {
    /// What ran so far, by the live module; nothing for an app without a version.
    pub(super) async fn live_chain(&self, app: Option<&App>) -> Result<LiveChain, Problem> {
        let Some(app) = app.filter(|app| app.version > 0) else { return Ok(LiveChain::default()) };
        let ran = gate::migrations(&self.live_types(app).await?.stable);
        let tree = if ran.is_empty() { None } else { self.live_tree(app).await? };
        Ok(LiveChain { ran, tree })
    }
}

/// What a compiler objected to, as a finding.
pub(super) fn objection(diagnostic: &Diagnostic) -> Finding {
    let Diagnostic { file, line, code, message, source, .. } = diagnostic;
    match code.as_str() {
        CHAIN => gate::chain_broken(file, message),
        _ => gate::build_finding(file, *line, code, message, source.as_deref()),
    }
}

pub(super) fn told(compacted: &Compacted) -> Finding {
    gate::chain_compacted(compacted.left_out, compacted.of, &compacted.from)
}

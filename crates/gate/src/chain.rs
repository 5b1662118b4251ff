//! What is said about migration chains: what ran, what was left out, and where a chain does not go on.

use crate::{
    most::Signature,
    verdict::{Effect, Finding},
    words,
};

/// The names of the migrations in a module with these stable types (`.most`), in order. All of them ran where the
/// module runs. None where the types can't be read: then nothing is known to have run.
#[must_use]
pub fn migrations(stable_types: &str) -> Vec<String> {
    let signature = Signature::parse(stable_types).unwrap_or_default();
    signature.steps.into_iter().map(|(name, _)| name).collect()
}

/// A file of a chain that does not go on from what ran on the live app. `reason` follows the file's name.
#[must_use]
pub fn chain_broken(file: &str, reason: &str) -> Finding {
    let reason = words::shortened(reason.trim().trim_end_matches('.'), 2_000);
    Finding::new("chain_broken", file, Effect::Refuses, format!("`{file}` {reason}."))
}

/// So many files of a chain of `of` were left out of the module, since they already ran; it begins with `from`.
#[must_use]
pub fn chain_compacted(left_out: usize, of: usize, from: &str) -> Finding {
    let message = format!(
        "The migration chain has grown long: {left_out} of its {of} files already ran on this app and were left out of \
         the module, which begins with “{from}”. The source keeps all of them, for apps that start anew."
    );
    Finding { count: Some(left_out as u64), ..Finding::new("chain_compacted", "migrations", Effect::Informs, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_types() {
        let types = "// Version: 4.0.0\n{\n  \"1_a\" : {} -> {var a : Nat};\n  \"2_b\" :\n    (old : {var a : Nat}) -> {var a : Int}\n}\nactor  {\n  stable var a : Int\n};\n";
        assert_eq!(migrations(types), ["1_a", "2_b"]);
        assert!(migrations("// Version: 1.0.0\nactor {\n};\n").is_empty());
        assert!(migrations("no types").is_empty());
    }

    #[test]
    fn what_is_left_out_only_informs() {
        let told = chain_compacted(11, 12, "12_l");
        assert_eq!(told.effect, Effect::Informs);
        assert!(told.message.contains("11 of its 12 files"), "{}", told.message);
        assert_eq!(chain_broken("m/1.mo", "already ran.").message, "`m/1.mo` already ran.");
    }
}

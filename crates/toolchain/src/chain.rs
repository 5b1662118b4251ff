//! Migration chains: a folder of `*.mo` files, run in the order of their names, each once in an app's life.
//!
//! The compiler takes every file of the folder into the module (`--enhanced-migration`), and the run-time system
//! remembers in the data how far it came. So what ran on the live app need not be in the next module; only a first
//! version needs all of it. Invariant: what is left out is the beginning of the chain before the newest file that
//! ran, which stays, since the compiler wants one.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::source::{BACKEND_MAIN, SourceTree};

/// The code of a [`Diagnostic`] about a chain that does not go on where the live app's stands.
pub const CHAIN: &str = "migration chain";

const FOLDER: &str = "backend/migrations";
/// Where a chain's folder may be named, in the order in which it is looked up.
const MANIFESTS: [&str; 2] = ["mops.toml", "backend/mops.toml"];
const MAX_MANIFEST: usize = 64 << 10;
const MAX_NAME: usize = 100;
/// How many files are complained about one by one.
const MAX_COMPLAINTS: usize = 10;

/// What is known of the live app's migrations.
#[derive(Clone, Debug, Default)]
pub struct LiveChain {
    /// Names (no folder, no ending) in the live module, in order; all of them ran.
    pub ran: Vec<String>,
    /// The live version's sources, where they are kept.
    pub tree: Option<SourceTree>,
}

/// What was left out of a module because it already ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// How many files.
    pub left_out: usize,
    /// How many the tree has.
    pub of: usize,
    /// The name of the first that was compiled, the newest that ran.
    pub from: String,
}

/// The chain of a tree.
pub(crate) struct Chain {
    pub(crate) folder: String,
    /// Named by `mops.toml`; otherwise the folder's name alone speaks for it.
    pub(crate) named: bool,
    /// Name -> text, in the order in which they run.
    steps: BTreeMap<String, String>,
}

impl Chain {
    /// The tree's chain, if it has one.
    pub(crate) fn of(tree: &SourceTree) -> Option<Self> {
        let named = MANIFESTS.iter().find_map(|manifest| named_folder(tree, manifest));
        let is_named = named.is_some();
        let folder = named.unwrap_or_else(|| FOLDER.to_owned());
        let steps = steps(tree, &folder);
        (!steps.is_empty()).then_some(Self { folder, named: is_named, steps })
    }

    /// Files whose names leave open when they run.
    pub(crate) fn odd_names(&self) -> Vec<Diagnostic> {
        self.steps.keys().filter(|name| !is_plain(name)).take(MAX_COMPLAINTS).map(|name| self.odd_name(name)).collect()
    }

    /// How many files it has.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Where it does not go on from what ran on the live app.
    pub(crate) fn objections(&self, live: &LiveChain) -> Vec<Diagnostic> {
        let Some(last) = live.ran.last() else { return Vec::new() };
        if !self.steps.contains_key(last) {
            return vec![self.gone(last)];
        }
        let kept = live.tree.as_ref().and_then(Self::of);
        let ran = self.steps.range(..=last.clone());
        let objections = ran.filter_map(|(name, text)| match kept.as_ref().map(|kept| kept.steps.get(name)) {
            Some(Some(before)) if before == text => None,
            Some(Some(_)) => Some(self.altered(name, last)),
            Some(None) => Some(self.late(name, last)),
            // Without the live sources only the names in the module are known; it may have left out earlier ones.
            None if live.ran.contains(name) || live.ran.first() > Some(name) => None,
            None => Some(self.late(name, last)),
        });
        objections.take(MAX_COMPLAINTS).collect()
    }

    /// What could be left out for an app on which this ran.
    pub(crate) fn compacted(&self, live: &LiveChain) -> Option<Compacted> {
        let last = live.ran.last().filter(|last| self.steps.contains_key(*last))?;
        let left_out = self.steps.range(..last.clone()).count();
        (left_out > 0).then(|| Compacted { left_out, of: self.len(), from: last.clone() })
    }

    /// How many files have not run yet.
    pub(crate) fn pending(&self, live: &LiveChain) -> usize {
        live.ran.last().map_or(self.len(), |last| self.steps.keys().filter(|name| *name > last).count())
    }

    /// Whether a file of the tree is left out then.
    pub(crate) fn leaves_out(&self, compacted: &Compacted, path: &str) -> bool {
        step_name(&self.folder, path)
            .is_some_and(|name| name < compacted.from.as_str() && self.steps.contains_key(name))
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}.mo", self.folder)
    }

    fn objection(&self, name: &str, message: String) -> Diagnostic {
        Diagnostic::error(&self.path(name), 0, CHAIN, message)
    }

    fn odd_name(&self, name: &str) -> Diagnostic {
        let words = format!(
            "needs a name of ASCII letters, digits and `_`, at most {MAX_NAME}, since migrations run in the order of \
             their names; such as `20260131_120000_AddColour.mo`"
        );
        self.objection(name, words)
    }

    fn gone(&self, name: &str) -> Diagnostic {
        let words = "is the newest migration that ran on this app, and the chain goes on from it; \
                     put it back under its name, and write what is new in a file whose name sorts after it";
        self.objection(name, words.to_owned())
    }

    fn altered(&self, name: &str, last: &str) -> Diagnostic {
        self.objection(
            name,
            format!(
                "already ran on this app and won't run again, so what it says now would never happen; \
                 put it back as it was, and write the change in a new file whose name sorts after `{last}.mo`"
            ),
        )
    }

    fn late(&self, name: &str, last: &str) -> Diagnostic {
        self.objection(
            name,
            format!(
                "sorts before `{last}.mo`, which already ran on this app, so it would never run; \
                 give it a name that sorts after"
            ),
        )
    }
}

/// A tree without a chain for an app that has one: the run-time system refuses such an upgrade, for good.
pub(crate) fn no_chain(live: &LiveChain) -> Diagnostic {
    let last = live.ran.last().map_or("", String::as_str);
    let message = format!(
        "misses the migration chain, by which this app's data came about and which can't be left again; put its \
         folder back, with `{last}.mo` at least"
    );
    Diagnostic::error(BACKEND_MAIN, 0, CHAIN, message)
}

/// The files directly in the folder that can be migrations, by name. One that never says `migration` exports no
/// function of that name: it helps others and is no step.
fn steps(tree: &SourceTree, folder: &str) -> BTreeMap<String, String> {
    let start = format!("{folder}/");
    let within = tree.0.range(start.clone()..).take_while(|(path, _)| path.starts_with(&start));
    within
        .filter_map(|(path, _)| Some((step_name(folder, path)?, tree.text(path)?)))
        .filter(|(_, text)| text.contains("migration"))
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

fn step_name<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let name = path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".mo")?;
    (!name.contains('/')).then_some(name)
}

/// The order of such names is the same with and without their ending, here and in the compiler.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (1..=MAX_NAME).contains(&name.len()) && name.chars().all(plain)
}

/// What `mops.toml` names: `[canisters.NAME.migrations] chain`, or an argument for the compiler. A folder that holds
/// no migrations in this tree counts as none.
fn named_folder(tree: &SourceTree, manifest: &str) -> Option<String> {
    let text = tree.text(manifest).filter(|text| text.len() <= MAX_MANIFEST)?;
    let table: toml::Table = toml::from_str(text).ok()?;
    let beside = manifest.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folders = folders_of(&table).into_iter().map(|folder| normal(beside, folder));
    folders.into_iter().flatten().find(|folder| !steps(tree, folder).is_empty())
}

fn folders_of(table: &toml::Table) -> Vec<&str> {
    let canisters = || table.get("canisters").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values);
    let chains = canisters().filter_map(|one| one.get("migrations")?.get("chain")?.as_str());
    let all = table.get("moc").into_iter().chain(canisters());
    let arguments = all.filter_map(|one| one.get("args")?.as_array()).filter_map(|arguments| flagged(arguments));
    chains.chain(arguments).collect()
}

/// The folder behind `--enhanced-migration`, in the same argument or in the next.
fn flagged(arguments: &[toml::Value]) -> Option<&str> {
    let mut words = arguments.iter().filter_map(toml::Value::as_str).flat_map(str::split_whitespace);
    let found = words.find_map(|word| word.strip_prefix("--enhanced-migration"))?;
    if found.is_empty() { words.next() } else { found.strip_prefix('=') }
}

/// The folder as a path of the tree; none if it leads out of it.
fn normal(beside: &str, folder: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in beside.split('/').chain(folder.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: &str = "module { public func migration(_ : {}) : {} { {} } }";

    fn tree(files: &[(&str, &str)]) -> SourceTree {
        let mut tree = SourceTree::default();
        files.iter().for_each(|(path, text)| tree.insert(*path, *text));
        tree
    }

    fn chain(files: &[(&str, &str)]) -> Chain {
        Chain::of(&tree(files)).expect("a chain")
    }

    fn live(ran: &[&str], files: &[(&str, &str)]) -> LiveChain {
        LiveChain { ran: ran.iter().map(|&name| name.to_owned()).collect(), tree: Some(tree(files)) }
    }

    const ONE: &str = "backend/migrations/1_a.mo";
    const TWO: &str = "backend/migrations/2_b.mo";
    const THREE: &str = "backend/migrations/3_c.mo";

    #[test]
    fn helpers_and_folders_within_are_no_steps() {
        let files = [(ONE, STEP), ("backend/migrations/Types.mo", "module {}"), ("backend/migrations/old/0.mo", STEP)];
        assert_eq!(chain(&files).steps.keys().collect::<Vec<_>>(), ["1_a"]);
        assert!(Chain::of(&tree(&files[1..])).is_none());
    }

    #[test]
    fn mops_names_the_folder() {
        let file = ("steps/1_a.mo", STEP);
        for manifest in [
            "[canisters.backend.migrations]\nchain = \"./steps\"",
            "[moc]\nargs = [\"-W=M0223\", \"--enhanced-migration=steps\"]",
            "[canisters.backend]\nargs = [\"--enhanced-migration\", \"backend/../steps/\"]",
        ] {
            let found = chain(&[("mops.toml", manifest), file]);
            assert_eq!((found.folder.as_str(), found.named), ("steps", true), "{manifest}");
        }
        for manifest in ["[canisters.backend.migrations]\nchain = \"../../steps\"", "[[", "canisters = 3", "moc = []"] {
            assert!(!chain(&[("mops.toml", manifest), file, (ONE, STEP)]).named, "{manifest}");
        }
    }

    #[test]
    fn a_chain_goes_on_where_the_live_one_stands() {
        let other = format!("{STEP} ");
        let before = live(&["1_a", "2_b"], &[(ONE, STEP), (TWO, STEP)]);
        let objections = |files: &[(&str, &str)]| {
            let found = chain(files).objections(&before);
            found.into_iter().map(|one| format!("{} {}", one.file, one.message)).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(objections(&[(ONE, STEP), (TWO, STEP), (THREE, STEP)]), "");
        assert_eq!(objections(&[(TWO, STEP), (THREE, STEP)]), "", "what ran may go");
        assert!(objections(&[(ONE, &other), (TWO, STEP)]).starts_with("backend/migrations/1_a.mo already ran"));
        assert!(objections(&[(ONE, STEP), (THREE, STEP)]).contains("2_b.mo is the newest"));
        let between = ("backend/migrations/1_b.mo", STEP);
        assert!(objections(&[(ONE, STEP), between, (TWO, STEP)]).contains("1_b.mo sorts before `2_b.mo`"));
    }

    #[test]
    fn without_the_live_sources_the_module_s_names_decide() {
        let before = LiveChain { ran: vec!["2_b".into(), "3_c".into()], tree: None };
        let files = [(ONE, STEP), (TWO, STEP), ("backend/migrations/2_c.mo", STEP), (THREE, STEP)];
        let found = chain(&files).objections(&before);
        assert_eq!(found.iter().map(|one| one.file.as_str()).collect::<Vec<_>>(), ["backend/migrations/2_c.mo"]);
    }

    #[test]
    fn the_beginning_is_left_out_and_the_newest_that_ran_stays() {
        let all = chain(&[(ONE, STEP), (TWO, STEP), (THREE, STEP)]);
        let compacted = all.compacted(&live(&["1_a", "2_b"], &[])).unwrap();
        assert_eq!(compacted, Compacted { left_out: 1, of: 3, from: "2_b".into() });
        let left: Vec<_> = [ONE, TWO, THREE].into_iter().filter(|path| all.leaves_out(&compacted, path)).collect();
        assert_eq!(left, [ONE]);
        assert_eq!(all.compacted(&live(&["1_a"], &[])), None);
        assert_eq!(all.compacted(&LiveChain::default()), None);
    }

    #[test]
    fn odd_names_are_refused() {
        for name in ["1 a", "größe", "a\"b", "1-a", "a.b", &"x".repeat(101)] {
            let path = format!("backend/migrations/{name}.mo");
            let told = chain(&[(&path, STEP)]).odd_names();
            assert!(told[0].file == path && told[0].message.contains("ASCII"), "{told:?}");
        }
        let many: Vec<String> = (0..1_000).map(|n| format!("backend/migrations/a {n}.mo")).collect();
        let many: Vec<_> = many.iter().map(|path| (path.as_str(), STEP)).collect();
        assert_eq!(chain(&many).odd_names().len(), MAX_COMPLAINTS);
    }
}

//! Names that the owner gives to versions, so that they are found again: "before the party".
//!
//! A file for each app in the data folder, as its conversation is: no part of the replicated state, and losing it loses
//! no version.

use std::{collections::BTreeMap, path::PathBuf};

use candid::Principal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Workshop, answer::Problem, erasing::blanked, owners::lock};

/// Characters of a name.
const NAME_CHARS_MAX: usize = 80;
/// Versions of an app that can have one.
const NAMED_MAX: usize = 500;

/// The names of an app's versions.
pub(super) type Names = BTreeMap<u64, String>;

/// A name for a version; an empty one takes it away.
#[derive(Debug, Deserialize)]
pub(crate) struct NameOf {
    app: String,
    version: u64,
    name: String,
}

impl Workshop {
    /// Gives a version a name.
    pub(crate) async fn name_version(&self, wanted: &NameOf) -> Result<Value, Problem> {
        let app = self.app(&wanted.app).await?;
        let name = wanted.name.trim();
        if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let text = format!("a version's name is one line of at most {NAME_CHARS_MAX} characters");
            return Err(Problem::usage(text, "choose a shorter one"));
        }
        if !(1..=app.version).contains(&wanted.version) {
            let text = format!("`{}` has no version {}", app.name, wanted.version);
            return Err(Problem::usage(text, format!("`autograph history {}` lists them", app.name)));
        }
        let _held = lock(&self.naming);
        let mut names = self.names(app.backend);
        match name {
            "" => names.remove(&wanted.version),
            name => names.insert(wanted.version, name.to_owned()),
        };
        if names.len() > NAMED_MAX {
            return Err(Problem::usage(format!("{NAMED_MAX} versions have names"), "take one away first"));
        }
        self.keep_names(app.backend, &names)?;
        Ok(json!({ "app": app.name, "version": wanted.version, "name": name }))
    }

    /// What its versions are called.
    pub(super) fn names(&self, backend: Principal) -> Names {
        let text = std::fs::read(self.names_file(backend)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Takes texts out of the names.
    pub(super) fn erase_names(&self, backend: Principal, texts: &[String]) -> Result<(), Problem> {
        let _held = lock(&self.naming);
        let names = self.names(backend);
        let blank = |(version, name): (&u64, &String)| (*version, blanked(name, texts));
        let without: Names = names.iter().map(blank).collect();
        if without == names { Ok(()) } else { self.keep_names(backend, &without) }
    }

    /// Throws the names of an app away.
    pub(super) fn forget_names(&self, backend: Principal) -> Result<(), Problem> {
        let _held = lock(&self.naming);
        self.keep_names(backend, &Names::new())
    }

    fn keep_names(&self, backend: Principal, names: &Names) -> Result<(), Problem> {
        let file = self.names_file(backend);
        if names.is_empty() {
            return match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
                _ => Ok(()),
            };
        }
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let text = serde_json::to_vec(names).map_err(|error| Problem::node(error.to_string(), "report this"))?;
        let fresh = file.with_extension("fresh");
        std::fs::write(&fresh, text)?;
        Ok(std::fs::rename(fresh, file)?)
    }

    fn names_file(&self, backend: Principal) -> PathBuf {
        self.node.data.join("names").join(backend.to_text())
    }
}

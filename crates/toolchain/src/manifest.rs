//! `app.toml`: what an app says about itself beside its code.
//!
//! ```toml
//! name = "supper-club"
//! title = "Supper club"
//! language = "en"
//!
//! [[roles]]
//! id = "guest"
//! label = "Guest"
//! invited_by = ["owner"]
//!
//! [settings]
//! seats = 12
//! ```
//!
//! Everything is optional. Invariant: what was parsed is bounded, and an unknown key is an error, not a silence.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::source::SourceTree;

const FILE: &str = "app.toml";
const MAX_BYTES: usize = 64_000;
const MAX_ROLES: usize = 50;
const MAX_SETTINGS: usize = 200;
const MAX_METHODS: usize = 1_000;
const MAX_WORDS: usize = 200;
const MAX_TOUCHES: usize = 100;
/// Standings that the platform gives, so that no app declares them.
const GIVEN_ROLES: [&str; 2] = ["owner", "visitor"];

/// The content of `app.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AppManifest {
    /// A suggestion for the address: lower-case ASCII letters, digits and hyphens, at most 63.
    pub name: Option<String>,
    /// What people see; the page's title when the app brings no page of its own.
    pub title: Option<String>,
    /// BCP 47 tag of the app's texts.
    pub language: Option<String>,
    /// Roles besides `owner` and `visitor`.
    pub roles: Vec<ManifestRole>,
    /// Values that the app's owner may set.
    pub settings: BTreeMap<String, Setting>,
    /// Methods and the roles that may use them, where there is no app spec to say it.
    pub access: BTreeMap<String, Vec<String>>,
    /// What the change that brings this tree means to touch: names of things, variables, methods, roles, pages. The
    /// gate asks about whatever else changes. Absent, it says nothing about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touches: Option<Vec<String>>,
}

/// A role that invitations give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestRole {
    /// For example `guest`: an ASCII letter, then letters, digits, `_` or `-`, at most 40 in all.
    pub id: String,
    /// For example `Guest`.
    #[serde(default)]
    pub label: String,
    /// Roles whose members may invite into this one; `owner` always may.
    #[serde(default)]
    pub invited_by: Vec<String>,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Words.
    Text(String),
}

impl AppManifest {
    /// The manifest of a tree; an empty one where the tree has none.
    pub fn of(tree: &SourceTree) -> Result<Self, Box<Diagnostic>> {
        match tree.0.get(FILE) {
            None => Ok(Self::default()),
            Some(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Self::parse(text),
                Err(_) => Err(complaint(1, "app.toml is not UTF-8 text")),
            },
        }
    }

    /// Parses and checks; an error names the line.
    pub fn parse(text: &str) -> Result<Self, Box<Diagnostic>> {
        if text.len() > MAX_BYTES {
            return Err(complaint(1, format!("app.toml has {} bytes; {MAX_BYTES} are allowed", text.len())));
        }
        let manifest: Self = toml::from_str(text).map_err(|error| from_toml(text, &error))?;
        match manifest.objection() {
            None => Ok(manifest),
            Some((word, message)) => Err(in_line(text, line_with(text, &word), message)),
        }
    }

    /// The first thing that is wrong: a word of the offending line, and a sentence.
    fn objection(&self) -> Option<(String, String)> {
        self.wrong_names()
            .or_else(|| self.wrong_roles())
            .or_else(|| self.wrong_settings())
            .or_else(|| self.wrong_access())
            .or_else(|| self.wrong_touches())
    }

    fn wrong_names(&self) -> Option<(String, String)> {
        let name = self.name.iter().find(|name| !is_address(name));
        let language = self.language.iter().find(|tag| !is_language(tag));
        let title = self.title.iter().find(|title| title.len() > MAX_WORDS);
        name.map(|name| {
            (name.clone(), "name must have lower-case letters, digits and hyphens only, 1 to 63".to_owned())
        })
        .or_else(|| {
            language.map(|tag| (tag.clone(), "language must be a BCP 47 tag such as \"en\" or \"de-CH\"".to_owned()))
        })
        .or_else(|| title.map(|_| ("title".to_owned(), format!("title is longer than {MAX_WORDS} bytes"))))
    }

    fn wrong_touches(&self) -> Option<(String, String)> {
        let touches = self.touches.as_deref().unwrap_or_default();
        let long = touches.iter().any(|name| name.is_empty() || name.len() > MAX_WORDS);
        let message = format!("touches names at most {MAX_TOUCHES} things, each in 1 to {MAX_WORDS} bytes");
        (long || touches.len() > MAX_TOUCHES).then(|| ("touches".to_owned(), message))
    }

    fn wrong_roles(&self) -> Option<(String, String)> {
        if self.roles.len() > MAX_ROLES {
            return Some((
                "roles".to_owned(),
                format!("there are {} roles; {MAX_ROLES} are allowed", self.roles.len()),
            ));
        }
        let mut known: BTreeSet<&str> = GIVEN_ROLES.into();
        for role in &self.roles {
            if let Some(reason) = role_objection(role, &known) {
                return Some((role.id.clone(), format!("role {:?} {reason}", role.id)));
            }
            known.insert(&role.id);
        }
        let unknown = self.roles.iter().flat_map(|role| &role.invited_by).find(|id| !known.contains(id.as_str()));
        unknown.map(|id| (id.clone(), format!("invited_by names {id:?}, which is no role of this app")))
    }

    fn wrong_settings(&self) -> Option<(String, String)> {
        if self.settings.len() > MAX_SETTINGS {
            let message = format!("there are {} settings; {MAX_SETTINGS} are allowed", self.settings.len());
            return Some(("[settings]".to_owned(), message));
        }
        let bad = self.settings.keys().find(|key| !is_identifier(key))?;
        Some((bad.clone(), format!("setting {bad:?} needs a name of ASCII letters, digits, `_` and `-`")))
    }

    fn wrong_access(&self) -> Option<(String, String)> {
        if self.access.len() > MAX_METHODS {
            let message = format!("access names {} methods; {MAX_METHODS} are allowed", self.access.len());
            return Some(("[access]".to_owned(), message));
        }
        let known = |id: &str| GIVEN_ROLES.contains(&id) || self.roles.iter().any(|role| role.id == id);
        let all = self.access.iter().flat_map(|(method, roles)| roles.iter().map(move |role| (method, role)));
        let (method, role) = all.into_iter().find(|(_, role)| !known(role))?;
        Some((method.clone(), format!("access of {method:?} names {role:?}, which is no role of this app")))
    }
}

fn role_objection(role: &ManifestRole, known: &BTreeSet<&str>) -> Option<&'static str> {
    if GIVEN_ROLES.contains(&role.id.as_str()) {
        return Some("is one that the platform gives; leave it out");
    }
    if known.contains(role.id.as_str()) {
        return Some("is declared twice");
    }
    if !is_identifier(&role.id) {
        return Some("needs an id of an ASCII letter, then letters, digits, `_` or `-`");
    }
    (role.label.len() > MAX_WORDS).then_some("has a label longer than 200 bytes")
}

fn is_identifier(id: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    id.len() <= 40 && id.starts_with(|c: char| c.is_ascii_alphabetic()) && id.chars().all(inner)
}

fn is_address(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&name.len()) && name.chars().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

fn is_language(tag: &str) -> bool {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    tag.len() <= 35 && tag.split('-').all(part)
}

fn from_toml(text: &str, error: &toml::de::Error) -> Box<Diagnostic> {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    in_line(text, before.matches('\n').count(), error.message())
}

fn line_with(text: &str, word: &str) -> usize {
    text.lines().position(|line| line.contains(word)).unwrap_or(0)
}

fn in_line(text: &str, line: usize, message: impl Into<String>) -> Box<Diagnostic> {
    let mut diagnostic = complaint(line + 1, message);
    diagnostic.source = text.lines().nth(line).map(str::to_owned);
    diagnostic
}

fn complaint(line: usize, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(FILE, u32::try_from(line).unwrap_or(u32::MAX), "manifest", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"supper-club\"\ntitle = \"Supper club\"\nlanguage = \"de-CH\"\n\n[[roles]]\nid = \"guest\"\nlabel = \"Gast\"\ninvited_by = [\"owner\"]\n\n[settings]\nseats = 12\nopen = true\n";

    #[test]
    fn a_manifest_is_read() {
        let manifest = AppManifest::parse(GOOD).unwrap();
        assert_eq!(manifest.roles[0].invited_by, ["owner"]);
        assert_eq!(manifest.settings["seats"], Setting::Integer(12));
        assert_eq!(AppManifest::parse("").unwrap(), AppManifest::default());
    }

    #[test]
    fn an_error_names_its_line() {
        let cases = [
            ("title = \"a\"\ntitel = \"b\"\n", 2, "unknown field"),
            ("\n\nname = \"Upper\"\n", 3, "lower-case"),
            ("title = 3\n", 1, "invalid type"),
            ("[[roles]]\nid = \"owner\"\n", 2, "platform gives"),
            ("[[roles]]\nid = \"a\"\n[[roles]]\nid = \"b\"\ninvited_by = [\"zz\"]\n", 5, "no role"),
            ("[access]\nlistGuests = [\"owner\", \"zz\"]\n", 2, "no role"),
            ("name = \n", 1, ""),
        ];
        for (text, line, words) in cases {
            let complaint = AppManifest::parse(text).unwrap_err();
            assert_eq!((complaint.line, complaint.file.as_str()), (line, "app.toml"), "{text:?}: {complaint}");
            assert!(complaint.message.contains(words), "{text:?}: {complaint}");
            assert_eq!(complaint.source.as_deref(), text.lines().nth(line as usize - 1), "{text:?}");
        }
    }
}

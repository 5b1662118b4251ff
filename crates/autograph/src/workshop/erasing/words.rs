//! Words in which it stands: what the owner is asked, what stays, and texts without them.

use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use execution::{Blobs as _, TEXT_BYTES_MIN, registry::App};
use gate::{Effect, Finding};
use writer::Told;

use super::plan::Plan;
use crate::workshop::{Workshop, answer::Problem, proposals::tree_from_json};

impl Workshop {
    /// What the owner is asked.
    pub(super) async fn question(&self, app: &App, plan: &Plan) -> Result<Vec<Finding>, Problem> {
        let backend = app.backend;
        let points: Vec<u64> = self
            .node
            .replica
            .read(move |executor| {
                executor.state().points.keys().filter(|(id, _)| *id == backend).map(|(_, n)| *n).collect()
            })
            .await?;
        let mut by_collection: BTreeMap<&str, u64> = BTreeMap::new();
        plan.rows.iter().for_each(|deletion| *by_collection.entry(&deletion.row.collection).or_default() += 1);
        let mut found: Vec<Finding> = by_collection
            .into_iter()
            .map(|(collection, count)| {
                let rows = counted(count as usize, "row");
                asks(
                    "rows_erased",
                    collection,
                    Some(count),
                    format!("{rows} of {collection} would be deleted for good."),
                )
            })
            .collect();
        if let Some(member) = &plan.member {
            found.push(asks("member_erased", member, None, "The membership would end, and its links with it.".into()));
        }
        if !points.is_empty() {
            let numbers: Vec<String> = points.iter().map(u64::to_string).collect();
            let message = format!(
                "It would no longer be possible to go back to {}: restore points hold the old data.",
                versions(&numbers)
            );
            found.push(asks("restore_points_erased", "restore points", Some(points.len() as u64), message));
        }
        let message = "What the conversation, the history and the logs say of it would be blanked.".to_owned();
        found.push(asks("words_erased", "history", None, message));
        if !plan.left.is_empty() {
            let count = plan.left.len() as u64;
            let message = format!(
                "{} can't be deleted by any method of the app, and would stay.",
                counted(plan.left.len(), "row")
            );
            found.push(asks("rows_left", "rows", Some(count), message));
        }
        Ok(found)
    }

    /// The blobs of the app's verdicts and of its conversation.
    async fn blobs_of_words(&self, backend: Principal) -> Result<BTreeSet<[u8; 32]>, Problem> {
        let verdicts = self.node.replica.read(move |executor| {
            let versions = executor.state().registry.versions(backend);
            versions.map(|version| version.verdict).collect::<BTreeSet<_>>()
        });
        let mut found = verdicts.await?;
        found.extend(self.turn_blobs(backend));
        Ok(found)
    }

    /// Those of them that hold one of the texts.
    pub(super) async fn blobs_with(&self, backend: Principal, texts: &[String]) -> Result<Vec<[u8; 32]>, Problem> {
        let holds = |hash: &[u8; 32]| {
            let bytes = self.node.blobs.get(hash).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            blanked(&text, texts) != text
        };
        Ok(self.blobs_of_words(backend).await?.into_iter().filter(holds).collect())
    }

    /// Removes those of these blobs to which the app's history and conversation don't refer any more.
    pub(super) async fn remove_unused(&self, backend: Principal, blobs: &[[u8; 32]]) -> Result<(), Problem> {
        let used = self.blobs_of_words(backend).await?;
        for hash in blobs.iter().filter(|hash| !used.contains(*hash)) {
            self.node.blobs.0.remove(hash)?;
        }
        Ok(())
    }

    /// The versions whose verdicts hold one of the texts, each with the blob of one without them.
    pub(super) async fn verdicts_without(
        &self,
        backend: Principal,
        texts: &[String],
    ) -> Result<Vec<(u64, [u8; 32])>, Problem> {
        let known = self.node.replica.read(move |executor| {
            let versions = executor.state().registry.versions(backend);
            versions.map(|version| (version.number, version.verdict)).collect::<Vec<_>>()
        });
        let mut found = Vec::new();
        for (number, hash) in known.await? {
            let Some(text) = self.node.blobs.get(&hash).and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()) else {
                continue;
            };
            let blank = blanked(&text, texts);
            if blank != text {
                found.push((number, self.node.blobs.put(blank.as_bytes())?));
            }
        }
        Ok(found)
    }

    /// What stays, said honestly.
    pub(super) async fn not_erased(
        &self,
        app: &App,
        plan: &Plan,
        texts: &[String],
        language: &str,
    ) -> Result<Vec<String>, Problem> {
        let say = |sentence, blanks: &[&str]| writer::told(language, sentence, blanks);
        let mut left = vec![say(Told::CopiesOutside, &[])];
        if !plan.left.is_empty() {
            left.push(say(Told::RowsStayed, &[&plan.left.len().to_string()]));
        }
        if texts.iter().any(|text| text.len() < TEXT_BYTES_MIN) {
            left.push(say(Told::ShortTexts, &[&TEXT_BYTES_MIN.to_string()]));
        }
        let shared = plan.texts.iter().filter(|text| !texts.contains(text)).count();
        if shared > 0 {
            left.push(say(Told::TextsShared, &[&shared.to_string()]));
        }
        let backend = app.backend;
        let sources = self.node.replica.read(move |executor| {
            let versions = executor.state().registry.versions(backend);
            versions.map(|version| (version.number, version.source)).collect::<Vec<_>>()
        });
        let holds = |hash: &[u8; 32]| {
            let tree = self.node.blobs.get(hash).and_then(|bytes| tree_from_json(&bytes));
            let mut files = tree.iter().flat_map(|tree| tree.0.values());
            files.any(|file| texts.iter().any(|text| String::from_utf8_lossy(file).contains(text.as_str())))
        };
        let named: Vec<String> =
            sources.await?.into_iter().filter(|(_, hash)| holds(hash)).map(|(number, _)| number.to_string()).collect();
        if !named.is_empty() {
            left.push(say(Told::InProgramText, &[&named.join(", ")]));
        }
        Ok(left)
    }
}

fn asks(kind: &str, subject: &str, count: Option<u64>, message: String) -> Finding {
    Finding {
        kind: kind.into(),
        subject: subject.into(),
        count,
        examples: vec![],
        message,
        effect: Effect::Asks,
        detail: None,
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn versions(numbers: &[String]) -> String {
    match numbers {
        [one] => format!("version {one}"),
        numbers => format!("versions {}", numbers.join(", ")),
    }
}

/// A text without the texts, however JSON writes them.
pub(in crate::workshop) fn blanked(text: &str, texts: &[String]) -> String {
    texts.iter().filter(|wanted| !wanted.is_empty()).fold(text.to_owned(), |text, wanted| {
        let json = serde_json::to_string(wanted).unwrap_or_default();
        let json = json.trim_matches('"');
        text.replace(wanted.as_str(), execution::registry::ERASED).replace(json, execution::registry::ERASED)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_blanked_as_json_has_them_too() {
        let texts = ["a \"quoted\" name".to_owned()];
        assert_eq!(blanked(r#"{"x":"a \"quoted\" name"}"#, &texts), r#"{"x":"(erased)"}"#);
    }
}

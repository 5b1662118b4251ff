//! What was said about an app, turn by turn, kept beside it.
//!
//! A turn is a blob; which turns an app has is a file of their hashes in the data folder, appended durably. It is no
//! part of the replicated state: losing it loses no app.

use std::{collections::BTreeMap, fs::OpenOptions, io::Write as _, path::PathBuf};

use candid::Principal;
use execution::Blobs as _;
use replication::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};

use super::{
    Workshop,
    answer::{Outcome, Problem},
    erasing::blanked,
};

/// Turns that are shown.
const SHOWN_MAX: usize = 500;

/// One thing said.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Turn {
    /// ns.
    pub(crate) at: u64,
    /// `you` or `autograph`.
    pub(crate) from: String,
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
}

impl Workshop {
    /// Keeps what was asked and what came of it.
    pub(crate) fn remember(&self, backend: Principal, asked: &str, outcome: &Outcome) -> Result<(), Problem> {
        let at = SystemClock.now();
        let asked = Turn { at, from: "you".into(), text: asked.into(), outcome: None };
        let text = outcome.message.clone().unwrap_or_default();
        let answer = Turn { at, from: "autograph".into(), text, outcome: Some(outcome.clone()) };
        let mut lines = String::new();
        for turn in [asked, answer] {
            let bytes = serde_json::to_vec(&turn).map_err(|error| Problem::node(error.to_string(), "report this"))?;
            lines.push_str(&hex::encode(self.node.blobs.put(&bytes)?));
            lines.push('\n');
        }
        let path = self.turns_file(backend);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
        Ok(())
    }

    /// The newest turns, oldest first.
    pub(crate) fn turns(&self, backend: Principal) -> Vec<Turn> {
        let text = std::fs::read_to_string(self.turns_file(backend)).unwrap_or_default();
        let hashes: Vec<&str> = text.lines().collect();
        let newest = &hashes[hashes.len().saturating_sub(SHOWN_MAX)..];
        newest.iter().filter_map(|line| self.turn(line)).collect()
    }

    /// The blobs of the app's turns.
    pub(crate) fn turn_blobs(&self, backend: Principal) -> Vec<[u8; 32]> {
        let text = std::fs::read_to_string(self.turns_file(backend)).unwrap_or_default();
        text.lines().filter_map(|line| hex::decode(line).ok()?.try_into().ok()).collect()
    }

    /// Takes texts out of every turn; gives how many turns held one. The old turns' blobs are the caller's to remove.
    pub(crate) fn erase_turns(&self, backend: Principal, texts: &[String]) -> Result<usize, Problem> {
        let path = self.turns_file(backend);
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        let (mut lines, mut old) = (String::new(), 0);
        for line in before.lines() {
            let hash: Option<[u8; 32]> = hex::decode(line).ok().and_then(|hash| hash.try_into().ok());
            let bytes = hash.and_then(|hash| self.node.blobs.get(&hash)).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            let blank = blanked(&text, texts);
            if blank == text {
                lines.push_str(line);
            } else {
                lines.push_str(&hex::encode(self.node.blobs.put(blank.as_bytes())?));
                old += 1;
            }
            lines.push('\n');
        }
        if old == 0 {
            return Ok(0);
        }
        let fresh = path.with_extension("fresh");
        let mut file = std::fs::File::create(&fresh)?;
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
        std::fs::rename(&fresh, &path)?;
        Ok(old)
    }

    /// After which turn each version went live: its place in the conversation.
    pub(crate) fn places(&self, backend: Principal) -> BTreeMap<u64, usize> {
        let text = std::fs::read_to_string(self.turns_file(backend)).unwrap_or_default();
        let live = |turn: &Turn| turn.outcome.as_ref().filter(|outcome| outcome.outcome == "live")?.version;
        let turns = text.lines().enumerate().filter_map(|(at, line)| Some((live(&self.turn(line)?)?, at + 1)));
        turns.collect()
    }

    fn turn(&self, line: &str) -> Option<Turn> {
        let hash: [u8; 32] = hex::decode(line).ok()?.try_into().ok()?;
        serde_json::from_slice(&self.node.blobs.get(&hash)?).ok()
    }

    fn turns_file(&self, backend: Principal) -> PathBuf {
        self.node.data.join("conversations").join(backend.to_text())
    }
}

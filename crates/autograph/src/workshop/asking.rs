//! Questions that the owner says to an app: answered from its description, its data and what was said before.
//!
//! Invariant: an answer makes no version and changes no app; the rows are read from a fork, as `data` reads them.

use execution::registry::App;
use replication::{Clock as _, SystemClock};
use writer::{Asked, Day, Found, Query, Said, Why, spec::AppSpec};

use super::{
    Workshop,
    answer::{Outcome, Problem},
    conversation::Turn,
    pipeline::Progress,
};

/// Longest words that are told of the last change, in characters.
const SAID_MAX: usize = 240;

impl Workshop {
    /// The answer to a question about an app.
    pub(super) async fn answered(
        &self,
        app: &App,
        live: &AppSpec,
        asked: Asked,
        progress: &Progress,
    ) -> Result<Outcome, Problem> {
        let mut outcome = Outcome { outcome: "ok".into(), version: Some(app.version), ..Outcome::default() };
        let message = match asked {
            Asked::App(answer) => answer,
            Asked::Why(why) => why_of(&why, &self.turns(app.backend)),
            Asked::LastChange(language) => last_change(&language, app.version, &self.turns(app.backend)),
            Asked::Unclear(answer) => {
                outcome.not_understood.push(answer.clone());
                answer
            }
            Asked::Data(query) => {
                progress.stage("ask", "Looking at the data");
                let found = self.found(app, live, &query).await?;
                outcome.understood.push(query.understood(live, today()));
                let message = found.message.clone();
                outcome.answer = Some(found);
                message
            }
        };
        Ok(Outcome { message: Some(message), seconds: progress.seconds(), ..outcome })
    }

    /// Runs a query over the live data.
    async fn found(&self, app: &App, live: &AppSpec, query: &Query) -> Result<Found, Problem> {
        let variables = self.rows(app).await?;
        query.run(live, &variables, today()).ok_or_else(|| {
            Problem::node(format!("`{}` no longer keeps what the question is about", app.name), "ask again")
        })
    }
}

fn today() -> Day {
    Day::of_nanoseconds(i128::from(SystemClock.now()))
}

/// What was said that led to something.
fn why_of(why: &Why, turns: &[Turn]) -> String {
    let said: Vec<Said<'_>> = changes(turns)
        .map(|(said, outcome)| Said { text: said, understood: &outcome.understood, assumed: &outcome.assumed })
        .collect();
    why.answer(&said)
}

fn last_change(language: &str, version: u64, turns: &[Turn]) -> String {
    let said = changes(turns).last().map(|(said, _)| said.chars().take(SAID_MAX).collect::<String>());
    writer::last_change(language, version, &said.unwrap_or_default())
}

/// What was said and went live, oldest first.
fn changes(turns: &[Turn]) -> impl Iterator<Item = (&str, &Outcome)> {
    turns.windows(2).filter_map(|pair| {
        let outcome = pair[1].outcome.as_ref().filter(|outcome| outcome.outcome == "live")?;
        (pair[0].from == "you").then_some((pair[0].text.as_str(), outcome))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    fn turn(from: &str, text: &str, outcome: Option<&str>) -> Turn {
        let outcome = outcome.map(|outcome| Outcome { outcome: outcome.into(), ..Outcome::default() });
        Turn { at: 0, from: from.into(), text: text.into(), outcome }
    }

    #[test]
    fn the_last_change_is_the_last_that_went_live() {
        let turns = [
            turn("you", "a list of guests", None),
            turn("autograph", "", Some("live")),
            turn("you", "add a phone", None),
            turn("autograph", "", Some("live")),
            turn("you", "remove the phone", None),
            turn("autograph", "", Some("refused")),
            turn("you", "how many guests?", None),
            turn("autograph", "", Some("ok")),
        ];
        assert!(last_change("en", 2, &turns).contains("add a phone"));
        let said: Vec<&str> = changes(&turns).map(|(said, _)| said).collect();
        assert_eq!(said, ["a list of guests", "add a phone"]);
    }
}

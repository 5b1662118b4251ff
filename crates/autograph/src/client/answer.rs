//! The node's answer to a request: lines of JSON, `progress` while it works, then one `result` or `error`.
//!
//! Invariant: whatever a node sends, reading it takes bounded memory and ends in a result or a problem in words.

use bytes::BytesMut;
use serde::Deserialize;
use serde_json::Value;

use super::problem::{Exit, Problem};

/// The longest line that is read, bytes.
const LINE_BYTES_MAX: usize = 64 << 20;
/// The most that is read of one answer, bytes.
const ANSWER_BYTES_MAX: usize = 128 << 20;

/// How far a request is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Progress {
    /// Short name, as `build`.
    #[serde(default)]
    pub(crate) stage: String,
    /// For people.
    #[serde(default)]
    pub(crate) message: String,
}

/// What a line said.
#[derive(Debug)]
pub(crate) enum Line {
    /// It goes on.
    Progress(Progress),
    /// It is over.
    Last(Result<Value, Problem>),
}

/// Takes an answer apart as it comes in.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: BytesMut,
    /// Up to where the buffer was searched.
    searched: usize,
    bytes: usize,
}

impl Lines {
    /// Takes what came.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<(), Problem> {
        self.bytes = self.bytes.saturating_add(chunk.len());
        self.buffer.extend_from_slice(chunk);
        if self.bytes > ANSWER_BYTES_MAX || self.buffer.len() > LINE_BYTES_MAX {
            let message = format!("the node's answer is longer than {} MB", LINE_BYTES_MAX >> 20);
            return Err(Problem::failed(message, "ask for less, for example with --limit"));
        }
        Ok(())
    }

    /// The next whole line, if it is there.
    pub(crate) fn next(&mut self) -> Result<Option<Line>, Problem> {
        loop {
            let Some(at) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                return Ok(None);
            };
            let line = self.buffer.split_to(self.searched + at + 1);
            self.searched = 0;
            if let Some(line) = read(&line)? {
                return Ok(Some(line));
            }
        }
    }

    /// The answer has ended: what is left may be a last line without its line feed.
    pub(crate) fn end(mut self) -> Result<Value, Problem> {
        if let Some(Line::Last(last)) = read(&self.buffer.split())? {
            return last;
        }
        let hint = "what was begun may have been done: look with `autograph list` and `autograph history APP`";
        Err(Problem::failed("the node ended its answer before there was a result", hint))
    }
}

fn read(line: &[u8]) -> Result<Option<Line>, Problem> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let mut value: Value = serde_json::from_slice(line).map_err(|error| strange(&error.to_string()))?;
    if let Some(progress) = value.get_mut("progress") {
        // Progress in a form that this program does not know is no reason to give up.
        let progress = serde_json::from_value(progress.take());
        return Ok(Some(Line::Progress(progress.unwrap_or(Progress { stage: String::new(), message: String::new() }))));
    }
    if let Some(result) = value.get_mut("result").filter(|result| result.is_object()) {
        return Ok(Some(Line::Last(Ok(result.take()))));
    }
    match value.get("error") {
        Some(error) => Ok(Some(Line::Last(Err(problem(error)?)))),
        None => Err(strange("a line says neither how far it is nor what came out")),
    }
}

/// A problem as the node tells it.
fn problem(error: &Value) -> Result<Problem, Problem> {
    let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    let message = text("message").or_else(|| error.as_str().map(str::to_owned));
    let message = message.ok_or_else(|| strange("an error comes without words"))?;
    let exit = error.get("exit").and_then(Value::as_u64).unwrap_or(1);
    Ok(Problem { message, hint: text("hint").unwrap_or_default(), exit: Exit::from_number(exit) })
}

fn strange(why: &str) -> Problem {
    let hint = "is it a node of Autograph, and of this program's version?";
    Problem::failed(format!("the node's answer can't be read: {why}"), hint)
}

/// A refusal by HTTP status, with whatever words the body has.
pub(crate) fn refusal(status: u16, body: &[u8]) -> Problem {
    if let Ok(Some(Line::Last(Err(problem)))) = read(body.split(|byte| *byte == b'\n').next().unwrap_or_default()) {
        return problem;
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(1000)]);
    let text = text.trim();
    let words = if text.is_empty() || text.starts_with('<') { String::new() } else { format!(": {text}") };
    let hint = match status {
        404 => "is it a node of Autograph? `--node URL` names another",
        413 => "make it smaller and try again",
        429 | 503 => "try again in a moment",
        _ => "look at what the node prints",
    };
    Problem::failed(format!("the node answered with HTTP status {status}{words}"), hint)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn whole(text: &str, piece: usize) -> (Vec<String>, Result<Value, Problem>) {
        let mut lines = Lines::default();
        let mut stages = Vec::new();
        for chunk in text.as_bytes().chunks(piece) {
            lines.push(chunk).unwrap();
            loop {
                match lines.next() {
                    Ok(Some(Line::Progress(progress))) => stages.push(progress.stage),
                    Ok(Some(Line::Last(last))) => return (stages, last),
                    Ok(None) => break,
                    Err(problem) => return (stages, Err(problem)),
                }
            }
        }
        (stages, lines.end())
    }

    #[test]
    fn it_does_not_matter_how_an_answer_is_cut() {
        let text = "{\"progress\":{\"stage\":\"a\",\"message\":\"A\",\"seconds\":0.1}}\n\n{\"progress\":7}\n{\"result\":{\"n\":1}}\n";
        for piece in 1..text.len() {
            assert_eq!(whole(text, piece), (vec!["a".into(), String::new()], Ok(json!({ "n": 1 }))), "{piece}");
        }
        assert_eq!(whole(text.trim_end(), 5).1, Ok(json!({ "n": 1 })), "the last line feed may be missing");
    }

    #[test]
    fn errors_bring_their_words_and_exit() {
        let (_, last) = whole("{\"error\":{\"message\":\"no\",\"hint\":\"do\",\"exit\":2}}\n", 100);
        assert_eq!(last, Err(Problem::usage("no", "do")));
        let (_, last) = whole("{\"error\":{\"message\":\"no\",\"exit\":77}}\n", 100);
        assert_eq!(last, Err(Problem::failed("no", "")));
        assert_eq!(whole("{\"error\":\"no\"}\n", 100).1, Err(Problem::failed("no", "")));
    }

    #[test]
    fn strange_answers_end_in_words() {
        for text in
            ["<html>\n", "{\"result\":7}\n", "{}\n", "[]\n", "{\"error\":{}}\n", "{\"error\":null}\n", "\u{0}\n"]
        {
            let problem = whole(text, 3).1.unwrap_err();
            assert!(problem.message.contains("can't be read"), "{text}: {problem:?}");
        }
        let cut = whole("{\"progress\":{\"stage\":\"build\"}}\n", 100).1.unwrap_err();
        assert!(cut.message.contains("before there was a result"), "{cut:?}");
        assert!(whole("{\"result\":{\"a", 3).1.is_err());
    }

    #[test]
    fn a_line_without_end_is_given_up() {
        let mut lines = Lines::default();
        let chunk = vec![b'x'; 1 << 20];
        let pushed = (0..=LINE_BYTES_MAX >> 20).try_for_each(|_| {
            lines.push(&chunk)?;
            lines.next().map(|line| assert!(line.is_none()))
        });
        assert!(pushed.unwrap_err().message.contains("longer than"));
    }

    #[test]
    fn refusals_keep_their_words_but_not_pages() {
        assert_eq!(
            refusal(403, b"{\"error\":{\"message\":\"m\",\"hint\":\"h\",\"exit\":2}}\n"),
            Problem::usage("m", "h")
        );
        assert!(refusal(429, b"too many").message.ends_with("429: too many"));
        assert!(refusal(502, b"<html>x</html>").message.ends_with("502"));
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), piece in 1usize..50) {
            let mut lines = Lines::default();
            for chunk in bytes.chunks(piece) {
                lines.push(chunk).unwrap();
                while let Ok(Some(_)) = lines.next() {}
            }
            let _ = lines.end();
            let _ = refusal(500, &bytes);
        }
    }
}

//! The one place that writes to standard output.
//!
//! Invariant: with `--json` one object on one line, flushed, whatever happened. What a node or an app wrote can't
//! steer the terminal.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use serde_json::Value;

use crate::client::{Exit, Problem, plain, say};

/// Prints an object on one line.
pub(super) fn json(value: &Value, exit: Exit) -> Exit {
    print(&format!("{value}\n"), exit)
}

/// Prints words that are a result.
pub(super) fn text(words: &str, exit: Exit) -> Exit {
    let words = plain(words);
    let end = if words.is_empty() || words.ends_with('\n') { "" } else { "\n" };
    print(&format!("{words}{end}"), exit)
}

/// Prints a text exactly as it is, unless a terminal would follow what it says.
pub(super) fn raw(text: &str, exit: Exit) -> Exit {
    if std::io::stdout().is_terminal() { print(&plain(&text.replace("\r\n", "\n")), exit) } else { print(text, exit) }
}

/// Says what went wrong: in words beside the result, and as the result if that is wanted as JSON.
pub(super) fn problem(problem: &Problem, as_json: bool) -> Exit {
    say(&format!("error: {}", problem.message));
    if !problem.hint.is_empty() {
        say(&format!("next:  {}", problem.hint));
    }
    if as_json { json(&problem.to_json(), problem.exit) } else { problem.exit }
}

/// A reader that went away is no failure; a disk that is full is one.
fn print(text: &str, exit: Exit) -> Exit {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say(&format!("error: the result can't be written: {error}"));
            Exit::Failed
        }
        _ => exit,
    }
}

//! Tokens of a stable signature.

use super::MostError;

/// A word, a mark or a text, with the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: u32,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word(String),
    /// A mark, `->` and `<:` included.
    Mark(&'static str),
    /// A text in quotation marks.
    Text(String),
    /// The end.
    End,
}

const MARKS: [&str; 20] =
    ["->", "<:", "{", "}", "(", ")", "[", "]", "<", ">", ";", ":", ",", "=", "?", "#", ".", "*", "|", "!"];

/// Cuts a text into tokens; the last is [`Kind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, MostError> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    loop {
        rest = skip_blank(rest, &mut line);
        let Some(first) = rest.chars().next() else {
            found.push(Token { kind: Kind::End, line });
            return Ok(found);
        };
        let (kind, length) = match first {
            '"' => quoted(rest, line)?,
            c if is_word(c) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                (Kind::Word(rest[..end].into()), end)
            }
            _ => mark(rest, line)?,
        };
        found.push(Token { kind, line });
        rest = &rest[length..];
    }
}

/// Names of temporaries carry `@`, `/` and `$`.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '\'' | '@' | '$' | '/')
}

fn skip_blank<'a>(mut rest: &'a str, line: &mut u32) -> &'a str {
    loop {
        let blank = rest.len() - rest.trim_start().len();
        *line += lines(&rest[..blank]);
        rest = &rest[blank..];
        let end = match rest {
            rest if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            rest if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => return rest,
        };
        *line += lines(&rest[..end]);
        rest = &rest[end..];
    }
}

fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

fn mark(rest: &str, line: u32) -> Result<(Kind, usize), MostError> {
    let known = MARKS.into_iter().find(|mark| rest.starts_with(mark));
    let found = || rest.chars().take(1).collect();
    known.map(|mark| (Kind::Mark(mark), mark.len())).ok_or_else(|| MostError::Unexpected {
        line,
        expected: "a type",
        found: found(),
    })
}

fn quoted(rest: &str, line: u32) -> Result<(Kind, usize), MostError> {
    let mut text = String::new();
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match (escaped, c) {
            (false, '"') => return Ok((Kind::Text(text), at + 1)),
            (false, '\\') => escaped = true,
            _ => {
                text.push(c);
                escaped = false;
            }
        }
    }
    Err(MostError::Unexpected { line, expected: "the end of a text", found: "end".into() })
}

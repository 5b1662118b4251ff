//! Pieces of source text: literals, comments, indentation.
//!
//! Invariant: whatever a label holds, it stays inside its literal or comment.

/// A Motoko text literal.
pub(super) fn motoko(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            control if control.is_control() => literal.push(' '),
            plain => literal.push(plain),
        }
    }
    literal.push('"');
    literal
}

/// A TypeScript string literal.
pub(super) fn script(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// Words for a comment: one line that can't end the comment.
pub(super) fn comment(text: &str) -> String {
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    line.replace("*/", "* /")
}

/// `block` with every non-empty line moved right by `levels` times two blanks.
pub(super) fn indent(block: &str, levels: usize) -> String {
    let margin = "  ".repeat(levels);
    let lines = block.lines().map(|line| if line.is_empty() { String::new() } else { format!("{margin}{line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// The first letter large: `budgetItem` becomes `BudgetItem`.
pub(super) fn capital(id: &str) -> String {
    let mut letters = id.chars();
    match letters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + letters.as_str(),
        None => String::new(),
    }
}

/// `name = value;` lines of a record, without its braces.
pub(super) fn record(fields: &[(String, String)]) -> String {
    let lines = fields
        .iter()
        .map(|(name, value)| if name == value { format!("{name};") } else { format!("{name} = {value};") });
    lines.collect::<Vec<_>>().join("\n")
}

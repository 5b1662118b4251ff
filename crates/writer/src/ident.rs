//! Ids from a person's words: lowerCamelCase ASCII, safe in Motoko, Candid, TypeScript and web addresses.
//!
//! Invariant: whatever the words, [`ident`] gives a non-empty id of at most [`MAX_LEN`] characters that starts with
//! a lower-case letter and is a reserved word of none of these languages.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest id, in characters.
pub const MAX_LEN: usize = 40;

/// Words that can't be ids: keywords of Motoko and of JavaScript/TypeScript, names that every JavaScript object
/// has, and the few that generated code uses itself.
const RESERVED: &[&str] = &[
    // Motoko
    "actor",
    "and",
    "assert",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "composite",
    "continue",
    "debug",
    "debug_show",
    "do",
    "else",
    "false",
    "finally",
    "flexible",
    "for",
    "from_candid",
    "func",
    "if",
    "ignore",
    "implicit",
    "import",
    "in",
    "include",
    "label",
    "let",
    "loop",
    "mixin",
    "module",
    "not",
    "null",
    "object",
    "or",
    "persistent",
    "prim",
    "private",
    "public",
    "query",
    "return",
    "shared",
    "stable",
    "switch",
    "system",
    "throw",
    "to_candid",
    "transient",
    "true",
    "try",
    "type",
    "var",
    "weak",
    "while",
    "with",
    // JavaScript and TypeScript
    "abstract",
    "any",
    "arguments",
    "as",
    "boolean",
    "const",
    "debugger",
    "default",
    "delete",
    "enum",
    "eval",
    "export",
    "extends",
    "final",
    "from",
    "function",
    "get",
    "global",
    "implements",
    "instanceof",
    "interface",
    "is",
    "keyof",
    "namespace",
    "native",
    "never",
    "new",
    "number",
    "of",
    "package",
    "protected",
    "require",
    "set",
    "static",
    "string",
    "super",
    "symbol",
    "this",
    "typeof",
    "undefined",
    "unknown",
    "void",
    "volatile",
    "window",
    "document",
    "yield",
    // on every JavaScript object, or made special by it
    "constructor",
    "prototype",
    "hasOwnProperty",
    "toString",
    "toLocaleString",
    "valueOf",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "then",
    "length",
    "infinity",
    "nan",
    // generated code's own
    "id",
    "key",
    "row",
    "rows",
    "caller",
    "owner",
    "visitor",
    "role",
    "roles",
    "registry",
    "standing",
    "self",
    "own",
    "created",
    "updated",
    "archived",
    "text",
    "nat",
    "int",
    "bool",
    "list",
    "map",
    "error",
    "ok",
    "err",
];

/// Ids that fields can't have beside [`RESERVED`]: every generated row has them.
const ROW_PARTS: &[&str] = &["member", "version", "createdAt", "updatedAt"];

/// Whether `id` can be a field's id.
pub fn is_field_ident(id: &str) -> bool {
    is_ident(id) && !ROW_PARTS.contains(&id)
}

/// Like [`unique`], for fields.
pub fn unique_field(words: &str, fallback: &str, taken: &BTreeSet<String>) -> String {
    let mut taken = taken.clone();
    taken.extend(ROW_PARTS.iter().map(|part| (*part).to_owned()));
    unique(words, fallback, &taken)
}

/// Whether `word` may not be an id.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Whether `id` has the form that ids have.
pub fn is_ident(id: &str) -> bool {
    id.len() <= MAX_LEN
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|letter| letter.is_ascii_alphanumeric())
        && !is_reserved(id)
}

/// An id from words; `fallback` (an id itself) when nothing of them is Latin.
pub fn ident(words: &str, fallback: &str) -> String {
    if is_ident(words) {
        return words.to_owned();
    }
    let mut id = String::new();
    for word in ascii(words).split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        push_camel(&mut id, word);
    }
    id.truncate(MAX_LEN - 6);
    if id.is_empty() {
        return fallback.to_owned();
    }
    if id.starts_with(|first: char| first.is_ascii_digit()) {
        id.insert(0, 'n');
    }
    if is_reserved(&id) {
        id.push_str("Value");
    }
    id
}

/// The same, made different from all of `taken` by a number.
pub fn unique(words: &str, fallback: &str, taken: &BTreeSet<String>) -> String {
    let base = ident(words, fallback);
    if !taken.contains(&base) && !is_reserved(&base) {
        return base;
    }
    let mut number = 2usize;
    loop {
        let candidate = format!("{base}{number}");
        if !taken.contains(&candidate) {
            return candidate;
        }
        number += 1;
    }
}

/// A name for an app's address: lower-case letters, digits and single hyphens, at most 40 characters; may be empty.
pub fn slug(words: &str) -> String {
    let mut slug = String::new();
    for letter in ascii(words).chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(40);
    let slug = slug.trim_matches('-');
    slug.trim_start_matches(|first: char| first.is_ascii_digit() || first == '-').to_owned()
}

fn push_camel(id: &mut String, word: &str) {
    let lower = word.to_ascii_lowercase();
    if id.is_empty() {
        id.push_str(&lower);
        return;
    }
    let mut letters = lower.chars();
    if let Some(first) = letters.next() {
        id.push(first.to_ascii_uppercase());
        id.push_str(letters.as_str());
    }
}

/// Latin letters without accents; everything that has no Latin form becomes a space.
fn ascii(words: &str) -> String {
    let mut plain = String::new();
    for letter in words.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'ß' => plain.push_str("ss"),
            'æ' | 'Æ' => plain.push_str("ae"),
            'œ' | 'Œ' => plain.push_str("oe"),
            'ø' | 'Ø' => plain.push('o'),
            'ł' | 'Ł' => plain.push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => plain.push('d'),
            'þ' | 'Þ' => plain.push_str("th"),
            'ı' => plain.push('i'),
            '\'' | '’' => {}
            ascii if ascii.is_ascii_alphanumeric() => plain.push(ascii),
            _ => plain.push(' '),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_camel_case() {
        assert_eq!(ident("Phone number", "field1"), "phoneNumber");
        assert_eq!(ident("Größe (T-Shirt)", "field1"), "grosseTShirt");
        assert_eq!(ident("2nd choice", "field1"), "n2ndChoice");
    }

    #[test]
    fn other_scripts_fall_back() {
        assert_eq!(ident("お名前", "field1"), "field1");
        assert_eq!(ident("", "field3"), "field3");
    }

    #[test]
    fn reserved_words_are_avoided() {
        for word in RESERVED {
            let id = ident(word, "field1");
            assert!(is_ident(&id), "{word} became {id}");
        }
        assert_eq!(ident("Type", "x"), "typeValue");
    }

    #[test]
    fn unique_adds_numbers() {
        let taken: BTreeSet<String> = ["name".to_owned(), "name2".to_owned()].into();
        assert_eq!(unique("Name", "field1", &taken), "name3");
    }

    #[test]
    fn long_words_are_cut() {
        assert!(is_ident(&ident(&"abc ".repeat(100), "field1")));
        assert!(slug(&"abc ".repeat(100)).len() <= 40);
    }

    #[test]
    fn slugs_are_addresses() {
        assert_eq!(slug("Ana & João’s Wedding!"), "ana-joaos-wedding");
        assert_eq!(slug("2026 party"), "party");
        assert_eq!(slug("結婚式"), "");
    }
}

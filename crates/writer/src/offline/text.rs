//! From a person's text to tokens: cleaned, bounded, each with the words as written and a form to compare.
//!
//! Invariant: a token's `text` holds only letters, digits and a few harmless marks, so whatever ends up in a label
//! can't carry markup, control characters or direction marks.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::memo;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, or letters with digits.
    Word,
    /// Digits, perhaps with a decimal mark.
    Number,
    /// Words in quotation marks: a name as it stands.
    Quoted,
    /// `,`
    Comma,
    /// `:` or a dash between spaces.
    Colon,
    /// `;`
    Semicolon,
    /// `(` or `[`
    Open,
    /// `)` or `]`
    Close,
    /// `/` or `|`
    Slash,
    /// `?`
    Question,
    /// `.` or `!`
    Stop,
    /// End of a line; the next line's indentation and whether it starts with a bullet follow in [`Token::indent`].
    Line,
}

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// As written, cleaned.
    pub(crate) text: String,
    /// Lower case without accents, hyphens as spaces.
    pub(crate) norm: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// For [`Kind::Line`]: the next line's indentation, plus one if it starts with a bullet; else 0.
    pub(crate) indent: usize,
    /// The lexicon word that a mistyped one was read as; `norm` is that word then.
    pub(crate) read_as: Option<String>,
    /// Ended with a possessive mark (`guest's`).
    pub(crate) possessive: bool,
}

/// Bytes of the longest text whose form is kept: words and labels come again and again, whole texts don't.
const KEPT_BYTES_MAX: usize = 64;

/// Lower case, accents and letter variants removed.
pub(crate) fn fold(text: &str) -> String {
    match text {
        plain if plain.is_ascii() => fold_ascii(plain),
        short if short.len() <= KEPT_BYTES_MAX => memo::folded(short, || fold_letters(short)),
        long => fold_letters(long),
    }
}

/// The same for letters that no script but Latin has, without marks: most of what is folded.
fn fold_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter.to_ascii_lowercase() {
            '`' => folded.push('\''),
            blank if blank == '-' || blank.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            lower => folded.push(lower),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn fold_letters(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_accent(*letter)) {
        for lower in letter.to_lowercase() {
            match lower {
                'ß' => folded.push_str("ss"),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'þ' => folded.push_str("th"),
                'ı' => folded.push('i'),
                'ى' | 'ی' => folded.push('ي'),
                'ة' => folded.push('ه'),
                'ک' => folded.push('ك'),
                'ँ' => folded.push('ं'),
                '٠'..='٩' | '०'..='९' => folded.push(ascii_digit(lower)),
                '’' | '‘' | '`' | '´' | 'ʼ' => folded.push('\''),
                '-' | '‐' | '‑' => folded.push(' '),
                other => folded.push(other),
            }
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A mark that a letter is recognised without: accents, vowel points, the Arabic stretch; not the vowel signs of
/// the scripts of India, which spell the word.
fn is_accent(letter: char) -> bool {
    let spells = matches!(letter, '\u{0900}'..='\u{0DFF}') && letter != '\u{093C}';
    is_combining_mark(letter) && !spells || letter == '\u{0640}'
}

/// Digits of other scripts as those the numbers are read in.
fn ascii_digit(letter: char) -> char {
    let from = |zero: char| u32::from(letter).checked_sub(u32::from(zero)).filter(|digit| *digit < 10);
    from('٠').or_else(|| from('०')).and_then(|digit| char::from_digit(digit, 10)).unwrap_or(letter)
}

/// Letters of a script that is written without blanks between words.
pub(crate) fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FFFF}')
}

/// Words put together as their script does it: without a blank between two letters that take none.
pub(crate) fn closed_up(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let beside = |at: usize| at.checked_sub(1).and_then(|before| letters.get(before)).copied();
    let kept = |at: usize, letter: char| {
        let between = beside(at).zip(letters.get(at + 1).copied());
        letter != ' ' || !between.is_some_and(|(left, right)| is_unspaced(left) && is_unspaced(right) || left == '\'')
    };
    letters.iter().enumerate().filter(|(at, letter)| kept(*at, **letter)).map(|(_, letter)| *letter).collect()
}

/// Splits a text into tokens. Characters that carry no words (controls, direction marks, emoji, markup signs) separate.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let composed: String = text.nfc().filter(|letter| !is_invisible(*letter)).map(ascii_digit).collect();
    let mut scanner = Scanner { chars: composed.chars().collect(), at: 0, tokens: Vec::new() };
    scanner.line_start();
    while scanner.at < scanner.chars.len() {
        scanner.step();
    }
    scanner.tokens
}

/// Joined texts of tokens as a person would write them.
pub(crate) fn joined<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    let mut glue = true;
    for text in texts {
        let closing = matches!(text, "," | ":" | ";" | ")" | "?" | "." | "/");
        if !glue && !closing {
            line.push(' ');
        }
        glue = matches!(text, "(" | "/");
        line.push_str(text);
    }
    closed_up(&line)
}

/// Format characters: direction marks, zero-width characters, byte-order mark, soft hyphen.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}')
}

fn is_bullet(letter: char) -> bool {
    matches!(letter, '-' | '*' | '•' | '–' | '—' | '·' | '▪' | '◦' | '●' | '‣' | '+' | '☐' | '✅')
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    tokens: Vec<Token>,
}

impl Scanner {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn push(&mut self, kind: Kind, text: &str) {
        let mut token =
            Token { text: text.to_owned(), norm: fold(text), kind, indent: 0, read_as: None, possessive: false };
        if kind == Kind::Word {
            if let Some(stem) = token.norm.strip_suffix("'s").filter(|stem| !stem.is_empty()).map(str::to_owned) {
                if !matches!(stem.as_str(), "it" | "there" | "what" | "who" | "that" | "let" | "new year") {
                    token.text = token.text.chars().take(token.text.chars().count().saturating_sub(2)).collect();
                    token.norm = stem;
                    token.possessive = true;
                }
            } else if let Some(stem) = token.norm.strip_suffix("s'").map(str::to_owned) {
                token.norm = format!("{stem}s");
                token.text.pop();
                token.possessive = true;
            }
        }
        self.tokens.push(token);
    }

    fn step(&mut self) {
        let Some(letter) = self.peek(0) else { return };
        if letter == '\n' || letter == '\r' {
            self.at += 1;
            self.line_start();
        } else if letter.is_whitespace() || letter.is_control() {
            self.at += 1;
        } else if self.starts_word(letter) {
            self.word();
        } else {
            self.mark(letter);
        }
    }

    fn starts_word(&self, letter: char) -> bool {
        letter.is_alphanumeric()
            || matches!(letter, '€' | '$' | '£' | '¥' | '₹')
            || (letter == '+' && self.peek(1).is_some_and(|next| next.is_ascii_digit()))
    }

    fn mark(&mut self, letter: char) {
        self.at += 1;
        match letter {
            ',' | '،' | '、' | '，' => self.push(Kind::Comma, ","),
            ':' | '：' => self.push(Kind::Colon, ":"),
            ';' | '；' | '؛' => self.push(Kind::Semicolon, ";"),
            '(' | '[' | '（' | '【' => self.push(Kind::Open, "("),
            ')' | ']' | '）' | '】' => self.push(Kind::Close, ")"),
            '/' | '|' | '／' => self.push(Kind::Slash, "/"),
            '?' | '？' | '؟' => self.push(Kind::Question, "?"),
            '.' | '!' | '。' | '！' | '…' | '।' | '॥' => self.push(Kind::Stop, "."),
            '-' | '−' if self.negative() => self.negative_number(),
            '-' | '–' | '—' => self.dash(),
            '=' => self.push(Kind::Colon, ":"),
            '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '《' | '》' => self.quoted(),
            '&' => self.push(Kind::Word, "&"),
            _ => {}
        }
    }

    /// Read as a colon; compared as what it is, for "9 – 18" is no time of day.
    fn dash(&mut self) {
        self.push(Kind::Colon, ":");
        if let Some(token) = self.tokens.last_mut() {
            token.norm = "-".to_owned();
        }
    }

    /// A minus sign: right before a digit, and not inside a range.
    fn negative(&self) -> bool {
        let before = self.at.checked_sub(2).and_then(|at| self.chars.get(at));
        self.peek(0).is_some_and(|c| c.is_ascii_digit()) && before.is_none_or(|c| c.is_whitespace() || *c == '(')
    }

    fn negative_number(&mut self) {
        self.word();
        if let Some(number) = self.tokens.last_mut().filter(|token| token.kind == Kind::Number) {
            number.text.insert(0, '-');
            number.norm.insert(0, '-');
        }
    }

    /// Words up to the closing quotation mark on the same line; an opening mark without one is ignored.
    fn quoted(&mut self) {
        let rest = &self.chars[self.at..];
        let end = rest.iter().take(80).position(|c| matches!(c, '"' | '“' | '”' | '»' | '«' | '」' | '》' | '\n'));
        let Some(end) = end.filter(|end| *end > 0 && rest.get(*end) != Some(&'\n')) else { return };
        let raw: String = rest[..end]
            .iter()
            .filter(|c| c.is_alphanumeric() || is_combining_mark(**c) || matches!(c, ' ' | '-' | '\'' | '&'))
            .collect();
        self.at += end + 1;
        let text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.push(Kind::Quoted, &text);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        self.at += 1;
        let sign = !(self.chars[start].is_alphanumeric() || self.chars[start] == '+');
        while let Some(letter) = self.peek(0).filter(|_| !sign) {
            let inner = self.peek(1).is_some_and(char::is_alphanumeric) && self.chars[self.at - 1].is_alphanumeric();
            let joins = matches!(letter, '\'' | '’' | '-' | '‑' | '_' | '&') && inner;
            let decimal = matches!(letter, '.' | ',')
                && inner
                && self.peek(1).is_some_and(|c| c.is_ascii_digit())
                && self.chars[start..self.at].iter().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
            if !(letter.is_alphanumeric() || is_combining_mark(letter) || joins || decimal || self.abbreviation(start))
            {
                break;
            }
            self.at += 1;
        }
        if self.peek(0).is_some_and(|c| matches!(c, '\'' | '’')) && self.chars[self.at - 1] == 's' {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().take(60).collect();
        let number = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        self.push(if number { Kind::Number } else { Kind::Word }, text.trim_end_matches('.'));
    }

    /// Inside `e.g.`, `i.e.`, `a.m.`: single letters joined by dots.
    fn abbreviation(&self, start: usize) -> bool {
        let so_far = &self.chars[start..self.at];
        if self.peek(0) != Some('.') {
            return false;
        }
        let lettered =
            so_far.iter().enumerate().all(|(index, c)| if index % 2 == 0 { c.is_alphabetic() } else { *c == '.' });
        let next_joins =
            self.peek(1).is_some_and(char::is_alphabetic) && !self.peek(2).is_some_and(char::is_alphanumeric);
        lettered && so_far.len() % 2 == 1 && (next_joins || so_far.len() >= 3)
    }

    /// At the start of a line: notes its indentation and bullet, and skips both.
    fn line_start(&mut self) {
        let start = self.at;
        while self.peek(0).is_some_and(|c| c == ' ' || c == '\t') {
            self.at += 1;
        }
        let mut indent = (self.at - start) * 2;
        let numbered = self.peek(0).is_some_and(|c| c.is_ascii_digit())
            && self.peek(1).is_some_and(|c| matches!(c, '.' | ')'))
            && self.peek(2) == Some(' ');
        if numbered {
            self.at += 2;
            indent += 1;
        } else if self.peek(0).is_some_and(is_bullet) && self.peek(1).is_none_or(|c| !c.is_ascii_digit()) {
            self.at += 1;
            indent += 1;
        }
        if !self.tokens.is_empty() || indent % 2 == 1 {
            self.push(Kind::Line, "\n");
            if let Some(last) = self.tokens.last_mut() {
                last.indent = indent;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn folds_accents_ligatures_and_hyphens() {
        assert_eq!(fold("Fiancée  E-Mail Straße ŁØÆ"), "fiancee e mail strasse loae");
    }

    #[test]
    fn plain_letters_are_folded_as_all_others_are() {
        for text in ["", " - ", "E-Mail  of\tA`B", "-x-", "a\u{b}\u{1c}B\n"] {
            assert_eq!(fold(text), fold_letters(text), "{text:?}");
        }
    }

    #[test]
    fn splits_words_marks_and_numbers() {
        assert_eq!(
            texts("Guests: name (12.5), e.g. yes/no"),
            ["Guests", ":", "name", "(", "12.5", ")", ",", "e.g", "yes", "/", "no"]
        );
    }

    #[test]
    fn possessives_lose_their_mark() {
        let all = tokens("the guest's and guests' phone, it's");
        assert_eq!(all[1].norm, "guest");
        assert!(all[1].possessive);
        assert_eq!((all[3].text.as_str(), all[3].norm.as_str()), ("guests", "guests"));
        assert_eq!(all[6].norm, "it's");
    }

    #[test]
    fn markup_controls_and_direction_marks_do_not_survive() {
        let all = texts("<script>alert(1)</script>\u{202e}na\u{200b}me\u{0007}x\\\"{}");
        assert!(all.iter().all(|text| !text.contains(['<', '>', '\u{202e}', '\u{200b}', '\u{0007}', '\\', '{'])));
        assert!(all.contains(&"name".to_owned()));
    }

    #[test]
    fn lines_know_their_indentation_and_bullets() {
        let all = tokens("Guests:\n- name\n  - first");
        let lines: Vec<usize> = all.iter().filter(|t| t.kind == Kind::Line).map(|t| t.indent).collect();
        assert_eq!(lines, [1, 5]);
    }

    #[test]
    fn quoted_words_stay_together() {
        let all = tokens("rename it to \"Save the date\" please");
        assert!(all.iter().any(|t| t.kind == Kind::Quoted && t.text == "Save the date"));
    }
}

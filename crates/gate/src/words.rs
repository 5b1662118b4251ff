//! Names of programs as words of people.

/// Examples that a finding gives at most.
pub(crate) const MOST_EXAMPLES: usize = 3;
/// Characters of one example.
const EXAMPLE_CHARS: usize = 60;

/// `phoneNumber`, `phone_number` and `PHONE_NUMBER` are all "phone number"; `RSVPStatus` is "RSVP status".
pub(crate) fn split(name: &str) -> String {
    let name = name.trim_matches('_');
    let letters: Vec<char> = name.chars().collect();
    let shouting = letters.iter().all(|c| !c.is_lowercase()) && letters.len() > 4;
    let mut words: Vec<String> = vec![String::new()];
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || b.is_numeric() || (b.is_uppercase() && after.is_some_and(|a| a.is_lowercase()))
            });
        if letter == '_' || letter == ' ' || (starts && !shouting) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter != '_' && letter != ' ') {
            word.push(letter);
        }
    }
    let lower = |word: &String| if shouting || !is_acronym(word) { word.to_lowercase() } else { word.clone() };
    words.iter().filter(|word| !word.is_empty()).map(lower).collect::<Vec<_>>().join(" ")
}

fn is_acronym(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(|c| c.is_uppercase() || c.is_numeric())
}

/// A name as words in quotation marks.
pub(crate) fn quoted(name: &str) -> String {
    let words = split(name);
    format!("“{}”", shortened(if words.is_empty() { name } else { &words }, 80))
}

/// What the name of a method that lists things calls them: `getAllGuests` lists "guests".
pub(crate) fn thing(method: &str) -> String {
    let words = split(method);
    let mut rest: Vec<&str> = words.split(' ').collect();
    while rest.len() > 1 && ["get", "list", "all", "fetch", "find", "read", "show", "query", "the"].contains(&rest[0]) {
        rest.remove(0);
    }
    rest.join(" ")
}

/// A path through data: the outermost name first. Positions count only where they are all there is to say.
pub(crate) fn path(parts: &[String]) -> String {
    let named = |at: usize| at + 1 == parts.len() || parts[at].parse::<u32>().is_err();
    let words = parts.iter().enumerate().filter(|(at, _)| named(*at)).map(|(_, part)| split(part));
    words.collect::<Vec<_>>().join(" → ")
}

/// "“phone” of “guests”"; for an outermost name the name alone.
pub(crate) fn of(parts: &[String]) -> String {
    match parts {
        [] => "the data".into(),
        [one] => quoted(one),
        [first, .., last] => format!("{} of {}", quoted(last), quoted(first)),
    }
}

/// At most so many characters, with an ellipsis for the rest; control characters become spaces.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    let mut short: String = text.chars().take(most).map(clean).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}

/// One example, on one line.
pub(crate) fn example(text: &str) -> String {
    shortened(&text.replace(['\n', '\r'], " "), EXAMPLE_CHARS)
}

/// ", for example “Anna”, “Ben”", or nothing.
pub(crate) fn for_example(examples: &[String]) -> String {
    if examples.is_empty() {
        return String::new();
    }
    format!(", for example {}", examples.iter().map(|text| format!("“{text}”")).collect::<Vec<_>>().join(", "))
}

/// "1 value", "12 values".
pub(crate) fn counted(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        for (name, words) in [
            ("phone", "phone"),
            ("phoneNumber", "phone number"),
            ("phone_number", "phone number"),
            ("RSVPStatus", "RSVP status"),
            ("table2Name", "table2 name"),
            ("MAX_GUESTS", "max guests"),
            ("_hidden", "hidden"),
            ("getURL", "get URL"),
            ("größeÄnderung", "größe änderung"),
            ("", ""),
        ] {
            assert_eq!(split(name), words, "{name}");
        }
    }

    #[test]
    fn methods_name_things() {
        assert_eq!(thing("getAllGuests"), "guests");
        assert_eq!(thing("listBudgetItems"), "budget items");
        assert_eq!(thing("list"), "list");
        assert_eq!(thing("guestCount"), "guest count");
    }

    #[test]
    fn long_texts_are_cut_at_characters() {
        assert_eq!(shortened("äöü", 2), "äö…");
        assert_eq!(shortened("äöü", 3), "äöü");
    }
}

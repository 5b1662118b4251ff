//! Nothing is dropped silently: a word that means nothing to the writer, put anywhere into a text, comes back in the
//! app or in what was not understood.

use writer::{Wish, change, write};

use crate::written;

const STRANGE: &str = "zqorbli";

const WISHES: &[&str] = &[
    "I want a site for planning our wedding. Guests have a name, an email and a phone number. They answer yes or no and pick a meal (meat, fish or vegetarian). We have tables with a number of seats. We also track the budget: what, how much, paid or not. Only my partner and I may see the budget.",
    "an app to keep track of my vinyl records: artist, title, year, condition (mint, good, poor), price",
    "Team dinner signup: colleagues say whether they come and choose a dish: pizza, pasta or salad. They can leave a comment.",
    "Each project has a name, a deadline and tasks. Tasks have a title, status (open, in progress, done) and a person responsible.",
    "Volunteers sign up for shifts. Shifts have a date and a number of spots. Volunteers may see their own shifts. Guests may bring a plus one, we need their name too.",
    "Pet clinic: owners (name, phone), pets (name, species: dog, cat), visits (pet, date, reason, cost)",
    "Recipe collection. Everyone may read the recipes but only I can edit them. Each guest answers only once. Kids are invited. Ask guests for their phone.",
];

const CHANGES: &[&str] = &[
    "Add a dietary note to guests.",
    "Remove the phone number from guests.",
    "Rename guests to invitees",
    "Guests may bring a plus one, we need their name too.",
    "Only I may see the tables",
    "Make the email required",
    "Guests can't see the tables",
    "Add vegan to the meals",
    "Make it dark green",
    "Archive the tables",
    "No two guests may have the same email",
    "Use dollars",
    "undo that",
];

/// The text with the strange word before its `at`th word, if it has so many.
fn with_strange_word(text: &str, at: usize) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    (at <= words.len()).then(|| [&words[..at], &[STRANGE], &words[at..]].concat().join(" "))
}

fn mentions(json: Result<String, serde_json::Error>) -> bool {
    json.expect("answers are JSON").to_lowercase().contains(STRANGE)
}

#[test]
fn a_strange_word_in_a_wish_comes_back() {
    let mut lost = Vec::new();
    for wish in WISHES {
        for text in (0..).map_while(|at| with_strange_word(wish, at)) {
            let answer = match write(&Wish { text: &text, name: None }) {
                Ok(answer) => mentions(serde_json::to_string(&answer)),
                Err(declined) => mentions(serde_json::to_string(declined.understanding())),
            };
            if !answer {
                lost.push(text);
            }
        }
    }
    assert!(lost.is_empty(), "{} texts lost the word:\n{}", lost.len(), lost.join("\n"));
}

/// The text with the strange word at each place where a word may begin: after blanks, or anywhere without them.
fn strange_texts(text: &str) -> Vec<String> {
    if text.split(' ').count() > 3 {
        return (0..).map_while(|at| with_strange_word(text, at)).collect();
    }
    text.char_indices().map(|(at, _)| format!("{}{STRANGE}{}", &text[..at], &text[at..])).collect()
}

#[test]
fn a_strange_word_comes_back_in_every_language() {
    let mut lost = Vec::new();
    for (code, texts) in crate::languages::languages() {
        for wish in [&texts.wedding, &texts.signup, &texts.recipes, &texts.shifts, &texts.tasks] {
            for text in strange_texts(wish) {
                let answer = match write(&Wish { text: &text, name: None }) {
                    Ok(answer) => mentions(serde_json::to_string(&answer)),
                    Err(declined) => mentions(serde_json::to_string(declined.understanding())),
                };
                if !answer {
                    lost.push(format!("{code}: {text}"));
                }
            }
        }
        let (spec, _) = written(&texts.wedding);
        for wish in [&texts.plus_one, &texts.diet, &texts.remove_phone, &texts.rename, &texts.private, &texts.option] {
            for text in strange_texts(wish) {
                let answer = match change(&spec, &text) {
                    Ok(answer) => mentions(serde_json::to_string(&answer)),
                    Err(declined) => mentions(serde_json::to_string(declined.understanding())),
                };
                if !answer {
                    lost.push(format!("{code}: {text}"));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{} texts lost the word:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn a_strange_word_in_a_change_comes_back() {
    let (spec, _) = written(WISHES[0]);
    let mut lost = Vec::new();
    for wish in CHANGES {
        for text in (0..).map_while(|at| with_strange_word(wish, at)) {
            let answer = match change(&spec, &text) {
                Ok(answer) => mentions(serde_json::to_string(&answer)),
                Err(declined) => mentions(serde_json::to_string(declined.understanding())),
            };
            if !answer {
                lost.push(text);
            }
        }
    }
    assert!(lost.is_empty(), "{} texts lost the word:\n{}", lost.len(), lost.join("\n"));
}

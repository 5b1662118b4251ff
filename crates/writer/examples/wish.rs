//! Prints what the offline writer makes of a text: `cargo run -p writer --example wish -- "a wish" ["a change or a question" …]`.

use writer::spec::AppSpec;
use writer::{Asked, Day, Declined, Understanding, Wish, asked, change, describe, write};

fn main() {
    let mut texts = std::env::args().skip(1);
    let Some(wish) = texts.next() else {
        eprintln!("usage: wish TEXT [CHANGE]...");
        std::process::exit(2);
    };
    let mut spec = match write(&Wish { text: &wish, name: None }) {
        Ok((spec, understanding)) => shown(spec, &understanding),
        Err(declined) => return refused(&declined),
    };
    for text in texts {
        println!("\n=== {text}");
        if let Some(asked) = asked(&spec, &text) {
            answered(&spec, &asked);
            continue;
        }
        match change(&spec, &text) {
            Ok(change) => {
                change.losses.iter().for_each(|loss| println!("  loses  {} ({})", loss.label, loss.subject));
                change.alternatives.iter().for_each(|other| println!("  instead  {}", other.message));
                if change.undo {
                    println!("  undo");
                }
                spec = shown(change.spec, &change.understanding);
            }
            Err(declined) => refused(&declined),
        }
    }
    if std::env::var_os("WISH_JSON").is_some() {
        println!("{}", serde_json::to_string_pretty(&spec).unwrap_or_default());
    }
}

/// The answer over the variables in the file that `WISH_ROWS` names, in the form of `autograph data`.
fn answered(spec: &AppSpec, asked: &Asked) {
    let Asked::Data(query) = asked else { return println!("  asked: {asked:?}") };
    println!("  asked: {}", serde_json::to_string(query).unwrap_or_default());
    let text = std::env::var_os("WISH_ROWS").and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    let variables = serde_json::from_str(&text).unwrap_or_default();
    let today = Day::new(2026, 11, 18).expect("a day");
    println!("  answer: {}", query.run(spec, &variables, today).unwrap_or_default().message);
}

fn refused(declined: &Declined) {
    println!("declined: {declined}");
    print(declined.understanding());
}

fn shown(spec: AppSpec, understanding: &Understanding) -> AppSpec {
    println!("{} ({}; {})", spec.title, spec.name, spec.language);
    describe(&spec).iter().for_each(|sentence| println!("  {sentence}"));
    spec.pages
        .iter()
        .for_each(|page| println!("  page {} {:?} {} for {}", page.id, page.kind, page.title, page.roles.join(", ")));
    print(understanding);
    spec
}

fn print(understanding: &Understanding) {
    let parts = [
        ("understood", &understanding.understood),
        ("assumed", &understanding.assumed),
        ("NOT understood", &understanding.not_understood),
    ];
    for (title, statements) in parts {
        statements.iter().for_each(|statement| {
            println!("  {title}: {} [{}]", statement.text, statement.about.as_deref().unwrap_or(""))
        });
    }
    for question in &understanding.questions {
        println!(
            "  question: {} {:?}",
            question.text,
            question.answers.iter().map(|answer| (&answer.label, &answer.change)).collect::<Vec<_>>()
        );
    }
}

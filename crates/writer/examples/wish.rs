//! Prints what the offline writer makes of a text: `cargo run -p writer --example wish -- "a wish" ["a change" …]`.

use writer::spec::AppSpec;
use writer::{Declined, Understanding, Wish, change, describe, write};

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

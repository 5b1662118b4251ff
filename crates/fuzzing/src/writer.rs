//! What people write: a wish, and changes of what it made.

use writer::{
    Understanding, Wish, change, codegen::generate, describe, spec::AppSpec, validate, validate::path_exists, write,
};

/// Most changes after the wish.
const MOST: usize = 3;

/// A text whose first line is a wish and whose other lines are changes.
///
/// # Panics
/// Something written doesn't hold together, is understood of what isn't there, can't be made an app, or is written
/// differently the second time.
pub fn writer(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let wish = Wish { text: lines.next().unwrap_or_default(), name: None };
    let first = write(&wish);
    assert_eq!(first.as_ref().ok(), write(&wish).ok().as_ref(), "the same words make the same app");
    let Ok((mut spec, understanding)) = first else { return };
    sound(&spec, &understanding, None);
    for line in lines.take(MOST) {
        let Ok(changed) = change(&spec, line) else { continue };
        sound(&changed.spec, &changed.understanding, Some(&spec));
        spec = changed.spec;
    }
}

fn sound(spec: &AppSpec, understanding: &Understanding, live: Option<&AppSpec>) {
    assert_eq!(validate(spec), Ok(()), "what is written holds together");
    for statement in understanding.understood.iter().chain(&understanding.assumed) {
        assert!(statement.about.iter().all(|about| path_exists(spec, about)), "{statement:?} leads nowhere");
    }
    assert!(!generate(spec, live).is_empty() && !describe(spec).is_empty(), "it can be made and told of");
}

//! What a page of words is to say: "About us: we bake since 1998."
//!
//! Only the page's title stands before the colon, or the word for a page beside it; what follows is the person's own
//! and goes onto the page as it is. So no language needs words of its own for this.

use super::draft::Draft;
use super::lexicon::Language;
use super::say::Say;
use super::text::{fold, tokens};
use super::unit::units;
use crate::spec::{AppSpec, Page, PageKind};

/// Longest that may stand before the colon, in characters.
const HEAD_CHARS_MAX: usize = 80;

/// The change that puts words onto a page, if the text is one.
pub(super) fn read(spec: &AppSpec, text: &str, language: &'static Language) -> Option<Draft> {
    let (head, words) = text.split_once([':', '：'])?;
    let words = words.trim();
    let at = spec.pages.iter().position(|page| page.kind == PageKind::Text && names(head, page, language))?;
    if words.is_empty() || head.chars().count() > HEAD_CHARS_MAX {
        return None;
    }
    let mut draft = Draft::of(spec, language);
    words.clone_into(&mut draft.spec.pages[at].text);
    let Page { id, title, .. } = &spec.pages[at];
    draft.understood(Say::PageSays, &[title], &format!("pages/{id}"));
    Some(draft)
}

/// Whether what stands before the colon is the page's title, or has it beside the word for a page.
fn names(head: &str, page: &Page, language: &'static Language) -> bool {
    let (head_words, title) = (split(head), split(&page.title));
    let beside = || units(&tokens(head), language).iter().any(|unit| unit.is_any(&["app", "pageWord", "siteWord"]));
    let inside = || head_words.windows(title.len()).any(|some| some == title);
    !title.is_empty() && (head_words == title || inside() && beside())
}

fn split(text: &str) -> Vec<String> {
    // What stands in quotation marks is one token.
    let words =
        tokens(text).into_iter().flat_map(|token| fold(&token.text).split(' ').map(str::to_owned).collect::<Vec<_>>());
    words.filter(|word| word.chars().any(char::is_alphanumeric)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::change;
    use super::*;
    use crate::spec::OWNER;

    fn site(language: &str, title: &str) -> AppSpec {
        let text = "Guests have a name and a phone number.";
        let mut spec = crate::write(&crate::Wish { text, name: None }).expect("is written").0;
        language.clone_into(&mut spec.language);
        let (id, title, roles) = ("about".into(), title.into(), vec![OWNER.into()]);
        spec.pages.push(Page { id, title, kind: PageKind::Text, roles, ..Page::default() });
        spec
    }

    fn said(spec: &AppSpec, text: &str) -> String {
        change(spec, text).map(|change| change.spec.pages.last().expect("a page").text.clone()).unwrap_or_default()
    }

    #[test]
    fn a_page_says_what_follows_its_title() {
        let words = "We bake: bread\n\nand cake, since 1998.";
        for (language, title, text) in [
            ("en", "About us", format!("about us: {words}")),
            ("en", "About us", format!("Write on the page About us: {words}")),
            ("de", "Über uns", format!("Auf der Seite „Über uns“: {words}")),
            ("ar", "من نحن", format!("من نحن: {words}")),
            ("zh", "关于我们", format!("关于我们：{words}")),
        ] {
            let spec = site(language, title);
            assert_eq!(said(&spec, &text), words, "{text}");
            let change = change(&spec, &text).expect("is read");
            assert!(change.understanding.understood[0].text.contains(title), "{language}");
            assert!(change.understanding.not_understood.is_empty());
        }
    }

    #[test]
    fn a_title_inside_of_other_words_is_none() {
        let spec = site("en", "About");
        assert_eq!(said(&spec, "Add a note about this to guests: a text"), "");
        assert_eq!(said(&spec, "About:  "), "");
    }
}

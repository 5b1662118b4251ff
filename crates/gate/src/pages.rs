//! What a browser saw of an app's pages, on a fork of the live version and on one with the proposed one.
//!
//! It notices what no type tells: a page that throws, stays blank, calls what the backend no longer answers, or shows
//! nothing of the data any more. Pages are told apart by their addresses. Invariant: only what got worse is said.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    verdict::{Effect, Finding, Verdict},
    words,
};

/// What was seen of one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenPage {
    /// Neither words nor pictures.
    pub blank: bool,
    /// What its scripts threw and nobody caught, first lines.
    pub thrown: Vec<String>,
    /// Methods that it called and that were rejected, with the reason.
    pub rejected: BTreeMap<String, String>,
    /// Texts from the data that it showed.
    pub shown: BTreeSet<String>,
}

impl SeenPage {
    /// Why it can't be used, if it can't.
    fn broken(&self) -> Option<String> {
        match self.thrown.first() {
            Some(error) => Some(format!("its script fails: {}", words::example(error))),
            None if self.blank => Some("it is blank".into()),
            None => None,
        }
    }
}

/// Pages by their address within the site, such as `/` or `/#guests`.
pub type SeenSite = BTreeMap<String, SeenPage>;

/// The pages in which something may be worse than in another version: those that fail, that call in vain, and that
/// show nothing of the data. Nothing can be held against the others, so the live ones need not be looked at for them.
#[must_use]
pub fn doubtful_pages(proposed: &SeenSite) -> BTreeSet<String> {
    let doubtful = |page: &SeenPage| page.broken().is_some() || !page.rejected.is_empty() || page.shown.is_empty();
    proposed.iter().filter(|(_, page)| doubtful(page)).map(|(address, _)| address.clone()).collect()
}

impl Verdict {
    /// The same with what a browser saw: `live` of the version that is live, if there is one.
    #[must_use]
    pub fn with_pages(mut self, live: Option<&SeenSite>, proposed: &SeenSite) -> Verdict {
        self.behaviour.extend(findings(live, proposed));
        self.settle()
    }

    /// The same, saying that the pages could not be looked at.
    #[must_use]
    pub fn without_pages(mut self, why: &str) -> Verdict {
        let message = format!("The pages could not be opened in a browser: {}.", words::example(why));
        self.behaviour.push(Finding::new("pages_not_judged", "pages", Effect::Informs, message));
        self.settle()
    }
}

fn findings(live: Option<&SeenSite>, proposed: &SeenSite) -> Vec<Finding> {
    let mut found = Vec::new();
    for (address, page) in proposed {
        let before = live.and_then(|live| live.get(address));
        // What fails in a first version took nothing from anybody.
        let new = if live.is_some() { Effect::Asks } else { Effect::Informs };
        found.extend(match before {
            Some(before) => fails_now(address, before, page).or_else(|| shows_nothing(address, before, page)),
            None => page.broken().map(|why| fails(address, new, &format!("The page `{address}` does not work: {why}"))),
        });
        found.extend(rejected_now(address, before, page, new));
    }
    found
}

fn fails(address: &str, effect: Effect, message: &str) -> Finding {
    Finding::new("page_fails", address, effect, format!("{}.", message.trim_end_matches('.')))
}

fn fails_now(address: &str, before: &SeenPage, page: &SeenPage) -> Option<Finding> {
    let why = page.broken().filter(|_| before.broken().is_none())?;
    let message = format!("The page `{address}` works and would not work any more: {why}");
    Some(fails(address, Effect::Refuses, &message))
}

fn shows_nothing(address: &str, before: &SeenPage, page: &SeenPage) -> Option<Finding> {
    if before.shown.is_empty() || !page.shown.is_empty() {
        return None;
    }
    let examples: Vec<String> =
        before.shown.iter().take(words::MOST_EXAMPLES).map(|text| words::example(text)).collect();
    let message = format!(
        "The page `{address}` shows {} of the data and would show none of them{}.",
        words::counted(before.shown.len() as u64, "text"),
        words::for_example(&examples)
    );
    let finding = Finding::new("page_shows_nothing", address, Effect::Asks, message);
    Some(Finding { count: Some(before.shown.len() as u64), examples, ..finding })
}

fn rejected_now<'a>(
    address: &'a str,
    before: Option<&'a SeenPage>,
    page: &'a SeenPage,
    effect: Effect,
) -> impl Iterator<Item = Finding> + 'a {
    let was = move |method: &String| before.is_some_and(|before| before.rejected.contains_key(method));
    page.rejected.iter().filter(move |(method, _)| !was(method)).map(move |(method, why)| {
        let message = format!("The page `{address}` calls {}, and that is rejected.", words::quoted(method));
        Finding::new("call_fails", format!("{address} {method}"), effect, message).detail(why.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> SeenPage {
        SeenPage { shown: ["Anna".to_owned(), "Ben".to_owned()].into(), ..SeenPage::default() }
    }

    fn site(page: SeenPage) -> SeenSite {
        [("/".to_owned(), page)].into()
    }

    fn kinds(live: Option<SeenPage>, proposed: SeenPage) -> Vec<(String, Effect)> {
        let live = live.map(site);
        let verdict = Verdict::default().with_pages(live.as_ref(), &site(proposed));
        verdict.behaviour.into_iter().map(|finding| (finding.kind, finding.effect)).collect()
    }

    fn one(kind: &str, effect: Effect) -> Vec<(String, Effect)> {
        vec![(kind.to_owned(), effect)]
    }

    #[test]
    fn a_page_that_worked_must_go_on_working() {
        let throws = SeenPage { thrown: vec!["TypeError: x".into()], ..page() };
        let blank = SeenPage { blank: true, ..SeenPage::default() };
        assert_eq!(kinds(Some(page()), throws.clone()), one("page_fails", Effect::Refuses));
        assert_eq!(kinds(Some(page()), blank.clone()), one("page_fails", Effect::Refuses));
        assert_eq!(kinds(Some(page()), page()), []);
        // What failed already did not get worse, and a first version takes nothing from anybody.
        assert_eq!(kinds(Some(throws.clone()), throws.clone()), []);
        assert_eq!(kinds(None, throws), one("page_fails", Effect::Informs));
        assert_eq!(kinds(None, page()), []);
    }

    #[test]
    fn a_new_page_that_fails_needs_a_word() {
        let (live, mut proposed) = (site(page()), site(page()));
        proposed.insert("/#new".into(), SeenPage { blank: true, ..SeenPage::default() });
        let verdict = Verdict::default().with_pages(Some(&live), &proposed);
        assert_eq!(verdict.behaviour[0].effect, Effect::Asks);
        assert_eq!(verdict.behaviour[0].subject, "/#new");
    }

    #[test]
    fn a_page_that_shows_nothing_of_the_data_needs_a_word() {
        let some = SeenPage { shown: ["Ben".to_owned()].into(), ..SeenPage::default() };
        let none = SeenPage::default();
        assert_eq!(kinds(Some(page()), some), []);
        assert_eq!(kinds(Some(page()), none.clone()), one("page_shows_nothing", Effect::Asks));
        assert_eq!(kinds(Some(none.clone()), none), []);
    }

    #[test]
    fn what_is_not_in_doubt_is_never_held_against_a_version() {
        let some = SeenPage { shown: ["Rye".to_owned()].into(), ..SeenPage::default() };
        let cases = [
            page(),
            some,
            SeenPage::default(),
            SeenPage { blank: true, ..page() },
            SeenPage { thrown: vec!["TypeError: x".into()], ..page() },
            SeenPage { rejected: [("list".to_owned(), "no method".to_owned())].into(), ..page() },
        ];
        for (before, after) in cases.iter().flat_map(|before| cases.iter().map(move |after| (before, after))) {
            let doubtful = !doubtful_pages(&site(after.clone())).is_empty();
            assert!(doubtful || kinds(Some(before.clone()), after.clone()).is_empty(), "{before:?} {after:?}");
        }
        assert_eq!(doubtful_pages(&site(page())), BTreeSet::new());
    }

    #[test]
    fn a_call_that_is_rejected_now_needs_a_word() {
        let rejected = SeenPage { rejected: [("list".to_owned(), "no method".to_owned())].into(), ..page() };
        assert_eq!(kinds(Some(page()), rejected.clone()), one("call_fails", Effect::Asks));
        assert_eq!(kinds(Some(rejected.clone()), rejected), []);
    }
}

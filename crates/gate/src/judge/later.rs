//! What becomes of the data later: after an hour, a day, a month, and once strangers have called what they may.
//!
//! An app may let go of data by design, such as sessions that end. So only what the live version would still have at
//! the same time, after the same things happened to it, is a loss.

use std::time::Duration;

use super::{Judging, Side};
use crate::{
    census::{Change, Fate},
    data::{self, Seen, Source},
    fork::{Caller, Mark},
    interface::{Interface, is_query},
    kept::{Compared, Unread},
    verdict::Finding,
};

/// Methods that strangers are made to call.
const MOST_CALLS: usize = 40;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Something that happens to the app.
enum Event<'a> {
    Passes(Duration),
    /// Anybody calls these methods, without arguments.
    Called(&'a [String]),
}

/// Methods that change something and need no argument, of both versions.
pub(super) fn open_methods(old: &Interface, new: &Interface) -> Vec<String> {
    let without = |interface: &Interface, name: &str| {
        interface.methods.get(name).is_some_and(|method| !is_query(method) && method.args.is_empty())
    };
    let both = old.methods.keys().filter(|name| without(old, name) && without(new, name));
    both.take(MOST_CALLS).cloned().collect()
}

impl Judging<'_> {
    /// Looks for losses that come late; `found` are those that come at once.
    pub(super) fn later(&mut self, held: Mark, sides: (Side<'_>, Side<'_>), found: &[Change], methods: &[String]) {
        let upgraded = self.fork.keep();
        let mut known = found.to_vec();
        let times = [
            ("An hour after the switch", vec![HOUR]),
            ("A day after the switch", vec![HOUR, DAY - HOUR]),
            ("A month after the switch", vec![HOUR, DAY - HOUR, MONTH - DAY]),
        ];
        let mut now = upgraded;
        for (when, passed) in &times {
            let events: Vec<Event<'_>> = passed.iter().copied().map(Event::Passes).collect();
            // The new version's time goes on from where it is.
            now = self.happens(now, &events[events.len() - 1..]);
            self.late(when, (held, now), &events, (upgraded, sides), &mut known);
        }
        if !methods.is_empty() {
            let called = [Event::Called(methods)];
            let now = self.happens(upgraded, &called);
            let when = "Once strangers have called what they may call";
            self.late(when, (held, now), &called, (upgraded, sides), &mut known);
        }
        self.fork.back(upgraded);
    }

    /// The state after something happened.
    fn happens(&mut self, from: Mark, events: &[Event<'_>]) -> Mark {
        self.fork.back(from);
        for event in events {
            match event {
                Event::Passes(time) => self.fork.pass(*time),
                Event::Called(methods) => {
                    for method in *methods {
                        // Whether it is let in is the app's affair; what it does to the data is what counts.
                        let _ = self.fork.call(Caller::Anonymous, method, EMPTY_ARGUMENTS);
                        let _ = self.fork.call(Caller::Stranger, method, EMPTY_ARGUMENTS);
                    }
                }
            }
        }
        self.fork.keep()
    }

    fn late(
        &mut self,
        when: &str,
        (live, now): (Mark, Mark),
        events: &[Event<'_>],
        (upgraded, (old, new)): (Mark, (Side<'_>, Side<'_>)),
        known: &mut Vec<Change>,
    ) {
        if self.fork.same(upgraded, now) {
            return;
        }
        let Some(since) = self.compare((live, old), (now, new)) else { return };
        let since = match since {
            Ok(Compared { changes, .. }) => changes,
            Err(unread) => return self.unread(when, &unread),
        };
        let news: Vec<Change> = since.into_iter().filter_map(|change| beyond(known, change)).collect();
        if news.is_empty() {
            return;
        }
        let otherwise = self.happens(live, events);
        let compared = (self.compare((otherwise, old), (now, new)), self.compare((live, old), (otherwise, old)));
        let (direct, by_itself) = match compared {
            (Some(Ok(direct)), Some(Ok(by_itself))) => (direct.changes, by_itself.changes),
            (Some(Err(unread)), _) | (_, Some(Err(unread))) => return self.unread(when, &unread),
            _ => return,
        };
        for change in news {
            let Some(late) = blamed(&change, &direct, &by_itself) else { continue };
            self.verdict.data.extend(told(when, late));
            known.push(change);
        }
    }

    fn unread(&mut self, when: &str, unread: &Unread) {
        let finding = unread.finding();
        let message = format!("{when}: {}", finding.message);
        self.verdict.data.push(Finding { message, subject: format!("memory, {}", when.to_lowercase()), ..finding });
    }
}

/// Candid's bytes for no arguments.
const EMPTY_ARGUMENTS: &[u8] = b"DIDL\0\0";

/// A change as far as it goes beyond what is known; only losses count.
fn beyond(known: &[Change], mut change: Change) -> Option<Change> {
    if !matches!(change.fate, Fate::RowsGone | Fate::Gone | Fate::Changed | Fate::Fewer) {
        return None;
    }
    let before = known.iter().filter(|other| other.fate == change.fate && other.path == change.path);
    change.count = change.count.checked_sub(before.map(|other| other.count).sum())?;
    (change.count > 0).then_some(change)
}

/// The change as the new version's doing: it is one against what the live version would have by then, too.
fn blamed(change: &Change, direct: &[Change], by_itself: &[Change]) -> Option<Change> {
    let same = |other: &&Change| other.fate == change.fate && other.path == change.path;
    let against = direct.iter().find(same)?;
    // What the live version changes by itself has other values at other moments.
    let restless =
        matches!(change.fate, Fate::Changed | Fate::Fewer) && by_itself.iter().any(|other| other.path == change.path);
    let count = change.count.min(against.count);
    (!restless).then(|| Change { count, examples: against.examples.clone(), ..change.clone() })
}

fn told(when: &str, change: Change) -> Vec<Finding> {
    let found = data::findings(&[], &[Seen { change, source: Source::Memory }], true);
    let later = |finding: Finding| {
        let mut letters = finding.message.chars();
        let first: String = letters.next().map(|first| first.to_lowercase().collect()).unwrap_or_default();
        let message = format!("{when} {first}{}", letters.as_str());
        let subject = format!("{}, {}", finding.subject, when.to_lowercase());
        Finding { message, subject, ..finding }
    };
    found.into_iter().map(later).collect()
}

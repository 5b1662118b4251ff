//! Trying again: what the gate found in a proposal goes back to the writer, before anybody is asked.
//!
//! A writer answers with another proposal or says at once that it knows none. Which it is, it must say honestly:
//! [`Again::Same`] does what was asked and may go live by itself, [`Again::Gentler`] does something else in its place,
//! and only the owner may choose it. The gate judges either like any other proposal.

use std::collections::VecDeque;

use crate::understanding::{Alternative, Change};

/// What the gate holds against a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Which part of the verdict it is in: `build`, `interface`, `data`, `access` or `behaviour`.
    pub room: &'static str,
    /// The finding's kind, such as `values_lost`.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// For people; nothing should be decided by it.
    pub message: String,
    /// The gate lets nobody overrule it.
    pub refuses: bool,
}

/// A writer's answer to objections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// Does what was asked, in another way.
    Same(Alternative),
    /// Does less than was asked, or something in its place.
    Gentler(Alternative),
    /// There is no other way that this writer knows; why, in a sentence.
    NoOther(String),
}

/// A writer that is told what the gate found in what it wrote.
pub trait Repairs {
    /// Another proposal in place of the last one, in which the gate found this. It is asked a bounded number of times.
    fn again(&mut self, found: &[Objection]) -> impl Future<Output = Again> + Send;
}

/// The offline writer's: what it had in mind beside the literal reading, one after the other.
#[derive(Clone, Debug, Default)]
pub struct OfflineRepairs {
    ways: VecDeque<Alternative>,
}

impl OfflineRepairs {
    /// For a change that it wrote. For a new app it knows nothing but what it wrote: [`OfflineRepairs::default`].
    #[must_use]
    pub fn of(change: &Change) -> OfflineRepairs {
        OfflineRepairs { ways: change.alternatives.iter().cloned().collect() }
    }

    fn next(&mut self, found: &[Objection]) -> Again {
        // All that it can do more gently is to take things away: they are put away instead.
        let helps = found.iter().any(|objection| objection.room == "data");
        match self.ways.pop_front().filter(|_| helps) {
            Some(way) => Again::Gentler(way),
            None => Again::NoOther("The built-in writer knows no other way to do this.".into()),
        }
    }
}

impl Repairs for OfflineRepairs {
    fn again(&mut self, found: &[Objection]) -> impl Future<Output = Again> + Send {
        std::future::ready(self.next(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Wish, change, spec::AppSpec, write};

    fn objection(room: &'static str) -> Vec<Objection> {
        let text = String::new;
        vec![Objection { room, kind: text(), subject: text(), message: text(), refuses: false }]
    }

    fn guests() -> AppSpec {
        write(&Wish { text: "A list of guests with a name and a phone number.", name: None }).expect("writes").0
    }

    #[test]
    fn what_would_be_lost_is_put_away_and_then_there_is_no_other_way() {
        let removal = change(&guests(), "Remove the phone number from guests.").expect("changes");
        let mut repairs = OfflineRepairs::of(&removal);
        let Again::Gentler(way) = repairs.next(&objection("data")) else { panic!("it has a gentler way") };
        assert!(way.spec.entities.iter().flat_map(|entity| &entity.fields).any(|field| field.archived));
        assert!(matches!(repairs.next(&objection("data")), Again::NoOther(_)));
    }

    #[test]
    fn where_nothing_is_lost_or_nothing_was_in_mind_it_says_so_at_once() {
        let removal = change(&guests(), "Remove the phone number from guests.").expect("changes");
        for room in ["build", "interface", "access", "behaviour"] {
            assert!(matches!(OfflineRepairs::of(&removal).next(&objection(room)), Again::NoOther(_)), "{room}");
        }
        let more = change(&guests(), "Guests also have a birthday.").expect("changes");
        assert!(matches!(OfflineRepairs::of(&more).next(&objection("data")), Again::NoOther(_)));
    }
}

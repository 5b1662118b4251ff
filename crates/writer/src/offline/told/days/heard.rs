//! One part of a sentence read for orders that are for a day: who takes them, when they are collected, how long before
//! they end, how many a day there are.

use std::collections::BTreeSet;

use super::super::super::lexicon::{Language, Shape};
use super::super::super::noun::shape;
use super::super::super::opening;
use super::super::super::text::{Kind, Token, is_unspaced, joined};
use super::super::super::unit::{Unit, units};
use super::super::find::{HALF, MOST, Words};

/// What one part says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Heard {
    /// Orders are taken, by somebody and for something.
    pub(super) takes: bool,
    /// Who takes them.
    pub(super) shop: Vec<Unit>,
    /// What is ordered.
    pub(super) goods: Vec<Vec<Unit>>,
    /// So many a day, and of what.
    pub(super) limits: Vec<(u32, Vec<Unit>)>,
    /// The limit is one of each kind.
    pub(super) each: bool,
    /// So many days ahead.
    pub(super) days: Option<u32>,
    /// Until that time, `HH:MM`.
    pub(super) until: Option<String>,
    /// The day is chosen.
    pub(super) pick: bool,
    /// What was ordered is collected.
    pub(super) collected: bool,
    /// What was said of that and can't be held: from when to when.
    pub(super) unread: Option<String>,
}

/// Phrases that are part of no other statement than these.
const MARKS: &[&str] = &[
    "dayTakes",
    "dayChosen",
    "dayFor",
    "dayBefore",
    "dayNext",
    "daySame",
    "dayPick",
    "dayPre",
    "dayPerson",
    "dayEach",
    "dayDaily",
    "dayAhead",
    "dayUntil",
    MOST,
    HALF,
    "dayClock",
    "dayShop",
    "dayAccept",
    "dayMake",
    "daySmall",
];
/// What is commanded about a detail is no statement about days: "remove the pick-up day".
const COMMANDS: &[&str] = &["rename", "remove", "archive", "restore", "required", "optional", "undo"];
/// Longest name of what is counted, in words.
const LONGEST: usize = 4;

/// A part of a sentence with what each of its words is.
pub(super) struct Part<'t> {
    tokens: &'t [Token],
    words: Words<'t>,
    language: &'static Language,
    norms: Vec<String>,
    marks: Vec<Option<&'static str>>,
    /// The text speaks of orders made ahead.
    ahead: bool,
}

impl<'t> Part<'t> {
    /// Of these tokens.
    pub(super) fn of(tokens: &'t [Token], language: &'static Language, ahead: bool) -> Part<'t> {
        let words = Words::of(tokens, language);
        let norms: Vec<String> = words.norms().map(str::to_owned).collect();
        let mut places: Vec<_> = Vec::new();
        for (rank, key) in MARKS.iter().enumerate() {
            places.extend(words.places(key).into_iter().map(|place| (usize::MAX - place.len(), rank, place, *key)));
        }
        places.sort_by_key(|(length, rank, place, _)| (*length, *rank, place.start));
        let mut marks: Vec<Option<&'static str>> = vec![None; norms.len()];
        for (_, _, place, key) in places {
            if marks[place.clone()].iter().all(Option::is_none) {
                marks[place].fill(Some(key));
            }
        }
        // A small word that is written together with what it stands before belongs to it.
        let alone = |at: usize| !norms[at].chars().any(is_unspaced) && marks[at].is_none();
        let tokens_left: BTreeSet<usize> = (0..norms.len()).filter(|at| alone(*at)).map(|at| words.token(at)).collect();
        for at in (0..norms.len()).filter(|at| tokens_left.contains(&words.token(*at))) {
            marks[at] = marks[at].filter(|mark| *mark != "daySmall");
        }
        Part { tokens, words, language, norms, marks, ahead }
    }

    fn has(&self, key: &str) -> bool {
        self.marks.contains(&Some(key))
    }

    fn is(&self, at: usize, keys: &[&str]) -> bool {
        self.marks.get(at).is_some_and(|mark| mark.is_some_and(|mark| keys.contains(&mark)))
    }

    fn all(&self, keys: &[&str]) -> BTreeSet<usize> {
        (0..self.marks.len()).filter(|at| self.is(*at, keys)).collect()
    }

    fn number(&self, at: usize) -> Option<u32> {
        let norm = self.norms.get(at).filter(|_| self.marks[at].is_none())?;
        norm.parse().ok().or_else(|| self.language.number(norm))
    }

    /// Whether a number is a time: beside a word that says so, or written with a colon.
    fn is_time(&self, at: usize) -> bool {
        let colon = |one: usize, other: usize| {
            let (from, to) = (self.words.token(one), self.words.token(other));
            to == from + 2 && self.tokens[from + 1].kind == Kind::Colon
        };
        let near = |other: usize| self.is(other, &[HALF, "dayClock"]);
        near(at + 1)
            || at > 0 && near(at - 1)
            || self.norms.len() > at + 1 && self.number(at + 1).is_some() && colon(at, at + 1)
            || at > 0 && self.number(at - 1).is_some() && colon(at - 1, at)
    }

    /// The words that name what is counted: behind the number, or before it.
    fn counted(&self, at: usize) -> BTreeSet<usize> {
        let names = |at: &usize| self.is_name(*at) && !self.joins(*at);
        let small = (at + 1..self.marks.len()).take(2).take_while(|at| self.is(*at, &["daySmall"])).count();
        let after: BTreeSet<usize> = (at + 1 + small..self.marks.len()).take_while(names).take(LONGEST).collect();
        match after.is_empty() {
            true => (0..at).rev().take_while(names).take(LONGEST).collect(),
            false => after,
        }
    }

    /// Whether a word is no part of such a statement, and no number.
    fn is_name(&self, at: usize) -> bool {
        self.marks[at].is_none() && self.number(at).is_none()
    }

    /// Whether a word joins two others.
    fn joins(&self, at: usize) -> bool {
        units(&self.tokens[self.words.token(at)..=self.words.token(at)], self.language)
            .iter()
            .any(|unit| unit.is("and"))
    }

    fn units(&self, atoms: impl Fn(usize) -> bool) -> Vec<Unit> {
        units(&self.words.left(|at| !atoms(at)), self.language)
    }

    /// What it says, and the words that say it.
    pub(super) fn heard(&self) -> Option<(Heard, BTreeSet<usize>)> {
        let commanded = || units(self.tokens, self.language).iter().any(|unit| unit.is_any(COMMANDS));
        if self.has("dayPerson") || commanded() {
            return None;
        }
        let mut heard = Heard::default();
        let mut said = BTreeSet::new();
        self.takes(&mut heard, &mut said);
        self.limits(&mut heard, &mut said);
        self.lead(&mut heard, &mut said);
        self.pick(&mut heard, &mut said);
        let any = heard != Heard::default();
        self.flood(&mut said);
        any.then_some((heard, said))
    }

    /// "A bakery takes pre-orders for bread", "Pre-orders for our bakery": who and what stand around it.
    fn takes(&self, heard: &mut Heard, said: &mut BTreeSet<usize>) {
        let takes = (0..self.marks.len()).find(|at| self.is(*at, &["dayTakes"]));
        let accepts = || self.all(&["dayAccept"]).first().copied().filter(|_| self.has("dayPre"));
        let Some(at) = takes.or_else(accepts).or_else(|| self.heading()) else { return };
        heard.takes = true;
        heard.shop = self.shop();
        let plain =
            |from: usize, to: usize| self.units(|at| (from..to).contains(&at) && (self.is_name(at) || self.joins(at)));
        let runs = |units: Vec<Unit>| -> Vec<Vec<Unit>> {
            units.split(|unit| !unit.is_content()).filter(|run| !run.is_empty()).map(<[Unit]>::to_vec).collect()
        };
        let (mut before, after) = (runs(plain(0, at)), runs(plain(at, self.marks.len())));
        if heard.shop.is_empty() && !before.is_empty() {
            heard.shop = before.remove(0);
        }
        // Where the verb stands last, what is ordered stands before it.
        heard.goods = if after.is_empty() { before } else { after };
        // Until when, and how many, is for others to read.
        let own = ["dayTakes", "dayAccept", "dayPre", "daySmall", "dayShop"];
        said.extend((0..self.marks.len()).filter(|at| self.is(*at, &own) || self.is_name(*at) || self.joins(*at)));
    }

    /// "Pre-orders for bread", without a verb.
    fn heading(&self) -> Option<usize> {
        let plain: Vec<usize> = (0..self.marks.len()).filter(|at| !self.is(*at, &["daySmall"])).collect();
        let at = *plain.iter().find(|at| self.is(**at, &["dayPre"]))?;
        let ends = [plain.first(), plain.last()].into_iter().flatten().any(|end| self.is(*end, &["dayPre"]));
        let other = |at: &usize| !self.is(*at, &["dayPre", "dayShop"]) && self.marks[*at].is_some();
        // "Orders with a name and a price" have details.
        let names = |unit: &Unit| !unit.is_content() || unit.is_plain() && unit.field().is_none();
        let named = self.units(|at| self.marks[at].is_none()).iter().all(names);
        (ends && named && !plain.iter().any(other)).then_some(at)
    }

    /// What takes the orders, by the first words for such a place.
    fn shop(&self) -> Vec<Unit> {
        let all = self.all(&["dayShop"]);
        let Some(first) = all.first().copied() else { return Vec::new() };
        let end = (first..self.marks.len()).find(|at| !all.contains(at)).unwrap_or(self.marks.len());
        self.units(|at| (first..end).contains(&at))
    }

    /// "…, rolls and cakes": nothing but names.
    pub(super) fn names(&self) -> Option<Vec<Vec<Unit>>> {
        let plain = self.marks.iter().all(|mark| mark.is_none_or(|mark| mark == "daySmall"));
        let units = self.units(|at| self.marks[at].is_none());
        let fits = plain && !units.is_empty() && units.iter().all(|unit| unit.is_plain() || unit.is("and"));
        let runs = units.split(|unit| !unit.is_content()).filter(|run| !run.is_empty());
        fits.then(|| runs.map(<[Unit]>::to_vec).collect())
    }

    /// "We bake cakes": what is made, where nothing more is said.
    pub(super) fn made(&self) -> Option<Vec<Vec<Unit>>> {
        let marks = ["dayMake", "daySmall", "dayShop"];
        let fits = self.has("dayMake") && self.marks.iter().flatten().all(|mark| marks.contains(mark));
        let units = self.units(|at| self.marks[at].is_none());
        let plain = |unit: &Unit| unit.is_plain() || unit.is_any(&["and", "we", "poss", "det"]);
        let runs: Vec<Vec<Unit>> =
            units.split(|unit| !unit.is_content()).filter(|run| !run.is_empty()).map(<[Unit]>::to_vec).collect();
        (fits && !runs.is_empty() && units.iter().all(plain)).then_some(runs)
    }

    /// "At most 40 loaves a day".
    fn limits(&self, heard: &mut Heard, said: &mut BTreeSet<usize>) {
        let bound = self.has(MOST) || self.has("dayMake") || self.has("dayUntil") || self.has("dayEach");
        if !self.has("dayDaily") || !bound {
            return;
        }
        for at in 0..self.marks.len() {
            let Some(number) = self.number(at).filter(|number| *number > 0 && !self.is_time(at)) else { continue };
            let named = self.counted(at);
            let before = (0..at).rev().find(|at| !self.is(*at, &["daySmall"]));
            // "Hasta 40": a word that may begin a time begins a limit here.
            said.extend(before.filter(|at| self.is(*at, &["dayUntil"])));
            heard.limits.push((number, self.units(|at| named.contains(&at))));
            said.insert(at);
            said.extend(named);
        }
        if heard.limits.is_empty() {
            return;
        }
        heard.each = self.has("dayEach");
        said.extend(self.all(&[MOST, "dayDaily", "dayEach"]));
        let (first, last) = (said.first().copied().unwrap_or_default(), said.last().copied().unwrap_or_default());
        said.extend((first..=last).filter(|at| self.is(*at, &["daySmall", "dayMake"]) || self.joins(*at)));
    }

    /// "For the next day until 6 pm", "two days ahead".
    fn lead(&self, heard: &mut Heard, said: &mut BTreeSet<usize>) {
        let mut found = BTreeSet::new();
        let bound = self.has("dayUntil") || self.has("dayPick") || self.ahead;
        if self.has("dayFor") || self.has("dayBefore") || self.has("dayNext") && bound {
            heard.days = Some(1);
            found.extend(self.all(&["dayFor", "dayBefore", "dayNext"]));
        } else if self.has("daySame") && bound {
            heard.days = Some(0);
            found.extend(self.all(&["daySame"]));
        }
        for at in self.all(&["dayAhead"]) {
            let beside = [at.wrapping_sub(1), at + 1];
            let Some(number) = beside.into_iter().find(|at| self.number(*at).is_some_and(|days| days <= 60)) else {
                continue;
            };
            if !said.contains(&number) {
                heard.days = self.number(number);
                found.extend(self.all(&["dayAhead"]));
                found.insert(number);
            }
        }
        heard.until = self.until(said, &mut found);
        said.extend(found);
    }

    /// "Until 6 pm": numbers beside "until", with what says where in the day they lie.
    fn until(&self, said: &BTreeSet<usize>, found: &mut BTreeSet<usize>) -> Option<String> {
        let times = |at: &usize| self.number(*at).is_some() || self.is(*at, &[HALF, "dayClock"]);
        let first = (0..self.marks.len()).find(|at| {
            let free = self.number(*at).is_some() && !said.contains(at) && !found.contains(at);
            free && (self.is_time(*at) || self.near_until(*at))
        })?;
        let start = (0..=first).rev().take_while(times).last().unwrap_or(first);
        let end = (first..self.marks.len()).take_while(times).last().unwrap_or(first);
        let near = self.near_until(start) || self.near_until(end);
        let text = self.written(start, end);
        let time = opening::time(&super::super::super::text::tokens(&text), self.language).filter(|_| near)?;
        found.extend(start..=end);
        found.extend(self.all(&["dayUntil"]));
        Some(time)
    }

    /// Whether "until" stands beside a word, but for small ones.
    fn near_until(&self, at: usize) -> bool {
        let skip = |at: &usize| self.is(*at, &["daySmall", "dayClock", HALF]);
        let before = (0..at).rev().find(|at| !skip(at));
        let after = (at + 1..self.marks.len()).find(|at| !skip(at));
        before.into_iter().chain(after).any(|at| self.is(at, &["dayUntil"]))
    }

    /// Words as they were written.
    fn written(&self, start: usize, end: usize) -> String {
        let left = self.words.left(|at| at < start || at > end);
        let (first, last) = (self.words.token(start), self.words.token(end));
        let colon = self.tokens[first..=last].iter().any(|token| token.kind == Kind::Colon);
        let texts = if colon { &self.tokens[first..=last] } else { left.as_slice() };
        joined(texts.iter().filter(|token| colon || token.kind != Kind::Colon).map(|token| token.text.as_str()))
    }

    /// "Customers choose the day they pick up".
    fn pick(&self, heard: &mut Heard, said: &mut BTreeSet<usize>) {
        let timed = heard.days.is_some() || heard.until.is_some() || self.ahead;
        if self.has("dayChosen") || self.has("dayPick") && timed {
            heard.pick = true;
            heard.collected = self.has("dayPick");
            said.extend(self.all(&["dayChosen", "dayPick"]));
            self.hours(heard, said);
        }
    }

    /// "… and pick it up between 8 and 10": hours of a day are not held.
    fn hours(&self, heard: &mut Heard, said: &mut BTreeSet<usize>) {
        let last = said.last().map_or(0, |last| last + 1);
        let tail = last..self.marks.len();
        let timed = tail.clone().any(|at| self.number(at).is_some() || self.is(at, &[HALF]));
        if heard.collected && timed {
            heard.unread = Some(self.written(tail.start, self.marks.len() - 1));
            said.extend(tail);
        }
    }

    /// Small words beside what was said belong to it.
    fn flood(&self, said: &mut BTreeSet<usize>) {
        let place = self.has("dayPick");
        let joins = |at: usize| self.is(at, &["daySmall", "dayMake", "dayClock"]) || place && self.is(at, &["dayShop"]);
        loop {
            let near = |at: &usize| said.contains(&(at + 1)) || *at > 0 && said.contains(&(at - 1));
            let more: Vec<usize> =
                (0..self.marks.len()).filter(|at| !said.contains(at) && joins(*at) && near(at)).collect();
            if more.is_empty() {
                return;
            }
            said.extend(more);
        }
    }

    /// The tokens that are left to be read: none where they only name people.
    pub(super) fn rest(&self, said: &BTreeSet<usize>) -> Vec<Token> {
        let mut left = self.words.left(|at| said.contains(&at));
        let joins = |token: &Token| {
            token.kind == Kind::Colon
                || units(std::slice::from_ref(token), self.language).iter().any(|unit| unit.is("and"))
        };
        while left.pop_if(|last| joins(last)).is_some() {}
        let lead = left.iter().take_while(|token| joins(token)).count();
        left.drain(..lead);
        // "Customers order": that they do is the app's, where nothing says what.
        let known = |unit: &Unit| {
            shape(unit.entity()) == Some(Shape::Person) || unit.is("buy") || unit.entity() == Some("order")
        };
        match units(&left, self.language).iter().any(|unit| unit.is_content() && !known(unit)) {
            true => left,
            false => Vec::new(),
        }
    }

    /// As written.
    pub(super) fn quote(&self) -> String {
        self.words.quote()
    }
}

//! Rows compared column by column: what is the same costs its digests, what differs is looked at.

use std::{collections::BTreeSet, rc::Rc};

use super::{
    Census, Tally, Target, both, is_named,
    node::{Class, Column, EMPTY, Node},
    patterns::Differing,
    rows::matched,
    shown_alike,
};
use crate::value::Value;

/// Rows whose digests are held at a time.
const CHUNK_ROWS: usize = 4_096;

/// The rows of a list on one side.
pub(super) struct Table<'a, N: Node> {
    pub(super) rows: &'a [N],
    pub(super) columns: Vec<Column<N::Kind>>,
}

impl<'a, N: Node> Table<'a, N> {
    fn of(rows: &'a [N]) -> Table<'a, N> {
        Table { rows, columns: N::columns(rows) }
    }

    /// Whether rows have more to them than one plain value.
    pub(super) fn is_structured(&self) -> bool {
        self.columns.iter().any(|column| !column.path.is_empty() || column.class == Class::Deep)
    }

    /// The digests of all columns of a row.
    pub(super) fn digests(&self, row: u32) -> Vec<u64> {
        let mut digests = Vec::with_capacity(self.columns.len());
        self.rows[row as usize].digests(&self.columns, &mut digests);
        digests
    }

    /// One digest of some columns of a row; [`EMPTY`] if there is nothing in them.
    pub(super) fn digest(&self, row: u32, columns: &[usize]) -> u64 {
        let digests = self.digests(row);
        columns.iter().map(|column| digests[*column]).fold(EMPTY, mix)
    }

    pub(super) fn part(&self, row: &N, column: usize) -> Option<N> {
        row.part(&self.columns[column].path)
    }

    fn value(&self, row: u32, column: usize) -> Value {
        self.part(&self.rows[row as usize], column).map_or(Value::Nothing, |part| part.value())
    }

    /// Whether rows are keys with what belongs to them.
    fn are_pairs(&self) -> bool {
        let key = |column: &Column<N::Kind>| matches!(column.path.as_slice(), [first] if &**first == "0");
        let inside = |column: &Column<N::Kind>| matches!(column.path.as_slice(), [first, second, ..] if &**first == "1" && is_named(second));
        self.columns.iter().any(key) && self.columns.iter().all(|column| key(column) || inside(column))
    }

    /// Names the columns of pairs as if the key were a field beside the others.
    fn without_keys(&mut self) {
        let key = self.columns.iter().position(|column| column.path.len() == 1);
        let rows = 0..self.rows.len() as u32;
        let mut said: Vec<bool> = vec![true; self.columns.len()];
        if let Some(key) = key {
            for digests in rows.map(|row| self.digests(row)) {
                said.iter_mut().zip(&digests).for_each(|(said, digest)| *said &= *digest == digests[key]);
            }
            said[key] = false;
        }
        for column in &mut self.columns {
            match column.name.as_slice() {
                // A key that is said inside needs no field of its own.
                [_] if said.contains(&true) => column.name = vec!["0".into()],
                [_] => column.name = vec!["key".into()],
                [_, inner @ ..] => column.name = inner.to_vec(),
                [] => {}
            }
        }
        if said.contains(&true) {
            self.columns.iter_mut().filter(|column| column.path.len() == 1).for_each(|column| column.skipped = true);
        }
    }
}

/// Adds a digest to others before it; nothing added to nothing is nothing.
pub(super) fn mix(sum: u64, digest: u64) -> u64 {
    (sum.rotate_left(23) ^ digest).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Census {
    pub(super) fn lists<N: Node>(&mut self, old: &[N], new: &[N]) {
        let (mut old, mut new) = (Table::of(old), Table::of(new));
        let inside = self.lists > 0;
        let place = self.here(true);
        place.inside |= inside;
        place.listed += old.rows.len() as u64;
        if old.rows.is_empty() {
            return;
        }
        let own = old.columns.iter().filter_map(|column| column.name.first());
        place.row.extend(own.map(|name| name.to_string()));
        // A map may become a list of what it held, and the other way round.
        if !new.rows.is_empty() && old.are_pairs() != new.are_pairs() {
            [&mut old, &mut new].into_iter().filter(|table| table.are_pairs()).for_each(Table::without_keys);
        }
        let shared = old.shared(&mut new);
        let matched = matched(&old, &new, &shared);
        for row in (0..).zip(&matched.places).filter(|(_, place)| place.is_none()).map(|(row, _): (u32, _)| row) {
            self.here(true).rows.add(|| old.rows[row as usize].value().shown());
        }
        for row in &matched.rekeyed {
            self.here(true).rekeyed.add(|| old.rows[*row as usize].value().shown());
        }
        let pairs: Vec<(u32, u32)> = (0..)
            .zip(&matched.places)
            .filter(|(row, _)| !matched.rekeyed.contains(row))
            .filter_map(|(row, place)| Some((row, (*place)?)))
            .collect();
        self.lists += 1;
        Comparing::of(&old, &new, &shared).run(self, &pairs);
        self.lists -= 1;
    }
}

impl<N: Node> Table<'_, N> {
    /// Columns of the same name; the other side's columns learn of this side's kinds.
    fn shared(&self, other: &mut Table<'_, N>) -> Vec<(usize, usize)> {
        let mut shared = Vec::new();
        for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| !column.skipped) {
            let same = other.columns.iter_mut().enumerate().find(|(_, o)| o.name == column.name && !o.skipped);
            if let Some((to, same)) = same {
                same.like = Some(column.kind.clone());
                shared.push((at, to));
            }
        }
        shared
    }
}

/// Compares matched rows of two tables.
struct Comparing<'t, 'a, N: Node> {
    old: &'t Table<'a, N>,
    new: &'t Table<'a, N>,
    columns: Vec<Compared>,
    /// Columns that only the new side has, by their names from the row down.
    added: Vec<(usize, String)>,
    /// Whether every column before is there after, under its own name, so that rows may be compared whole.
    alike: bool,
    /// What is in the columns of the present row.
    row: Vec<bool>,
}

/// A column before, with what is found about it.
struct Compared {
    at: usize,
    /// The same column after.
    to: Option<usize>,
    /// Columns that only the new side has, and in how many rows they hold this column's value.
    moved: Vec<(usize, u64)>,
    /// Whether the two sides have other types.
    retyped: bool,
    filled: u64,
    gone: Tally,
    changed: Tally,
    alike: Tally,
    made_up: Tally,
    differing: Differing,
}

impl<'t, 'a, N: Node> Comparing<'t, 'a, N> {
    fn of(old: &'t Table<'a, N>, new: &'t Table<'a, N>, shared: &[(usize, usize)]) -> Self {
        let added: Vec<usize> = (0..new.columns.len())
            .filter(|to| !new.columns[*to].skipped && shared.iter().all(|(_, other)| other != to))
            .collect();
        let column = |at: usize| {
            let to = shared.iter().find(|(from, _)| *from == at).map(|(_, to)| *to);
            let moved = if to.is_some() { Vec::new() } else { added.iter().map(|to| (*to, 0)).collect() };
            let retyped = to.is_some_and(|to| !N::same_type(&old.columns[at], &new.columns[to]));
            Compared {
                at,
                to,
                moved,
                retyped,
                filled: 0,
                gone: Tally::default(),
                changed: Tally::default(),
                alike: Tally::default(),
                made_up: Tally::default(),
                differing: Differing::default(),
            }
        };
        let columns: Vec<Compared> =
            (0..old.columns.len()).filter(|at| !old.columns[*at].skipped).map(column).collect();
        let added = added.iter().map(|to| (*to, new.columns[*to].name.join("."))).collect();
        let own = |column: &Column<N::Kind>| !column.skipped && column.name == column.path;
        let kept = |column: &Compared| column.to.is_some() && !column.retyped;
        let alike = old.columns.iter().chain(&new.columns).all(own) && columns.iter().all(kept);
        Comparing { old, new, columns, added, alike, row: Vec::new() }
    }

    fn run(mut self, census: &mut Census, pairs: &[(u32, u32)]) {
        let (mut before, mut after, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for chunk in pairs.chunks(CHUNK_ROWS) {
            before.clear();
            after.clear();
            others.clear();
            for (row, place) in chunk {
                let (old, new) = (&self.old.rows[*row as usize], &self.new.rows[*place as usize]);
                if self.is_same(old, new) {
                    continue;
                }
                old.digests(&self.old.columns, &mut before);
                new.digests(&self.new.columns, &mut after);
                others.push((*row, *place));
            }
            let mut columns = std::mem::take(&mut self.columns);
            for column in &mut columns {
                self.column(census, column, &others, (&before, &after));
            }
            self.columns = columns;
        }
        let swapped = swaps(&self.columns);
        for (column, swapped) in std::mem::take(&mut self.columns).into_iter().zip(swapped) {
            self.tell(census, column, swapped);
        }
    }

    /// Whether a row is surely what it was, and then counts what is in it.
    fn is_same(&mut self, old: &N, new: &N) -> bool {
        self.row.clear();
        let same = self.alike && old.same_row(new, &mut self.row) && self.row.len() == self.columns.len();
        if same {
            self.columns.iter_mut().zip(&self.row).for_each(|(column, filled)| column.filled += u64::from(*filled));
        }
        same
    }

    fn column(
        &self,
        census: &mut Census,
        column: &mut Compared,
        chunk: &[(u32, u32)],
        (before, after): (&[u64], &[u64]),
    ) {
        let (wide, other_wide) = (self.old.columns.len(), self.new.columns.len());
        for (at, (row, place)) in chunk.iter().enumerate() {
            let after = &after[at * other_wide..(at + 1) * other_wide];
            let digest = before[at * wide + column.at];
            if digest == EMPTY {
                if let Some(to) = column.to.filter(|to| after[*to] != EMPTY) {
                    column.made_up.add(|| self.new.value(*place, to).shown());
                }
                continue;
            }
            column.filled += 1;
            match column.to {
                Some(to) if after[to] == digest => {
                    if column.retyped {
                        column.alike.add(|| self.new.value(*place, to).shown());
                    }
                }
                Some(to) => {
                    let all = &before[at * wide..(at + 1) * wide];
                    self.differs(census, column, (*row, *place), to, (all, after));
                }
                None => self.missing(census, column, (*row, *place), digest, after),
            }
        }
    }

    /// A value that is not the same after.
    fn differs(
        &self,
        census: &mut Census,
        column: &mut Compared,
        (row, place): (u32, u32),
        to: usize,
        (before, after): (&[u64], &[u64]),
    ) {
        let (class, other) = (self.old.columns[column.at].class, self.new.columns[to].class);
        let value = || self.old.value(row, column.at);
        if after[to] == EMPTY {
            if class == Class::Deep {
                return self.deep(census, column, (row, place), to);
            }
            return column.gone.add(|| value().shown());
        }
        if class == Class::Deep || other == Class::Deep {
            return self.deep(census, column, (row, place), to);
        }
        if column.retyped {
            let (before, after) = (value(), self.new.value(place, to));
            if class != other && shown_alike(&before, &after) {
                return column.alike.add(|| after.shown());
            }
            let name = self.name(column.at);
            census
                .within(&self.old.columns[column.at].name, |census| census.here(true).reformed(&name, &before, after));
        }
        column
            .differing
            .add(before[column.at], after[to], before, || (self.old.value(row, column.at), self.new.value(place, to)));
        column.changed.add(|| both(&value(), &self.new.value(place, to)));
    }

    /// Lists in rows, and choices with something to them.
    fn deep(&self, census: &mut Census, column: &mut Compared, (row, place): (u32, u32), to: usize) {
        let before = self.old.part(&self.old.rows[row as usize], column.at);
        let after = self.new.part(&self.new.rows[place as usize], to);
        if let (Some(before), Some(after)) = (before, after) {
            census.within(&self.old.columns[column.at].name, |census| census.values(&before, &after, true));
            // It is counted there.
            column.filled -= 1;
        }
    }

    fn missing(
        &self,
        census: &mut Census,
        column: &mut Compared,
        (row, place): (u32, u32),
        digest: u64,
        after: &[u64],
    ) {
        let mut found = false;
        for (to, count) in column.moved.iter_mut().filter(|(to, _)| after[*to] == digest) {
            found |= after[*to] == digest;
            *count += 1;
        }
        let Some(part) = self.old.part(&self.old.rows[row as usize], column.at) else { return };
        if self.old.columns[column.at].class == Class::Deep && !found {
            column.filled -= 1;
            let name = &self.old.columns[column.at].name;
            return census.within(name, |census| census.missing(&part, digest, &[], true));
        }
        column.gone.add(|| part.value().shown());
        self.elsewhere(census, column, &part, place);
    }

    /// Looks for a value whose column is gone in those that are new.
    fn elsewhere(&self, census: &mut Census, column: &Compared, part: &N, place: u32) {
        let target = |(at, name): (usize, _)| Target { name, value: self.new.value(place, at), same_name: false };
        let targets = || self.added.iter().map(|(at, name)| target((*at, name.as_str()))).collect();
        let own = &self.old.columns[column.at].name;
        census.within(own, |census| {
            census.here(true).elsewhere.add(&own.join("."), &self.name(column.at), || part.value(), targets);
        });
    }

    fn tell(&self, census: &mut Census, column: Compared, swapped: Option<usize>) {
        let name = &self.old.columns[column.at].name;
        let parent = &name[..name.len().saturating_sub(1)];
        let siblings: BTreeSet<String> = self
            .old
            .columns
            .iter()
            .filter(|other| other.name.len() > parent.len() && other.name.starts_with(parent))
            .map(|other| other.name[parent.len()].to_string())
            .collect();
        let became = column.differing.became();
        let pattern = column.differing.pattern(column.filled, swapped.map(|at| self.name(at)));
        census.within(name, |census| {
            let place = census.here(true);
            place.filled += column.filled;
            place.siblings.extend(siblings);
            place.gone.join(column.gone);
            place.alike.join(column.alike);
            place.made_up.join(column.made_up);
            if column.changed.count > 0 {
                place.changed.join(column.changed);
                place.pattern = pattern;
                place.became = became;
            }
            for (to, count) in column.moved.iter().filter(|(_, count)| *count > 0) {
                *place.moved.entry(self.new.columns[*to].name.join(".")).or_default() += count;
            }
        });
    }

    fn name(&self, at: usize) -> String {
        self.old.columns[at].name.last().map_or("", |name| &**name).to_owned()
    }
}

/// For each column the one with which it changed places.
fn swaps(columns: &[Compared]) -> Vec<Option<usize>> {
    let with = |column: &Compared| {
        let partners = columns.iter().filter(|other| other.at != column.at);
        let mutual = |other: &&Compared| column.differing.all_from(other.at) && other.differing.all_from(column.at);
        partners.filter(|other| mutual(other)).map(|other| other.at).next()
    };
    columns.iter().map(with).collect()
}

impl Census {
    fn within(&mut self, name: &[Rc<str>], work: impl FnOnce(&mut Census)) {
        let length = self.path.len();
        self.path.extend(name.iter().filter(|part| is_named(part)).map(|part| part.to_string()));
        work(self);
        self.path.truncate(length);
    }
}

impl Tally {
    pub(super) fn join(&mut self, other: Tally) {
        self.count += other.count;
        for example in other.examples {
            if self.examples.len() < super::MOST_EXAMPLES && !self.examples.contains(&example) {
                self.examples.push(example);
            }
        }
    }
}

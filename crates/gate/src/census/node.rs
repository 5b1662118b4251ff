//! What the census compares: values that can be looked into without being read whole.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    rc::Rc,
};

use crate::{value::Value, words};

/// The digest of nothing that could be lost.
pub(crate) const EMPTY: u64 = 0;

/// A value on one side.
pub(crate) trait Node: Clone {
    /// What is known of the type of a column.
    type Kind: Clone;

    /// What it is made of.
    fn open(&self) -> Opened<Self>;
    /// It as a value.
    fn value(&self) -> Value;
    /// Its digest, [`EMPTY`] if there is nothing in it.
    fn digest(&self) -> u64;
    /// The columns that rows are spread over.
    fn columns(rows: &[Self]) -> Vec<Column<Self::Kind>>;
    /// Whether a column has the same type on both sides.
    fn same_type(one: &Column<Self::Kind>, other: &Column<Self::Kind>) -> bool {
        one.class == other.class
    }
    /// The digest of each column of this row, [`EMPTY`] where there is nothing. What is shown the same has the same
    /// digest; where a column knows the kind that it is compared with, parts that only this side has are left out.
    fn digests(&self, columns: &[Column<Self::Kind>], digests: &mut Vec<u64>);
    /// Whether this row is surely the same as another in all that this one has; then `filled` gets for each of its
    /// columns whether there is something in it.
    fn same_row(&self, other: &Self, filled: &mut Vec<bool>) -> bool {
        let _ = (other, filled);
        false
    }
    /// The part of this row that a column is about.
    fn part(&self, path: &[Rc<str>]) -> Option<Self>;
}

/// What a value is made of.
pub(crate) enum Opened<N> {
    List(Vec<N>),
    Record(Vec<(Rc<str>, N)>),
    Variant(Rc<str>, N),
    /// It has no parts.
    Plain,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(crate) struct Column<K> {
    /// The fields from the row down to it; positions in tuples are numbers.
    pub(crate) path: Vec<Rc<str>>,
    /// The same as the other side would call it.
    pub(crate) name: Vec<Rc<str>>,
    pub(crate) class: Class,
    /// Whether its values may tell rows apart.
    pub(crate) keyable: bool,
    /// Whether it says nothing that another column does not say.
    pub(crate) skipped: bool,
    pub(crate) kind: K,
    /// The other side's kind.
    pub(crate) like: Option<K>,
}

/// What kind of values a column has, as far as it matters for comparing them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Number,
    Text,
    Blob,
    /// Yes or no, and choices without anything that belongs to them.
    Choice,
    /// It has parts, or different rows have different things there.
    Deep,
}

/// Makes digests. Its key is drawn anew each time, so that nobody can prepare values that look the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hashing(RandomState);

impl Hashing {
    /// Of several digests.
    pub(crate) fn all(&self, digests: &[u64]) -> u64 {
        let mut hasher = self.0.build_hasher();
        digests.iter().for_each(|digest| hasher.write_u64(*digest));
        not_empty(hasher.finish())
    }

    /// Of a text, a number's digits, or what else is shown as this text.
    pub(crate) fn text(&self, text: &[u8]) -> u64 {
        if text.is_empty() {
            return EMPTY;
        }
        let mut hasher = self.0.build_hasher();
        hasher.write(text);
        not_empty(hasher.finish())
    }

    pub(crate) fn blob(&self, bytes: &[u8]) -> u64 {
        if bytes.is_empty() { EMPTY } else { self.all(&[1, self.text(bytes)]) }
    }

    /// Of a choice by its words and of what belongs to it.
    pub(crate) fn variant(&self, words: &str, inside: u64) -> u64 {
        let tag = not_empty(self.text(words.as_bytes()));
        if inside == EMPTY { tag } else { self.all(&[2, tag, inside]) }
    }

    /// Of a part, to be added up with the other parts of a record; in whatever order they come.
    pub(crate) fn part(&self, name: u64, inside: u64) -> u64 {
        if inside == EMPTY { EMPTY } else { self.all(&[3, name, inside]) }
    }

    pub(crate) fn list(&self, elements: &[u64]) -> u64 {
        if elements.is_empty() { EMPTY } else { self.all(&[4, self.all(elements)]) }
    }

    pub(crate) fn value(&self, value: &Value) -> u64 {
        match value {
            Value::Nothing => EMPTY,
            Value::Bool(b) => self.text(if *b { b"true" } else { b"false" }),
            Value::Number(text) | Value::Text(text) => self.text(text.as_bytes()),
            Value::Blob(bytes) => self.blob(bytes),
            Value::Record(fields) => {
                let part = |(name, value): &(String, Value)| self.part(self.text(name.as_bytes()), self.value(value));
                fields.iter().map(part).fold(EMPTY, u64::wrapping_add)
            }
            Value::Variant(tag, inside) => self.variant(&words::split(tag), self.value(inside)),
            Value::List(values) => {
                let digests: Vec<u64> = values.iter().map(|value| self.value(value)).collect();
                self.list(&digests)
            }
        }
    }
}

fn not_empty(digest: u64) -> u64 {
    if digest == EMPTY { 1 } else { digest }
}

/// A value that is there whole.
#[derive(Clone, Copy)]
pub(crate) struct Whole<'a> {
    pub(crate) value: &'a Value,
    pub(crate) hashing: &'a Hashing,
}

/// Columns of rows that are there whole.
const MOST_COLUMNS: usize = 300;

impl<'a> Whole<'a> {
    fn of(self, value: &'a Value) -> Whole<'a> {
        Whole { value, ..self }
    }
}

impl Node for Whole<'_> {
    type Kind = ();

    fn open(&self) -> Opened<Self> {
        match self.value {
            Value::List(values) => Opened::List(values.iter().map(|value| self.of(value)).collect()),
            Value::Record(fields) => {
                Opened::Record(fields.iter().map(|(name, value)| (name.as_str().into(), self.of(value))).collect())
            }
            Value::Variant(tag, inside) => Opened::Variant(tag.as_str().into(), self.of(inside)),
            _ => Opened::Plain,
        }
    }

    fn value(&self) -> Value {
        self.value.clone()
    }

    fn digest(&self) -> u64 {
        self.hashing.value(self.value)
    }

    fn columns(rows: &[Self]) -> Vec<Column<()>> {
        let mut columns = Vec::new();
        for row in rows {
            add_columns(row.value, &mut Vec::new(), &mut columns);
        }
        columns
    }

    fn digests(&self, columns: &[Column<()>], digests: &mut Vec<u64>) {
        let digest = |column: &Column<()>| self.part(&column.path).map_or(EMPTY, |part| self.hashing.value(part.value));
        digests.extend(columns.iter().map(digest));
    }

    fn part(&self, path: &[Rc<str>]) -> Option<Self> {
        let part = path.iter().try_fold(self.value, |value, name| value.part(name));
        part.map(|value| self.of(value))
    }
}

fn add_columns(value: &Value, path: &mut Vec<Rc<str>>, columns: &mut Vec<Column<()>>) {
    if columns.len() >= MOST_COLUMNS {
        return;
    }
    if let Value::Record(fields) = value {
        for (name, value) in fields {
            path.push(name.as_str().into());
            add_columns(value, path, columns);
            path.pop();
        }
        return;
    }
    let (class, keyable) = match value {
        // What is not there says nothing of its kind.
        Value::Nothing => return,
        Value::Number(_) => (Class::Number, true),
        Value::Text(_) => (Class::Text, true),
        Value::Blob(_) => (Class::Blob, true),
        Value::Bool(_) => (Class::Choice, false),
        Value::Variant(_, inside) if inside.is_empty() => (Class::Choice, false),
        Value::Variant(..) | Value::List(_) | Value::Record(_) => (Class::Deep, false),
    };
    match columns.iter_mut().find(|column| column.path == *path) {
        Some(column) if column.class == class => {}
        Some(column) => (column.class, column.keyable) = (Class::Deep, column.keyable && keyable),
        None => {
            let (path, name) = (path.clone(), path.clone());
            columns.push(Column { path, name, class, keyable, skipped: false, kind: (), like: None });
        }
    }
}

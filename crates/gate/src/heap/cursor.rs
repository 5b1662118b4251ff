//! Values in memory as the census compares them: looked into where they lie.

use std::rc::Rc;

use super::{
    Cell, HeapError, Most, Reader, Shaping,
    alike::Sides,
    layout::{Id, Kind, Layout},
    shape::Plain,
};
use crate::{
    census::{Class, Column, EMPTY, Node, Opened},
    most::Signature,
    value::Value,
};

/// Types of a module, ready to read its memory by.
pub(crate) struct Types(pub(super) Layout);

impl Types {
    /// # Errors
    /// [`HeapError`], when the types can't be read.
    pub(crate) fn read(stable_types: &str) -> Result<Types, HeapError> {
        let signature = Signature::parse(stable_types)?;
        Ok(Types(Layout::of(&signature)?))
    }
}

/// A value in memory.
///
/// What can't be read is nothing, and the reader tells why once all is done.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'r> {
    reader: &'r Reader<'r>,
    cell: Cell,
}

/// The types of a column.
#[derive(Clone, Copy)]
pub(crate) struct ColumnType<'r> {
    layout: &'r Layout,
    id: Id,
}

impl<'r> Cursor<'r> {
    /// A module's variables.
    ///
    /// # Errors
    /// [`HeapError`], if the memory holds none.
    pub(crate) fn variables(reader: &'r Reader<'r>) -> Result<Vec<(Rc<str>, Cursor<'r>)>, HeapError> {
        let names = reader.layout.variables.iter().map(|part| part.name.clone());
        Ok(names.zip(reader.variables()?.into_iter().map(|cell| Cursor { reader, cell })).collect())
    }

    fn of(self, cell: Cell) -> Cursor<'r> {
        Cursor { cell, ..self }
    }

    /// What was looked for, or nothing after a failure, which is kept.
    fn or_nothing<T>(self, found: Result<Option<T>, HeapError>) -> Option<T> {
        found.unwrap_or_else(|error| {
            self.reader.failed.borrow_mut().get_or_insert(error);
            None
        })
    }

    fn opened(self) -> Result<Option<Opened<Cursor<'r>>>, HeapError> {
        let (reader, cell) = (self.reader, self.cell);
        let opened = reader.follow(cell, |word| {
            Ok(match reader.layout.kind(cell.id) {
                Kind::Option { inner, .. } => match reader.inner(*inner, word)? {
                    Some(cell) => return self.of(cell).opened(),
                    None => None,
                },
                Kind::Record(parts) => {
                    let names = parts.iter().map(|part| part.name.clone());
                    let cells = reader.parts(cell, word)?.into_iter().map(|cell| self.of(cell));
                    Some(Opened::Record(names.zip(cells).collect()))
                }
                Kind::Tuple(_) | Kind::Pair(..) => {
                    let cells = reader.parts(cell, word)?.into_iter().enumerate();
                    Some(Opened::Record(cells.map(|(at, cell)| (position(at), self.of(cell))).collect()))
                }
                Kind::Variant(cases) => {
                    let (at, inside) = reader.choice(cases, word)?;
                    Some(Opened::Variant(cases[at].tag.clone(), self.of(inside)))
                }
                Kind::List(walk, element) => {
                    let cells = reader.elements(*walk, *element, word)?;
                    Some(Opened::List(cells.into_iter().map(|cell| self.of(cell)).collect()))
                }
                _ => None,
            })
        });
        Ok(opened?.flatten())
    }

    /// Goes through a value as its columns do.
    fn fill(self, columns: &[Column<ColumnType<'r>>], at: &mut usize, digests: &mut Vec<u64>) -> Result<(), HeapError> {
        let (reader, cell) = (self.reader, self.cell);
        let Some(width) = reader.layout.spread(cell.id) else {
            let like = columns.get(*at).and_then(|column| column.like);
            digests.push(reader.digest(cell, like.map(|like| (like.layout, like.id)))?);
            *at += 1;
            return Ok(());
        };
        let end = *at + width as usize;
        reader.follow(cell, |word| {
            let mut fill = |cell| self.of(cell).fill(columns, at, digests);
            match reader.layout.kind(cell.id) {
                Kind::Option { inner, .. } => reader.inner(*inner, word)?.map_or(Ok(()), fill),
                _ => reader.each_part(cell, word, &mut |_, cell| fill(cell)),
            }
        })?;
        // An option without anything in it has all columns empty.
        digests.resize(digests.len() + (end - *at), EMPTY);
        *at = end;
        Ok(())
    }

    fn step(self, name: &str) -> Result<Option<Cursor<'r>>, HeapError> {
        let (reader, cell) = (self.reader, self.cell);
        let found = reader.follow(cell, |word| {
            let at = match reader.layout.kind(cell.id) {
                Kind::Option { inner, .. } => {
                    let inner = reader.inner(*inner, word)?;
                    return inner.map_or(Ok(None), |cell| self.of(cell).step(name));
                }
                Kind::Record(parts) => parts.iter().position(|part| &*part.name == name),
                _ => name.parse().ok(),
            };
            let mut found = None;
            reader.each_part(cell, word, &mut |place, part| {
                found = found.or((Some(place) == at).then_some(part));
                Ok(())
            })?;
            Ok(found.map(|cell| self.of(cell)))
        });
        Ok(found?.flatten())
    }
}

impl<'r> Node for Cursor<'r> {
    type Kind = ColumnType<'r>;

    fn open(&self) -> Opened<Self> {
        self.or_nothing(self.opened()).unwrap_or(Opened::Plain)
    }

    fn value(&self) -> Value {
        let value = Shaping::<Plain>::new(self.reader, Most::ALL).value(self.cell);
        self.or_nothing(value.map(Some)).unwrap_or(Value::Nothing)
    }

    fn digest(&self) -> u64 {
        self.or_nothing(self.reader.digest(self.cell, None).map(Some)).unwrap_or(EMPTY)
    }

    fn columns(rows: &[Self]) -> Vec<Column<ColumnType<'r>>> {
        let mut columns = Vec::new();
        if let Some(row) = rows.first() {
            add_columns(row.reader.layout, row.cell.id, &mut Vec::new(), &mut columns);
        }
        columns
    }

    fn same_type(one: &Column<ColumnType<'r>>, other: &Column<ColumnType<'r>>) -> bool {
        let form = |column: &Column<ColumnType<'r>>| form(column.kind.layout, column.kind.id);
        one.class == other.class && form(one) == form(other)
    }

    fn digests(&self, columns: &[Column<ColumnType<'r>>], digests: &mut Vec<u64>) {
        let start = digests.len();
        let filled = self.fill(columns, &mut 0, digests);
        if self.or_nothing(filled.map(Some)).is_none() {
            digests.truncate(start);
            digests.resize(start + columns.len(), EMPTY);
        }
    }

    fn same_row(&self, other: &Self, filled: &mut Vec<bool>) -> bool {
        Sides { old: self.reader, new: other.reader }.rows_alike((self.cell, other.cell), filled)
    }

    fn part(&self, path: &[Rc<str>]) -> Option<Self> {
        path.iter().try_fold(*self, |cursor, name| self.or_nothing(cursor.step(name)))
    }
}

fn position(at: usize) -> Rc<str> {
    at.to_string().into()
}

fn add_columns<'r>(layout: &'r Layout, id: Id, path: &mut Vec<Rc<str>>, columns: &mut Vec<Column<ColumnType<'r>>>) {
    if layout.spread(id).is_none() {
        let (class, keyable) = class(layout, id, true);
        let kind = ColumnType { layout, id };
        let (path, name) = (path.clone(), path.clone());
        return columns.push(Column { path, name, class, keyable, skipped: false, kind, like: None });
    }
    let parts: Vec<(Rc<str>, Id)> = match layout.kind(id) {
        Kind::Option { inner, .. } => return add_columns(layout, *inner, path, columns),
        Kind::Record(parts) => parts.iter().map(|part| (part.name.clone(), part.id)).collect(),
        Kind::Tuple(parts) => parts.iter().enumerate().map(|(at, id)| (position(at), *id)).collect(),
        Kind::Pair(key, value) => vec![(position(0), *key), (position(1), *value)],
        _ => Vec::new(),
    };
    for (name, id) in parts {
        path.push(name);
        add_columns(layout, id, path, columns);
        path.pop();
    }
}

/// What kind of values a type has, and whether they may tell rows apart.
fn class(layout: &Layout, id: Id, keyable: bool) -> (Class, bool) {
    match layout.kind(id) {
        Kind::Option { inner, .. } if !layout.recursive(id) => class(layout, *inner, false),
        Kind::Number(_) => (Class::Number, keyable),
        Kind::Text | Kind::Char | Kind::Principal => (Class::Text, keyable),
        Kind::Blob => (Class::Blob, keyable),
        Kind::Nothing | Kind::Bool => (Class::Choice, false),
        Kind::Variant(cases) if cases.iter().all(|case| matches!(layout.kind(case.id), Kind::Nothing)) => {
            (Class::Choice, false)
        }
        _ => (Class::Deep, false),
    }
}

/// Of types of one class, what tells numbers of one kind from those of another, and yes or no from other choices.
fn form(layout: &Layout, id: Id) -> Option<Rc<str>> {
    match layout.kind(id) {
        Kind::Option { inner, .. } if !layout.recursive(id) => form(layout, *inner),
        Kind::Number(name) => Some(name.clone()),
        Kind::Bool => Some("Bool".into()),
        _ => None,
    }
}

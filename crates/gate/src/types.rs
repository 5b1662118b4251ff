//! The static half of the data census: what the new version's types no longer have room for.
//!
//! Both sides are compared by what the module keeps once it runs, whatever a migration function does in between:
//! a compiler accepts any migration, also one that throws everything away.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    rc::Rc,
};

use crate::{
    container::{Container, container},
    most::{Field, MOST_DEPTH, MostError, Signature, Ty, shown},
};

/// Pairs of types that one comparison looks at.
const MOST_STEPS: usize = 20_000;

/// A difference by which data may be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) kind: LossKind,
    /// Variable, then the fields down to the place; collections leave no trace in it.
    pub(crate) path: Vec<String>,
    /// All names beside the last of the path, itself included; for a variable, the fields of its rows.
    pub(crate) siblings: BTreeSet<String>,
    /// What looks like the same under a new name.
    pub(crate) renamed_to: Option<String>,
    /// The types on both sides, for engineers.
    pub(crate) detail: String,
}

/// What is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LossKind {
    Variable,
    Field,
    /// A choice that a value may have made.
    Case(String),
    /// From one kind of value to another, both in plain words.
    Retyped(String, String),
    /// It could be empty and no longer can.
    Required,
}

/// Compares what two modules keep.
///
/// # Errors
/// [`MostError`] when the types are beyond the bounds.
pub(crate) fn losses(old: &Signature, new: &Signature) -> Result<Vec<Loss>, MostError> {
    let mut comparison = Comparison::of(old, new);
    comparison.parts(&old.kept, &new.kept, true)?;
    Ok(comparison.losses)
}

/// Names of variables that come, go, or are kept in another form.
pub(crate) fn changed_variables(old: &Signature, new: &Signature) -> BTreeSet<String> {
    let named = |signature: &Signature| -> BTreeMap<String, Rc<Ty>> {
        signature.kept.iter().map(|field| (field.name.clone(), field.ty.clone())).collect()
    };
    let (before, after) = (named(old), named(new));
    let names: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    let same = |name: &String| match (before.get(name), after.get(name)) {
        (Some(one), Some(other)) => Comparison::of(old, new).alike(one, other).unwrap_or(false),
        _ => false,
    };
    names.into_iter().filter(|name| !same(name)).collect()
}

struct Comparison<'a> {
    old: &'a Signature,
    new: &'a Signature,
    /// Pairs on the way or done, with the path's length, so that recursive types end.
    seen: HashSet<(String, String)>,
    steps: usize,
    path: Vec<String>,
    losses: Vec<Loss>,
}

impl<'a> Comparison<'a> {
    fn of(old: &'a Signature, new: &'a Signature) -> Comparison<'a> {
        Comparison { old, new, seen: HashSet::new(), steps: 0, path: Vec::new(), losses: Vec::new() }
    }
}

impl Comparison<'_> {
    /// Variables of a module, or fields of a record.
    fn parts(&mut self, old: &[Field], new: &[Field], variables: bool) -> Result<(), MostError> {
        let added: Vec<&Field> = new.iter().filter(|field| old.iter().all(|o| o.name != field.name)).collect();
        let siblings: BTreeSet<String> = old.iter().map(|field| field.name.clone()).collect();
        let mut taken = BTreeSet::new();
        for field in old {
            self.path.push(field.name.clone());
            match new.iter().find(|candidate| candidate.name == field.name) {
                Some(other) => self.types(&field.ty, &other.ty)?,
                None => {
                    let renamed = self.renamed(field, &added, &mut taken)?;
                    let detail = format!("{} : {}", field.name, brief(&field.ty));
                    match variables {
                        true => self.lose(LossKind::Variable, row_fields(self.old, &field.ty)?, renamed, detail),
                        false => self.lose(LossKind::Field, siblings.clone(), renamed, detail),
                    }
                }
            }
            self.path.pop();
        }
        Ok(())
    }

    /// An added part of the same type, each offered once.
    fn renamed(
        &mut self,
        gone: &Field,
        added: &[&Field],
        taken: &mut BTreeSet<String>,
    ) -> Result<Option<String>, MostError> {
        for candidate in added {
            if !taken.contains(&candidate.name) && self.alike(&gone.ty, &candidate.ty)? {
                taken.insert(candidate.name.clone());
                return Ok(Some(candidate.name.clone()));
            }
        }
        Ok(None)
    }

    fn alike(&mut self, old: &Rc<Ty>, new: &Rc<Ty>) -> Result<bool, MostError> {
        let ways = [(self.old, self.new, old, new), (self.new, self.old, new, old)];
        for (from, to, one, other) in ways {
            let mut inner = Comparison {
                old: from,
                new: to,
                seen: HashSet::new(),
                steps: self.steps,
                path: Vec::new(),
                losses: Vec::new(),
            };
            inner.types(one, other)?;
            self.steps = inner.steps;
            if !inner.losses.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn lose(&mut self, kind: LossKind, siblings: BTreeSet<String>, renamed_to: Option<String>, detail: String) {
        self.losses.push(Loss { kind, path: self.path.clone(), siblings, renamed_to, detail });
    }

    fn types(&mut self, old: &Rc<Ty>, new: &Rc<Ty>) -> Result<(), MostError> {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.path.len() > MOST_DEPTH {
            return Err(MostError::TooLarge("comparing them takes too long"));
        }
        let (old, new) = (self.old.resolve(old)?, self.new.resolve(new)?);
        if let (Ty::Name(one, _), Ty::Name(other, _)) = (&*old, &*new) {
            return if widens(one, other) { Ok(()) } else { self.retyped(&old, &new) };
        }
        // The same pair in another place is another finding; inside of itself it is the same.
        let place = self.path.join("\u{0}");
        if !self.seen.insert((format!("{place}\u{0}\u{0}{}", shown(&old)?), shown(&new)?))
            || self.inside_itself(&old, &new)?
        {
            return Ok(());
        }
        match (container(self.old, &old)?, container(self.new, &new)?) {
            (Some(before), Some(after)) => self.containers(&before, &after),
            (Some(_), None) if !matches!(&*new, Ty::Opt(_)) => self.retyped(&old, &new),
            _ => self.structures(&old, &new),
        }
    }

    /// A recursive type is met again below itself: whatever differs was found above.
    fn inside_itself(&mut self, old: &Ty, new: &Ty) -> Result<bool, MostError> {
        let pair = (shown(old)?, shown(new)?);
        let above = (0..self.path.len()).any(|length| {
            let place = self.path[..length].join("\u{0}");
            self.seen.contains(&(format!("{place}\u{0}\u{0}{}", pair.0), pair.1.clone()))
        });
        Ok(above)
    }

    fn containers(&mut self, before: &Container, after: &Container) -> Result<(), MostError> {
        match (&before.key, &after.key) {
            (Some(old), Some(new)) => self.types(old, new)?,
            // Pairs in a list are as good as a map.
            (Some(key), None) => {
                if let Ty::Tuple(parts) = &*self.new.resolve(&after.value)?
                    && let [new_key, new_value] = parts.as_slice()
                {
                    self.types(key, new_key)?;
                    return self.types(&before.value, new_value);
                }
            }
            (None, Some(key)) => {
                if let Ty::Tuple(parts) = &*self.old.resolve(&before.value)?
                    && let [old_key, old_value] = parts.as_slice()
                {
                    self.types(old_key, key)?;
                    return self.types(old_value, &after.value);
                }
            }
            (None, None) => {}
        }
        self.types(&before.value, &after.value)
    }

    fn structures(&mut self, old: &Rc<Ty>, new: &Rc<Ty>) -> Result<(), MostError> {
        match (&**old, &**new) {
            (Ty::Opt(one), Ty::Opt(other)) => self.types(one, other),
            (_, Ty::Opt(other)) => self.types(old, other),
            (Ty::Opt(one), _) => {
                let detail = format!("{} -> {}", brief(old), brief(new));
                self.lose(LossKind::Required, BTreeSet::new(), None, detail);
                self.types(one, new)
            }
            (Ty::Record(one), Ty::Record(other)) => self.parts(one, other, false),
            (Ty::Variant(one), Ty::Variant(other)) => self.cases(one, other),
            (Ty::Tuple(one), Ty::Tuple(other)) => self.tuples(one, other),
            (Ty::Opaque(one), Ty::Opaque(other)) if one == other => Ok(()),
            (Ty::Name(name, _), _) if name == "None" || name == "Null" => Ok(()),
            _ => self.retyped(old, new),
        }
    }

    fn cases(&mut self, old: &[(String, Rc<Ty>)], new: &[(String, Rc<Ty>)]) -> Result<(), MostError> {
        for (tag, ty) in old {
            match new.iter().find(|(other, _)| other == tag) {
                Some((_, other)) => self.types(ty, other)?,
                None => {
                    let siblings = old.iter().map(|(tag, _)| tag.clone()).collect();
                    let renamed = new.iter().find(|(name, _)| old.iter().all(|(tag, _)| tag != name));
                    self.lose(
                        LossKind::Case(tag.clone()),
                        siblings,
                        renamed.map(|(tag, _)| tag.clone()),
                        format!("#{tag} : {}", brief(ty)),
                    );
                }
            }
        }
        Ok(())
    }

    fn tuples(&mut self, old: &[Rc<Ty>], new: &[Rc<Ty>]) -> Result<(), MostError> {
        for (at, ty) in old.iter().enumerate() {
            self.path.push((at + 1).to_string());
            match new.get(at) {
                Some(other) => self.types(ty, other)?,
                None => self.lose(LossKind::Field, BTreeSet::new(), None, brief(ty)),
            }
            self.path.pop();
        }
        Ok(())
    }

    fn retyped(&mut self, old: &Rc<Ty>, new: &Rc<Ty>) -> Result<(), MostError> {
        if old == new && matches!(&**old, Ty::Name(..)) {
            return Ok(());
        }
        let kind = LossKind::Retyped(in_words(self.old, old)?, in_words(self.new, new)?);
        self.lose(kind, BTreeSet::new(), None, format!("{} -> {}", brief(old), brief(new)));
        Ok(())
    }
}

/// The names of the fields of what a variable holds, looked for inside of collections.
pub(crate) fn row_fields(signature: &Signature, ty: &Rc<Ty>) -> Result<BTreeSet<String>, MostError> {
    let mut ty = signature.resolve(ty)?;
    for _ in 0..4 {
        match container(signature, &ty)? {
            Some(found) => ty = signature.resolve(&found.value)?,
            None => break,
        }
    }
    Ok(match &*ty {
        Ty::Record(fields) => fields.iter().map(|field| field.name.clone()).collect(),
        // Pairs: what belongs to the key tells more than the key.
        Ty::Tuple(parts) if parts.len() == 2 => match &*signature.resolve(&parts[1])? {
            Ty::Record(fields) => fields.iter().map(|field| field.name.clone()).collect(),
            _ => BTreeSet::new(),
        },
        _ => BTreeSet::new(),
    })
}

/// Whether a variable holds more than a number or a switch, which no census would miss.
pub(crate) fn holds_data(signature: &Signature, ty: &Rc<Ty>) -> Result<bool, MostError> {
    Ok(match &*signature.resolve(ty)? {
        Ty::Name(name, _) => matches!(name.as_str(), "Text" | "Blob"),
        Ty::Tuple(parts) => !parts.is_empty(),
        Ty::Opaque(_) => false,
        _ => true,
    })
}

/// Whether every value of one primitive is a value of the other.
fn widens(old: &str, new: &str) -> bool {
    let rank = |name: &str, family: &str| match name.strip_prefix(family) {
        Some("") => Some(128),
        Some(bits) => bits.parse::<u32>().ok(),
        None => None,
    };
    let within = |family| matches!((rank(old, family), rank(new, family)), (Some(a), Some(b)) if a <= b);
    // An integer holds every natural number of fewer bits.
    let signed = matches!((rank(old, "Nat"), rank(new, "Int")), (Some(a), Some(b)) if a < b || b == 128);
    old == new || within("Nat") || within("Int") || signed || old == "None"
}

fn brief(ty: &Ty) -> String {
    crate::words::shortened(&shown(ty).unwrap_or_else(|error| error.to_string()), 300)
}

/// Kinds of values, in plain words, that the census does not look into.
pub(crate) const NOT_COMPARED: [&str; 3] = ["a function", "something else", "nothing"];

/// A resolved type in plain words.
fn in_words(signature: &Signature, ty: &Rc<Ty>) -> Result<String, MostError> {
    if container(signature, ty)?.is_some() {
        return Ok("a list".into());
    }
    Ok(match &**ty {
        Ty::Name(name, _) => match name.as_str() {
            "Text" | "Char" => "text",
            "Bool" => "yes or no",
            "Float" => "a decimal number",
            "Blob" => "a file",
            "Principal" => "an identity",
            "Null" => "nothing",
            name if name.starts_with("Nat") => "a whole number from zero",
            name if name.starts_with("Int") => "a whole number",
            _ => "something else",
        },
        Ty::Record(_) => "a group of fields",
        Ty::Variant(_) => "a choice",
        Ty::Array(_) => "a list",
        Ty::Opt(_) => "something that may be empty",
        Ty::Tuple(parts) if parts.is_empty() => "nothing",
        Ty::Tuple(_) => "a group of values",
        Ty::Opaque(_) => "a function",
    }
    .into())
}

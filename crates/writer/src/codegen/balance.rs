//! Shared costs as Motoko: what each person is owed, less what they owe.
//!
//! Invariant: each expense is added to whom it was paid by and taken from those who share it, to the cent, so that all
//! balances together are nothing.

use super::shape::{Model, Shape, stored_type};
use crate::spec::{Field, Rule};

/// A rule about shared costs whose parts are all there.
pub(super) struct Shared<'m, 'a> {
    expenses: &'m Shape<'a>,
    amount: &'m Field,
    payer: &'m Field,
    people: &'m Shape<'a>,
    /// The rows that name who shares an expense, their reference to it and to the person.
    among: Option<(&'m Shape<'a>, &'m Field, &'m Field)>,
}

/// The rule whose balances are shown with the rows of `shape`.
pub(super) fn shown_rule<'m, 'a>(model: &'m Model<'a>, shape: &Shape<'_>) -> Option<Shared<'m, 'a>> {
    let shared = model.spec.rules.iter().filter_map(|rule| read(model, rule));
    shared.into_iter().find(|shared| shared.people.entity.id == shape.entity.id)
}

fn read<'m, 'a>(model: &'m Model<'a>, rule: &Rule) -> Option<Shared<'m, 'a>> {
    let Rule::Shared { entity, amount, payer, among } = rule else { return None };
    let expenses = model.shape(entity)?;
    let (amount, payer) = (expenses.field(amount)?, expenses.field(payer)?);
    let people = model.target(payer).filter(|_| stored_type(&amount.kind) == "Int")?;
    let among = match among {
        Some(among) => {
            let shares = model.shape(&among.entity)?;
            Some((shares, shares.field(&among.of)?, shares.field(&among.who)?))
        }
        None => None,
    };
    Some(Shared { expenses, amount, payer, people, among })
}

impl Shared<'_, '_> {
    /// The amounts that are shared.
    pub(super) fn amount(&self) -> &Field {
        self.amount
    }

    /// Whose balances may be seen: who reads every expense can work them out.
    pub(super) fn seen(&self) -> String {
        format!("Access.{}(who.role).read == #all", self.expenses.names.rows)
    }

    /// The function of the actor that counts the balances.
    pub(super) fn function(&self) -> String {
        let (rows, people) = (&self.expenses.names.rows, &self.people.names.rows);
        let (payer, amount) = (&self.payer.id, &self.amount.id);
        let (named, sharers) = match self.among {
            Some((shares, of, who)) => (
                format!(
                    "  let named = Rows.grouped({}, func row = row.{}, func row = row.{});\n",
                    shares.names.rows, of.id, who.id
                ),
                "Rows.namedOr(named, row.id, everybody)".to_owned(),
            ),
            None => (String::new(), "everybody".to_owned()),
        };
        format!(
            "\
/// What each of the `{people}` is owed by the others, less what they owe them: together nothing.
func balances() : Map.Map<Nat, Int> {{
  let balances = Map.empty<Nat, Int>();
  let everybody = Rows.ids({people});
{named}  for (row in {rows}.values()) {{
    switch (row.{payer}, row.{amount}) {{
      case (?payer, ?amount) Rows.share(balances, payer, amount, {sharers}, row.id);
      case _ {{}};
    }};
  }};
  balances;
}};"
        )
    }
}

//! `backend/Access.mo`: the access matrix, role by entity, in one place.
//!
//! Invariant: what no grant names is refused.

use std::collections::BTreeMap;

use super::shape::{Model, Shape};
use super::text::{comment, motoko};
use crate::spec::{Grant, Scope};

const HEAD: &str = "\
/// Who may do what. A role that is not named may do nothing.

import Platform \"mo:autograph/Platform\";

module {
  /// Which rows somebody reaches: none, those of their own membership, or all.
  public type Scope = { #none; #own; #all };

  /// What a role may do with the rows of a table.
  public type Grant = { read : Scope; create : Bool; update : Scope; delete : Scope };

  let nothing : Grant = { read = #none; create = false; update = #none; delete = #none };

  /// Whether the row of `member` is the caller's; who is nobody owns nothing.
  public func owns(who : Platform.Standing, member : Text) : Bool = who.member != \"\" and who.member == member;

  /// Whether `scope` reaches the row of `member` for `who`.
  public func reaches(scope : Scope, who : Platform.Standing, member : Text) : Bool {
    switch scope {
      case (#all) true;
      case (#own) owns(who, member);
      case (#none) false;
    };
  };
";

/// For apps where people who were not invited have rows of their own.
const STRANGERS: &str = "
  /// Strangers are known by the key that their browser keeps; who has none stays nobody.
  public func known(who : Platform.Standing, caller : Principal) : Platform.Standing {
    if (who.role != Platform.visitor or caller.isAnonymous()) return who;
    { who with member = \"@\" # caller.toText() };
  };

  /// Whether others may see whose a row is: not where it is a stranger's, whose key would link what they wrote.
  public func named(who : Platform.Standing, member : Text) : Bool {
    owns(who, member) or member.chars().next() != ?'@';
  };
";

/// The module.
pub(super) fn module(model: &Model<'_>) -> String {
    let matrix: String = model.live().map(matrix).collect();
    if !model.has_strangers() {
        return format!("{HEAD}{matrix}}};\n");
    }
    let head = HEAD.replacen("import Platform", "import Principal \"mo:core/Principal\";\nimport Platform", 1);
    format!("{head}{STRANGERS}{matrix}}};\n")
}

fn matrix(shape: &Shape<'_>) -> String {
    // Roles with equal rights share a line, in the order in which they first appear.
    let mut order: Vec<String> = Vec::new();
    let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for grant in &shape.entity.access {
        let rights = rights(grant);
        if !order.contains(&rights) {
            order.push(rights.clone());
        }
        roles.entry(rights).or_default().push(motoko(&grant.role));
    }
    let cases: String = order.iter().map(|rights| case(&roles[rights], rights)).collect();
    let about = comment(&shape.entity.plural);
    let name = &shape.names.rows;
    format!(
        "\n  /// {about}.\n  public func {name}(role : Text) : Grant {{\n    switch role {{\n{cases}      case _ nothing;\n    }};\n  }};\n"
    )
}

fn case(roles: &[String], rights: &str) -> String {
    format!("      case ({}) {{ {rights} }};\n", roles.join(" or "))
}

fn rights(grant: &Grant) -> String {
    let (read, update, delete) = (scope(grant.read), scope(grant.update), scope(grant.delete));
    format!("{{ read = {read}; create = {}; update = {update}; delete = {delete} }}", grant.create)
}

fn scope(scope: Option<Scope>) -> &'static str {
    match scope {
        None => "#none",
        Some(Scope::Own) => "#own",
        Some(Scope::All) => "#all",
    }
}

//! Who may do what, as the spec declares it, in sentences.

use serde_json::{Value, json};
use writer::spec::{AppSpec, Entity, Grant, OWNER, Scope, VISITOR};

/// The roles, and one sentence per role and entity.
pub(crate) fn matrix(spec: &AppSpec) -> (Vec<Value>, Vec<Value>) {
    let mut roles = vec![(OWNER.to_owned(), "Owner".to_owned())];
    roles.extend(spec.roles.iter().map(|role| (role.id.clone(), role.label.clone())));
    roles.push((VISITOR.to_owned(), "Visitor".to_owned()));
    let rows = roles.iter().flat_map(|(role, _)| {
        spec.entities.iter().map(move |entity| {
            json!({ "role": role, "entity": entity.plural, "sentence": sentence(entity, entity.grant(role)) })
        })
    });
    let rows = rows.collect();
    (roles.into_iter().map(|(id, label)| json!({ "id": id, "label": label })).collect(), rows)
}

fn sentence(entity: &Entity, grant: Option<&Grant>) -> String {
    let what = entity.plural.to_lowercase();
    let Some(grant) = grant else { return format!("can neither see nor change {what}") };
    let which = |scope: Scope| if scope == Scope::All { "all" } else { "their own" };
    let mut can = Vec::new();
    can.extend(grant.read.map(|scope| format!("see {} {what}", which(scope))));
    can.extend(grant.create.then(|| "add new ones".to_owned()));
    can.extend(grant.update.map(|scope| format!("change {}", which(scope))));
    can.extend(grant.delete.map(|scope| format!("delete {}", which(scope))));
    match can.len() {
        0 => format!("can neither see nor change {what}"),
        _ => format!("can {}", can.join(", ")),
    }
}

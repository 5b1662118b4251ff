//! Who may do what: as the app declares it, in sentences, and as every method was observed when each role tried it.

use std::collections::{BTreeMap, BTreeSet};

use execution::registry::{App, RoleDefinition};
use gate::{Declared, Granted, MethodAccess, Options, Reached, Side};
use serde_json::{Value, json};
use toolchain::{AppManifest, SourceTree};
use writer::spec::{AppSpec, Entity, FieldKind, Grant, OWNER, Rule, Scope, VISITOR, Who, Whose};

use super::{Workshop, answer::Problem, behaviour::spec_of, fork_of::ForkOf, judge::on_own_thread};

impl Workshop {
    /// What the app declares, and what was observed just now on a copy of it.
    pub(crate) async fn access(&self, label: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let tree = self.live_tree(&app).await?;
        let spec = tree.as_ref().and_then(spec_of);
        let (roles, matrix) = match &spec {
            Some(spec) => matrix(spec),
            None => (roles_of(&app.roles), Vec::new()),
        };
        let observed = if app.version == 0 { Vec::new() } else { self.observed(&app).await? };
        Ok(json!({ "roles": roles, "matrix": matrix, "observed": observed }))
    }

    async fn observed(&self, app: &App) -> Result<Vec<MethodAccess>, Problem> {
        let types = self.live_types(app).await?;
        let options = self.access_options(Some(app), &app.roles, None).await?;
        let mut fork = ForkOf::new(self.fork(Some(app)).await?);
        let observe = move || {
            let side = Side { candid: &types.candid, stable_types: &types.stable };
            gate::access_of(&options, side, &mut fork)
        };
        on_own_thread(observe).await?.map_err(|why| {
            let text = format!("what `{}` lets people do can't be tried: {why}", app.name);
            Problem::node(text, "build the app from Motoko, whose modules say what they offer")
        })
    }

    /// Who there is to try an app as, and what it declares.
    pub(super) async fn access_options(
        &self,
        app: Option<&App>,
        roles: &[RoleDefinition],
        tree: Option<&SourceTree>,
    ) -> Result<Options, Problem> {
        let members = match app.map(|app| app.backend) {
            None => Vec::new(),
            Some(backend) => {
                let members = self.node.replica.read(move |executor| {
                    let members = executor.state().registry.members(backend);
                    members.map(|(id, member)| (member.role.clone(), id.clone())).collect()
                });
                members.await?
            }
        };
        let roles = roles.iter().map(|role| role.id.clone()).collect();
        let live = match app.filter(|app| app.version > 0 && tree.is_some()) {
            Some(app) => self.live_tree(app).await?,
            None => None,
        };
        let declared_before = live.as_ref().map(declared);
        Ok(Options { roles, members, declared: tree.map(declared), declared_before, ..Options::default() })
    }
}

/// What a source tree declares: its spec's grants, or the manifest's table of methods.
fn declared(tree: &SourceTree) -> Declared {
    let methods = AppManifest::of(tree).map(|manifest| manifest.access).unwrap_or_default();
    let spec = spec_of(tree);
    let hidden = spec.as_ref().map(hidden).unwrap_or_default();
    Declared { methods, grants: spec.as_ref().map(grants).unwrap_or_default(), hidden }
}

fn grants(spec: &AppSpec) -> Vec<Granted> {
    let variables = writer::codegen::variables(spec);
    let of = |(entity, variable): (&Entity, String)| {
        let given = |grant: &Grant| Granted { adds: adds(spec, entity, grant), ..granted(grant, &variable) };
        entity.access.iter().map(given).collect::<Vec<_>>()
    };
    spec.entities.iter().zip(variables).flat_map(of).collect()
}

/// Whether a role adds rows: by themselves, or as the lines of what it adds.
fn adds(spec: &AppSpec, entity: &Entity, grant: &Grant) -> bool {
    let heads = spec.rules.iter().filter_map(|rule| match rule {
        Rule::Lines { entity: lines, field, .. } if *lines == entity.id => match &entity.field(field)?.kind {
            FieldKind::Ref { entity } => spec.entity(entity),
            _ => None,
        },
        _ => None,
    });
    grant.create || heads.flat_map(|head| head.grant(&grant.role)).any(|grant| grant.create)
}

/// Who sees the fields that not everybody sees: a role, or a role for certain rows.
fn hidden(spec: &AppSpec) -> BTreeMap<(String, String), BTreeSet<String>> {
    let variables = writer::codegen::variables(spec);
    let of = |(entity, variable): (&Entity, String)| {
        let hidden = entity.fields.iter().filter(|field| !field.seen_by.is_empty() && !field.archived);
        let who = |who: &Who| match &who.whose {
            Whose::Any => who.role.clone(),
            Whose::Theirs => format!("{} for their own", who.role),
            Whose::Through { field } => format!("{} through {field}", who.role),
        };
        hidden
            .map(|field| ((variable.clone(), field.id.clone()), field.seen_by.iter().map(who).collect()))
            .collect::<Vec<_>>()
    };
    spec.entities.iter().zip(variables).flat_map(of).collect()
}

fn granted(grant: &Grant, variable: &str) -> Granted {
    let reached = |scope: Option<Scope>| match scope {
        None => Reached::Nothing,
        Some(Scope::Own) => Reached::Own,
        Some(Scope::All) => Reached::All,
    };
    Granted {
        role: grant.role.clone(),
        variable: variable.to_owned(),
        reads: reached(grant.read),
        reads_if: grant.read_if.as_ref().map(|only| format!("{only:?}")).unwrap_or_default(),
        adds: grant.create,
        alters: reached(grant.update),
        deletes: reached(grant.delete),
    }
}

fn roles_of(roles: &[RoleDefinition]) -> Vec<Value> {
    let given = |id: &str, label: &str| json!({ "id": id, "label": label });
    let own = roles.iter().map(|role| json!({ "id": role.id, "label": role.label }));
    [given(OWNER, "Owner")].into_iter().chain(own).chain([given(VISITOR, "Visitor")]).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_an_order_adds_its_lines() {
        let text = "An online shop for soap: products with a price and a stock. Customers put several products in a \
                    cart and send one order with all of them.";
        let (spec, _) = writer::write(&writer::Wish { text, name: None }).expect("a shop");
        let Some(Rule::Lines { entity, .. }) = spec.rules.iter().find(|rule| matches!(rule, Rule::Lines { .. })) else {
            panic!("no lines in {:?}", spec.rules)
        };
        let lines = spec.entity(entity).expect("the lines");
        let alone = lines.access.iter().filter(|grant| grant.role != writer::spec::OWNER);
        assert!(alone.clone().all(|grant| !grant.create), "nobody adds a line without its order: {:?}", lines.access);
        let roles: Vec<&str> = alone.map(|grant| grant.role.as_str()).collect();
        let adding = grants(&spec).into_iter().filter(|one| one.adds && roles.contains(&one.role.as_str()));
        let variable = writer::codegen::variables(&spec).into_iter().zip(&spec.entities);
        let variable = variable.filter(|(_, one)| one.id == *entity).map(|(variable, _)| variable).next();
        assert!(adding.map(|one| Some(one.variable)).any(|of| of == variable), "{:?}", grants(&spec));
    }
}

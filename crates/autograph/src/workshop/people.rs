//! An app's people: who is in, links for new ones, and links out of the studio into the app.

use execution::registry::{
    OWNER,
    calls::{InviteArg, Invited, RevokeArg},
};
use serde_json::{Value, json};

use super::{Workshop, answer::Problem};

impl Workshop {
    pub(crate) async fn people(&self, label: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let backend = app.backend;
        let members = self.node.replica.read(move |executor| {
            let members = executor.state().registry.members(backend);
            members.map(|(id, member)| (id.clone(), member.clone())).collect::<Vec<_>>()
        });
        let members: Vec<Value> = members
            .await?
            .into_iter()
            .filter(|(_, member)| member.role != OWNER)
            .map(|(id, member)| {
                json!({ "member": id, "role": member.role, "name": member.name, "browsers": member.keys.len() })
            })
            .collect();
        let roles: Vec<Value> = app
            .roles
            .iter()
            .map(|role| json!({ "id": role.id, "label": role.label, "invited_by": role.invited_by }))
            .collect();
        Ok(json!({ "members": members, "roles": roles }))
    }

    pub(crate) async fn invite(
        &self,
        label: &str,
        role: &str,
        name: &str,
        member: Option<String>,
    ) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let arg = InviteArg { app: app.backend, role: role.into(), name: name.into(), member };
        let invited: Invited = self.registry("invite_for_owner", (arg,)).await?;
        Ok(
            json!({ "link": format!("{}/#invite={}", self.app_url(&app.name), invited.token), "member": invited.member }),
        )
    }

    pub(crate) async fn revoke(&self, label: &str, member: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let arg = RevokeArg { app: app.backend, member: member.into() };
        self.registry::<()>("revoke_for_owner", (arg,)).await?;
        Ok(json!({}))
    }

    /// A link with which the owner's browser is the owner in the app too.
    pub(crate) async fn owner_link(&self, label: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        self.forget_unused_owner_links(app.backend).await?;
        let arg = InviteArg { app: app.backend, role: OWNER.into(), name: String::new(), member: None };
        let invited: Invited = self.registry("invite_for_owner", (arg,)).await?;
        Ok(json!({ "url": format!("{}/#invite={}", self.app_url(&app.name), invited.token) }))
    }

    /// Links into the app that nobody opened are void as soon as there is a newer one.
    async fn forget_unused_owner_links(&self, backend: candid::Principal) -> Result<(), Problem> {
        let unused = self.node.replica.read(move |executor| {
            let members = executor.state().registry.members(backend);
            let unused = members.filter(|(_, member)| member.role == OWNER && member.keys.is_empty());
            unused.map(|(id, _)| id.clone()).collect::<Vec<_>>()
        });
        for member in unused.await? {
            self.registry::<()>("revoke_for_owner", (RevokeArg { app: backend, member },)).await?;
        }
        Ok(())
    }

    /// Where an app is reached.
    pub(crate) fn app_url(&self, name: &str) -> String {
        url_of(&self.origin, name)
    }
}

/// The address of the host `name` at a node.
pub(super) fn url_of(origin: &str, name: &str) -> String {
    origin.replacen("://localhost", &format!("://{name}.localhost"), 1)
}

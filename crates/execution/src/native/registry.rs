//! The registry's methods.

use candid::{CandidType, Principal};
use serde::Serialize;
use state::replicated::{NativeKind, Payload, Reject};

use super::{Native, NativeCall, decode, encode, reply, unknown};
use crate::{
    REGISTRY,
    executor::Executor,
    query::Query,
    registry::{
        App, Invitation, OWNER, Refused, Registry,
        calls::{
            AppArg, CreateAppArg, CreatedApp, EnrolArg, EraseArg, InviteArg, Invited, Outcome, PublishArg, RenameArg,
            RestoreArg, RevokeArg,
        },
    },
    state::Canister,
};

/// What anyone may ask without an update.
pub(super) fn query(registry: &Registry, query: &Query) -> Result<Payload, Reject> {
    match query.method.as_str() {
        "standing" => {
            let who: Principal = decode("standing", &query.arg)?;
            encode((registry.standing(query.sender, who),)).map(Payload::Reply)
        }
        other => unknown("the registry's queries", other),
    }
}

impl Executor {
    pub(super) fn registry_call(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        match call.method {
            "redeem" => answer(self.redeem(call.caller, &decode::<String>(call.method, call.arg)?)),
            "invite" => {
                let arg: InviteArg = decode(call.method, call.arg)?;
                answer(self.invite(call.caller, &arg))
            }
            "revoke" => {
                let arg: RevokeArg = decode(call.method, call.arg)?;
                answer(self.revoke(call.caller, &arg))
            }
            "standing" => {
                let who: Principal = decode(call.method, call.arg)?;
                reply((self.state.registry.standing(call.caller, who),))
            }
            _ if call.caller == self.config.workshop => self.workshop_call(call),
            other => unknown("the registry", other),
        }
    }

    /// What only the node's own service may do, on behalf of the person whose signed request it checked.
    fn workshop_call(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let (method, arg) = (call.method, call.arg);
        match method {
            "enrol" => {
                let arg: EnrolArg = decode(method, arg)?;
                self.state.registry.enrol(&arg.person, arg.key);
                answer(Ok(()))
            }
            "create_app" => answer(self.create_app(&decode::<CreateAppArg>(method, arg)?)),
            "publish" => answer(self.publish(decode::<PublishArg>(method, arg)?)),
            "restore" => answer(self.restore(&decode::<RestoreArg>(method, arg)?)),
            "hold" => answer(self.set_held(decode::<AppArg>(method, arg)?.app, true)),
            "release" => answer(self.set_held(decode::<AppArg>(method, arg)?.app, false)),
            "release_all" => answer(self.release_all()),
            "end_calls" => answer(self.end_calls(decode::<AppArg>(method, arg)?.app)),
            "erase" => answer(self.erase(&decode::<EraseArg>(method, arg)?)),
            "freeze" => answer(self.set_frozen(decode::<AppArg>(method, arg)?.app, true)),
            "thaw" => answer(self.set_frozen(decode::<AppArg>(method, arg)?.app, false)),
            "delete_app" => answer(self.delete_app(decode::<AppArg>(method, arg)?.app)),
            "rename_app" => {
                let arg: RenameArg = decode(method, arg)?;
                self.directory_changed = true;
                answer(self.state.registry.rename(arg.app, &arg.name))
            }
            "invite_for_owner" => answer(self.make_invitation(&decode::<InviteArg>(method, arg)?)),
            "revoke_for_owner" => {
                let arg: RevokeArg = decode(method, arg)?;
                answer(self.state.registry.revoke(arg.app, &arg.member))
            }
            other => unknown("the registry", other),
        }
    }

    fn redeem(&mut self, caller: Principal, token: &str) -> Result<crate::registry::Standing, Refused> {
        if caller == Principal::anonymous() {
            return Err(Refused("a link can't be opened without a key: open it in the app's page".into()));
        }
        // The token begins with the app, so that it is looked for in one place.
        let app = token.split_once('.').and_then(|(app, _)| self.state.registry.find(app));
        let Some(backend) = app.map(|app| app.backend) else {
            return Err(Refused("this link is not valid: ask whoever sent it for a new one".into()));
        };
        self.state.registry.redeem(backend, token.as_bytes(), caller)
    }

    fn invite(&mut self, caller: Principal, arg: &InviteArg) -> Result<Invited, Refused> {
        let standing = self.state.registry.standing(arg.app, caller);
        let Some(app) = self.state.registry.app(arg.app) else { return Err(Refused("there is no such app".into())) };
        let by_role = |role: &str| role == OWNER || allowed(app, role, &arg.role);
        if !by_role(&standing.role) || (arg.role == OWNER && standing.role != OWNER) {
            return Err(Refused(format!("your role here ({}) may not invite a {}", standing.role, arg.role)));
        }
        // A member who may invite guests may give a guest a new link, but not take over someone else's membership.
        if let Some(id) = &arg.member {
            let taken = self.state.registry.members(arg.app).find(|(member, _)| *member == id);
            if taken.is_some_and(|(_, member)| !by_role_over(app, &standing.role, &member.role)) {
                return Err(Refused(format!("your role here ({}) may not replace the link of `{id}`", standing.role)));
            }
        }
        self.make_invitation(arg)
    }

    fn make_invitation(&mut self, arg: &InviteArg) -> Result<Invited, Refused> {
        use std::fmt::Write as _;
        let secret = self.draw_random();
        let mut token = format!("{}.", arg.app.to_text());
        for byte in &secret[..16] {
            let _ = write!(token, "{byte:02x}");
        }
        let invitation = Invitation {
            role: &arg.role,
            name: &arg.name,
            member: arg.member.as_deref(),
            token: token.as_bytes(),
            at: self.state.time,
        };
        let member = self.state.registry.invite(arg.app, invitation)?;
        Ok(Invited { token, member })
    }

    fn revoke(&mut self, caller: Principal, arg: &RevokeArg) -> Result<(), Refused> {
        if self.state.registry.standing(arg.app, caller).role != OWNER {
            return Err(Refused("only the owner may take a membership away".into()));
        }
        self.state.registry.revoke(arg.app, &arg.member)
    }

    fn create_app(&mut self, arg: &CreateAppArg) -> Result<CreatedApp, Refused> {
        self.state.registry.check_name(&arg.name)?;
        let backend = self.state.fresh_canister_id();
        let assets = self.state.fresh_canister_id();
        let app = App {
            name: arg.name.clone(),
            title: arg.title.chars().filter(|c| !c.is_control()).take(120).collect(),
            owner: arg.owner.clone(),
            backend,
            assets,
            version: 0,
            roles: Vec::new(),
            next_member: 0,
            created_at: self.state.time,
        };
        self.state.registry.create(app)?;
        let controllers = [REGISTRY].into();
        self.state.canisters.insert(backend, Canister::new(controllers, self.config.initial_cycles));
        self.state.canisters.insert(assets, Canister::native(NativeKind::Assets));
        self.changes.canisters.extend([backend, assets]);
        self.directory_changed = true;
        Ok(CreatedApp { backend, assets })
    }

    fn set_held(&mut self, backend: Principal, held: bool) -> Result<(), Refused> {
        self.change_system(backend, |system| system.held = held)
    }

    /// Lets go of every held app: a hold doesn't outlive the service that took it.
    fn release_all(&mut self) -> Result<(), Refused> {
        let held: Vec<Principal> =
            self.state.canisters.iter().filter(|(_, canister)| canister.system.held).map(|(id, _)| *id).collect();
        held.into_iter().try_for_each(|backend| self.set_held(backend, false))
    }

    fn set_frozen(&mut self, backend: Principal, frozen: bool) -> Result<(), Refused> {
        self.change_system(backend, |system| system.frozen = frozen)
    }

    fn change_system(
        &mut self,
        backend: Principal,
        change: impl FnOnce(&mut state::replicated::SystemState),
    ) -> Result<(), Refused> {
        let canister = self.state.registry.app(backend).and_then(|_| self.state.canisters.get_mut(&backend));
        let Some(canister) = canister else { return Err(Refused("there is no such app".into())) };
        change(&mut canister.system);
        self.changes.canisters.insert(backend);
        if canister.has_waiting() {
            self.ready.push(backend);
        }
        Ok(())
    }
}

/// Whether members of `role` may invite into `into`.
fn allowed(app: &App, role: &str, into: &str) -> bool {
    app.roles.iter().any(|known| known.id == into && known.invited_by.iter().any(|by| by == role))
}

fn by_role_over(app: &App, role: &str, over: &str) -> bool {
    role == OWNER || allowed(app, role, over)
}

fn answer<T: CandidType + Serialize>(result: Result<T, Refused>) -> Result<Native, Reject> {
    let outcome = match result {
        Ok(value) => Outcome::Ok(value),
        Err(refused) => Outcome::Err(refused.0),
    };
    reply((outcome,))
}

//! The access matrix: what each role sees and changes by each method, observed by trying them on a fork.
//!
//! Nothing is decided by the source or by what a module says about its guards. Reads and writes are tried alike, with
//! arguments made from what exists ([`args`], [`pool`]), and what a call changes is seen in memory ([`diff`]).

mod args;
mod claims;
mod compare;
mod declared;
mod diff;
mod memory;
mod pool;
mod probing;
mod say;

use serde::Serialize;

pub(crate) use compare::{Half, Power, Powers, findings, first_caller, open, without};
pub use declared::{Declared, Granted, Reached};
pub(crate) use declared::{findings as declared_findings, wider as declared_wider};
pub(crate) use diff::Changes;
#[cfg(test)]
pub(crate) use diff::changes;
pub(crate) use memory::{changed_since, kept};
pub(crate) use pool::Pool;
pub use probing::Answering;
#[cfg(test)]
pub(crate) use probing::parts;
pub(crate) use probing::{Known, Prober, Variables, Version};

use crate::{
    fork::{Caller, Fork},
    interface::Interface,
    judge::{Options, Side},
    probe::{self, Answers},
    words,
};

/// What one role was seen to do with one method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MethodAccess {
    /// `owner`, `anonymous`, `stranger` (signed in, and not known to the app) or a role of the app.
    pub role: String,
    /// The method.
    pub method: String,
    /// `query` or `update`.
    pub kind: &'static str,
    /// Whether it answers.
    pub answers: Answering,
    /// Places of the data of which it showed values, such as `guests.phone`.
    pub shows: Vec<String>,
    /// What it did to the data, as phrases such as `delete any row of “guests”`.
    pub changes: Vec<String>,
    /// All of it in plain words.
    pub sentence: String,
}

/// The callers to try: the owner, strangers, and of each role a new member and, where there is one, an old one.
pub(crate) fn callers(options: &Options) -> Vec<Caller> {
    let roles = options.roles.iter().take(MOST_ROLES);
    let of_role = |role: &String| {
        let known = options.members.iter().find(|(known, _)| known == role);
        let known = known.map(|(role, member)| Caller::Known(role.clone(), member.clone()));
        [Some(Caller::Member(role.clone())), known].into_iter().flatten()
    };
    [Caller::Owner, Caller::Anonymous, Caller::Stranger].into_iter().chain(roles.flat_map(of_role)).collect()
}

/// Roles that are tried at most.
const MOST_ROLES: usize = 8;

/// Where memory can't be read, what the owner is shown is the data.
pub(crate) fn of_owner(answers: &Answers) -> Pool {
    let shown = answers.iter().filter_map(|(method, answer)| Some((words::thing(method), answer.value()?.clone())));
    Pool::of(&shown.collect::<Vec<_>>())
}

/// Observes the whole matrix of the version that the fork runs, in the order of roles and methods.
///
/// Of a role with members, one that the app knows already is tried as well as a new one; what either can do, the role
/// can. The fork is left in no particular state.
///
/// # Errors
/// A sentence, if the interface can't be read.
pub fn access_of(options: &Options, side: Side<'_>, fork: &mut dyn Fork) -> Result<Vec<MethodAccess>, String> {
    let interface = Interface::parse(side.candid).map_err(|error| error.to_string())?;
    let start = fork.keep();
    let kept = kept(fork, start, side.stable_types);
    let version = Version { interface: &interface, stable_types: side.stable_types, start, kept: kept.as_ref() };
    let data = match &kept {
        Some(kept) => Pool::of(&kept.variables),
        None => of_owner(&probe::ask_all(fork, &interface, &probe::readable(&interface).0, &Caller::Owner)),
    };
    let known = Known { roles: &options.roles, recorded: &options.recorded, data: &data, asked: None };
    let callers = callers(options);
    let mut prober = Prober::new(fork, &version, &known, callers.len());
    let mut rows: Vec<MethodAccess> = Vec::new();
    for caller in &callers {
        let reach = prober.reach(caller, &Answers::new());
        for row in reach.methods.iter().map(|(method, tried)| say::row(caller, method, tried, &reach)) {
            match rows.iter_mut().find(|known| known.role == row.role && known.method == row.method) {
                Some(known) if say::says_more(&row, known) => *known = row,
                Some(_) => {}
                None => rows.push(row),
            }
        }
    }
    Ok(rows)
}

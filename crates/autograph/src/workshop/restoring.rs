//! Bringing a version back: who would be let in again is asked, what is newer is counted and set aside, and then it
//! is a switch like any other.

use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use execution::{
    Fork, ForkSeed,
    registry::{App, Member, OWNER, RoleDefinition, calls::RestoreArg},
};
use gate::{Effect, Finding, Judgement, Verdict};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use writer::Told;

use super::{
    Workshop,
    answer::{Alternative, Outcome, Problem, ShowFirst},
    data::variables,
    judge::on_own_thread,
    pipeline::{Progress, failed, open_finding, passed, refused},
    switch::Switched,
    telling::language_of,
};

/// Memory of which the newer rows are counted before a restore.
const COUNTED_BYTES_MAX: u64 = 64 << 20;

/// A version that is wanted back.
#[derive(Debug, Deserialize)]
pub(crate) struct Back {
    app: String,
    version: u64,
    #[serde(default)]
    approve: Option<String>,
    #[serde(default)]
    show: ShowFirst,
}

/// Who is in an app, and who may let whom in.
struct People {
    members: BTreeMap<String, Member>,
    roles: Vec<RoleDefinition>,
}

/// What the owner approves of a restore, each with a token of its own.
#[derive(Clone, Copy)]
enum Approved {
    /// All that was found.
    All,
    /// The version, but nobody is let in again.
    LeavingOut,
    /// All that was found, and that open calls end.
    EndingCalls,
}

impl Workshop {
    /// Brings a version back as a new one.
    pub(crate) async fn restore(&self, back: &Back, by: Principal, progress: &Progress) -> Result<Outcome, Problem> {
        let app = self.app(&back.app).await?;
        let _turn = self.one_at_a_time(&app)?;
        let (version, approve) = (back.version, back.approve.as_deref());
        let outcome = self.restore_to(&app, version, approve, back.show, by, progress).await?;
        let outcome = outcome.in_words_of(self.live_spec(&app).await.ok().as_ref());
        if back.show != ShowFirst::Never && outcome.outcome != "live" {
            // It was only looked at what it would do: nothing to remember.
            return Ok(outcome);
        }
        self.told(&app, &format!("Go back to version {version}."), outcome).await
    }

    /// Takes the last change back.
    pub(crate) async fn undo(
        &self,
        app: &App,
        approve: Option<&str>,
        show: ShowFirst,
        by: Principal,
        progress: &Progress,
    ) -> Result<Outcome, Problem> {
        if app.version < 2 {
            let language = self.language(app).await;
            return Ok(failed(progress, &writer::told(&language, Told::NothingToUndo, &[])));
        }
        self.restore_to(app, app.version - 1, approve, show, by, progress).await
    }

    async fn restore_to(
        &self,
        app: &App,
        version: u64,
        approve: Option<&str>,
        show: ShowFirst,
        by: Principal,
        progress: &Progress,
    ) -> Result<Outcome, Problem> {
        progress.stage("check", "Looking what would come back and what would be set aside");
        let (present, point) = (self.people_now(app).await?, self.people_then(app, version).await?);
        let returning = point.map(|point| returning(&present, &point, version)).unwrap_or_default();
        let access: Vec<Finding> = returning.iter().map(|(_, finding)| finding.clone()).collect();
        let verdict = Verdict { data: self.newer_rows(app, version).await?, access, ..Verdict::default() };
        let token = |approved| self.restore_token(app, version, &verdict, approved);
        let given = |approved| approve.is_some_and(|given| self.tokens.verify(given, &token(approved)));
        let (leaving, ending) = (given(Approved::LeavingOut), given(Approved::EndingCalls));
        let base = Outcome { app: Some(app.name.clone()), verdict: verdict.clone(), ..Outcome::default() };
        let language = self.language(app).await;
        let say = |sentence, blanks: &[&str]| writer::told(&language, sentence, blanks);
        if verdict.outcome() == Judgement::Asks && !(leaving || ending || given(Approved::All)) {
            let only_members = returning.iter().all(|(id, found)| id.is_some() || found.effect == Effect::Informs);
            let message = say(Told::LettingNobodyIn, &[]);
            let gentler = Alternative { message, approve: token(Approved::LeavingOut) };
            let alternatives = only_members.then_some(gentler).into_iter().collect();
            return Ok(refused(Outcome { alternatives, ..base }, Some(token(Approved::All)), progress));
        }
        if show.holds(&base) && !(leaving || ending || given(Approved::All)) {
            return Ok(passed(base, Some(token(Approved::All)), progress));
        }
        progress.stage("switch", "Putting the present aside and bringing the version back");
        let leave_out = returning.into_iter().filter_map(|(member, _)| member.filter(|_| leaving)).collect();
        let message = format!("back to version {version}");
        let on_version = app.version;
        let arg = RestoreArg { app: app.backend, version, on_version, message, by, leave_out, end_calls: ending };
        let paused = self.restore_version(arg).await?;
        let seconds = paused.seconds(progress.seconds());
        let number = match paused.switched {
            Switched::Live(number) => number,
            Switched::Open(calls) => {
                let mut base = base;
                base.verdict.behaviour.push(open_finding(self.told_calls(calls).await?));
                let approve = token(Approved::EndingCalls);
                let message = say(Told::GoBackAnyway, &[]);
                base.alternatives.push(Alternative { message, approve: approve.clone() });
                return Ok(Outcome { seconds, ..refused(base, Some(approve), progress) });
            }
            Switched::News(_) => return Err(Problem::node("a restore was judged like an upgrade", "report this")),
        };
        self.node.watch.switched(app.backend, app.version, number);
        let understood = vec![say(Told::AsInVersion, &[&version.to_string()])];
        let assumed = vec![say(Told::SetAsideAs, &[&app.version.to_string()])];
        let live = self.live_outcome(&app.name, app.backend, number, progress);
        Ok(Outcome { understood, assumed, seconds, verdict: base.verdict, ..live })
    }

    /// The language in which an app is spoken of.
    pub(super) async fn language(&self, app: &App) -> String {
        language_of(self.live_spec(app).await.ok().as_ref()).to_owned()
    }

    fn restore_token(&self, app: &App, version: u64, verdict: &Verdict, approved: Approved) -> String {
        let what: &[u8] = match approved {
            Approved::All => b"all",
            Approved::LeavingOut => b"leaving out",
            Approved::EndingCalls => b"ending calls",
        };
        let proposal = Sha256::new().chain_update(b"restore").chain_update(version.to_be_bytes()).finalize().into();
        let findings = Sha256::new().chain_update(what).chain_update(verdict.digest()).finalize().into();
        self.tokens.token(app.backend.as_slice(), app.version, &proposal, &findings)
    }

    async fn people_now(&self, app: &App) -> Result<People, Problem> {
        let backend = app.backend;
        let members =
            self.node.replica.read(move |executor| executor.state().registry.members_snapshot(backend)).await?;
        Ok(People { members, roles: app.roles.clone() })
    }

    /// The people of a restore point; nothing if the version has none, which the registry then says.
    async fn people_then(&self, app: &App, version: u64) -> Result<Option<People>, Problem> {
        let backend = app.backend;
        let people = self.node.replica.read(move |executor| {
            let point = executor.state().points.get(&(backend, version))?;
            Some(People { members: point.members.clone(), roles: point.roles.clone() })
        });
        Ok(people.await?)
    }

    /// The rows that a restore would set aside, as far as both memories can be read.
    async fn newer_rows(&self, app: &App, version: u64) -> Result<Vec<Finding>, Problem> {
        let backend = app.backend;
        let seeds = self.node.replica.read(move |executor| {
            let damaged = executor.state().canisters.get(&backend).is_none_or(|canister| canister.damage().is_some());
            if damaged {
                None
            } else {
                executor.fork_seed(backend).zip(executor.look_seed(backend, Some(version)).ok())
            }
        });
        let Some((present, point)) = seeds.await? else { return Ok(Vec::new()) };
        if present.memory_bytes() + point.memory_bytes() > COUNTED_BYTES_MAX {
            return Ok(vec![not_counted("there is too much data to count it while you wait")]);
        }
        let (mut now, mut then) = (self.open(present), self.open(point));
        on_own_thread(move || match (variables(&mut now), variables(&mut then)) {
            (Some(now), Some(then)) => gate::set_aside(now, then, version),
            _ => vec![not_counted("a version's memory can't be read")],
        })
        .await
    }

    fn open(&self, seed: ForkSeed) -> Fork {
        Fork::open(seed, self.node.engine.clone(), self.node.blobs.clone(), self.node.config.clone())
    }
}

fn not_counted(why: &str) -> Finding {
    let message = format!("What is newer is set aside and kept; how many rows that are was not counted: {why}.");
    finding("not_counted", "data", Effect::Informs, message)
}

fn finding(kind: &str, subject: &str, effect: Effect, message: String) -> Finding {
    Finding {
        kind: kind.into(),
        subject: subject.into(),
        count: None,
        examples: Vec::new(),
        message,
        effect,
        detail: None,
    }
}

/// Whom a restore lets in, who is not in now or has less; and who loses what they were given since.
fn returning(now: &People, then: &People, version: u64) -> Vec<(Option<String>, Finding)> {
    let mut found = Vec::new();
    for (id, old) in then.members.iter().filter(|(_, member)| member.role != OWNER) {
        let who = if old.name.is_empty() { id } else { &old.name };
        let role = label(&then.roles, &old.role);
        let examples = vec![who.clone()];
        let asks = |kind, message| {
            (Some(id.clone()), Finding { examples: examples.clone(), ..finding(kind, id, Effect::Asks, message) })
        };
        match now.members.get(id) {
            None => found.push(asks(
                "member_returns",
                format!("{who} is not in any more, and would be let in again as {role}."),
            )),
            Some(member) if member.role != old.role => {
                let role_now = label(&now.roles, &member.role);
                found.push(asks("role_returns", format!("{who} is {role_now} now, and would be {role} again.")));
            }
            Some(member) if member.token != old.token || !is_subset(&old.keys, &member.keys) => {
                let message =
                    format!("{who} has another link now; the old one, and who opened it, would be let in again.");
                found.push(asks("link_returns", message));
            }
            Some(_) => {}
        }
    }
    for role in &then.roles {
        let may_now: BTreeSet<&String> =
            now.roles.iter().filter(|known| known.id == role.id).flat_map(|known| &known.invited_by).collect();
        for by in role.invited_by.iter().filter(|by| !may_now.contains(by)) {
            let message =
                format!("{} could invite people as {} again.", label(&then.roles, by), label(&then.roles, &role.id));
            found.push((None, finding("inviting_returns", &format!("{by} {}", role.id), Effect::Asks, message)));
        }
    }
    let newer = now.members.iter().filter(|(id, member)| member.role != OWNER && !then.members.contains_key(*id));
    let names: Vec<String> =
        newer.map(|(id, member)| if member.name.is_empty() { id.clone() } else { member.name.clone() }).collect();
    if !names.is_empty() {
        let message = format!("{} came in after version {version}, and would have to be invited again.", count(&names));
        let mut told = finding("members_set_aside", "members", Effect::Informs, message);
        told.count = Some(names.len() as u64);
        told.examples = names.into_iter().take(3).collect();
        found.push((None, told));
    }
    found
}

fn count(names: &[String]) -> String {
    match names {
        [name] => name.clone(),
        names => format!("{} people", names.len()),
    }
}

fn is_subset(keys: &[Principal], of: &[Principal]) -> bool {
    keys.iter().all(|key| of.contains(key))
}

fn label(roles: &[RoleDefinition], id: &str) -> String {
    roles.iter().find(|role| role.id == id).map_or_else(|| id.to_owned(), |role| role.label.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workshop::telling::said;

    fn role(id: &str, invited_by: &[&str]) -> RoleDefinition {
        RoleDefinition {
            id: id.into(),
            label: id.into(),
            invited_by: invited_by.iter().map(|by| (*by).into()).collect(),
        }
    }

    fn member(role: &str, token: u8, keys: &[u8]) -> Member {
        let keys = keys.iter().map(|key| Principal::from_slice(&[*key; 29])).collect();
        Member { role: role.into(), name: String::new(), token: Some([token; 32]), keys, at: 0 }
    }

    fn people(members: &[(&str, Member)]) -> People {
        let members = members.iter().map(|(id, member)| ((*id).into(), member.clone())).collect();
        People { members, roles: vec![role("guest", &[]), role("cook", &[])] }
    }

    fn kinds(now: &People, then: &People) -> Vec<(String, Effect)> {
        returning(now, then, 1).into_iter().map(|(_, finding)| (finding.kind, finding.effect)).collect()
    }

    #[test]
    fn the_same_people_need_no_word() {
        let same = people(&[("m1", member("guest", 1, &[1]))]);
        assert!(kinds(&same, &same).is_empty());
        // A browser that came since only goes.
        let more = people(&[("m1", member("guest", 1, &[1, 2]))]);
        assert!(kinds(&more, &same).is_empty());
    }

    #[test]
    fn whoever_would_get_more_is_asked_about() {
        let then = people(&[("m1", member("guest", 1, &[1]))]);
        assert_eq!(kinds(&people(&[]), &then), [("member_returns".into(), Effect::Asks)]);
        let demoted = people(&[("m1", member("cook", 1, &[1]))]);
        assert_eq!(kinds(&demoted, &then), [("role_returns".into(), Effect::Asks)]);
        let relinked = people(&[("m1", member("guest", 2, &[]))]);
        assert_eq!(kinds(&relinked, &then), [("link_returns".into(), Effect::Asks)]);
        let inviting = People { roles: vec![role("guest", &["cook"]), role("cook", &[])], members: BTreeMap::new() };
        assert_eq!(kinds(&people(&[]), &inviting), [("inviting_returns".into(), Effect::Asks)]);
    }

    #[test]
    fn what_a_restore_asks_is_said_in_every_language() {
        let then = People {
            roles: vec![role("guest", &["cook"]), role("cook", &[])],
            ..people(&[("m1", member("guest", 1, &[])), ("m2", member("cook", 1, &[])), ("m3", member("cook", 1, &[]))])
        };
        let now =
            people(&[("m2", member("guest", 1, &[])), ("m3", member("cook", 2, &[])), ("m4", member("cook", 1, &[]))]);
        let mut found: Vec<Finding> = returning(&now, &then, 1).into_iter().map(|(_, finding)| finding).collect();
        found.push(open_finding(vec!["a call".into()]));
        assert_eq!(found.len(), 6);
        for language in ["es", "pt", "fr", "de", "id", "sw", "hi", "ar", "zh"] {
            let spec = writer::spec::AppSpec { language: language.into(), ..Default::default() };
            for finding in &found {
                assert_ne!(said(finding, Some(&spec)), finding.message, "{language}: {}", finding.kind);
            }
        }
    }

    #[test]
    fn the_owners_browsers_are_no_news_and_newer_members_are_told_of() {
        let then = people(&[("m1", member(OWNER, 1, &[1]))]);
        assert!(kinds(&people(&[]), &then).is_empty());
        let newer = people(&[("m2", member("guest", 2, &[]))]);
        assert_eq!(kinds(&newer, &then), [("members_set_aside".into(), Effect::Informs)]);
    }
}

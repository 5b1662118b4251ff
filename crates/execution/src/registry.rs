//! The registry: apps, owners, members, invitations and versions, as replicated state.
//!
//! It is a native canister: code of this program behind the ordinary call interface. Rows are records of their own,
//! so a change writes what it changed. Invariants: a name belongs to one app; an app's owner can't be removed;
//! a member id is never given twice; the history of versions only grows.

pub mod calls;
pub mod rows;

use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use sha2::{Digest as _, Sha256};
use state::replicated::{BadRecord, SenderInfo, from_record, to_record};

pub use rows::{App, AppAssets, AssetFile, Member, Person, RoleDefinition, Standing, Version};

/// The role of the person to whom an app belongs.
pub const OWNER: &str = "owner";
/// The role of everyone whom nobody invited.
pub const VISITOR: &str = "visitor";
/// The person who runs this node, until there are several.
pub const FIRST_PERSON: &str = "owner";

/// What stands in place of words that were erased.
pub const ERASED: &str = "(erased)";

/// Keys of rows start with these.
const APP_KEY: &[u8] = b"r/a/";
const MEMBER_KEY: &[u8] = b"r/m/";
const VERSION_KEY: &[u8] = b"r/v/";
const PERSON_KEY: &[u8] = b"r/p/";

/// Most apps on a node.
const APPS_MAX: usize = 20_000;
/// Most members of an app.
const MEMBERS_MAX: usize = 20_000;
/// Most browsers that stay signed in as one member.
const KEYS_PER_MEMBER_MAX: usize = 8;

/// Everything the registry knows.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    apps: BTreeMap<Principal, App>,
    members: BTreeMap<Principal, BTreeMap<String, Member>>,
    versions: BTreeMap<Principal, BTreeMap<u64, Version>>,
    people: BTreeMap<String, Person>,
    names: BTreeMap<String, Principal>,
    /// Apps by their asset canister.
    by_assets: BTreeMap<Principal, Principal>,
    /// Which member a key stands for, per app.
    keys: BTreeMap<(Principal, Principal), String>,
    /// Rows changed since they were last taken.
    dirty: BTreeSet<Vec<u8>>,
}

/// Why the registry refuses: a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

fn refused<T>(text: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(text.into()))
}

impl Registry {
    /// Whether a record key is a row of the registry.
    #[must_use]
    pub fn owns(key: &[u8]) -> bool {
        key.starts_with(b"r/")
    }

    /// Takes a row in at recovery.
    ///
    /// # Errors
    /// The row can't be read.
    pub fn load(&mut self, key: &[u8], value: &[u8]) -> Result<(), BadRecord> {
        if let Some(rest) = key.strip_prefix(APP_KEY) {
            let app: App = from_record(key, value)?;
            self.index_app(Principal::from_slice(rest), app);
        } else if let Some((backend, rest)) = split_key(key, MEMBER_KEY) {
            let member: Member = from_record(key, value)?;
            let id = String::from_utf8_lossy(rest).into_owned();
            self.index_member(backend, &id, member);
        } else if let Some((backend, rest)) = split_key(key, VERSION_KEY) {
            let number = rest.try_into().map_or(0, u64::from_be_bytes);
            self.versions.entry(backend).or_default().insert(number, from_record(key, value)?);
        } else if let Some(rest) = key.strip_prefix(PERSON_KEY) {
            self.people.insert(String::from_utf8_lossy(rest).into_owned(), from_record(key, value)?);
        }
        Ok(())
    }

    /// Whether rows changed since they were last taken.
    pub(crate) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// The rows changed since the last call, in record form.
    pub fn take_dirty(&mut self) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        let keys = std::mem::take(&mut self.dirty);
        keys.into_iter()
            .map(|key| {
                let value = self.row(&key);
                (key, value)
            })
            .collect()
    }

    fn row(&self, key: &[u8]) -> Option<Vec<u8>> {
        if let Some(rest) = key.strip_prefix(APP_KEY) {
            return self.apps.get(&Principal::from_slice(rest)).map(to_record);
        }
        if let Some((backend, rest)) = split_key(key, MEMBER_KEY) {
            return self.members.get(&backend)?.get(&*String::from_utf8_lossy(rest)).map(to_record);
        }
        if let Some((backend, rest)) = split_key(key, VERSION_KEY) {
            return self.versions.get(&backend)?.get(&u64::from_be_bytes(rest.try_into().ok()?)).map(to_record);
        }
        let rest = key.strip_prefix(PERSON_KEY)?;
        self.people.get(&*String::from_utf8_lossy(rest)).map(to_record)
    }

    // ---- reading

    /// The app whose backend this is.
    #[must_use]
    pub fn app(&self, backend: Principal) -> Option<&App> {
        self.apps.get(&backend)
    }

    /// The app of this name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&App> {
        self.apps.get(self.names.get(name)?)
    }

    /// The app by its name, backend or asset canister in text form.
    #[must_use]
    pub fn find(&self, label: &str) -> Option<&App> {
        self.by_name(label).or_else(|| {
            let id = Principal::from_text(label).ok()?;
            self.app(id).or_else(|| self.app(*self.by_assets.get(&id)?))
        })
    }

    /// All apps, by backend id.
    pub fn apps(&self) -> impl Iterator<Item = &App> {
        self.apps.values()
    }

    /// The versions of an app, by number.
    pub fn versions(&self, backend: Principal) -> impl DoubleEndedIterator<Item = &Version> {
        self.versions.get(&backend).into_iter().flat_map(BTreeMap::values)
    }

    /// One version.
    #[must_use]
    pub fn version(&self, backend: Principal, number: u64) -> Option<&Version> {
        self.versions.get(&backend)?.get(&number)
    }

    /// The members of an app, by id.
    pub fn members(&self, backend: Principal) -> impl Iterator<Item = (&String, &Member)> {
        self.members.get(&backend).into_iter().flatten()
    }

    /// The person to whom a key belongs.
    #[must_use]
    pub fn person_of(&self, key: Principal) -> Option<&str> {
        self.people.iter().find(|(_, person)| person.keys.contains(&key)).map(|(id, _)| id.as_str())
    }

    /// The keys of a person.
    pub fn keys_of(&self, person: &str) -> impl Iterator<Item = Principal> {
        self.people.get(person).into_iter().flat_map(|person| person.keys.iter().copied())
    }

    /// Who `caller` is to the app.
    #[must_use]
    pub fn standing(&self, backend: Principal, caller: Principal) -> Standing {
        let Some(app) = self.apps.get(&backend) else { return Standing::visitor() };
        if self.people.get(&app.owner).is_some_and(|person| person.keys.contains(&caller)) {
            return Standing { role: OWNER.into(), member: OWNER.into(), name: String::new() };
        }
        let member = self.keys.get(&(backend, caller)).and_then(|id| Some((id, self.members.get(&backend)?.get(id)?)));
        match member {
            Some((id, member)) => standing_of(id, member),
            None => Standing::visitor(),
        }
    }

    /// The same as caller attributes, for the app's own code; none for canisters that are no app's backend.
    pub(crate) fn standing_info(&self, backend: Principal, caller: Principal) -> Option<SenderInfo> {
        self.app(backend)?;
        let data = candid::encode_one(self.standing(backend, caller)).ok()?;
        Some(SenderInfo { signer: crate::REGISTRY, data })
    }

    // ---- people

    /// Adds a key to a person; the first call makes the person.
    pub fn enrol(&mut self, person: &str, key: Principal) {
        self.people.entry(person.to_owned()).or_default().keys.insert(key);
        self.dirty.insert([PERSON_KEY, person.as_bytes()].concat());
    }

    // ---- apps

    /// Whether a name may be taken.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check_name(&self, name: &str) -> Result<(), Refused> {
        let fits = (1..=40).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !name.starts_with('-')
            && !name.ends_with('-');
        if !fits {
            return refused(format!(
                "`{name}` can't be an app's name: use 1 to 40 lower-case letters, digits and hyphens"
            ));
        }
        // Hosts of looks at apps are called `look-` and 32 hexadecimal digits.
        let look = name.strip_prefix("look-").is_some_and(|rest| rest.len() == 32 && hex_digits(rest));
        if look || ["localhost", "studio", "api", "www"].contains(&name) || Principal::from_text(name).is_ok() {
            return refused(format!("the name `{name}` is kept for the platform; choose another"));
        }
        if self.names.contains_key(name) {
            return refused(format!("there is an app called `{name}` already; choose another name"));
        }
        Ok(())
    }

    /// Enters a new app without a version.
    ///
    /// # Errors
    /// The name is taken or not a name; there are too many apps.
    pub fn create(&mut self, app: App) -> Result<(), Refused> {
        self.check_name(&app.name)?;
        if self.apps.len() >= APPS_MAX {
            return refused(format!("this node holds {APPS_MAX} apps, which is its limit"));
        }
        self.touch_app(app.backend);
        self.index_app(app.backend, app);
        Ok(())
    }

    /// Changes an app's row.
    ///
    /// # Errors
    /// There is no such app.
    pub fn update(&mut self, backend: Principal, change: impl FnOnce(&mut App)) -> Result<(), Refused> {
        let Some(app) = self.apps.get_mut(&backend) else { return refused("there is no such app") };
        change(app);
        self.touch_app(backend);
        Ok(())
    }

    /// Gives an app another name.
    ///
    /// # Errors
    /// As for [`Self::check_name`].
    pub fn rename(&mut self, backend: Principal, name: &str) -> Result<(), Refused> {
        self.check_name(name)?;
        let Some(app) = self.apps.get_mut(&backend) else { return refused("there is no such app") };
        self.names.remove(&app.name);
        app.name = name.to_owned();
        self.names.insert(name.to_owned(), backend);
        self.touch_app(backend);
        Ok(())
    }

    /// Removes an app with its members and versions.
    pub fn remove(&mut self, backend: Principal) {
        let Some(app) = self.apps.remove(&backend) else { return };
        self.names.remove(&app.name);
        self.by_assets.remove(&app.assets);
        self.touch_app(backend);
        let members = self.members.remove(&backend).unwrap_or_default();
        let versions = self.versions.remove(&backend).unwrap_or_default();
        self.keys.retain(|(app, _), _| *app != backend);
        self.dirty.extend(members.keys().map(|id| member_key(backend, id)));
        self.dirty.extend(versions.keys().map(|number| version_key(backend, *number)));
    }

    /// Adds a version, which becomes the current one.
    pub fn add_version(&mut self, backend: Principal, version: Version) {
        self.dirty.insert(version_key(backend, version.number));
        self.versions.entry(backend).or_default().insert(version.number, version);
    }

    /// Takes texts out of what was asked for and approved in an app's history, and puts verdicts without them in place.
    pub fn erase_words(&mut self, backend: Principal, texts: &[String], verdicts: &[(u64, [u8; 32])]) {
        let versions = self.versions.entry(backend).or_default();
        for (number, version) in versions {
            let mut erased = version.clone();
            for text in texts.iter().filter(|text| !text.is_empty()) {
                erased.message = erased.message.replace(text.as_str(), ERASED);
                erased.approved.iter_mut().for_each(|word| *word = word.replace(text.as_str(), ERASED));
            }
            erased.verdict = verdicts.iter().find(|(of, _)| of == number).map_or(erased.verdict, |(_, hash)| *hash);
            if erased != *version {
                *version = erased;
                self.dirty.insert(version_key(backend, *number));
            }
        }
    }

    // ---- members

    /// Makes an invitation, new or in place of the member's old one, and gives the member's id.
    ///
    /// # Errors
    /// No such role, or too many members.
    pub fn invite(&mut self, backend: Principal, invitation: Invitation<'_>) -> Result<String, Refused> {
        let Some(app) = self.apps.get_mut(&backend) else { return refused("there is no such app") };
        let known = invitation.role == OWNER || app.roles.iter().any(|role| role.id == invitation.role);
        if !known {
            return refused(format!("the app has no role `{}`", invitation.role));
        }
        let id = match invitation.member {
            Some(member) => checked_member_id(member)?,
            None => {
                app.next_member += 1;
                format!("m{}", app.next_member)
            }
        };
        if self.members.get(&backend).is_some_and(|members| members.len() >= MEMBERS_MAX && !members.contains_key(&id))
        {
            return refused(format!("an app has at most {MEMBERS_MAX} members"));
        }
        self.touch_app(backend);
        let name: String = invitation.name.chars().filter(|c| !c.is_control()).take(120).collect();
        let member = Member {
            role: invitation.role.to_owned(),
            name,
            token: Some(Sha256::digest(invitation.token).into()),
            keys: Vec::new(),
            at: invitation.at,
        };
        self.put_member(backend, &id, Some(member));
        Ok(id)
    }

    /// Takes a membership away.
    ///
    /// # Errors
    /// There is no such member.
    pub fn revoke(&mut self, backend: Principal, id: &str) -> Result<(), Refused> {
        if !self.members.get(&backend).is_some_and(|members| members.contains_key(id)) {
            return refused(format!("the app has no member `{id}`"));
        }
        self.put_member(backend, id, None);
        Ok(())
    }

    /// Ties a browser's key to the member whose link it holds.
    ///
    /// # Errors
    /// The link is unknown or was replaced, or is open in too many browsers.
    pub fn redeem(&mut self, backend: Principal, token: &[u8], key: Principal) -> Result<Standing, Refused> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let found = self.members.get(&backend).into_iter().flatten().find(|(_, member)| member.token == Some(digest));
        let Some((id, member)) = found.map(|(id, member)| (id.clone(), member.clone())) else {
            return refused("this link is not valid any more: ask whoever sent it for a new one");
        };
        let standing = standing_of(&id, &member);
        if member.keys.contains(&key) {
            return Ok(standing);
        }
        if member.keys.len() >= KEYS_PER_MEMBER_MAX {
            return refused(format!(
                "this link is open in {KEYS_PER_MEMBER_MAX} browsers already: ask whoever sent it for a new one"
            ));
        }
        self.drop_key(backend, key);
        let mut member = member;
        member.keys.push(key);
        self.put_member(backend, &id, Some(member));
        Ok(standing)
    }

    /// Ends the memberships whose role the app no longer has. Their ids must not fit rows of a later role of that name.
    pub fn end_memberships_without_role(&mut self, backend: Principal) {
        let Some(app) = self.apps.get(&backend) else { return };
        let known = |role: &str| role == OWNER || app.roles.iter().any(|known| known.id == role);
        let ended: Vec<String> =
            self.members(backend).filter(|(_, member)| !known(&member.role)).map(|(id, _)| id.clone()).collect();
        for id in ended {
            self.put_member(backend, &id, None);
        }
    }

    /// All members, for a restore point.
    #[must_use]
    pub fn members_snapshot(&self, backend: Principal) -> BTreeMap<String, Member> {
        self.members.get(&backend).cloned().unwrap_or_default()
    }

    /// Puts the members of a restore point in place of the present ones. The owner's browsers stay.
    pub fn restore_members(&mut self, backend: Principal, mut members: BTreeMap<String, Member>) {
        let present = self.members_snapshot(backend);
        members
            .extend(present.iter().filter(|(_, member)| member.role == OWNER).map(|(id, m)| (id.clone(), m.clone())));
        for id in present.keys().filter(|id| !members.contains_key(*id)) {
            self.put_member(backend, id, None);
        }
        for (id, member) in members {
            self.put_member(backend, &id, Some(member));
        }
    }

    fn put_member(&mut self, backend: Principal, id: &str, member: Option<Member>) {
        self.dirty.insert(member_key(backend, id));
        let members = self.members.entry(backend).or_default();
        for key in members.remove(id).into_iter().flat_map(|old| old.keys) {
            self.keys.remove(&(backend, key));
        }
        if let Some(member) = member {
            self.index_member(backend, id, member);
        }
    }

    /// A key that opens another member's link is that member from then on.
    fn drop_key(&mut self, backend: Principal, key: Principal) {
        let Some(id) = self.keys.remove(&(backend, key)) else { return };
        if let Some(member) = self.members.get_mut(&backend).and_then(|members| members.get_mut(&id)) {
            member.keys.retain(|other| *other != key);
            self.dirty.insert(member_key(backend, &id));
        }
    }

    fn index_member(&mut self, backend: Principal, id: &str, member: Member) {
        for key in &member.keys {
            self.keys.insert((backend, *key), id.to_owned());
        }
        self.members.entry(backend).or_default().insert(id.to_owned(), member);
    }

    fn index_app(&mut self, backend: Principal, app: App) {
        self.names.insert(app.name.clone(), backend);
        self.by_assets.insert(app.assets, backend);
        self.apps.insert(backend, app);
    }

    fn touch_app(&mut self, backend: Principal) {
        self.dirty.insert([APP_KEY, backend.as_slice()].concat());
    }
}

/// A new membership, or a new link for an old one.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    /// The role it gives.
    pub role: &'a str,
    /// The person's name, for lists.
    pub name: &'a str,
    /// An id of the app's choosing, such as `guest:12`; absent: a new one is made.
    pub member: Option<&'a str>,
    /// The secret in the link.
    pub token: &'a [u8],
    /// ns.
    pub at: u64,
}

/// A browser that the owner let into the app is the owner, under the owner's one id.
fn standing_of(id: &str, member: &Member) -> Standing {
    let id = if member.role == OWNER { OWNER } else { id };
    Standing { role: member.role.clone(), member: id.to_owned(), name: member.name.clone() }
}

fn hex_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn checked_member_id(id: &str) -> Result<String, Refused> {
    let fits = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b":-_".contains(&b));
    if fits && id != OWNER {
        Ok(id.to_owned())
    } else {
        refused(format!("`{}` can't be a member's id", id.escape_debug()))
    }
}

fn member_key(backend: Principal, id: &str) -> Vec<u8> {
    [MEMBER_KEY, backend.as_slice(), id.as_bytes()].concat()
}

fn version_key(backend: Principal, number: u64) -> Vec<u8> {
    [VERSION_KEY, backend.as_slice(), &number.to_be_bytes()].concat()
}

/// Splits a row's key into the app's backend (a 10-byte id) and the rest.
fn split_key<'a>(key: &'a [u8], prefix: &[u8]) -> Option<(Principal, &'a [u8])> {
    let (backend, rest) = key.strip_prefix(prefix)?.split_at_checked(10)?;
    Some((Principal::from_slice(backend), rest))
}

#[cfg(test)]
mod tests;

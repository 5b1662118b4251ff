//! The registry's rules, without a runtime.

use super::*;

fn principal(n: u8) -> Principal {
    Principal::from_slice(&[n; 29])
}

fn backend(n: u8) -> Principal {
    Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, n, 1, 1])
}

fn app(name: &str, n: u8) -> App {
    App {
        name: name.into(),
        title: name.into(),
        owner: FIRST_PERSON.into(),
        backend: backend(n),
        assets: backend(n + 100),
        version: 0,
        roles: vec![RoleDefinition { id: "guest".into(), label: "Guest".into(), invited_by: vec![] }],
        next_member: 0,
        created_at: 0,
    }
}

fn with_app() -> Registry {
    let mut registry = Registry::default();
    registry.enrol(FIRST_PERSON, principal(1));
    registry.create(app("party", 7)).expect("a free name");
    registry
}

fn invitation<'a>(token: &'a [u8], member: Option<&'a str>) -> Invitation<'a> {
    Invitation { role: "guest", name: "Ada", member, token, at: 1 }
}

#[test]
fn two_browsers_with_one_link_are_one_member() {
    let mut registry = with_app();
    let id = registry.invite(backend(7), invitation(b"secret", None)).expect("a role");
    for browser in [2, 3] {
        let standing = registry.redeem(backend(7), b"secret", principal(browser)).expect("valid");
        assert_eq!(standing.member, id);
        assert_eq!(registry.standing(backend(7), principal(browser)).role, "guest");
    }
    assert_eq!(registry.standing(backend(7), principal(9)), Standing::visitor());
    assert_eq!(registry.standing(backend(7), principal(1)).role, OWNER);
}

#[test]
fn a_new_link_voids_the_old_one_and_its_browsers() {
    let mut registry = with_app();
    registry.invite(backend(7), invitation(b"old", Some("guest:1"))).expect("fits");
    registry.redeem(backend(7), b"old", principal(2)).expect("valid");
    registry.invite(backend(7), invitation(b"new", Some("guest:1"))).expect("fits");
    assert_eq!(registry.standing(backend(7), principal(2)), Standing::visitor());
    assert!(registry.redeem(backend(7), b"old", principal(2)).is_err());
    let standing = registry.redeem(backend(7), b"new", principal(3)).expect("valid");
    assert_eq!(standing.member, "guest:1");
}

#[test]
fn rows_written_and_loaded_give_the_same_registry() {
    let mut registry = with_app();
    registry.invite(backend(7), invitation(b"t", None)).expect("fits");
    registry.redeem(backend(7), b"t", principal(4)).expect("valid");
    let mut copy = Registry::default();
    for (key, value) in registry.take_dirty() {
        assert!(Registry::owns(&key));
        copy.load(&key, &value.expect("nothing was removed")).expect("readable");
    }
    assert_eq!(copy.standing(backend(7), principal(4)), registry.standing(backend(7), principal(4)));
    assert_eq!(copy.find("party").map(|app| app.backend), Some(backend(7)));
    assert_eq!(copy.person_of(principal(1)), Some(FIRST_PERSON));
}

#[test]
fn names_are_checked_and_belong_to_one_app() {
    let mut registry = with_app();
    for bad in
        ["", "Party", "a b", "-a", "a-", "studio", &"x".repeat(41), &format!("look-{}", "0a".repeat(16)), "party"]
    {
        assert!(registry.create(app(bad, 8)).is_err(), "{bad}");
    }
    registry.rename(backend(7), "feast").expect("free");
    registry.create(app("party", 8)).expect("free again");
    assert_eq!(registry.find("feast").map(|app| app.backend), Some(backend(7)));
}

#[test]
fn a_member_cannot_be_called_owner_and_roles_must_exist() {
    let mut registry = with_app();
    assert!(registry.invite(backend(7), invitation(b"t", Some("owner"))).is_err());
    let stranger = Invitation { role: "king", ..invitation(b"t", None) };
    assert!(registry.invite(backend(7), stranger).is_err());
}

#[test]
fn restoring_members_keeps_the_owners_browsers() {
    let mut registry = with_app();
    registry.invite(backend(7), invitation(b"a", Some("guest:1"))).expect("fits");
    let point = registry.members_snapshot(backend(7));
    registry.invite(backend(7), invitation(b"b", Some("guest:2"))).expect("fits");
    registry.invite(backend(7), Invitation { role: OWNER, ..invitation(b"c", None) }).expect("fits");
    registry.restore_members(backend(7), point);
    let roles: Vec<_> = registry.members(backend(7)).map(|(id, member)| (id.as_str(), member.role.as_str())).collect();
    assert_eq!(roles, [("guest:1", "guest"), ("m1", OWNER)]);
}

#[test]
fn memberships_end_with_their_role() {
    let mut registry = with_app();
    registry.invite(backend(7), invitation(b"a", Some("guest:1"))).expect("fits");
    registry.redeem(backend(7), b"a", principal(2)).expect("valid");
    registry.update(backend(7), |app| app.roles.clear()).expect("there");
    registry.end_memberships_without_role(backend(7));
    assert_eq!(registry.standing(backend(7), principal(2)), Standing::visitor());
    assert!(registry.redeem(backend(7), b"a", principal(2)).is_err());
}

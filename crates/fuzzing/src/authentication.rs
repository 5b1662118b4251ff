//! Requests signed by chains of keys, right but for what the bytes put wrong, and what must become of each.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use protocol::{
    Content, Envelope, Principal,
    principal::self_authenticating,
    reject::NodeKey,
    request::{
        Call, Delegation, Effective, MAX_DELEGATIONS, MAX_INGRESS_TTL, PERMITTED_DRIFT, ReadState, Rules,
        SignedDelegation, authenticate,
    },
};

use crate::protocol::root_key_der;

const NOW_NS: u64 = 1_700_000_000_000_000_000;
const CANISTERS: u8 = 4;

/// A key of a chain, by its number.
type Key = u8;

/// A link of a chain, and whether it was signed by the key that should have.
struct Link {
    key: Key,
    signer: Key,
    terms: Delegation,
}

/// A request, and what is known about it beside its bytes.
struct Case {
    envelope: Envelope,
    effective: Effective,
    sender: Key,
    /// Signed the request itself.
    signer: Key,
    links: Vec<Link>,
}

/// A request with a chain of delegations is taken if, and only if, everything about it is right.
///
/// # Panics
/// It is taken and should not be, or the other way round.
pub fn authentication(data: &[u8]) {
    let Ok(case) = case(&mut Unstructured::new(data)) else { return };
    let again = Envelope::decode(&case.envelope.encode()).ok();
    let readable = case.links.len() <= MAX_DELEGATIONS;
    assert_eq!(again, readable.then(|| case.envelope.clone()), "an envelope survives being written and read");
    let rules = Rules { now: NOW_NS, root_key_der: root_key_der() };
    let answer = authenticate(&case.envelope, rules, case.effective);
    assert_eq!(answer.is_ok(), case.holds(), "{answer:?}");
    if let Ok(authenticated) = answer {
        assert_eq!(authenticated.sender, principal(case.sender));
        assert_eq!(authenticated.targets, case.targets(), "all delegations together leave these canisters");
    }
}

impl Case {
    fn holds(&self) -> bool {
        let content = &self.envelope.content;
        let expiry = content.ingress_expiry();
        let in_time = (NOW_NS..=NOW_NS + MAX_INGRESS_TTL + PERMITTED_DRIFT).contains(&expiry);
        in_time && content.sender() == principal(self.sender) && self.is_signed() && self.allows(content)
    }

    /// Each key by the one before it, none twice.
    fn is_signed(&self) -> bool {
        let keys: Vec<Key> = std::iter::once(self.sender).chain(self.links.iter().map(|link| link.key)).collect();
        let signers = self.links.iter().map(|link| link.signer).chain([self.signer]);
        let distinct = keys.iter().collect::<BTreeSet<_>>().len() == keys.len();
        distinct && self.links.len() <= MAX_DELEGATIONS && keys.iter().copied().eq(signers)
    }

    fn allows(&self, content: &Content) -> bool {
        let is_call = matches!(content, Content::Call(_));
        let terms = self.links.iter().all(|link| {
            let permitted = match link.terms.permissions.as_deref() {
                None | Some("all") => true,
                Some("queries") => !is_call,
                Some(_) => false,
            };
            permitted && link.terms.expiration >= NOW_NS
        });
        let addressed = match content {
            Content::Call(call) | Content::Query(call) => {
                self.effective == Effective::Canister(call.canister_id)
                    && self.targets().is_none_or(|targets| targets.contains(&call.canister_id))
            }
            Content::ReadState(_) => true,
        };
        terms && addressed
    }

    fn targets(&self) -> Option<BTreeSet<Principal>> {
        let lists: Vec<_> = self.links.iter().filter_map(|link| link.terms.targets.as_ref()).collect();
        let named = lists.iter().copied().flatten().copied();
        let by_all = |id: &Principal| lists.iter().all(|list| list.contains(id));
        (!lists.is_empty()).then(|| named.filter(by_all).collect())
    }
}

fn case(bytes: &mut Unstructured<'_>) -> Result<Case> {
    let sender = 0;
    let links = links(bytes, sender)?;
    let last = links.last().map_or(sender, |link| link.key);
    let signer = mostly(bytes, last)?;
    let content = content(bytes, sender)?;
    let mut envelope =
        Envelope::signed(content, key(sender).public_key_der(), |payload| key(signer).sign(payload).to_vec());
    envelope.sender_delegation = links.iter().map(signed).collect();
    let canister = canister(bytes.int_in_range(0..=CANISTERS - 1)?);
    let effective = match (&envelope.content, bytes.ratio(1, 8)?) {
        (_, true) => Effective::Subnet(canister),
        (Content::Call(call) | Content::Query(call), false) if bytes.ratio(7, 8)? => {
            Effective::Canister(call.canister_id)
        }
        _ => Effective::Canister(canister),
    };
    Ok(Case { envelope, effective, sender, signer, links })
}

fn links(bytes: &mut Unstructured<'_>, sender: Key) -> Result<Vec<Link>> {
    let mut links: Vec<Link> = Vec::new();
    let count = if bytes.ratio(1, 8)? { MAX_DELEGATIONS + 1 } else { bytes.int_in_range(0..=4)? };
    for number in 1..=count {
        let before = links.last().map_or(sender, |link| link.key);
        let signer = mostly(bytes, before)?;
        let key_number = mostly(bytes, number as Key)?;
        let terms = Delegation {
            pubkey: key(key_number).public_key_der(),
            expiration: near(bytes, NOW_NS)?,
            targets: bytes.ratio(1, 3)?.then(|| targets(bytes)).transpose()?,
            permissions: bytes.choose(&[None, None, Some("all"), Some("queries"), Some("none")])?.map(str::to_owned),
        };
        links.push(Link { key: key_number, signer, terms });
    }
    Ok(links)
}

fn content(bytes: &mut Unstructured<'_>, sender: Key) -> Result<Content> {
    let sender = principal(mostly(bytes, sender)?);
    let ingress_expiry = match bytes.int_in_range(0..=2u8)? {
        0 => NOW_NS,
        1 => near(bytes, NOW_NS)?,
        _ => near(bytes, NOW_NS + MAX_INGRESS_TTL + PERMITTED_DRIFT)?,
    };
    let nonce = bytes.arbitrary::<Option<[u8; 3]>>()?.map(Vec::from);
    if bytes.ratio(1, 3)? {
        let paths = bytes.arbitrary::<Vec<Vec<Vec<u8>>>>()?;
        let paths = paths.into_iter().take(8).map(|path| path.into_iter().take(8).collect()).collect();
        return Ok(Content::ReadState(ReadState { paths, sender, nonce, ingress_expiry }));
    }
    let call = Call {
        canister_id: canister(bytes.int_in_range(0..=CANISTERS - 1)?),
        method_name: bytes.arbitrary()?,
        arg: bytes.arbitrary()?,
        sender,
        nonce,
        ingress_expiry,
        sender_info: None,
    };
    Ok(if bytes.arbitrary()? { Content::Call(call) } else { Content::Query(call) })
}

fn signed(link: &Link) -> SignedDelegation {
    let signature = key(link.signer).sign(&link.terms.signable()).to_vec();
    SignedDelegation { delegation: link.terms.clone(), signature }
}

fn targets(bytes: &mut Unstructured<'_>) -> Result<Vec<Principal>> {
    let known = bytes.arbitrary::<u8>()?;
    Ok((0..CANISTERS).filter(|number| known >> number & 1 == 1).map(canister).collect())
}

/// The number that is right, or now and then another one.
fn mostly(bytes: &mut Unstructured<'_>, right: Key) -> Result<Key> {
    if bytes.ratio(1, 16)? { bytes.int_in_range(0..=5) } else { Ok(right) }
}

/// A time at most a few nanoseconds from this one.
fn near(bytes: &mut Unstructured<'_>, time: u64) -> Result<u64> {
    Ok(time.saturating_add_signed(bytes.int_in_range(-1..=6)?))
}

fn key(number: Key) -> NodeKey {
    NodeKey::from_secret(&[number + 1; 32])
}

fn principal(number: Key) -> Principal {
    self_authenticating(&key(number).public_key_der())
}

fn canister(number: u8) -> Principal {
    Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, number, 1, 1])
}

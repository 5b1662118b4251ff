//! Who may read which paths of the state.
//!
//! Invariant: a path passes only if its form is listed here. A shorter path would reveal what is below
//! it, so none is let through whose children differ in who may see them.

use protocol::request::{Authenticated, Effective};
use protocol::{CanisterId, Label, RequestId};

use super::id_of;
use crate::refusal::Refused;
use crate::replica::Replica;

/// The fields of a request's status.
const STATUS_FIELDS: [&[u8]; 5] = [b"status", b"reply", b"reject_code", b"reject_message", b"error_code"];
/// What everybody may know of a canister.
const CANISTER_FIELDS: [&[u8]; 4] =
    [b"module_hash", b"controllers", b"canister_creation_timestamp", b"last_install_timestamp"];

/// Somebody who reads.
pub(super) struct Reader<'a> {
    pub(super) replica: &'a dyn Replica,
    pub(super) authenticated: &'a Authenticated,
    pub(super) effective: Effective,
}

impl Reader<'_> {
    /// Checks all paths of one request.
    pub(super) fn check(&self, paths: &[Vec<Label>]) -> Result<(), Refused> {
        let mut request = None;
        for path in paths {
            let labels: Vec<&[u8]> = path.iter().map(Vec::as_slice).collect();
            if let [b"request_status", id, ..] = labels[..]
                && *request.get_or_insert(id) != id
            {
                return Err(Refused::bad_request(
                    "all paths of one read_state request must be about the same request id",
                ));
            }
            self.check_path(&labels)?;
        }
        Ok(())
    }

    fn check_path(&self, path: &[&[u8]]) -> Result<(), Refused> {
        match path {
            [b"time"] => Ok(()),
            [b"api_boundary_nodes"] | [b"api_boundary_nodes", _] => Ok(()),
            [b"api_boundary_nodes", _, b"domain" | b"ipv4_address" | b"ipv6_address"] => Ok(()),
            [b"canister_ranges", _] | [b"canister_ranges", _, _] => Ok(()),
            [b"subnet"] | [b"subnet", _] => Ok(()),
            [b"subnet", _, b"public_key" | b"type" | b"canister_ranges" | b"metrics" | b"node"] => Ok(()),
            [b"subnet", _, b"node", _] | [b"subnet", _, b"node", _, b"public_key"] => Ok(()),
            [b"request_status", id] => self.check_request(id),
            [b"request_status", id, field] if STATUS_FIELDS.contains(field) => self.check_request(id),
            [b"canister", id, field] if CANISTER_FIELDS.contains(field) => self.check_canister(id),
            [b"canister", id, b"metadata", name] => self.check_metadata(id, name),
            _ => Err(Refused::bad_request(format!("the path {} can't be requested", show(path)))),
        }
    }

    /// A request's status is for its sender alone, at the address it was sent to.
    fn check_request(&self, id: &[u8]) -> Result<(), Refused> {
        let id = <[u8; 32]>::try_from(id).map_err(|_| Refused::bad_request("a request id has 32 bytes"))?;
        let Some(origin) = self.replica.request_origin(&RequestId(id)) else {
            return Ok(());
        };
        if origin.sender != self.authenticated.sender {
            return Err(Refused::forbidden("only the sender of a request may read its status"));
        }
        if matches!(self.effective, Effective::Canister(given) if given != origin.effective) {
            return Err(Refused::bad_request(format!(
                "the request was sent to {}; read its status there",
                origin.effective
            )));
        }
        match &self.authenticated.targets {
            Some(targets) if !targets.contains(&origin.receiver) => {
                Err(Refused::forbidden(format!("the delegation is not for the canister {}", origin.receiver)))
            }
            _ => Ok(()),
        }
    }

    fn check_canister(&self, id: &[u8]) -> Result<(), Refused> {
        match id == id_of(self.effective).as_slice() {
            true => Ok(()),
            false => Err(Refused::bad_request("a path about a canister must be requested at that canister's address")),
        }
    }

    fn check_metadata(&self, id: &[u8], name: &[u8]) -> Result<(), Refused> {
        self.check_canister(id)?;
        let name = std::str::from_utf8(name)
            .map_err(|_| Refused::bad_request("the name of a metadata section must be UTF-8"))?;
        let canister = CanisterId::new(id_of(self.effective));
        let sender = match &self.authenticated.targets {
            // A session that is not for this canister reads what a stranger may read.
            Some(targets) if !targets.contains(&canister.principal()) => candid::Principal::anonymous(),
            _ => self.authenticated.sender,
        };
        match self.replica.may_read_metadata(&canister, name, &sender) {
            true => Ok(()),
            false => Err(Refused::forbidden(format!(
                "the metadata `{}` is for the canister's controllers only",
                name.escape_debug()
            ))),
        }
    }
}

/// A path for people, shortened.
fn show(path: &[&[u8]]) -> String {
    let label = |label: &&[u8]| format!("/{}", &label[..label.len().min(32)].escape_ascii());
    match path {
        [] => "/".into(),
        _ => path.iter().take(5).map(label).collect(),
    }
}

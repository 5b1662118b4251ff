//! Which of the node's faces a request is for, by its Host header alone.
//!
//! Invariant: a host that was not configured is refused, so a page of another name that resolves to
//! this machine (DNS rebinding) reaches nothing.

use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use thiserror::Error;

/// The domains this node answers for: each is the studio's host, and its direct subdomains are apps'.
#[derive(Clone, Debug)]
pub struct Hosts {
    domains: Vec<String>,
}

/// What a host stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// The node itself.
    Studio,
    /// An app, by its name or the id of a canister.
    App(String),
}

/// Why a host is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HostError {
    /// None was given, or several.
    #[error("the request must name one host")]
    Missing,
    /// Not one of ours.
    #[error(
        "this node does not answer for the host `{0}`; use http://localhost, or give the node that domain in its configuration"
    )]
    Unknown(String),
}

impl Default for Hosts {
    fn default() -> Self {
        Hosts::new(std::iter::empty())
    }
}

impl Hosts {
    /// `localhost`, and these domains beside it.
    pub fn new(domains: impl IntoIterator<Item = String>) -> Self {
        let own = domains.into_iter().map(|domain| domain.trim_matches('.').to_ascii_lowercase());
        Hosts { domains: std::iter::once("localhost".to_owned()).chain(own).collect() }
    }

    /// The domains, `localhost` first.
    pub fn domains(&self) -> &[String] {
        &self.domains
    }

    /// Whom a request is for.
    pub fn route(&self, parts: &Parts) -> Result<Host, HostError> {
        self.route_by(&parts.uri, &parts.headers)
    }

    /// The same for a request that is still whole.
    pub(crate) fn route_by(&self, uri: &Uri, headers: &HeaderMap) -> Result<Host, HostError> {
        self.classify(authority_by(uri, headers)?)
    }

    fn classify(&self, authority: &str) -> Result<Host, HostError> {
        let unknown = || HostError::Unknown(authority.chars().filter(|c| !c.is_control()).take(100).collect());
        let host = without_port(authority).ok_or_else(unknown)?.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        if matches!(host, "127.0.0.1" | "[::1]") || self.domains.iter().any(|domain| domain == host) {
            return Ok(Host::Studio);
        }
        let label = self.domains.iter().find_map(|domain| host.strip_suffix(domain)?.strip_suffix('.'));
        label.filter(|label| is_label(label)).map(|label| Host::App(label.to_owned())).ok_or_else(unknown)
    }
}

/// The one authority of a request: from its URI, or else its Host header.
pub(crate) fn authority(parts: &Parts) -> Result<&str, HostError> {
    authority_by(&parts.uri, &parts.headers)
}

fn authority_by<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<&'a str, HostError> {
    if let Some(authority) = uri.authority() {
        return Ok(authority.as_str());
    }
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
        (Some(host), None) => Ok(host),
        _ => Err(HostError::Missing),
    }
}

/// The host without its port; `None` if what follows it is no port.
fn without_port(authority: &str) -> Option<&str> {
    let end = match authority.find(']') {
        Some(end) => end + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(end);
    let port_is_fine = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
    port_is_fine.then_some(host)
}

/// One DNS label, at most 63 characters.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classify(host: &str) -> Option<Host> {
        Hosts::new(["apps.example.org".to_owned()]).classify(host).ok()
    }

    #[test]
    fn hosts_of_the_node() {
        for host in ["localhost", "LOCALHOST:4943", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:4943", "localhost."] {
            assert_eq!(classify(host), Some(Host::Studio), "{host}");
        }
        assert_eq!(classify("apps.example.org"), Some(Host::Studio));
    }

    #[test]
    fn hosts_of_apps() {
        let app = |label: &str| Some(Host::App(label.to_owned()));
        assert_eq!(classify("wedding.localhost:4943"), app("wedding"));
        assert_eq!(classify("rrkah-fqaaa-aaaaa-aaaaq-cai.localhost"), app("rrkah-fqaaa-aaaaa-aaaaq-cai"));
        assert_eq!(classify("Wedding.apps.example.org"), app("wedding"));
    }

    #[test]
    fn all_other_hosts() {
        for host in [
            "",
            "evil.com",
            "localhost.evil.com",
            "evillocalhost",
            "a.b.localhost",
            ".localhost",
            "-a.localhost",
            "127.0.0.2",
            "0.0.0.0",
            "[::2]",
            "localhost:80:80",
            "localhost:x",
            "user@localhost",
            "a_b.localhost",
            "[::1",
            "[::1]x",
        ] {
            assert_eq!(classify(host), None, "{host}");
        }
    }
}

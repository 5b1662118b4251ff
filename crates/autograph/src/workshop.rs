//! The workshop: the node's own service, which turns wishes into versions of apps.
//!
//! It reads signed requests, drives writer, toolchain and gate, and hands what passed to the registry's `publish`.
//! Invariant: nothing reaches a live app but through [`switch`], and only with a verdict that lets it pass or a token
//! that the owner got for exactly this proposal on exactly this version.

mod access;
mod answer;
mod api;
mod asking;
mod behaviour;
mod chain;
mod comparing;
mod conversation;
mod data;
mod delta;
mod erasing;
mod fork_of;
mod glass;
mod judge;
mod looked;
mod looking;
mod naming;
mod owners;
mod pages;
mod people;
mod pictures;
mod pipeline;
mod proposals;
mod ready;
mod registry;
mod repairing;
mod restoring;
mod switch;
mod telling;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use gate::Tokens;
use toolchain::Toolchain;

use crate::{browser::Browsers, node::Node};

pub(crate) use api::routes;
pub(crate) use looking::iso;

/// The service. One for a node.
pub(crate) struct Workshop {
    pub(crate) node: Arc<Node>,
    pub(crate) toolchain: Toolchain,
    pub(crate) tokens: Tokens,
    /// Looks at apps that are open.
    pub(crate) looks: gateway::Looks,
    /// For opening pages before they are put live.
    pub(crate) browsers: Browsers,
    /// Pictures of versions.
    pub(crate) pictures: pictures::Pictures,
    /// The studio's address as people reach it, `http://localhost:4943`.
    pub(crate) origin: String,
    /// One-time links to the studio, and until when they are good, ns.
    entries: Mutex<HashMap<String, u64>>,
    /// Requests seen, until they expire: none is done twice.
    seen: Mutex<HashMap<protocol::RequestId, u64>>,
    /// What was judged and waits for the owner's word.
    ready: ready::Waiting,
    /// Held while names of versions change.
    naming: Mutex<()>,
    /// One change of an app at a time.
    busy: Mutex<std::collections::HashSet<candid::Principal>>,
    /// Names of apps that are being made.
    names: Mutex<std::collections::HashSet<String>>,
}

impl Workshop {
    pub(crate) fn new(node: Arc<Node>, toolchain: Toolchain, origin: String) -> Workshop {
        let tokens = Tokens::new(node.secret);
        let browsers = Browsers::new(&node.data.join("browsers"));
        let pictures = pictures::Pictures::new(&node.data);
        Workshop {
            node,
            toolchain,
            tokens,
            looks: gateway::Looks::default(),
            browsers,
            pictures,
            origin,
            entries: Mutex::default(),
            seen: Mutex::default(),
            ready: ready::Waiting::default(),
            naming: Mutex::default(),
            busy: Mutex::default(),
            names: Mutex::default(),
        }
    }
}

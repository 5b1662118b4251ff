//! Writers: a conversation becomes an app spec, and a spec becomes a source tree.
//!
//! A writer holds no capability on a live app. What it returns is text; the gate decides.

pub mod spec;

//! The gateway against a small replica that keeps one counter per caller.

mod agent;
mod fake;
mod interface;
mod limits;
mod looks;
mod site;
mod support;

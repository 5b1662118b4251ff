//! The embedder from outside: modules in, messages run, memory committed, rolled back, and woken again.

mod api;
mod limits;
mod memory;
mod modules;
mod motoko;
mod slices;
mod support;
mod trackers;
mod upgrades;

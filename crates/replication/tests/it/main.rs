//! The whole replica with real WebAssembly: a Motoko app through crashes, traps, timers, upgrades and restores.

mod apps;
mod bounds;
mod cycles;
mod damage;
mod harness;
mod management;
mod motoko;
mod passing;
mod slices;
mod switch;

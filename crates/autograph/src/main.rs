//! The program: one binary for the node, its command line and the launcher of the toolchain's jail.

mod adapter;
mod cli;
mod client;
mod node;
mod up;
mod workshop;

//! The toolchain with its real workers, confined by the real launcher. The workers' packages must be installed
//! (`npm ci --omit=dev --ignore-scripts` in `worker`).

#![allow(clippy::unwrap_used, reason = "a failed setup is a failed test")]

mod backend;
mod chain;
mod fixture;
mod jail;
mod limits;
mod pages;

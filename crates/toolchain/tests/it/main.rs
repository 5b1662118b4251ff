//! The toolchain with its real workers, confined by the real launcher. The workers' packages must be installed
//! (`npm ci --omit=dev --ignore-scripts` in `worker`).

mod backend;
mod fixture;
mod jail;
mod limits;
mod pages;

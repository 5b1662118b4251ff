//! Runs one WebAssembly call: module preparation, system API, memory, dirty pages, metering.
//!
//! [`Engine::prepare`] checks a module, instruments it and compiles it (or finds it compiled). A [`Sandbox`] is one
//! canister's live instance over its committed memory: [`Sandbox::run`] one message (or [`Sandbox::start`] it and
//! [`Sandbox::resume`] it slice by slice), then [`Sandbox::commit`] what it changed or [`Sandbox::roll_back`] to the byte.
//!
//! Invariant: what a message computes depends on the committed memory and its [`Input`] alone. Only this room names
//! wasmtime.

#![allow(unsafe_code, reason = "maps memory and loads compiled code; every block states why it is sound")]

mod engine;
mod global;
mod memory;
mod message;
mod module;
mod sandbox;
mod slices;
mod system_api;
mod trap;

pub use engine::{Engine, EngineConfig, EngineError};
pub use global::GlobalValue;
pub use memory::{
    DirtyTracker, HEAP_CAPACITY_BYTES, Heap, MemoryFault, STABLE_CAPACITY_BYTES, StableMemory, Tracking,
    WASM_PAGE_BYTES,
};
pub use message::{
    Callback, CallbackKind, CallerInfo, CanisterStatus, CanisterView, Closure, CyclePrices, Effects, Entry, Execution,
    Input, Limits, OutgoingCall, Reject, Reply, SubnetView,
};
pub use module::{COUNTING_VERSION, InvalidModule, Module, PointerWidth, Sections, Visibility, sections};
pub use sandbox::{CanisterMemory, MemoryDelta, Sandbox, SandboxError};
pub use slices::{Progress, Slices};
pub use system_api::{Signature, signatures};
pub use trap::{Trap, WasmFault};

//! What a module says about itself: its methods, sections, memory and globals, collected by the validation.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::ValType;

/// Who may read a custom section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// The canister's controllers.
    Private,
}

/// `icp:` custom sections by name, without that prefix and who may read them.
pub type Sections = BTreeMap<String, (Visibility, Vec<u8>)>;

/// Bytes that go into memory when the module is installed, and not when its canister wakes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DataSegment {
    pub(crate) offset: u64,
    pub(crate) data: Vec<u8>,
}

/// What the rest of the embedder needs to know of a valid module.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) updates: BTreeSet<String>,
    pub(crate) queries: BTreeSet<String>,
    pub(crate) composite_queries: BTreeSet<String>,
    /// Exports such as `canister_init`, whole names.
    pub(crate) system_methods: BTreeSet<String>,
    /// `icp:` sections without their prefix.
    pub(crate) sections: Sections,
    pub(crate) memory64: bool,
    pub(crate) has_memory: bool,
    /// The memory's size at the start.
    pub(crate) memory_bytes: u64,
    pub(crate) has_table: bool,
    pub(crate) table64: bool,
    /// Indices and types of mutable globals, ascending.
    pub(crate) mutable_globals: Vec<(u32, ValType)>,
    pub(crate) globals: u32,
    pub(crate) start: Option<u32>,
    pub(crate) volatile: bool,
    pub(crate) imported_functions: u32,
    /// What a call of each import costs.
    pub(crate) import_costs: Vec<u64>,
    pub(crate) functions: u32,
    pub(crate) types: u32,
    /// Types of the module's own functions, by index in the code section.
    pub(crate) function_types: Vec<u32>,
    /// What a call of each of the module's own functions takes of the depth budget.
    pub(crate) frames: Vec<u32>,
    /// Whether each table's index is 64 bits wide.
    pub(crate) tables64: Vec<bool>,
    /// Active data segments, in order.
    pub(crate) data: Vec<DataSegment>,
}

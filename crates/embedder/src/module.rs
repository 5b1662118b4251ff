//! A prepared module: what the embedder knows about it, and its compiled, instrumented code.
//!
//! Invariant: a [`Module`] passed every rule of the interface for modules; whoever holds one need not check again.

mod constant;
mod counting;
mod facts;
mod instrument;
mod prices;
mod validate;

pub use counting::COUNTING_VERSION;
pub(crate) use counting::FRAME_BUDGET;
pub(crate) use facts::Facts;
pub use facts::{Sections, Visibility};
pub(crate) use instrument::{COUNTER, DEPTH, MEMORY, REFILL, START, TABLE, global_name, instrument};
pub use validate::sections;
pub(crate) use validate::validate;
use wasmtime::InstancePre;

use crate::{message::Entry, system_api::Host};

/// Width of pointers, sizes and table indices of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerWidth {
    /// A module with 32-bit memory, or none.
    Bits32,
    /// A module with 64-bit memory.
    Bits64,
}

/// A canister module, ready to be instantiated.
pub struct Module {
    pub(crate) hash: [u8; 32],
    pub(crate) facts: Facts,
    pub(crate) code: InstancePre<Host>,
    pub(crate) pointer_width: PointerWidth,
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Module(")?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, ")")
    }
}

impl Module {
    /// SHA-256 of the bytes that were given to be prepared (compressed ones as they were given).
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Names of the update methods, in order.
    pub fn updates(&self) -> impl Iterator<Item = &str> {
        self.facts.updates.iter().map(String::as_str)
    }

    /// Names of the query methods, in order.
    pub fn queries(&self) -> impl Iterator<Item = &str> {
        self.facts.queries.iter().map(String::as_str)
    }

    /// Names of the composite query methods, in order.
    pub fn composite_queries(&self) -> impl Iterator<Item = &str> {
        self.facts.composite_queries.iter().map(String::as_str)
    }

    /// Whether the module has what the entry would call. Callbacks are only known when they run.
    #[must_use]
    pub fn has(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Update(name) => self.facts.updates.contains(&**name),
            Entry::Query(name) | Entry::TransformQuery(name) => self.facts.queries.contains(&**name),
            Entry::CompositeQuery(name) => self.facts.composite_queries.contains(&**name),
            Entry::Callback(_) => true,
            Entry::Start => self.facts.start.is_some(),
            _ => entry.export_name().is_some_and(|name| self.facts.system_methods.contains(&*name)),
        }
    }

    /// The `icp:public` or `icp:private` custom section of this name.
    #[must_use]
    pub fn custom_section(&self, name: &str) -> Option<(Visibility, &[u8])> {
        self.facts.sections.get(name).map(|(visibility, data)| (*visibility, &**data))
    }

    /// The `icp:` custom sections.
    #[must_use]
    pub fn sections(&self) -> &Sections {
        &self.facts.sections
    }

    /// The `icp:` custom sections, by name.
    pub fn custom_sections(&self) -> impl Iterator<Item = (&str, Visibility, &[u8])> {
        self.facts.sections.iter().map(|(name, (visibility, data))| (name.as_str(), *visibility, &**data))
    }

    /// Whether an upgrade to this module expects its main memory kept (Motoko's enhanced orthogonal persistence).
    #[must_use]
    pub fn keeps_memory(&self) -> bool {
        self.facts.sections.contains_key("enhanced-orthogonal-persistence")
    }

    /// Width of pointers.
    #[must_use]
    pub fn pointer_width(&self) -> PointerWidth {
        self.pointer_width
    }

    /// Whether the code changes tables or drops segments, which no message may leave behind for the next one: such a
    /// module is instantiated anew for each.
    #[must_use]
    pub fn is_volatile(&self) -> bool {
        self.facts.volatile
    }

    /// How many mutable globals are part of the canister's state.
    #[must_use]
    pub fn mutable_globals(&self) -> usize {
        self.facts.mutable_globals.len()
    }
}

/// Why bytes are not a canister module.
#[derive(Debug, thiserror::Error)]
pub enum InvalidModule {
    /// Not gzip although it begins like it, or too large.
    #[error("the module can't be decompressed: {0}")]
    Compression(String),
    /// A limit on the module as a whole.
    #[error("the module has {found} {what}; the most is {limit}")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: u64,
        /// How much there may be.
        limit: u64,
    },
    /// A limit on one function.
    #[error("function {index} has {found} {what}; the most is {limit}")]
    FunctionTooLarge {
        /// The function.
        index: u32,
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: u64,
        /// How much there may be.
        limit: u64,
    },
    /// Not valid WebAssembly, or a feature that is not deterministic or not supported.
    #[error("the module is not valid WebAssembly: {0}")]
    Wasm(String),
    /// An import from elsewhere than the system API, or of something that it does not have.
    #[error("the module imports `{module}`.`{name}`, which the system API does not have")]
    UnknownImport {
        /// Imported from.
        module: String,
        /// Imported name.
        name: String,
    },
    /// An import of a system API function with another type.
    #[error("the module imports `ic0`.`{name}` as {found}, but it is {expected}")]
    WrongImport {
        /// Imported name.
        name: String,
        /// Type in the module.
        found: String,
        /// Type in the system API, at the module's pointer width.
        expected: String,
    },
    /// An export whose name starts with `canister_` that means nothing, or something of another type.
    #[error("the module's export `{name}` {problem}")]
    Export {
        /// Exported name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A custom section whose name starts with `icp:`.
    #[error("the module's custom section `{name}` {problem}")]
    Section {
        /// Name of the section.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A data segment that would not fit into the memory as it is at the start.
    #[error("the module's data segment of {bytes} bytes at {offset} does not fit into its memory")]
    DataOutside {
        /// Where it would begin.
        offset: u64,
        /// Its length.
        bytes: usize,
    },
    /// Something that can't be kept from one message to the next.
    #[error("the module's {0} can't be kept from one message to the next")]
    CannotBeKept(String),
    /// The compiler refused what the validation let pass.
    #[error("the module could not be compiled: {0}")]
    Compile(String),
}

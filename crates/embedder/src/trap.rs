//! Why a message was stopped, each reason with a sentence for the caller.
//!
//! Invariant: a trap is always the canister's doing. What the machine fails at is a [`crate::memory::MemoryFault`].

/// Bytes of a message given to `ic0.trap` that are kept.
pub(crate) const TRAP_MESSAGE_BYTES_MAX: usize = 32 << 10;
/// Function names kept of a stack.
const BACKTRACE_MAX: usize = 24;

/// The reason for which a message's effects do not take place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trap {
    /// The canister asked for it.
    #[error("the canister trapped: {0}")]
    Explicit(String),
    /// The code did what WebAssembly does not allow.
    #[error("the canister trapped: {fault}{}", in_functions(backtrace))]
    Wasm {
        /// What it did.
        fault: WasmFault,
        /// Names of the functions on the stack, innermost first.
        backtrace: Vec<String>,
    },
    /// The message's budget of instructions is used up.
    #[error("the message needs more than {limit} instructions")]
    InstructionLimit {
        /// The budget.
        limit: u64,
    },
    /// The main memory would have grown over the canister's limit.
    #[error("the canister's memory would grow over its limit of {limit_bytes} bytes")]
    HeapLimit {
        /// The limit.
        limit_bytes: u64,
    },
    /// Calls went deeper than the budget for frames.
    #[error("the canister trapped: call stack exhausted{}", in_functions(backtrace))]
    StackOverflow {
        /// Names of the functions on the stack, innermost first.
        backtrace: Vec<String>,
    },
    /// The system API was used against its rules.
    #[error("the canister broke the rules of the system API: {0}")]
    ContractViolation(String),
    /// The module does not have what was to be run.
    #[error("the canister has no {0}")]
    NoSuchEntry(String),
}

/// What WebAssembly code can do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant is its message")]
pub enum WasmFault {
    #[error("heap out of bounds")]
    MemoryOutOfBounds,
    #[error("table out of bounds")]
    TableOutOfBounds,
    #[error("indirect call to null")]
    IndirectCallToNull,
    #[error("indirect call with a wrong signature")]
    BadSignature,
    #[error("integer overflow")]
    IntegerOverflow,
    #[error("integer division by zero")]
    IntegerDivisionByZero,
    #[error("bad conversion to integer")]
    BadConversionToInteger,
    #[error("unreachable")]
    Unreachable,
    #[error("a fault that WebAssembly does not name")]
    Other,
}

fn in_functions(backtrace: &[String]) -> String {
    if backtrace.is_empty() { String::new() } else { format!(" (in {})", backtrace.join(" < ")) }
}

/// The budgets left when the code stopped, and how large the one for instructions was.
pub(crate) struct Budgets {
    pub(crate) counter: i64,
    pub(crate) depth: i64,
    pub(crate) instructions: u64,
}

impl Trap {
    pub(crate) fn from_error(error: &wasmtime::Error, budgets: &Budgets) -> Trap {
        if let Some(trap) = error.downcast_ref::<Trap>() {
            return trap.clone();
        }
        let mut backtrace = backtrace(error);
        let code = error.downcast_ref::<wasmtime::Trap>();
        if code == Some(&wasmtime::Trap::UnreachableCodeReached) {
            if budgets.counter < 0 {
                return Trap::InstructionLimit { limit: budgets.instructions };
            }
            if budgets.depth < 0 {
                // The innermost function is the one of ours that looks at the budgets.
                return Trap::StackOverflow { backtrace: backtrace.split_off(1.min(backtrace.len())) };
            }
        }
        if code == Some(&wasmtime::Trap::StackOverflow) {
            return Trap::StackOverflow { backtrace };
        }
        Trap::Wasm { fault: code.map_or(WasmFault::Other, fault), backtrace }
    }
}

fn fault(code: &wasmtime::Trap) -> WasmFault {
    match code {
        wasmtime::Trap::MemoryOutOfBounds | wasmtime::Trap::HeapMisaligned => WasmFault::MemoryOutOfBounds,
        wasmtime::Trap::TableOutOfBounds => WasmFault::TableOutOfBounds,
        wasmtime::Trap::IndirectCallToNull => WasmFault::IndirectCallToNull,
        wasmtime::Trap::BadSignature => WasmFault::BadSignature,
        wasmtime::Trap::IntegerOverflow => WasmFault::IntegerOverflow,
        wasmtime::Trap::IntegerDivisionByZero => WasmFault::IntegerDivisionByZero,
        wasmtime::Trap::BadConversionToInteger => WasmFault::BadConversionToInteger,
        wasmtime::Trap::UnreachableCodeReached => WasmFault::Unreachable,
        _ => WasmFault::Other,
    }
}

fn backtrace(error: &wasmtime::Error) -> Vec<String> {
    let Some(stack) = error.downcast_ref::<wasmtime::WasmBacktrace>() else { return Vec::new() };
    let named = |frame: &wasmtime::FrameInfo| match frame.func_name() {
        Some(name) => name.chars().take(200).collect(),
        None => format!("function {}", frame.func_index()),
    };
    stack.frames().iter().take(BACKTRACE_MAX).map(named).collect()
}

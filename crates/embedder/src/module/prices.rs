//! What each instruction and each function of the system API costs: the one table.
//!
//! Source: the Internet Computer's published table of instruction costs as of 2025 (`dfinity/ic`, constants of
//! `rs/embedders/src/wasm_utils/instrumentation.rs` and `wasmtime_embedder/system_api_complexity.rs`), so that an
//! instruction here is an instruction there. Two things differ: dirty pages cost nothing, since they are found without
//! the code's help, and the cost of a call into the system API includes that of the call itself.
//!
//! Any change here needs a new [`super::COUNTING_VERSION`].

use wasmparser::Operator;

/// A call, for passing arguments and the frame.
const CALL: u64 = 5;

/// What a call of a function of the system API costs, before what it pays for each byte that it moves.
pub(crate) fn import_cost(name: &str) -> u64 {
    let work = match name {
        "call_perform" => 5_000,
        "call_new" => 1_500,
        "is_controller" => 1_000,
        "performance_counter" | "in_replicated_execution" => 200,
        "cycles_burn128" | "debug_print" | "stable_grow" | "stable64_grow" => 100,
        "stable_read" | "stable64_read" | "stable_write" | "stable64_write" | "stable_size" | "stable64_size" => 20,
        _ => 500,
    };
    CALL + work
}

/// Prices of one module's instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prices<'a> {
    /// What its imports cost, by function index.
    pub(crate) imports: &'a [u64],
    /// Whether its memory is 64 bits wide: there each address is checked.
    pub(crate) memory64: bool,
}

impl Prices<'_> {
    /// The price of one instruction, apart from what bulk operations pay by length.
    pub(crate) fn of(&self, operator: &Operator<'_>) -> u64 {
        use Operator as O;
        match operator {
            O::Block { .. } | O::Loop { .. } | O::Else | O::End => 0,
            O::Call { function_index } => self.imports.get(*function_index as usize).copied().unwrap_or(CALL),
            O::ReturnCall { function_index } => self.imports.get(*function_index as usize).copied().unwrap_or(3),
            O::CallIndirect { .. } => 2 * CALL,
            O::ReturnCallIndirect { .. } => 60,
            O::If { .. } | O::Br { .. } | O::BrIf { .. } | O::BrTable { .. } => 2,
            O::GlobalGet { .. } | O::GlobalSet { .. } => 2,
            O::TableGet { .. } | O::TableSet { .. } | O::RefIsNull => 5,
            O::RefFunc { .. } => 130,
            O::MemorySize { .. } => 20,
            O::TableSize { .. } => 100,
            O::MemoryGrow { .. } | O::TableGrow { .. } | O::DataDrop { .. } | O::ElemDrop { .. } => 300,
            O::MemoryFill { .. } | O::MemoryCopy { .. } | O::MemoryInit { .. } => 100,
            O::TableFill { .. } | O::TableCopy { .. } | O::TableInit { .. } => 100,
            _ if accesses_memory(operator) => 1 + u64::from(self.memory64),
            _ => number_cost(operator).max(vector_cost(operator)),
        }
    }
}

/// Instructions on numbers; 1 for all that are simple.
fn number_cost(operator: &Operator<'_>) -> u64 {
    use Operator as O;
    match operator {
        O::I32DivS | O::I32DivU | O::I32RemS | O::I32RemU => 10,
        O::I64DivS | O::I64DivU | O::I64RemS | O::I64RemU => 10,
        O::F32Add | O::F32Sub | O::F32Mul | O::F64Add | O::F64Sub | O::F64Mul => 2,
        O::F32Ceil | O::F32Floor | O::F32Trunc | O::F32Nearest => 2,
        O::F64Ceil | O::F64Floor | O::F64Trunc | O::F64Nearest => 2,
        O::F32Copysign => 2,
        O::F32Div | O::F64Copysign => 3,
        O::F64Div | O::F32Sqrt => 5,
        O::F64Sqrt => 8,
        O::F32Min | O::F32Max | O::F64Min | O::F64Max => 18,
        O::F32Eq | O::F32Ne | O::F32Lt | O::F32Gt | O::F32Le | O::F32Ge => 3,
        O::F64Eq | O::F64Ne | O::F64Lt | O::F64Gt | O::F64Le | O::F64Ge => 3,
        O::F32ConvertI32S | O::F32ConvertI64S | O::F64ConvertI32S | O::F64ConvertI64S => 3,
        O::F32ConvertI32U | O::F32ConvertI64U | O::F64ConvertI32U | O::F64ConvertI64U => 16,
        O::I32TruncF32S | O::I32TruncF32U | O::I32TruncF64S | O::I32TruncF64U => 20,
        O::I64TruncF32S | O::I64TruncF32U | O::I64TruncF64S | O::I64TruncF64U => 20,
        O::I32TruncSatF32S | O::I32TruncSatF32U | O::I32TruncSatF64S | O::I32TruncSatF64U => 20,
        O::I64TruncSatF32S | O::I64TruncSatF32U | O::I64TruncSatF64S | O::I64TruncSatF64U => 20,
        _ => 1,
    }
}

/// Instructions on vectors; 1 for all that are simple.
fn vector_cost(operator: &Operator<'_>) -> u64 {
    use Operator as O;
    match operator {
        O::I8x16LtU | O::I8x16GtU | O::I16x8LtU | O::I16x8GtU | O::I32x4LtU | O::I32x4GtU => 2,
        O::I8x16ShrU | O::I16x8Shl | O::I16x8ShrS | O::I16x8ShrU => 2,
        O::I32x4Shl | O::I32x4ShrS | O::I32x4ShrU | O::I64x2Shl | O::I64x2ShrU => 2,
        O::I16x8ExtAddPairwiseI8x16U | O::I16x8ExtMulHighI8x16S | O::I16x8ExtMulHighI8x16U => 2,
        O::I32x4Mul | O::I32x4ExtMulLowI16x8S | O::I32x4ExtMulHighI16x8S => 2,
        O::I32x4ExtMulLowI16x8U | O::I32x4ExtMulHighI16x8U => 2,
        O::F32x4Ceil | O::F32x4Floor | O::F32x4Trunc | O::F32x4Nearest | O::F32x4Abs | O::F32x4Neg => 2,
        O::F32x4Add | O::F32x4Sub | O::F32x4Mul | O::F64x2Add | O::F64x2Sub | O::F64x2Mul => 2,
        O::F64x2Ceil | O::F64x2Floor | O::F64x2Trunc | O::F64x2Nearest | O::F64x2Abs | O::F64x2Neg => 2,
        O::I32x4TruncSatF32x4S | O::I32x4TruncSatF64x2SZero => 2,
        O::I8x16Shuffle { .. } | O::I8x16Popcnt | O::I8x16Shl | O::I8x16ShrS | O::I64x2ShrS => 3,
        O::I32x4ExtAddPairwiseI16x8U | O::I32x4TruncSatF64x2UZero => 3,
        O::I64x2Mul | O::F32x4Min | O::F32x4Max | O::F64x2Min => 4,
        O::I32x4TruncSatF32x4U | O::F32x4ConvertI32x4U => 4,
        O::F64x2Max | O::F32x4Sqrt => 5,
        O::F32x4Div => 10,
        O::F64x2Div => 12,
        O::F64x2Sqrt => 14,
        _ => 1,
    }
}

fn accesses_memory(operator: &Operator<'_>) -> bool {
    loads(operator) || loads_vector(operator) || stores(operator)
}

fn loads(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::I32Load { .. }
            | O::I64Load { .. }
            | O::F32Load { .. }
            | O::F64Load { .. }
            | O::I32Load8S { .. }
            | O::I32Load8U { .. }
            | O::I32Load16S { .. }
            | O::I32Load16U { .. }
            | O::I64Load8S { .. }
            | O::I64Load8U { .. }
            | O::I64Load16S { .. }
            | O::I64Load16U { .. }
            | O::I64Load32S { .. }
            | O::I64Load32U { .. }
    )
}

fn loads_vector(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::V128Load { .. }
            | O::V128Load8x8S { .. }
            | O::V128Load8x8U { .. }
            | O::V128Load16x4S { .. }
            | O::V128Load16x4U { .. }
            | O::V128Load32x2S { .. }
            | O::V128Load32x2U { .. }
            | O::V128Load8Splat { .. }
            | O::V128Load16Splat { .. }
            | O::V128Load32Splat { .. }
            | O::V128Load64Splat { .. }
            | O::V128Load32Zero { .. }
            | O::V128Load64Zero { .. }
            | O::V128Load8Lane { .. }
            | O::V128Load16Lane { .. }
            | O::V128Load32Lane { .. }
            | O::V128Load64Lane { .. }
    )
}

fn stores(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::I32Store { .. }
            | O::I64Store { .. }
            | O::F32Store { .. }
            | O::F64Store { .. }
            | O::I32Store8 { .. }
            | O::I32Store16 { .. }
            | O::I64Store8 { .. }
            | O::I64Store16 { .. }
            | O::I64Store32 { .. }
            | O::V128Store { .. }
            | O::V128Store8Lane { .. }
            | O::V128Store16Lane { .. }
            | O::V128Store32Lane { .. }
            | O::V128Store64Lane { .. }
    )
}

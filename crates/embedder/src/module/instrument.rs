//! Rewrites a valid module into the form that is compiled.
//!
//! What changes: two globals are appended, the instruction counter (counting down) and the depth left, two functions
//! that charge bulk operations by length, and one for when a budget is used up; the code pays them. A table is appended
//! whose only entry is the host's function that fills the counter again. The start function is exported instead of
//! started, active data segments become empty passive ones (the embedder copies them in at installation), and the
//! memory, the first table and all mutable globals are exported under names of our own. No index of the module shifts.
//!
//! Invariant: the rewritten code computes what the given code computes, except where the depth is used up, when it runs
//! into `unreachable` with that global below zero, and where the host does not fill the counter again.

use wasm_encoder::{
    BlockType, BranchHint, BranchHints, CodeSection, ConstExpr, CustomSection, DataCountSection, DataSection,
    ElementSection, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction, MemorySection, RefType, TableSection, TableType, TypeSection, ValType,
    reencode::{Reencode, RoundtripReencoder},
};
use wasmparser::{DataKind, FuncType, FunctionBody, Operator, Parser, Payload};

use super::{
    InvalidModule,
    counting::{LEAF_FRAME_MAX, Stretch, stretches},
    facts::Facts,
    prices::Prices,
};

/// No module may export names that begin so.
pub(crate) const PRIVATE_PREFIX: &str = "__autograph_";
pub(crate) const MEMORY: &str = "__autograph_memory";
pub(crate) const TABLE: &str = "__autograph_table";
pub(crate) const START: &str = "__autograph_start";
pub(crate) const COUNTER: &str = "__autograph_counter";
pub(crate) const DEPTH: &str = "__autograph_depth";
/// The table whose only entry fills the counter again: of type `() -> ()`, set by the host before anything runs.
pub(crate) const REFILL: &str = "__autograph_refill";

/// Types appended before those of blocks: of the functions appended.
const OWN_TYPES: u32 = 3;

/// The name under which a mutable global is exported.
pub(crate) fn global_name(index: u32) -> String {
    format!("__autograph_global_{index}")
}

/// The rewritten module's bytes.
pub(crate) fn instrument(wasm: &[u8], facts: &Facts) -> Result<Vec<u8>, InvalidModule> {
    let mut sections = Sections::new(facts);
    for payload in Parser::new(0).parse_all(wasm) {
        sections.take(payload?)?;
    }
    Ok(sections.finish())
}

struct Sections<'a> {
    facts: &'a Facts,
    signatures: Vec<FuncType>,
    types: TypeSection,
    imports: ImportSection,
    functions: FunctionSection,
    tables: TableSection,
    memories: MemorySection,
    globals: GlobalSection,
    exports: ExportSection,
    elements: ElementSection,
    data_count: Option<DataCountSection>,
    code: CodeSection,
    data: DataSection,
    names: Option<Vec<u8>>,
    /// That budgets are seldom used up.
    hints: BranchHints,
    /// Appended block types of functions with several results.
    block_types: Vec<(Vec<wasmparser::ValType>, u32)>,
}

impl<'a> Sections<'a> {
    fn new(facts: &'a Facts) -> Sections<'a> {
        Sections {
            facts,
            signatures: Vec::new(),
            types: TypeSection::new(),
            imports: ImportSection::new(),
            functions: FunctionSection::new(),
            tables: TableSection::new(),
            memories: MemorySection::new(),
            globals: GlobalSection::new(),
            exports: ExportSection::new(),
            elements: ElementSection::new(),
            data_count: None,
            code: CodeSection::new(),
            data: DataSection::new(),
            names: None,
            hints: BranchHints::new(),
            block_types: Vec::new(),
        }
    }

    fn take(&mut self, payload: Payload<'_>) -> Result<(), InvalidModule> {
        let roundtrip = &mut RoundtripReencoder;
        match payload {
            Payload::TypeSection(reader) => {
                for ty in reader.clone().into_iter_err_on_gc_types() {
                    self.signatures.push(ty?);
                }
                roundtrip.parse_type_section(&mut self.types, reader)?;
            }
            Payload::ImportSection(reader) => roundtrip.parse_import_section(&mut self.imports, reader)?,
            Payload::FunctionSection(reader) => roundtrip.parse_function_section(&mut self.functions, reader)?,
            Payload::TableSection(reader) => roundtrip.parse_table_section(&mut self.tables, reader)?,
            Payload::MemorySection(reader) => roundtrip.parse_memory_section(&mut self.memories, reader)?,
            Payload::GlobalSection(reader) => roundtrip.parse_global_section(&mut self.globals, reader)?,
            Payload::ExportSection(reader) => roundtrip.parse_export_section(&mut self.exports, reader)?,
            Payload::ElementSection(reader) => roundtrip.parse_element_section(&mut self.elements, reader)?,
            Payload::DataCountSection { count, .. } => self.data_count = Some(DataCountSection { count }),
            Payload::CodeSectionEntry(body) => self.function(&body)?,
            Payload::DataSection(reader) => {
                for data in reader {
                    let data = data?;
                    let kept = if matches!(data.kind, DataKind::Passive) { data.data } else { &[] };
                    self.data.passive(kept.iter().copied());
                }
            }
            Payload::CustomSection(section) if section.name() == "name" => {
                self.names = Some(section.data().to_vec());
            }
            _ => {}
        }
        Ok(())
    }

    fn function(&mut self, body: &FunctionBody<'_>) -> Result<(), InvalidModule> {
        let index = self.code.len() as usize;
        let results = self.signatures[self.facts.function_types[index] as usize].results().to_vec();
        let operators: Vec<Operator<'_>> = body.get_operators_reader()?.into_iter().collect::<Result<_, _>>()?;
        let calls = operators.iter().any(|operator| {
            use Operator as O;
            matches!(
                operator,
                O::Call { .. } | O::CallIndirect { .. } | O::ReturnCall { .. } | O::ReturnCallIndirect { .. }
            )
        });
        let frame = self.facts.frames[index];
        let block = if calls || frame > LEAF_FRAME_MAX { Some(self.block_type(&results)?) } else { None };
        let counted = self.counted(frame);
        let function = RoundtripReencoder.new_function_with_parsed_locals(body)?;
        let prices = Prices { imports: &self.facts.import_costs, memory64: self.facts.memory64 };
        let stretches = stretches(&operators, prices);
        let (function, seldom) = counted.write(function, operators, &stretches, block)?;
        self.code.function(&function);
        self.hints.function_hints(self.facts.imported_functions + index as u32, seldom);
        Ok(())
    }

    /// What a function with such a frame pays with.
    fn counted(&self, frame: u32) -> Counted<'a> {
        Counted {
            counter: self.facts.globals,
            depth: self.facts.globals + 1,
            charge: self.facts.functions,
            frame: i64::from(frame),
            refill_type: self.facts.types + 2,
            tables64: &self.facts.tables64,
            memory64: self.facts.memory64,
        }
    }

    fn block_type(&mut self, results: &[wasmparser::ValType]) -> Result<BlockType, InvalidModule> {
        match results {
            [] => Ok(BlockType::Empty),
            [one] => Ok(BlockType::Result(RoundtripReencoder.val_type(*one)?)),
            several => {
                if let Some((_, index)) = self.block_types.iter().find(|(known, _)| known == several) {
                    return Ok(BlockType::FunctionType(*index));
                }
                let index = self.facts.types + OWN_TYPES + self.block_types.len() as u32;
                self.block_types.push((several.to_vec(), index));
                Ok(BlockType::FunctionType(index))
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.append_charging();
        self.append_globals_and_exports();
        let mut module = wasm_encoder::Module::new();
        module.section(&self.types).section(&self.imports).section(&self.functions);
        module.section(&self.tables).section(&self.memories).section(&self.globals);
        module.section(&self.exports).section(&self.elements);
        if let Some(count) = &self.data_count {
            module.section(count);
        }
        module.section(&self.hints).section(&self.code).section(&self.data);
        if let Some(names) = &self.names {
            module.section(&CustomSection { name: "name".into(), data: names.into() });
        }
        module.finish()
    }

    fn append_charging(&mut self) {
        for ty in [ValType::I32, ValType::I64] {
            self.types.ty().function([ty], [ty]);
        }
        self.types.ty().function([], []);
        for (results, _) in &self.block_types {
            let results = results.iter().filter_map(|ty| RoundtripReencoder.val_type(*ty).ok());
            self.types.ty().function([], results.collect::<Vec<_>>());
        }
        for (offset, ty) in [ValType::I32, ValType::I64].into_iter().enumerate() {
            self.functions.function(self.facts.types + offset as u32);
            self.code.function(&charging_function(ty, self.counted(0)));
        }
        self.functions.function(self.facts.types + 2);
        self.code.function(&self.counted(0).used_up_function());
    }

    fn append_globals_and_exports(&mut self) {
        let ours = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
        for (name, index) in [(COUNTER, self.facts.globals), (DEPTH, self.facts.globals + 1)] {
            self.globals.global(ours, &ConstExpr::i64_const(0));
            self.exports.export(name, ExportKind::Global, index);
        }
        for (index, _) in &self.facts.mutable_globals {
            self.exports.export(&global_name(*index), ExportKind::Global, *index);
        }
        if self.facts.has_memory {
            self.exports.export(MEMORY, ExportKind::Memory, 0);
        }
        if self.facts.has_table {
            self.exports.export(TABLE, ExportKind::Table, 0);
        }
        let refill =
            TableType { element_type: RefType::FUNCREF, table64: false, minimum: 1, maximum: Some(1), shared: false };
        self.tables.table(refill);
        self.exports.export(REFILL, ExportKind::Table, self.facts.tables64.len() as u32);
        if let Some(start) = self.facts.start {
            self.exports.export(START, ExportKind::Func, start);
        }
    }
}

/// No bulk operation pays for more than this; none that is so long gets to run.
const LENGTH_MAX: i64 = 1 << 62;

/// Takes a length, pays for it, and gives it back.
fn charging_function(ty: ValType, counted: Counted<'_>) -> Function {
    let mut function = Function::new([]);
    let mut put = |instruction| {
        function.instruction(&instruction);
    };
    let counter = counted.counter;
    put(Instruction::GlobalGet(counter));
    put(Instruction::LocalGet(0));
    if ty == ValType::I32 {
        put(Instruction::I64ExtendI32U);
    } else {
        // A length beyond all memories must not turn the counter round.
        put(Instruction::I64Const(LENGTH_MAX));
        put(Instruction::LocalGet(0));
        put(Instruction::I64Const(LENGTH_MAX));
        put(Instruction::I64LtU);
        put(Instruction::Select);
    }
    put(Instruction::I64Sub);
    put(Instruction::GlobalSet(counter));
    put(Instruction::GlobalGet(counter));
    put(Instruction::I64Const(0));
    put(Instruction::I64LtS);
    put(Instruction::If(BlockType::Empty));
    put(Instruction::Call(counted.used_up()));
    put(Instruction::End);
    put(Instruction::LocalGet(0));
    put(Instruction::End);
    function
}

/// Where a function pays: indices of the globals and functions appended, and its own frame.
struct Counted<'a> {
    counter: u32,
    depth: u32,
    /// The charging function for 32-bit lengths; the one for 64 bits follows it, and then the one for when a budget is
    /// used up.
    charge: u32,
    frame: i64,
    /// The type of the refilling function.
    refill_type: u32,
    tables64: &'a [bool],
    memory64: bool,
}

impl Counted<'_> {
    /// With `block`, the function's frame counts: the body becomes a block, so that all ways out give it back.
    fn write(
        &self,
        mut function: Function,
        operators: Vec<Operator<'_>>,
        stretches: &[Stretch],
        block: Option<BlockType>,
    ) -> Result<(Function, Vec<BranchHint>), InvalidModule> {
        let mut seldom = Vec::new();
        let mut stretches = stretches.iter().peekable();
        let mut nesting = 0u32;
        for (index, operator) in operators.into_iter().enumerate() {
            while let Some(stretch) = stretches.next_if(|stretch| stretch.start == index) {
                seldom.extend(self.pay(&mut function, stretch, index == 0 && block.is_some()));
                if let (0, Some(block)) = (index, block) {
                    function.instruction(&Instruction::Block(block));
                }
            }
            match &operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => nesting += 1,
                Operator::End => nesting = nesting.saturating_sub(1),
                Operator::Return if block.is_some() => {
                    function.instruction(&Instruction::Br(nesting));
                    continue;
                }
                Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. } if block.is_some() => {
                    self.move_depth(&mut function, self.frame);
                }
                _ => {}
            }
            if let Some(wide) = self.bulk_length(&operator) {
                function.instruction(&Instruction::Call(self.charge + u32::from(wide)));
            }
            function.instruction(&RoundtripReencoder.instruction(operator)?);
        }
        if block.is_some() {
            self.move_depth(&mut function, self.frame);
            function.instruction(&Instruction::End);
        }
        Ok((function, seldom))
    }

    /// Gives the branch that is seldom taken, if there is one.
    fn pay(&self, function: &mut Function, stretch: &Stretch, frame: bool) -> Option<BranchHint> {
        if stretch.cost > 0 {
            add_to(function, self.counter, -(stretch.cost as i64));
        }
        if frame {
            self.move_depth(function, -self.frame);
        }
        if !stretch.check {
            return None;
        }
        function.instruction(&Instruction::GlobalGet(self.counter));
        if frame {
            // One comparison for both budgets: the sign of either is the sign of their disjunction.
            function.instruction(&Instruction::GlobalGet(self.depth));
            function.instruction(&Instruction::I64Or);
        }
        function.instruction(&Instruction::I64Const(0));
        function.instruction(&Instruction::I64LtS);
        let branch = BranchHint { branch_func_offset: function.byte_len() as u32, branch_hint_value: 0 };
        function.instruction(&Instruction::If(BlockType::Empty));
        function.instruction(&Instruction::Call(self.used_up()));
        function.instruction(&Instruction::End);
        Some(branch)
    }

    fn used_up(&self) -> u32 {
        self.charge + 2
    }

    /// Stops if it is the depth that is used up, and else has the counter filled again; the host stops the message if
    /// that is used up for good.
    fn used_up_function(&self) -> Function {
        let mut function = Function::new([]);
        let refill =
            Instruction::CallIndirect { type_index: self.refill_type, table_index: self.tables64.len() as u32 };
        for instruction in [
            Instruction::GlobalGet(self.depth),
            Instruction::I64Const(0),
            Instruction::I64LtS,
            Instruction::If(BlockType::Empty),
            Instruction::Unreachable,
            Instruction::End,
            Instruction::I32Const(0),
            refill,
            Instruction::End,
        ] {
            function.instruction(&instruction);
        }
        function
    }

    fn move_depth(&self, function: &mut Function, by: i64) {
        add_to(function, self.depth, by);
    }

    /// For operations whose length lies on top of the stack: whether it is 64 bits wide.
    fn bulk_length(&self, operator: &Operator<'_>) -> Option<bool> {
        let table = |index: &u32| self.tables64.get(*index as usize).copied().unwrap_or(false);
        match operator {
            Operator::MemoryFill { .. } | Operator::MemoryCopy { .. } => Some(self.memory64),
            Operator::MemoryInit { .. } | Operator::TableInit { .. } => Some(false),
            Operator::TableFill { table: index } | Operator::TableGrow { table: index } => Some(table(index)),
            Operator::TableCopy { dst_table, src_table } => Some(table(dst_table) && table(src_table)),
            _ => None,
        }
    }
}

fn add_to(function: &mut Function, global: u32, by: i64) {
    function.instruction(&Instruction::GlobalGet(global));
    function.instruction(&Instruction::I64Const(by));
    function.instruction(&Instruction::I64Add);
    function.instruction(&Instruction::GlobalSet(global));
}

impl From<wasm_encoder::reencode::Error> for InvalidModule {
    fn from(error: wasm_encoder::reencode::Error) -> Self {
        InvalidModule::Wasm(error.to_string())
    }
}

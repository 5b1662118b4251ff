//! The rules for canister modules.
//!
//! Source: interface spec, "Canister module format" and "System API: overview of imports"; resource limits.
//! Beyond the spec: mutable globals of reference types are refused, because they can't be kept between messages.

use wasmparser::{
    BinaryReaderError, DataKind, Export, ExternalKind, FuncToValidate, FuncValidatorAllocations, FunctionBody, Imports,
    Operator, Parser, Payload, TypeRef, ValType, ValidPayload, Validator, ValidatorResources, WasmFeatures,
};

use super::{
    InvalidModule, PointerWidth, Visibility,
    constant::evaluate,
    counting,
    facts::{DataSegment, Facts, Sections},
    instrument, prices,
};
use crate::{
    memory::{HEAP_CAPACITY_BYTES, WASM_PAGE_BYTES},
    system_api,
};

const MODULE_BYTES_MAX: u64 = 100 << 20;
const CODE_BYTES_MAX: u64 = 10 << 20;
const FUNCTIONS_MAX: u64 = 50_000;
const GLOBALS_MAX: u64 = 1_000;
const SECTIONS_MAX: u64 = 16;
const SECTION_BYTES_MAX: u64 = 1 << 20;
const METHODS_MAX: u64 = 1_000;
const METHOD_NAME_BYTES_MAX: u64 = 20_000;
const INSTRUCTIONS_MAX: u64 = 1_000_000;
const TABLE_ELEMENTS_MAX: u64 = 1_000_000;

/// Entry points that are whole names.
const SYSTEM_METHODS: [&str; 7] = [
    "canister_init",
    "canister_pre_upgrade",
    "canister_post_upgrade",
    "canister_inspect_message",
    "canister_heartbeat",
    "canister_global_timer",
    "canister_on_low_wasm_memory",
];

/// What modules may use: everything deterministic that compilers emit, and a 64-bit memory.
pub(crate) fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIMD
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::FLOATS
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MEMORY64
        | WasmFeatures::BULK_MEMORY_OPT
        | WasmFeatures::CALL_INDIRECT_OVERLONG
}

/// Checks every rule and collects what the embedder needs to know.
pub(crate) fn validate(wasm: &[u8]) -> Result<Facts, InvalidModule> {
    at_most("bytes", wasm.len() as u64, MODULE_BYTES_MAX)?;
    if !Parser::is_core_wasm(wasm) {
        return Err(InvalidModule::Wasm("it does not begin as a core module does".into()));
    }
    let mut check = Check { facts: Facts::default(), constants: Vec::new(), imports: Vec::new() };
    let mut validator = Validator::new_with_features(features());
    let mut allocations = FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match validator.payload(&payload)? {
            ValidPayload::Func(function, body) => allocations = check.function(function, &body, allocations)?,
            ValidPayload::End(types) => check.types(&types)?,
            _ => {}
        }
        check.payload(payload)?;
    }
    check.finish()
}

struct Check {
    facts: Facts,
    /// Values of immutable globals, as far as they are constants.
    constants: Vec<Option<u64>>,
    imports: Vec<(String, u32)>,
}

impl Check {
    fn payload(&mut self, payload: Payload<'_>) -> Result<(), InvalidModule> {
        match payload {
            Payload::TypeSection(reader) => self.facts.types = reader.count(),
            Payload::ImportSection(reader) => reader.into_iter().try_for_each(|group| self.import_group(group?))?,
            Payload::FunctionSection(reader) => {
                self.facts.function_types = reader.into_iter().collect::<Result<_, _>>()?;
                at_most("functions", self.facts.function_types.len() as u64, FUNCTIONS_MAX)?;
            }
            Payload::TableSection(reader) => reader.into_iter().try_for_each(|table| self.table(&table?.ty))?,
            Payload::MemorySection(reader) => reader.into_iter().try_for_each(|memory| self.memory(&memory?))?,
            Payload::GlobalSection(reader) => {
                at_most("globals", u64::from(reader.count()), GLOBALS_MAX)?;
                reader.into_iter().try_for_each(|global| self.global(&global?))?;
            }
            Payload::ExportSection(reader) => reader.into_iter().try_for_each(|export| self.export(&export?))?,
            Payload::StartSection { func, .. } => self.facts.start = Some(func),
            Payload::DataSection(reader) => reader.into_iter().try_for_each(|data| self.data(&data?))?,
            Payload::CodeSectionStart { size, .. } => at_most("bytes of code", u64::from(size), CODE_BYTES_MAX)?,
            Payload::CustomSection(section) => self.custom_section(section.name(), section.data())?,
            _ => {}
        }
        Ok(())
    }

    fn import_group(&mut self, group: Imports<'_>) -> Result<(), InvalidModule> {
        let unknown =
            |module: &str, name: &str| InvalidModule::UnknownImport { module: module.into(), name: name.into() };
        let Imports::Single(_, import) = group else {
            return Err(InvalidModule::Wasm("imports are in a compact form".into()));
        };
        let TypeRef::Func(ty) = import.ty else { return Err(unknown(import.module, import.name)) };
        if import.module != "ic0" || system_api::find(import.name).is_none() {
            return Err(unknown(import.module, import.name));
        }
        self.imports.push((import.name.into(), ty));
        self.facts.imported_functions += 1;
        self.facts.import_costs.push(prices::import_cost(import.name));
        Ok(())
    }

    fn table(&mut self, ty: &wasmparser::TableType) -> Result<(), InvalidModule> {
        at_most("table elements", ty.initial, TABLE_ELEMENTS_MAX)?;
        if !self.facts.has_table {
            self.facts.has_table = true;
            self.facts.table64 = ty.table64;
        }
        self.facts.tables64.push(ty.table64);
        Ok(())
    }

    fn memory(&mut self, ty: &wasmparser::MemoryType) -> Result<(), InvalidModule> {
        if self.facts.has_memory {
            return Err(InvalidModule::TooMuch { what: "memories", found: 2, limit: 1 });
        }
        at_most("pages of memory at the start", ty.initial, HEAP_CAPACITY_BYTES / WASM_PAGE_BYTES)?;
        self.facts.has_memory = true;
        self.facts.memory64 = ty.memory64;
        self.facts.memory_bytes = ty.initial * WASM_PAGE_BYTES;
        Ok(())
    }

    fn global(&mut self, global: &wasmparser::Global<'_>) -> Result<(), InvalidModule> {
        let index = self.facts.globals;
        self.facts.globals += 1;
        let constant = if global.ty.mutable { None } else { evaluate(&global.init_expr, &self.constants) };
        self.constants.push(constant);
        if global.ty.mutable {
            if matches!(global.ty.content_type, ValType::Ref(_)) {
                return Err(InvalidModule::CannotBeKept(format!("mutable global {index}, a reference,")));
            }
            self.facts.mutable_globals.push((index, global.ty.content_type));
        }
        Ok(())
    }

    fn export(&mut self, export: &Export<'_>) -> Result<(), InvalidModule> {
        let wrong = |problem| InvalidModule::Export { name: export.name.into(), problem };
        if export.name.starts_with(instrument::PRIVATE_PREFIX) {
            return Err(wrong("has a name that the runtime uses itself"));
        }
        if !export.name.starts_with("canister_") {
            return Ok(());
        }
        if !matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
            return Err(wrong("is not a function"));
        }
        if SYSTEM_METHODS.contains(&export.name) {
            self.facts.system_methods.insert(export.name.into());
            return Ok(());
        }
        let facts = &mut self.facts;
        let methods = [
            ("canister_update ", &mut facts.updates),
            ("canister_query ", &mut facts.queries),
            ("canister_composite_query ", &mut facts.composite_queries),
        ];
        for (prefix, names) in methods {
            if let Some(name) = export.name.strip_prefix(prefix) {
                names.insert(name.into());
                return Ok(());
            }
        }
        Err(wrong("starts with `canister_` but is no entry point"))
    }

    fn data(&mut self, data: &wasmparser::Data<'_>) -> Result<(), InvalidModule> {
        if let DataKind::Active { offset_expr, .. } = &data.kind {
            let offset = evaluate(offset_expr, &self.constants)
                .ok_or_else(|| InvalidModule::Wasm("the offset of a data segment is not a constant".into()))?;
            let end = offset.checked_add(data.data.len() as u64);
            if end.is_none_or(|end| end > self.facts.memory_bytes) {
                return Err(InvalidModule::DataOutside { offset, bytes: data.data.len() });
            }
            self.facts.data.push(DataSegment { offset, data: data.data.to_vec() });
        }
        Ok(())
    }

    fn custom_section(&mut self, whole: &str, data: &[u8]) -> Result<(), InvalidModule> {
        let Some((visibility, name)) = public_or_private(whole)? else { return Ok(()) };
        let wrong = |problem| InvalidModule::Section { name: whole.into(), problem };
        match self.facts.sections.insert(name.into(), (visibility, data.to_vec())) {
            Some(_) => Err(wrong("is there twice")),
            None => Ok(()),
        }
    }

    fn function(
        &mut self,
        function: FuncToValidate<ValidatorResources>,
        body: &FunctionBody<'_>,
        allocations: FuncValidatorAllocations,
    ) -> Result<FuncValidatorAllocations, InvalidModule> {
        let index = function.index;
        let mut validator = function.into_validator(allocations);
        let mut reader = body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        let (mut instructions, mut height) = (0u64, 0u32);
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            validator.op(offset, &operator)?;
            height = height.max(validator.operand_stack_height());
            instructions += 1;
            self.facts.volatile |= is_volatile(&operator);
        }
        operators.finish()?;
        if instructions > INSTRUCTIONS_MAX {
            let (what, found, limit) = ("instructions", instructions, INSTRUCTIONS_MAX);
            return Err(InvalidModule::FunctionTooLarge { index, what, found, limit });
        }
        self.facts.frames.push(counting::frame_cost(validator.len_locals(), height));
        Ok(validator.into_allocations())
    }

    /// Types are known at the end only: imports and entry points are checked then.
    fn types(&mut self, types: &wasmparser::types::Types) -> Result<(), InvalidModule> {
        let width = if self.facts.memory64 { PointerWidth::Bits64 } else { PointerWidth::Bits32 };
        let types = types.as_ref();
        for (name, ty) in &self.imports {
            let found = types[types.core_type_at_in_module(*ty)].unwrap_func();
            system_api::check_import(name, width, found)?;
        }
        let entry = |name: &str| name.starts_with("canister_");
        for (name, ty) in types.core_exports().into_iter().flatten().filter(|(name, _)| entry(name)) {
            let plain = matches!(ty, wasmparser::types::EntityType::Func(id)
                if { let ty = types[id].unwrap_func(); ty.params().is_empty() && ty.results().is_empty() });
            if !plain {
                let problem = "takes parameters or gives results; an entry point does neither";
                return Err(InvalidModule::Export { name: name.into(), problem });
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Facts, InvalidModule> {
        let facts = &mut self.facts;
        facts.functions = facts.imported_functions + facts.function_types.len() as u32;
        let names = || facts.updates.iter().chain(&facts.queries).chain(&facts.composite_queries);
        at_most("exported methods", names().count() as u64, METHODS_MAX)?;
        at_most("bytes of method names", names().map(|name| name.len() as u64).sum(), METHOD_NAME_BYTES_MAX)?;
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = names().find(|name| !seen.insert(*name)) {
            let problem = "is a method of two kinds (update, query, composite query)";
            return Err(InvalidModule::Export { name: twice.clone(), problem });
        }
        at_most("`icp:` custom sections", facts.sections.len() as u64, SECTIONS_MAX)?;
        let bytes = facts.sections.iter().map(|(name, (_, data))| (name.len() + data.len()) as u64).sum();
        at_most("bytes of `icp:` custom sections", bytes, SECTION_BYTES_MAX)?;
        Ok(self.facts)
    }
}

/// Whether an instruction changes state that lives in the instance but not in memory or globals.
fn is_volatile(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::TableSet { .. }
            | Operator::TableGrow { .. }
            | Operator::TableFill { .. }
            | Operator::TableCopy { .. }
            | Operator::TableInit { .. }
            | Operator::ElemDrop { .. }
            | Operator::DataDrop { .. }
    )
}

fn at_most(what: &'static str, found: u64, limit: u64) -> Result<(), InvalidModule> {
    if found > limit { Err(InvalidModule::TooMuch { what, found, limit }) } else { Ok(()) }
}

impl From<BinaryReaderError> for InvalidModule {
    fn from(error: BinaryReaderError) -> Self {
        InvalidModule::Wasm(error.to_string())
    }
}

/// Reads the name of a custom section: nothing if it does not begin with `icp:`.
fn public_or_private(whole: &str) -> Result<Option<(Visibility, &str)>, InvalidModule> {
    let Some(rest) = whole.strip_prefix("icp:") else { return Ok(None) };
    if let Some(name) = rest.strip_prefix("public ") {
        Ok(Some((Visibility::Public, name)))
    } else if let Some(name) = rest.strip_prefix("private ") {
        Ok(Some((Visibility::Private, name)))
    } else {
        let problem = "is neither `icp:public NAME` nor `icp:private NAME`";
        Err(InvalidModule::Section { name: whole.into(), problem })
    }
}

/// The `icp:` custom sections of a module that was checked before; without checking or compiling it.
///
/// # Errors
/// The bytes are no module.
pub fn sections(wasm: &[u8]) -> Result<Sections, InvalidModule> {
    let wasm = crate::engine::decompress(wasm)?;
    let mut sections = Sections::new();
    for payload in Parser::new(0).parse_all(&wasm) {
        if let Payload::CustomSection(section) = payload?
            && let Some((visibility, name)) = public_or_private(section.name())?
        {
            sections.insert(name.into(), (visibility, section.data().to_vec()));
        }
    }
    Ok(sections)
}

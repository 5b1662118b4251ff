//! Pointers of either width, and what every system API function does first: check the context, reach the memory, pay.

use wasmtime::{Caller, WasmTy};

use super::{
    host::Host,
    table::{self, ApiFunction},
};
use crate::trap::Trap;

/// A pointer, size, table index or environment.
pub(super) trait Pointer: WasmTy + Copy + Into<u64> + Send + Sync + 'static {
    /// Lengths of what fits in a memory of this width fit.
    fn of(value: u64) -> Self;
}

impl Pointer for u32 {
    fn of(value: u64) -> u32 {
        value as u32
    }
}

impl Pointer for u64 {
    fn of(value: u64) -> u64 {
        value
    }
}

/// One call of a system API function, from a context where it is allowed.
pub(super) struct Call<'a, 'b> {
    caller: &'a mut Caller<'b, Host>,
    function: &'static ApiFunction,
}

/// The table's entry for a function that is being registered.
pub(super) fn entry(name: &'static str) -> wasmtime::Result<&'static ApiFunction> {
    table::find(name).ok_or_else(|| wasmtime::Error::msg(format!("`{name}` is not in the table of the system API")))
}

impl<'a, 'b> Call<'a, 'b> {
    pub(super) fn enter(
        caller: &'a mut Caller<'b, Host>,
        function: &'static ApiFunction,
    ) -> wasmtime::Result<Call<'a, 'b>> {
        let context = caller.data().context;
        if !function.contexts.contains(context) {
            let text = format!("`{}` can't be called in {context}", function.name);
            return Err(Trap::ContractViolation(text).into());
        }
        Ok(Call { caller, function })
    }

    pub(super) fn host(&mut self) -> &mut Host {
        self.caller.data_mut()
    }

    /// The error for a rule broken in this call.
    pub(super) fn violation(&self, problem: impl std::fmt::Display) -> wasmtime::Error {
        let context = self.caller.data().context;
        Trap::ContractViolation(format!("`{}` in {context}: {problem}", self.function.name)).into()
    }

    /// Pays for handling so many bytes, before they are handled.
    pub(super) fn pay(&mut self, bytes: u64) -> wasmtime::Result<()> {
        let Some(counter) = self.host().handles.as_ref().map(|handles| handles.counter) else { return Ok(()) };
        let left = counter.get(&mut *self.caller).i64().unwrap_or(0);
        let left = left.saturating_sub_unsigned(bytes);
        counter.set(&mut *self.caller, left.into())?;
        if self.host().meter.left(left) < 0 {
            return Err(Trap::InstructionLimit { limit: self.host().limits.instructions }.into());
        }
        Ok(())
    }

    /// Instructions used by this message so far.
    pub(super) fn used(&mut self) -> u64 {
        let limit = self.host().limits.instructions;
        let Some(counter) = self.host().handles.as_ref().map(|handles| handles.counter) else { return 0 };
        let left = counter.get(&mut *self.caller).i64().unwrap_or(0);
        limit.saturating_sub(u64::try_from(self.host().meter.left(left)).unwrap_or(0))
    }

    /// The canister's memory, and the host beside it.
    pub(super) fn memory(&mut self) -> (&mut [u8], &mut Host) {
        match self.host().handles.as_ref().and_then(|handles| handles.memory) {
            Some(memory) => memory.data_and_store_mut(&mut *self.caller),
            None => (&mut [], self.caller.data_mut()),
        }
    }

    /// Bytes that the canister passes. Pays for them.
    pub(super) fn read(&mut self, src: impl Into<u64>, size: impl Into<u64>) -> wasmtime::Result<Vec<u8>> {
        let (src, size) = (src.into(), size.into());
        self.pay(size)?;
        match slice(self.memory().0, src, size) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(self.outside(src, size)),
        }
    }

    /// Text that the canister passes, at most so long. Pays for it.
    pub(super) fn read_text(
        &mut self,
        src: impl Into<u64>,
        size: impl Into<u64>,
        bytes_max: u64,
    ) -> wasmtime::Result<String> {
        let size = size.into();
        if size > bytes_max {
            return Err(self.violation(format_args!("a text of {size} bytes is longer than {bytes_max}")));
        }
        let bytes = self.read(src, size)?;
        String::from_utf8(bytes).map_err(|_| self.violation("the text is not UTF-8"))
    }

    /// A principal that the canister passes.
    pub(super) fn read_principal(&mut self, src: impl Into<u64>, size: impl Into<u64>) -> wasmtime::Result<Vec<u8>> {
        let size = size.into();
        if size > 29 {
            return Err(self.violation(format_args!("a principal of {size} bytes; the most is 29")));
        }
        self.read(src, size)
    }

    /// Puts bytes into the canister's memory. Pays for them.
    pub(super) fn write(&mut self, dst: impl Into<u64>, bytes: &[u8]) -> wasmtime::Result<()> {
        let (dst, size) = (dst.into(), bytes.len() as u64);
        self.pay(size)?;
        match slice_mut(self.memory().0, dst, size) {
            Some(target) => target.copy_from_slice(bytes),
            None => return Err(self.outside(dst, size)),
        }
        Ok(())
    }

    /// A 128-bit result.
    pub(super) fn write_u128(&mut self, dst: impl Into<u64>, value: u128) -> wasmtime::Result<()> {
        self.write(dst, &value.to_le_bytes())
    }

    /// The common shape of `*_copy`: a part of something that the host holds goes into the canister's memory.
    pub(super) fn copy(
        &mut self,
        dst: impl Into<u64>,
        offset: impl Into<u64>,
        size: impl Into<u64>,
        source: impl Fn(&Host) -> &[u8],
    ) -> wasmtime::Result<()> {
        let (dst, offset, size) = (dst.into(), offset.into(), size.into());
        self.pay(size)?;
        let (memory, host) = self.memory();
        let source = source(host);
        let length = source.len();
        let Some(part) = slice(source, offset, size) else {
            let problem = format!("{size} bytes from offset {offset} are not all within {length}");
            return Err(self.violation(problem));
        };
        match slice_mut(memory, dst, size) {
            Some(target) => target.copy_from_slice(part),
            None => return Err(self.outside(dst, size)),
        }
        Ok(())
    }

    pub(super) fn outside(&self, address: u64, size: u64) -> wasmtime::Error {
        self.violation(format_args!("{size} bytes at {address} are not all within the canister's memory"))
    }
}

/// The range, if it lies within the bytes.
pub(super) fn slice(bytes: &[u8], start: u64, size: u64) -> Option<&[u8]> {
    let end = usize::try_from(start.checked_add(size)?).ok()?;
    bytes.get(start as usize..end)
}

/// The range, if it lies within the bytes.
pub(super) fn slice_mut(bytes: &mut [u8], start: u64, size: u64) -> Option<&mut [u8]> {
    let end = usize::try_from(start.checked_add(size)?).ok()?;
    bytes.get_mut(start as usize..end)
}

/// Registers a function: its parameters after the call, and what it gives.
macro_rules! define {
    ($linker:expr, $name:literal, |$call:ident $(, $arg:ident: $ty:ty)*| -> $result:ty $body:block) => {{
        let function = $crate::system_api::pointer::entry($name)?;
        $linker.func_wrap(
            "ic0",
            $name,
            move |mut caller: wasmtime::Caller<'_, $crate::system_api::Host> $(, $arg: $ty)*| -> wasmtime::Result<$result> {
                #[allow(unused_mut, reason = "not every function changes something")]
                let mut $call = $crate::system_api::pointer::Call::enter(&mut caller, function)?;
                $body
            },
        )?;
    }};
}
pub(super) use define;

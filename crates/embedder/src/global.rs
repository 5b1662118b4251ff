//! Values of mutable globals, which are part of a canister's state.

use wasmparser::ValType;
use wasmtime::Val;

/// The value of one mutable global; floats by their bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlobalValue {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// 32-bit float.
    F32(u32),
    /// 64-bit float.
    F64(u64),
    /// 128-bit vector.
    V128(u128),
}

impl GlobalValue {
    /// The type's tag and the value, little-endian, zero-extended.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 17] {
        let (tag, value) = match self {
            GlobalValue::I32(value) => (0, u128::from(value as u32)),
            GlobalValue::I64(value) => (1, u128::from(value as u64)),
            GlobalValue::F32(bits) => (2, u128::from(bits)),
            GlobalValue::F64(bits) => (3, u128::from(bits)),
            GlobalValue::V128(value) => (4, value),
        };
        let mut bytes = [0; 17];
        bytes[0] = tag;
        bytes[1..].copy_from_slice(&value.to_le_bytes());
        bytes
    }

    /// Reads what [`GlobalValue::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 17]) -> Option<GlobalValue> {
        let mut value = [0; 16];
        value.copy_from_slice(&bytes[1..]);
        let value = u128::from_le_bytes(value);
        Some(match bytes[0] {
            0 => GlobalValue::I32(u32::try_from(value).ok()? as i32),
            1 => GlobalValue::I64(u64::try_from(value).ok()? as i64),
            2 => GlobalValue::F32(u32::try_from(value).ok()?),
            3 => GlobalValue::F64(u64::try_from(value).ok()?),
            4 => GlobalValue::V128(value),
            _ => return None,
        })
    }

    pub(crate) fn has_type(self, ty: ValType) -> bool {
        matches!(
            (self, ty),
            (GlobalValue::I32(_), ValType::I32)
                | (GlobalValue::I64(_), ValType::I64)
                | (GlobalValue::F32(_), ValType::F32)
                | (GlobalValue::F64(_), ValType::F64)
                | (GlobalValue::V128(_), ValType::V128)
        )
    }

    pub(crate) fn of(value: &Val) -> Option<GlobalValue> {
        Some(match value {
            Val::I32(value) => GlobalValue::I32(*value),
            Val::I64(value) => GlobalValue::I64(*value),
            Val::F32(bits) => GlobalValue::F32(*bits),
            Val::F64(bits) => GlobalValue::F64(*bits),
            Val::V128(value) => GlobalValue::V128(value.as_u128()),
            _ => return None,
        })
    }

    pub(crate) fn val(self) -> Val {
        match self {
            GlobalValue::I32(value) => Val::I32(value),
            GlobalValue::I64(value) => Val::I64(value),
            GlobalValue::F32(bits) => Val::F32(bits),
            GlobalValue::F64(bits) => Val::F64(bits),
            GlobalValue::V128(value) => Val::V128(value.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_their_bytes() {
        let values = [
            GlobalValue::I32(-1),
            GlobalValue::I64(i64::MIN),
            GlobalValue::F32(0x7fc0_0001),
            GlobalValue::F64(u64::MAX),
            GlobalValue::V128(u128::MAX - 5),
        ];
        for value in values {
            assert_eq!(GlobalValue::from_bytes(value.to_bytes()), Some(value));
        }
        let mut wrong = GlobalValue::I32(1).to_bytes();
        wrong[16] = 1;
        assert_eq!(GlobalValue::from_bytes(wrong), None);
    }
}

//! Values of constant expressions: offsets of data segments, and the immutable globals that they may name.

use wasmparser::{ConstExpr, Operator};

/// The value of an integer constant expression, if it is one that needs no instance; `globals` are those before it.
///
/// 32-bit values come zero-extended.
pub(crate) fn evaluate(expression: &ConstExpr<'_>, globals: &[Option<u64>]) -> Option<u64> {
    let mut stack: Vec<u64> = Vec::new();
    let mut operators = expression.get_operators_reader();
    loop {
        let value = match operators.read().ok()? {
            Operator::I32Const { value } => u64::from(value as u32),
            Operator::I64Const { value } => value as u64,
            Operator::GlobalGet { global_index } => (*globals.get(global_index as usize)?)?,
            Operator::I32Add => binary(&mut stack, |a, b| u64::from((a as u32).wrapping_add(b as u32)))?,
            Operator::I32Sub => binary(&mut stack, |a, b| u64::from((a as u32).wrapping_sub(b as u32)))?,
            Operator::I32Mul => binary(&mut stack, |a, b| u64::from((a as u32).wrapping_mul(b as u32)))?,
            Operator::I64Add => binary(&mut stack, u64::wrapping_add)?,
            Operator::I64Sub => binary(&mut stack, u64::wrapping_sub)?,
            Operator::I64Mul => binary(&mut stack, u64::wrapping_mul)?,
            Operator::End => return stack.pop(),
            _ => return None,
        };
        stack.push(value);
    }
}

fn binary(stack: &mut Vec<u64>, apply: impl Fn(u64, u64) -> u64) -> Option<u64> {
    let right = stack.pop()?;
    let left = stack.pop()?;
    Some(apply(left, right))
}

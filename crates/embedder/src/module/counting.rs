//! How instructions and call depth are counted: where the code pays the prices of [`super::prices`]. Bulk operations and
//! the system API pay one instruction more for each byte or element.
//!
//! Invariant: the count is a function of the module's code and the path taken, so every node and every compiler
//! version counts alike. A straight-line stretch is paid for at its start; whether the budget is used up is looked at
//! where code can repeat itself (function entries, loop heads, bulk operations), so a message overshoots by one
//! stretch at most and is stopped at the same instruction everywhere. Any change here needs a new
//! [`COUNTING_VERSION`].

use wasmparser::Operator;

use super::prices::Prices;

/// Version of the prices and of the places where they are paid.
pub const COUNTING_VERSION: u32 = 2;

/// The depth that a message may reach, in bytes of estimated frames; see [`frame_cost`].
pub(crate) const FRAME_BUDGET: u64 = 5 << 20;
/// A leaf function with a frame up to this pays nothing: one of them is all there can be at the top of a stack.
pub(crate) const LEAF_FRAME_MAX: u32 = 2048;

/// What a function's frame takes of the depth budget: eight bytes a value, and what a call itself puts down.
pub(crate) fn frame_cost(locals: u32, height_max: u32) -> u32 {
    64 + 8 * locals.saturating_add(height_max).min(1 << 20)
}

/// A stretch of code that runs from its first operator to its last, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Index of the operator before which it is paid for.
    pub(crate) start: usize,
    /// What it costs.
    pub(crate) cost: u64,
    /// Whether the code can come here again without passing another check.
    pub(crate) check: bool,
}

/// Cuts a function's operators into stretches. The first is the function's entry.
pub(crate) fn stretches(operators: &[Operator<'_>], prices: Prices<'_>) -> Vec<Stretch> {
    let mut cutter = Cutter { done: Vec::new(), current: Stretch { start: 0, cost: 0, check: true }, labels: vec![] };
    cutter.labels.push(Label { joins: false });
    for (index, operator) in operators.iter().enumerate() {
        cutter.current.cost += prices.of(operator);
        cutter.on_operator(index + 1, operator);
    }
    cutter.done.push(cutter.current);
    cutter.done
}

/// Whether control from elsewhere arrives at the end of a block.
struct Label {
    joins: bool,
}

struct Cutter {
    done: Vec<Stretch>,
    current: Stretch,
    labels: Vec<Label>,
}

impl Cutter {
    fn on_operator(&mut self, next: usize, operator: &Operator<'_>) {
        match operator {
            Operator::Block { .. } => self.labels.push(Label { joins: false }),
            Operator::Loop { .. } => {
                // Branches to a loop go to its head, so its end is no place where paths join.
                self.labels.push(Label { joins: false });
                self.cut(next, true);
            }
            Operator::If { .. } => {
                self.labels.push(Label { joins: true });
                self.cut(next, false);
            }
            Operator::Else => self.cut(next, false),
            Operator::End if self.leave() => self.cut(next, false),
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                self.branch(*relative_depth);
                self.cut(next, false);
            }
            Operator::BrTable { targets } => {
                for target in targets.targets().flatten().chain([targets.default()]) {
                    self.branch(target);
                }
                self.cut(next, false);
            }
            Operator::Return
            | Operator::Unreachable
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. } => self.cut(next, false),
            _ => {}
        }
    }

    /// Closes the innermost block. True if paths join behind it.
    fn leave(&mut self) -> bool {
        self.labels.pop().is_some_and(|label| label.joins)
    }

    /// A loop's end then counts as joining too, which cuts once more than needed and changes no sum on any path.
    fn branch(&mut self, depth: u32) {
        let from_end = self.labels.len().checked_sub(1 + depth as usize);
        if let Some(label) = from_end.and_then(|index| self.labels.get_mut(index)) {
            label.joins = true;
        }
    }

    fn cut(&mut self, start: usize, check: bool) {
        let next = Stretch { start, cost: 0, check };
        self.done.push(std::mem::replace(&mut self.current, next));
    }
}

//! Every function of the system API: its type and the contexts in which it may be called.
//!
//! Source: interface spec 0.66, "Overview of imports"; the last two are in use although the spec does not have them.
//! In types, `P` is a pointer, size, table index or environment (32 or 64 bits wide as the module's memory is), `i` is
//! 32 and `l` 64 bits.

use wasmparser::{FuncType, ValType};

use super::context::Contexts;
use crate::module::{InvalidModule, PointerWidth};

/// One function of the system API.
#[derive(Debug)]
pub(crate) struct ApiFunction {
    pub(crate) name: &'static str,
    params: &'static str,
    results: &'static str,
    pub(crate) contexts: Contexts,
    /// Modules with 64-bit memory do not have it.
    only_32_bit: bool,
}

const fn function(name: &'static str, params: &'static str, results: &'static str, contexts: &str) -> ApiFunction {
    ApiFunction { name, params, results, contexts: Contexts::of(contexts), only_32_bit: false }
}

const fn legacy(name: &'static str, params: &'static str, results: &'static str, contexts: &str) -> ApiFunction {
    ApiFunction { name, params, results, contexts: Contexts::of(contexts), only_32_bit: true }
}

/// The whole system API, in the spec's order.
pub(crate) static FUNCTIONS: [ApiFunction; 76] = [
    function("msg_arg_data_size", "", "P", "I U RQ NRQ TQ CQ Ry CRy F"),
    function("msg_arg_data_copy", "PPP", "", "I U RQ NRQ TQ CQ Ry CRy F"),
    function("msg_caller_size", "", "P", "*"),
    function("msg_caller_copy", "PPP", "", "*"),
    function("msg_caller_info_data_size", "", "P", "U RQ NRQ CQ Ry Rt CRy CRt C CC F"),
    function("msg_caller_info_data_copy", "PPP", "", "U RQ NRQ CQ Ry Rt CRy CRt C CC F"),
    function("msg_caller_info_signer_size", "", "P", "U RQ NRQ CQ Ry Rt CRy CRt C CC F"),
    function("msg_caller_info_signer_copy", "PPP", "", "U RQ NRQ CQ Ry Rt CRy CRt C CC F"),
    function("msg_reject_code", "", "i", "Ry Rt CRy CRt C"),
    function("msg_reject_msg_size", "", "P", "Rt CRt"),
    function("msg_reject_msg_copy", "PPP", "", "Rt CRt"),
    function("msg_deadline", "", "l", "U Q CQ Ry Rt CRy CRt"),
    function("msg_reply_data_append", "PP", "", "U RQ NRQ TQ CQ Ry Rt CRy CRt"),
    function("msg_reply", "", "", "U RQ NRQ TQ CQ Ry Rt CRy CRt"),
    function("msg_reject", "PP", "", "U RQ NRQ TQ CQ Ry Rt CRy CRt"),
    function("msg_cycles_available128", "P", "", "U RQ Rt Ry"),
    function("msg_cycles_refunded128", "P", "", "Rt Ry"),
    function("msg_cycles_accept128", "llP", "", "U RQ Rt Ry"),
    function("cycles_burn128", "llP", "", "I G U RQ Ry Rt C T"),
    function("canister_self_size", "", "P", "*"),
    function("canister_self_copy", "PPP", "", "*"),
    function("canister_cycle_balance128", "P", "", "*"),
    function("canister_liquid_cycle_balance128", "P", "", "*"),
    function("canister_status", "", "i", "*"),
    function("canister_version", "", "l", "*"),
    function("subnet_self_size", "", "P", "*"),
    function("subnet_self_copy", "PPP", "", "*"),
    function("msg_method_name_size", "", "P", "F"),
    function("msg_method_name_copy", "PPP", "", "F"),
    function("accept_message", "", "", "F"),
    function("call_new", "PPPPPPPP", "", "U CQ Ry Rt CRy CRt T"),
    function("call_on_cleanup", "PP", "", "U CQ Ry Rt CRy CRt T"),
    function("call_data_append", "PP", "", "U CQ Ry Rt CRy CRt T"),
    function("call_with_best_effort_response", "i", "", "U CQ Ry Rt CRy CRt T"),
    function("call_cycles_add128", "ll", "", "U Ry Rt T"),
    function("call_perform", "", "i", "U CQ Ry Rt CRy CRt T"),
    function("stable64_size", "", "l", "* s"),
    function("stable64_grow", "l", "l", "* s"),
    function("stable64_write", "lll", "", "* s"),
    function("stable64_read", "lll", "", "* s"),
    function("root_key_size", "", "P", "I G U RQ Ry Rt C T"),
    function("root_key_copy", "PPP", "", "I G U RQ Ry Rt C T"),
    function("certified_data_set", "PP", "", "I G U Ry Rt T"),
    function("data_certificate_present", "", "i", "*"),
    function("data_certificate_size", "", "P", "NRQ CQ"),
    function("data_certificate_copy", "PPP", "", "NRQ CQ"),
    function("time", "", "l", "*"),
    function("global_timer_set", "l", "l", "I G U Ry Rt C T"),
    function("performance_counter", "i", "l", "* s"),
    function("is_controller", "PP", "i", "* s"),
    function("in_replicated_execution", "", "i", "* s"),
    function("cost_call", "llP", "", "* s"),
    function("cost_create_canister", "P", "", "* s"),
    function("cost_http_request", "llP", "", "* s"),
    function("cost_sign_with_ecdsa", "PPiP", "i", "* s"),
    function("cost_sign_with_schnorr", "PPiP", "i", "* s"),
    function("cost_vetkd_derive_key", "PPiP", "i", "* s"),
    function("env_var_count", "", "P", "*"),
    function("env_var_name_size", "P", "P", "*"),
    function("env_var_name_copy", "PPPP", "", "*"),
    function("env_var_name_exists", "PP", "i", "*"),
    function("env_var_value_size", "PP", "P", "*"),
    function("env_var_value_copy", "PPPPP", "", "*"),
    function("debug_print", "PP", "", "* s"),
    function("trap", "PP", "", "* s"),
    legacy("msg_cycles_available", "", "l", "U RQ Rt Ry"),
    legacy("msg_cycles_refunded", "", "l", "Rt Ry"),
    legacy("msg_cycles_accept", "l", "l", "U RQ Rt Ry"),
    legacy("canister_cycle_balance", "", "l", "*"),
    legacy("call_cycles_add", "l", "", "U Ry Rt T"),
    legacy("stable_size", "", "i", "* s"),
    legacy("stable_grow", "i", "i", "* s"),
    legacy("stable_write", "iii", "", "* s"),
    legacy("stable_read", "iii", "", "* s"),
    function("subnet_self_node_count", "", "i", "*"),
    function("cost_http_request_v2", "PPP", "", "* s"),
];

/// A system API function's name and type at one pointer width; `Bits32` stands for `i32` and `Bits64` for `i64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Name in the module `ic0`.
    pub name: &'static str,
    /// Parameters.
    pub params: Vec<PointerWidth>,
    /// Results.
    pub results: Vec<PointerWidth>,
}

/// All functions that modules of this pointer width can import, in the spec's order.
#[must_use]
pub fn signatures(width: PointerWidth) -> Vec<Signature> {
    let widths = |letters| {
        let width_of = |ty| if ty == ValType::I64 { PointerWidth::Bits64 } else { PointerWidth::Bits32 };
        types(letters, width).into_iter().map(width_of).collect()
    };
    let known = FUNCTIONS.iter().filter(|function| !(function.only_32_bit && width == PointerWidth::Bits64));
    known
        .map(|each| Signature { name: each.name, params: widths(each.params), results: widths(each.results) })
        .collect()
}

/// The function of this name.
pub(crate) fn find(name: &str) -> Option<&'static ApiFunction> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Checks that an import has the function's type at the module's pointer width.
pub(crate) fn check_import(name: &str, width: PointerWidth, found: &FuncType) -> Result<(), InvalidModule> {
    let unknown = || InvalidModule::UnknownImport { module: "ic0".into(), name: name.into() };
    let function = find(name).filter(|function| !(function.only_32_bit && width == PointerWidth::Bits64));
    let function = function.ok_or_else(unknown)?;
    let (params, results) = (types(function.params, width), types(function.results, width));
    if found.params() == params && found.results() == results {
        return Ok(());
    }
    Err(InvalidModule::WrongImport {
        name: name.into(),
        found: signature(found.params(), found.results()),
        expected: signature(&params, &results),
    })
}

fn types(letters: &str, width: PointerWidth) -> Vec<ValType> {
    let wide = width == PointerWidth::Bits64;
    letters
        .chars()
        .map(|letter| if letter == 'l' || (letter == 'P' && wide) { ValType::I64 } else { ValType::I32 })
        .collect()
}

fn signature(params: &[ValType], results: &[ValType]) -> String {
    let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("({}) -> ({})", list(params), list(results))
}

#[cfg(test)]
impl ApiFunction {
    /// The import in the text format, for modules that tests make.
    pub(crate) fn import_text(&self, width: PointerWidth) -> Option<String> {
        if self.only_32_bit && width == PointerWidth::Bits64 {
            return None;
        }
        let list = |word: &str, letters: &str| {
            let types = types(letters, width).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            format!("({word} {types})")
        };
        let (params, results) = (list("param", self.params), list("result", self.results));
        Some(format!("(import \"ic0\" \"{0}\" (func ${0} {params} {results}))", self.name))
    }

    /// Pushes a zero for each parameter, calls, and drops the results, in the text format.
    pub(crate) fn call_text(&self, width: PointerWidth) -> String {
        let zeroes: String = types(self.params, width).iter().map(|ty| format!("({ty}.const 0)")).collect();
        format!("{zeroes} (call ${}) {}", self.name, "(drop)".repeat(self.results.len()))
    }
}

//! The message: argument, caller, reject, deadline, and the answer.
//!
//! Source: interface spec, "Ingress and canister-to-canister message data", "Responding", "Message inspection".

use wasmtime::Linker;

use super::{
    host::Host,
    pointer::{Pointer, define},
};
use crate::message::Reply;

pub(super) fn register<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    register_what_came::<P>(linker)?;
    register_answer::<P>(linker)?;
    register_inspection::<P>(linker)
}

fn register_what_came<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "msg_arg_data_size", |call| -> P { Ok(P::of(call.host().input.arg.len() as u64)) });
    define!(linker, "msg_arg_data_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, |host| &host.input.arg)
    });
    define!(linker, "msg_caller_size", |call| -> P { Ok(P::of(call.host().input.caller.len() as u64)) });
    define!(linker, "msg_caller_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, |host| &host.input.caller)
    });
    define!(linker, "msg_caller_info_data_size", |call| -> P { Ok(P::of(info_data(call.host()).len() as u64)) });
    define!(linker, "msg_caller_info_data_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, info_data)
    });
    define!(linker, "msg_caller_info_signer_size", |call| -> P { Ok(P::of(info_signer(call.host()).len() as u64)) });
    define!(linker, "msg_caller_info_signer_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, info_signer)
    });
    define!(linker, "msg_reject_code", |call| -> u32 {
        Ok(call.host().input.reject.as_ref().map_or(0, |reject| reject.code))
    });
    define!(linker, "msg_reject_msg_size", |call| -> P { Ok(P::of(reject_message(call.host()).len() as u64)) });
    define!(linker, "msg_reject_msg_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, reject_message)
    });
    define!(linker, "msg_deadline", |call| -> u64 { Ok(call.host().input.deadline_ns) });
    Ok(())
}

fn info_data(host: &Host) -> &[u8] {
    host.input.caller_info.as_deref().map_or(&[], |info| &info.data)
}

fn info_signer(host: &Host) -> &[u8] {
    host.input.caller_info.as_deref().map_or(&[], |info| &info.signer)
}

fn reject_message(host: &Host) -> &[u8] {
    host.input.reject.as_ref().map_or(&[], |reject| reject.message.as_bytes())
}

fn register_answer<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "msg_reply_data_append", |call, src: P, size: P| -> () {
        let (limit, size) = (call.host().limits.reply_bytes, size.into());
        if call.host().replied {
            return Err(call.violation("the call was answered already"));
        }
        let total = size.saturating_add(call.host().reply_data.len() as u64);
        if total > limit {
            return Err(call.violation(format_args!("a reply of {total} bytes is larger than {limit}")));
        }
        let data = call.read(src, size)?;
        call.host().reply_data.extend_from_slice(&data);
        Ok(())
    });
    define!(linker, "msg_reply", |call| -> () {
        if call.host().replied {
            return Err(call.violation("the call was answered already"));
        }
        let data = std::mem::take(&mut call.host().reply_data);
        call.host().answer(Reply::Data(data));
        Ok(())
    });
    define!(linker, "msg_reject", |call, src: P, size: P| -> () {
        if call.host().replied {
            return Err(call.violation("the call was answered already"));
        }
        let limit = call.host().limits.reply_bytes;
        let message = call.read_text(src, size, limit)?;
        call.host().reply_data.clear();
        call.host().answer(Reply::Reject(message));
        Ok(())
    });
    Ok(())
}

fn register_inspection<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "msg_method_name_size", |call| -> P { Ok(P::of(call.host().input.method_name.len() as u64)) });
    define!(linker, "msg_method_name_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, |host| host.input.method_name.as_bytes())
    });
    define!(linker, "accept_message", |call| -> () {
        if call.host().effects.accepted_message {
            return Err(call.violation("the message was accepted already"));
        }
        call.host().effects.accepted_message = true;
        Ok(())
    });
    Ok(())
}

//! Certified data, the certificate that comes with queries, and the root key.
//!
//! Source: interface spec, "Certified data", "Root key".

use wasmtime::Linker;

use super::{
    host::Host,
    pointer::{Pointer, define},
};
use crate::system_api::Context;

const CERTIFIED_DATA_BYTES_MAX: u64 = 32;

pub(super) fn register<P: Pointer>(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    define!(linker, "certified_data_set", |call, src: P, size: P| -> () {
        let size = size.into();
        if size > CERTIFIED_DATA_BYTES_MAX {
            return Err(call.violation(format_args!("{size} bytes; the most is {CERTIFIED_DATA_BYTES_MAX}")));
        }
        let data = call.read(src, size)?;
        call.host().effects.certified_data = Some(data);
        Ok(())
    });
    define!(linker, "data_certificate_present", |call| -> u32 {
        let host = call.host();
        let in_query = matches!(host.context, Context::NonReplicatedQuery | Context::CompositeQuery);
        Ok(u32::from(in_query && host.input.data_certificate.is_some()))
    });
    define!(linker, "data_certificate_size", |call| -> P {
        match &call.host().input.data_certificate {
            Some(certificate) => Ok(P::of(certificate.len() as u64)),
            None => Err(call.violation("there is no certificate; ask `data_certificate_present` first")),
        }
    });
    define!(linker, "data_certificate_copy", |call, dst: P, offset: P, size: P| -> () {
        if call.host().input.data_certificate.is_none() {
            return Err(call.violation("there is no certificate; ask `data_certificate_present` first"));
        }
        call.copy(dst, offset, size, |host| host.input.data_certificate.as_deref().unwrap_or_default())
    });
    define!(linker, "root_key_size", |call| -> P { Ok(P::of(call.host().input.subnet.root_key_der.len() as u64)) });
    define!(linker, "root_key_copy", |call, dst: P, offset: P, size: P| -> () {
        call.copy(dst, offset, size, |host| &host.input.subnet.root_key_der)
    });
    Ok(())
}

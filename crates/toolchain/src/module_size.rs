//! How large a module is in what the interface limits, read from its section headers.
//!
//! Sizes alone: whether the module is one at all is judged where it is prepared to run. What can't be read counts as
//! nothing.

use crate::worker::Limits;

/// A measured size beside what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) what: &'static str,
    pub(crate) found: usize,
    pub(crate) most: usize,
}

impl Measured {
    /// Whether it is more than this part of what is allowed.
    pub(crate) fn exceeds(&self, percent: usize) -> bool {
        self.found as u128 * 100 > self.most as u128 * percent as u128
    }
}

/// The module's sizes, the one that is fullest first.
pub(crate) fn fullest(wasm: &[u8], limits: &Limits) -> Measured {
    let mut code = Measured { what: "bytes of code", found: 0, most: limits.code_bytes };
    let mut functions = Measured { what: "functions", found: 0, most: limits.functions };
    let mut told = Measured { what: "bytes in sections for the platform", found: 0, most: limits.section_bytes };
    for (id, body) in sections(wasm) {
        match id {
            0 if named(body).is_some_and(|name| name.starts_with(b"icp:")) => told.found += body.len(),
            3 => functions.found = number(body).map_or(0, |(count, _)| count),
            10 => code.found = body.len(),
            _ => {}
        }
    }
    let whole = Measured { what: "bytes", found: wasm.len(), most: limits.wasm_bytes };
    let share = |one: &Measured| one.found as u128 * 1_000_000 / one.most.max(1) as u128;
    [code, functions, told].into_iter().fold(whole, |most, one| if share(&one) > share(&most) { one } else { most })
}

/// Number and content of each section.
fn sections(wasm: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = wasm.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (&id, after) = rest.split_first()?;
        let (length, after) = number(after)?;
        let (body, next) = after.split_at_checked(length)?;
        rest = next;
        Some((id, body))
    })
}

fn named(body: &[u8]) -> Option<&[u8]> {
    let (length, rest) = number(body)?;
    rest.get(..length)
}

/// An unsigned number of at most 32 bits in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0u64;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 127) << (7 * at);
        if byte & 128 == 0 {
            return Some((usize::try_from(value).ok()?, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, body: &[u8]) -> Vec<u8> {
        [&[id, u8::try_from(body.len()).unwrap()], body].concat()
    }

    #[test]
    fn the_fullest_is_found() {
        let limits =
            Limits { wasm_bytes: 1_000, code_bytes: 50, functions: 10, section_bytes: 100, ..Limits::default() };
        let head = b"\0asm\x01\0\0\0".to_vec();
        let code = section(10, &[0; 30]);
        let told = section(0, &[&[5], b"icp:a".as_slice(), &[0; 84]].concat());
        let other = section(0, &[&[4], b"name".as_slice(), &[0; 100]].concat());
        let whole = |parts: &[&[u8]]| parts.concat();
        assert_eq!(fullest(&whole(&[&head, &code, &other]), &limits).what, "bytes of code");
        let found = fullest(&whole(&[&head, &code, &told]), &limits);
        assert_eq!((found.found, found.exceeds(80), found.exceeds(90)), (90, true, false));
        assert_eq!(fullest(&whole(&[&head, &section(3, &[9])]), &limits).what, "functions");
        for cut in 0..20 {
            fullest(&whole(&[&head, &code])[..cut], &limits);
        }
    }
}

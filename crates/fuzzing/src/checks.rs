//! Files of accepted behaviours, as they come in source trees from anywhere.

use gate::Check;

/// A file of `checks/`.
///
/// # Panics
/// Reading panics, or gives checks that can't be tried.
pub fn checks(data: &[u8]) {
    let checks = std::str::from_utf8(data).ok().and_then(|text| Check::parse(text).ok()).unwrap_or_default();
    for check in checks {
        assert!(!check.name.trim().is_empty() && !check.steps.is_empty(), "what is read can be tried");
    }
}

//! The command line as its users meet it: the real program against scripted nodes, and against a gateway over a
//! replica in memory.

mod answers;
mod calls;
mod hostile;
mod support;
mod usage;

// The gateway's own replica in memory, with real certificates.
#[allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]
#[path = "../../../gateway/tests/it/fake.rs"]
mod fake;

//! Writers: a conversation becomes an app spec, and a spec becomes a source tree.
//!
//! A writer holds no capability on a live app. What it returns is text; the gate decides.

mod again;
pub mod codegen;
mod corrections;
pub mod describe;
mod difference;
mod findings;
pub mod ident;
mod locale;
pub mod offline;
mod outcomes;
pub mod query;
pub mod scenarios;
pub mod spec;
pub mod understanding;
pub mod validate;

pub use again::{Again, Objection, OfflineRepairs, Repairs};
pub use corrections::{Correction, Heard, corrections};
pub use describe::describe;
pub use difference::{Difference, What, difference};
pub use findings::{GateFinding, finding};
pub use offline::{Asked, Said, Why, Wish, asked, change, last_change, warm, write};
pub use outcomes::{Told, told};
pub use query::{Day, Found, Query};
pub use scenarios::{Call, Expected, Scenario, scenarios, touched};
pub use understanding::{Alternative, Answer, Change, Declined, Loss, Question, Statement, Understanding};
pub use validate::{SpecError, validate};

//! The bugs that the simulation must find.

use state::planted::Planted;

/// All that can be planted.
pub(crate) const BUGS: [Planted; 12] = [
    Planted::EarlyAnswer,
    Planted::EarlyCertificate,
    Planted::HalfBatch,
    Planted::UndoForgetsGlobals,
    Planted::UndoForgetsGrowth,
    Planted::QueryWriteStays,
    Planted::FoldForgetsPage,
    Planted::StaleImage,
    Planted::RunsTwice,
    Planted::PointSharesPages,
    Planted::RequestTwice,
    Planted::TimeGoesBack,
];

/// Those that the reference can have as well, so that only the model's arithmetic tells.
pub(crate) const IN_EXECUTION: [Planted; 3] = [Planted::RunsTwice, Planted::RequestTwice, Planted::TimeGoesBack];

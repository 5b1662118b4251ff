//! Room `studio`.

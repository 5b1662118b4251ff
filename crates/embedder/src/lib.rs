//! Room `embedder`.

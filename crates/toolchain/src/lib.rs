//! Room `toolchain`.

//! The launcher that confines a worker, as a program of its own: tests use it, and so can other tools.

fn main() {
    toolchain::jail_main(std::env::args_os().skip(1))
}

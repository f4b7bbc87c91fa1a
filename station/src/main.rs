//! The `station` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    station::cli::main()
}

//! Set-up, demo, test, lint and benchmarks.

fn main() {}

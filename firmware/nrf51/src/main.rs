//! The module's firmware image for the nRF51822.

fn main() {}

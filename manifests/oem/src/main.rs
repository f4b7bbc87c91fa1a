//! The OEM's tool for batch manifests.

fn main() {}

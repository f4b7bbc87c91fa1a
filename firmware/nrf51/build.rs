//! Hands the linker its script, for the chip alone.

use std::path::PathBuf;
use std::{env, error, fs};

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=memory.x");
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS")? == "none" {
        let directory = PathBuf::from(env::var("OUT_DIR")?);
        fs::write(directory.join("memory.x"), include_bytes!("memory.x"))?;
        println!("cargo::rustc-link-search={}", directory.display());
        // Without this, the linker pads the file to pages of an operating system.
        println!("cargo::rustc-link-arg-bins=--nmagic");
        println!("cargo::rustc-link-arg-bins=-Tlink.x");
    }
    Ok(())
}

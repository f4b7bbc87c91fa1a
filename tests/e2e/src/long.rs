//! Whether the long tests are wanted.

/// Whether `LONG_SWEEP=1` is set, as `cargo xtask test --long` does: then nothing is left out to save time.
pub fn is_wanted() -> bool {
    std::env::var_os("LONG_SWEEP").is_some_and(|value| value == "1")
}

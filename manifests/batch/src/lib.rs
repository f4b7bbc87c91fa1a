//! The batch manifest: build, sign, verify.

//! Placeholder, replaced with its first version.

//! The module as its host sees it: lines in, replies out, on a chip made of memory.

mod bench;
mod chip;
mod issuer;

mod lines;
mod onboarding;
mod power;
mod settings;

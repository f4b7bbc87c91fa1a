//! Notable states of the pages, a file for each.

pub(super) mod batches;

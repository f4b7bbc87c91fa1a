//! Notable screens of the pages, one file for each page.

pub(super) mod operator;
pub(super) mod unit;

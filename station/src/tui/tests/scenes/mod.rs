//! Notable screens of the pages beside the line, one file for each page.

pub(super) mod unit;

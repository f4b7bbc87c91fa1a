//! Notable screens of the pages, one file for each page.

pub(super) mod batches;
mod help;
pub(super) mod operator;
pub(super) mod small;
pub(super) mod unit;
mod vendor;

use super::golden::Scene;

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Scene> {
    [batches::SCENES, help::SCENES, operator::SCENES, unit::SCENES, vendor::SCENES].into_iter().flatten()
}

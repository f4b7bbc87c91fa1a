//! Notable states of the pages, one file for each page.

mod vendor;

use super::golden::Scene;

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Scene> {
    vendor::SCENES.iter()
}

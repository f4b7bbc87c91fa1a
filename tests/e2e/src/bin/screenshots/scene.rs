//! A moment that makes a picture.

use e2e::terminal::Frame;

/// What the screen showed at that moment.
#[derive(Debug)]
pub(super) struct Scene {
    /// What the file is called.
    pub(super) name: &'static str,
    /// What is to be seen.
    pub(super) title: &'static str,
    pub(super) frame: Frame,
}

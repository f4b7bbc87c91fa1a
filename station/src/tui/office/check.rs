//! What the page `check` asks for.

use super::Clerk;
use crate::tui::pages::check::Ask;

impl Clerk {
    pub(super) fn check(&self, ask: Ask) {
        match ask {}
    }
}

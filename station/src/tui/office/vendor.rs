//! What the page `vendor` asks for.

use super::Clerk;
use crate::tui::pages::vendor::Ask;

impl Clerk {
    pub(super) fn vendor(&self, ask: Ask) {
        match ask {}
    }
}

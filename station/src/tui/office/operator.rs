//! What the page `operator` asks for.

use super::Clerk;
use crate::tui::pages::operator::Ask;

impl Clerk {
    pub(super) fn operator(&self, ask: Ask) {
        match ask {}
    }
}

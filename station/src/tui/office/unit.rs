//! What the page `unit` asks for.

use super::Clerk;
use crate::tui::pages::unit::Ask;

impl Clerk {
    pub(super) fn unit(&self, ask: Ask) {
        match ask {}
    }
}

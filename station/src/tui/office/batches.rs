//! What the page `batches` asks for.

use super::Clerk;
use crate::tui::pages::batches::Ask;

impl Clerk {
    pub(super) fn batches(&self, ask: Ask) {
        match ask {}
    }
}

//! The model as cells. Pure: the same model gives the same cells.
//!
//! | file | what it draws |
//! |---|---|
//! | `line` | all slots: header, cards, lights, what to do next |
//! | `header` | order, counts, rates |
//! | `grid` | how many cards stand beside each other |
//! | `card` | one slot |
//! | `big` | PASS, FAIL and ERROR to be read from afar |
//! | `lights` | the devices |
//! | `notices` | what stays said until somebody has seen it |
//! | `footer` | what to do next, and the keys |
//! | `more` | that there is more than is seen |
//! | `page` | a page beside the line, between header and lights |
//! | `fault` | a fault: for the operator, for the engineer |
//! | `help` | the keys |
//! | `tiny` | what is left when there is room for nothing |
//! | `lines` | lines of text for a body that scrolls |
//! | `paint` | text at a place |

mod big;
mod card;
mod fault;
mod footer;
mod grid;
mod header;
mod help;
mod lights;
mod line;
pub(super) mod lines;
pub(super) mod more;
mod notices;
mod page;
pub(super) mod paint;
mod tiny;

pub(super) use card::step_name;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::model::{Model, Page};
use super::pages;

/// The smallest screen with a header, lights and keys; below it there is only what matters most.
const SMALLEST: (u16, u16) = (40, 10);

/// Draws the screen.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    draw(model, area, frame.buffer_mut());
}

/// The rows of a screen of this size, without the blanks at their ends.
pub(super) fn rows(model: &Model, width: u16, height: u16) -> Vec<String> {
    paint::rows(&cells_of(model, Rect::new(0, 0, width, height)))
}

/// The screen, in the size that the terminal has.
pub(super) fn cells(model: &Model) -> Buffer {
    cells_of(model, Rect::new(0, 0, model.size.0, model.size.1))
}

fn cells_of(model: &Model, area: Rect) -> Buffer {
    let mut buffer = Buffer::empty(area);
    draw(model, area, &mut buffer);
    buffer
}

/// How far there is to scroll on the page that is shown, by the size that the terminal has.
pub(super) fn furthest(model: &Model) -> u16 {
    let area = Rect::new(0, 0, model.size.0, model.size.1);
    match model.page {
        Page::Fault { of, engineer, .. } => {
            model.fault_of(of).map_or(0, |shown| fault::furthest(model, &shown, engineer, area))
        }
        _ => pages::furthest(model, page::body(model, area)),
    }
}

/// How many slots stand beside each other on the page of all slots, by the size that the terminal has.
pub(super) fn abreast(model: &Model) -> usize {
    line::abreast(model, Rect::new(0, 0, model.size.0, model.size.1))
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        tiny::draw(model, area, buffer);
        return;
    }
    match model.page {
        _ if model.help => help::draw(model, area, buffer),
        Page::Line => line::draw(model, area, buffer),
        Page::Unit | Page::Batches | Page::Vendor | Page::Check | Page::Operator => {
            page::draw(model, area, buffer);
        }
        Page::Fault { of, engineer, scroll } => match model.fault_of(of) {
            Some(shown) => fault::draw(model, &shown, engineer, scroll, area, buffer),
            None => line::draw(model, area, buffer),
        },
    }
}

//! Cells as text, with a line below each row that says what its pieces mean.

use std::fmt::Write as _;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::tui::theme::Meaning;
use crate::tui::view::paint;
use crate::tui::{Model, view};

/// The screen of this size.
pub(super) fn cells(model: &Model, width: u16, height: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal.draw(|frame| view(model, frame)).expect("drawn");
    terminal.backend().buffer().clone()
}

/// The text of a screen, row by row.
pub(super) fn text(cells: &Buffer) -> Vec<String> {
    paint::rows(cells)
}

/// What every cell means, row by row.
pub(super) fn meanings(cells: &Buffer) -> Vec<Vec<Meaning>> {
    let width = usize::from(cells.area.width).max(1);
    let of = |cell: &ratatui::buffer::Cell| {
        Meaning::of(cell.style()).unwrap_or_else(|| panic!("a look without a meaning: {:?}", cell.style()))
    };
    cells.content().chunks(width).map(|row| row.iter().map(of).collect()).collect()
}

/// Text and meanings. Columns are counted from 0, and plain ones are not told.
pub(super) fn picture(model: &Model, width: u16, height: u16) -> String {
    picture_of(&cells(model, width, height))
}

/// Text and meanings of these cells.
pub(super) fn picture_of(cells: &Buffer) -> String {
    let mut picture = format!("== {}x{}\n", cells.area.width, cells.area.height);
    for (text, meanings) in text(cells).iter().zip(meanings(cells)) {
        writeln!(picture, "|{text}").expect("written");
        let mut runs = Vec::new();
        let mut start = 0;
        for run in meanings.chunk_by(|one, other| one == other) {
            let end = start + run.len() - 1;
            if run[0] != Meaning::Plain {
                runs.push(format!("{start}-{end} {:?}", run[0]));
            }
            start = end + 1;
        }
        if !runs.is_empty() {
            writeln!(picture, "~ {}", runs.join(", ")).expect("written");
        }
    }
    picture
}

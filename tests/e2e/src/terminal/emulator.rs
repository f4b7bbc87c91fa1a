//! What the bytes of a program do to a screen.

use std::num::NonZeroU16;

use anyhow::{Context as _, Result};
use vt100::{Callbacks, MouseProtocolMode, Parser};

use super::Size;
use super::frame::{Cell, Colour, Frame, Style};

/// A screen, and what a terminal does besides showing.
pub(super) struct Emulator {
    parser: Parser<Besides>,
}

/// Bells that rang, and answers that a program asked for.
#[derive(Debug, Default)]
struct Besides {
    bells: u32,
    questions: u32,
    answers: Vec<u8>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("screen", &self.frame().lines()).finish_non_exhaustive()
    }
}

impl Emulator {
    pub(super) fn new(size: Size) -> Result<Self> {
        let (rows, columns) = cells(size)?;
        Ok(Self { parser: Parser::new_with_callbacks(rows, columns, 0, Besides::default()) })
    }

    /// Shows bytes, and gives what the terminal answers.
    pub(super) fn show(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.parser.process(bytes);
        std::mem::take(&mut self.parser.callbacks_mut().answers)
    }

    pub(super) fn resize(&mut self, size: Size) -> Result<()> {
        let (rows, columns) = cells(size)?;
        self.parser.set_size(rows, columns);
        Ok(())
    }

    pub(super) fn bells(&self) -> u32 {
        self.parser.callbacks().bells
    }

    pub(super) fn questions(&self) -> u32 {
        self.parser.callbacks().questions
    }

    /// Modes that a program has switched on, of those that it has to switch off before it ends.
    pub(super) fn modes_left_on(&self) -> Vec<&'static str> {
        let screen = self.parser.screen();
        [
            (screen.alternate_screen(), "the alternate screen"),
            (screen.hide_cursor(), "the cursor hidden"),
            (screen.bracketed_paste(), "bracketed paste"),
            (screen.application_cursor(), "application cursor keys"),
            (screen.application_keypad(), "application keypad"),
            (screen.mouse_protocol_mode() != MouseProtocolMode::None, "mouse reports"),
            (screen.bold() || screen.inverse() || screen.underline(), "attributes of the text"),
            (screen.fgcolor() != vt100::Color::Default, "a colour of the text"),
            (screen.bgcolor() != vt100::Color::Default, "a colour of the background"),
        ]
        .into_iter()
        .filter_map(|(on, name)| on.then_some(name))
        .collect()
    }

    pub(super) fn frame(&self) -> Frame {
        let screen = self.parser.screen();
        let (rows, columns) = screen.size();
        let row = |row| {
            let mut cells: Vec<Cell> =
                (0..columns.get()).map(|column| cell(screen.cell(row, column))).collect();
            // The second half of a wide character has its looks; the emulator keeps them with the first.
            for column in 1..cells.len() {
                if cells[column - 1].wide {
                    cells[column].style = cells[column - 1].style;
                }
            }
            cells
        };
        Frame {
            rows: (0..rows.get()).map(row).collect(),
            cursor: (!screen.hide_cursor()).then(|| screen.cursor_position()),
        }
    }
}

impl Callbacks for Besides {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bells += 1;
    }

    /// What programs ask (ECMA-48 and xterm's ctlseqs): "where is the cursor?" (DSR 6) and "what are you?" (DA).
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        prefix: Option<u8>,
        intermediate: Option<u8>,
        parameters: &[&[u16]],
        letter: char,
    ) {
        match (prefix, intermediate, parameters, letter) {
            (None, None, [[6]], 'n') => {
                self.questions += 1;
                let (row, column) = screen.cursor_position();
                self.answers.extend(format!("\x1b[{};{}R", row + 1, column + 1).into_bytes());
            }
            // A VT100 with advanced video.
            (None, None, [] | [[0]], 'c') => {
                self.questions += 1;
                self.answers.extend(b"\x1b[?1;2c");
            }
            _ => {}
        }
    }
}

fn cells(size: Size) -> Result<(NonZeroU16, NonZeroU16)> {
    let number = |count| NonZeroU16::new(count).context("a terminal without cells");
    Ok((number(size.rows)?, number(size.columns)?))
}

fn cell(cell: Option<&vt100::Cell>) -> Cell {
    let Some(cell) = cell else { return Cell::default() };
    Cell {
        text: cell.contents().to_owned(),
        wide: cell.is_wide(),
        style: Style {
            foreground: colour(cell.fgcolor()),
            background: colour(cell.bgcolor()),
            bold: cell.bold(),
            dim: cell.dim(),
            italic: cell.italic(),
            underline: cell.underline(),
            inverse: cell.inverse(),
        },
    }
}

fn colour(colour: vt100::Color) -> Colour {
    match colour {
        vt100::Color::Default => Colour::Default,
        vt100::Color::Idx(index) => Colour::Indexed(index),
        vt100::Color::Rgb(red, green, blue) => Colour::Rgb(red, green, blue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emulator(columns: u16, rows: u16) -> Emulator {
        Emulator::new(Size { columns, rows }).unwrap()
    }

    #[test]
    fn text_colours_and_wide_characters_land_in_cells() {
        let mut emulator = emulator(10, 2);
        emulator.show("a\x1b[1;31m槽位\x1b[0;48;2;1;2;3mb".as_bytes());
        let frame = emulator.frame();
        assert_eq!(frame.lines(), ["a槽位b", ""]);
        let found = frame.find("槽位").unwrap();
        assert_eq!(found.iter().map(|cell| cell.wide).collect::<Vec<_>>(), [true, false, true]);
        assert!(found[0].style.bold && found[0].style.foreground == Colour::Indexed(1));
        assert_eq!(frame.find("b").unwrap()[0].style.background, Colour::Rgb(1, 2, 3));
        assert_eq!(frame.cursor, Some((0, 6)));
        assert_eq!(frame.rows[0][2].style, frame.rows[0][1].style, "both halves look alike");
        assert!(frame.find("ab").is_none());
    }

    #[test]
    fn questions_are_answered_and_bells_counted() {
        let mut emulator = emulator(10, 4);
        assert_eq!(emulator.show(b"x\x07\r\nyz\x07\x1b[6n"), b"\x1b[2;3R");
        assert_eq!(emulator.show(b"\x1b[c"), b"\x1b[?1;2c");
        assert_eq!(emulator.show(b"nothing to answer\x1b[5;5H"), b"");
        assert_eq!((emulator.bells(), emulator.questions()), (2, 2));
    }

    #[test]
    fn every_mode_left_on_is_named() {
        for (on, off, name) in [
            ("\x1b[?1049h", "\x1b[?1049l", "the alternate screen"),
            ("\x1b[?25l", "\x1b[?25h", "the cursor hidden"),
            ("\x1b[?2004h", "\x1b[?2004l", "bracketed paste"),
            ("\x1b[?1000h", "\x1b[?1000l", "mouse reports"),
            ("\x1b[?1h", "\x1b[?1l", "application cursor keys"),
            ("\x1b[1m", "\x1b[m", "attributes of the text"),
            ("\x1b[32m", "\x1b[m", "a colour of the text"),
        ] {
            let mut emulator = emulator(10, 2);
            emulator.show(on.as_bytes());
            assert_eq!(emulator.modes_left_on(), [name]);
            emulator.show(off.as_bytes());
            assert!(emulator.modes_left_on().is_empty(), "{name}");
        }
    }

    #[test]
    fn a_terminal_without_cells_is_refused() {
        assert!(Emulator::new(Size { columns: 0, rows: 5 }).is_err());
        assert!(emulator(1, 1).resize(Size { columns: 5, rows: 0 }).is_err());
    }
}

//! A screen at one moment.

use std::fmt;

/// What a terminal shows, cell by cell. Its [`Display`](fmt::Display) is the text, a line for each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// From the top; each has as many cells as the terminal has columns.
    pub rows: Vec<Vec<Cell>>,
    /// Row and column of the cursor, from 0, if it is to be seen.
    pub cursor: Option<(u16, u16)>,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cell {
    /// A character with the marks upon it. Empty in a cell that nobody wrote to, and in the second cell of a
    /// wide character.
    pub text: String,
    /// Whether the character takes the next cell as well.
    pub wide: bool,
    /// How it looks.
    pub style: Style,
}

/// How a cell looks.
#[expect(clippy::struct_excessive_bools, reason = "a terminal switches each of them on its own")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// Of the character.
    pub foreground: Colour,
    /// Of the cell.
    pub background: Colour,
    /// Bold.
    pub bold: bool,
    /// Fainter than usual.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Both colours change places.
    pub inverse: bool,
}

/// A colour as a program names it; what it looks like is the terminal's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Colour {
    /// The terminal's own.
    #[default]
    Default,
    /// Of the 256 that xterm has: 16 named ones, a cube of 216, 24 greys.
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

impl Frame {
    /// The rows as text, without the blanks at their ends.
    pub fn lines(&self) -> Vec<String> {
        self.rows.iter().map(|row| line(row)).collect()
    }

    /// The cells of a text where it first stands, from the top, within one row.
    pub fn find(&self, text: &str) -> Option<&[Cell]> {
        self.rows.iter().find_map(|row| {
            let starts = 0..row.len();
            starts.filter(|start| *start == 0 || !row[start - 1].wide).find_map(|start| {
                let mut shown = String::new();
                for (place, cell) in row.iter().enumerate().skip(start) {
                    push(&mut shown, cell, place > 0 && row[place - 1].wide);
                    if shown == text {
                        return Some(&row[start..=place]);
                    }
                    if !text.starts_with(&shown) {
                        return None;
                    }
                }
                None
            })
        })
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

fn line(row: &[Cell]) -> String {
    let mut text = String::new();
    let mut wide = false;
    for cell in row {
        push(&mut text, cell, wide);
        wide = cell.wide;
    }
    text.truncate(text.trim_end().len());
    text
}

/// Adds a cell to a text: a blank for one that nobody wrote to, nothing for the rest of a wide character.
fn push(text: &mut String, cell: &Cell, after_wide: bool) {
    if !after_wide {
        text.push_str(if cell.text.is_empty() { " " } else { &cell.text });
    }
}

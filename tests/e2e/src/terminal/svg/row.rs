//! A row of cells as shapes and text.

use std::fmt::Write as _;

use super::super::Cell;
use super::glyph;
use super::paint::{Ink, Rgb, Styles};
use super::{CELL_HEIGHT, CELL_WIDTH};

/// Where the letters stand, from the top of the row.
const BASE_LINE: u32 = 14;

/// A row as elements of SVG, its left upper corner at 0, 0. Empty if there is nothing to be seen.
pub(super) fn draw(cells: &[Cell], styles: &mut Styles) -> String {
    let mut drawn = String::new();
    grounds(cells, &mut drawn);
    let mut start = 0;
    while let Some(cell) = cells.get(start) {
        let (ink, _) = Ink::of(cell.style);
        let class = styles.class(ink);
        let alike = |other: &&Cell| Ink::of(other.style).0 == ink;
        start += if cell.wide {
            wide(cell, start, &class, &mut drawn);
            2
        } else if let Some(shape) = glyph::shape(&cell.text) {
            let count =
                cells[start..].iter().take_while(alike).take_while(|other| other.text == cell.text).count();
            let _ = write!(drawn, "{}", shape.placed(x(start), x(count), &class));
            count
        } else {
            let plain = |other: &&Cell| !other.wide && glyph::shape(&other.text).is_none();
            let count = cells[start..].iter().take_while(alike).take_while(plain).count();
            text(&cells[start..start + count], start, ink.marks_blanks(), &class, &mut drawn);
            count
        };
    }
    drawn
}

/// What XML would take for its own, written so that it does not.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // XML 1.0 has no other control characters.
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

/// Backgrounds, one rectangle for neighbours of one colour.
fn grounds(cells: &[Cell], drawn: &mut String) {
    let mut start = 0;
    for group in cells.chunk_by(|one, other| ground(one) == ground(other)) {
        if let Some(colour) = group.first().and_then(ground) {
            let (x, width) = (x(start), x(group.len()));
            let _ = write!(
                drawn,
                "<rect x=\"{x}\" width=\"{width}\" height=\"{CELL_HEIGHT}\" fill=\"{colour}\"/>"
            );
        }
        start += group.len();
    }
}

fn ground(cell: &Cell) -> Option<Rgb> {
    Ink::of(cell.style).1
}

/// A wide character, in the middle of its two cells whatever the font's own width.
fn wide(cell: &Cell, start: usize, class: &str, drawn: &mut String) {
    let middle = x(start) + CELL_WIDTH;
    let classes = format!("w {class}");
    let (classes, text) = (classes.trim_end(), escaped(&cell.text));
    let _ = write!(drawn, "<text class=\"{classes}\" x=\"{middle}\" y=\"{BASE_LINE}\">{text}</text>");
}

/// Characters of one cell each, stretched to the width of their cells.
fn text(cells: &[Cell], start: usize, marks_blanks: bool, class: &str, drawn: &mut String) {
    let blank = |cell: &&Cell| !marks_blanks && cell.text.trim().is_empty();
    let skipped = cells.iter().take_while(blank).count();
    let cells = &cells[skipped..];
    let cells = &cells[..cells.len() - cells.iter().rev().take_while(blank).count()];
    if cells.is_empty() {
        return;
    }
    let text: String =
        cells.iter().map(|cell| if cell.text.is_empty() { " " } else { cell.text.as_str() }).collect();
    let (x, width, text) = (x(start + skipped), x(cells.len()), escaped(&text));
    let class = attribute(class);
    let _ = write!(drawn, "<text{class} x=\"{x}\" y=\"{BASE_LINE}\" textLength=\"{width}\">{text}</text>");
}

/// The attribute for a class, if there is one.
pub(super) fn attribute(class: &str) -> String {
    if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
}

/// So many cells, in units of the picture.
fn x(cells: usize) -> u32 {
    u32::try_from(cells).unwrap_or(u32::MAX).saturating_mul(CELL_WIDTH)
}

#[cfg(test)]
mod tests {
    use super::super::super::{Colour, Style};
    use super::*;

    fn cells(text: &str) -> Vec<Cell> {
        text.chars().map(|letter| Cell { text: letter.to_string(), ..Cell::default() }).collect()
    }

    #[test]
    fn blanks_around_a_text_are_left_out_and_those_within_kept() {
        let drawn = draw(&cells("  a  b  "), &mut Styles::default());
        assert_eq!(drawn, "<text x=\"18\" y=\"14\" textLength=\"36\">a  b</text>");
        assert_eq!(draw(&cells("    "), &mut Styles::default()), "");
    }

    #[test]
    fn a_wide_character_stands_in_the_middle_of_two_cells() {
        let mut row = cells("a槽 b");
        row[1].wide = true;
        row[2].text.clear();
        let drawn = draw(&row, &mut Styles::default());
        assert!(drawn.contains("<text class=\"w\" x=\"18\" y=\"14\">槽</text>"), "{drawn}");
        assert!(drawn.contains("x=\"27\" y=\"14\" textLength=\"9\">b<"), "{drawn}");
    }

    #[test]
    fn neighbours_of_one_background_share_a_rectangle() {
        let mut row = cells("abcd");
        for cell in &mut row[1..3] {
            cell.style = Style { background: Colour::Rgb(9, 9, 9), ..Style::default() };
        }
        let drawn = draw(&row, &mut Styles::default());
        assert!(drawn.starts_with("<rect x=\"9\" width=\"18\" height=\"18\" fill=\"#090909\"/>"), "{drawn}");
        assert_eq!(drawn.matches("<rect").count(), 1, "{drawn}");
    }

    #[test]
    fn neighbouring_strokes_are_one() {
        let drawn = draw(&cells("┌───┐"), &mut Styles::default());
        assert_eq!(drawn.matches("<path").count(), 3, "{drawn}");
    }
}

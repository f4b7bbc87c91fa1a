//! Characters that are drawn, since they have to meet their neighbours: the blocks (U+2580 to U+259F) and the
//! light and heavy lines (of U+2500 to U+257F). A font would leave gaps between them.

use std::fmt::Write as _;

use super::row::attribute;
use super::{CELL_HEIGHT, CELL_WIDTH};

/// What a character looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// Rectangles, in eighths of the cell.
    Block(&'static [Eighths]),
    /// The whole cell, so many hundredths opaque.
    Shade(u32),
    /// Strokes from the middle to the edges.
    Line(Arms),
    /// Two light strokes that meet in a bow.
    Bow(Arms),
}

/// Left, top, right, bottom.
type Eighths = (u32, u32, u32, u32);

/// How broad the strokes up, right, down and left are: 0 for none, 1 for light, 2 for heavy.
type Arms = [u8; 4];

/// The shape of a cell's text, if it is one that is drawn.
pub(super) fn shape(text: &str) -> Option<Shape> {
    let mut letters = text.chars();
    let (letter, None) = (letters.next()?, letters.next()) else { return None };
    block(letter).or_else(|| line(letter))
}

impl Shape {
    /// The shape from `x` on, repeated over `width`, as an element of the given class.
    pub(super) fn placed(self, x: u32, width: u32, class: &str) -> String {
        let class = attribute(class);
        match self {
            Self::Block(parts) => {
                let mut path = String::new();
                for part in parts {
                    rectangles(&mut path, x, width, *part);
                }
                format!("<path{class} d=\"{path}\"/>")
            }
            Self::Shade(percent) => {
                format!("<path{class} opacity=\"0.{percent}\" d=\"M{x} 0h{width}v{CELL_HEIGHT}h-{width}z\"/>")
            }
            Self::Line(arms) => lines(x, width, arms, &class),
            Self::Bow(arms) => bows(x, width, arms, &class),
        }
    }
}

/// One part of a block in every cell of the width.
fn rectangles(path: &mut String, x: u32, width: u32, (left, top, right, bottom): Eighths) {
    let across = |eighths| f64::from(eighths * CELL_WIDTH) / 8.0;
    let down = |eighths| f64::from(eighths * CELL_HEIGHT) / 8.0;
    let mut rectangle = |x: f64, width: f64| {
        let (y, height) = (down(top), down(bottom - top));
        let _ = write!(path, "M{x} {y}h{width}v{height}h-{width}z");
    };
    if (left, right) == (0, 8) {
        return rectangle(f64::from(x), f64::from(width));
    }
    for cell in 0..width / CELL_WIDTH {
        rectangle(f64::from(x + cell * CELL_WIDTH) + across(left), across(right - left));
    }
}

fn lines(x: u32, width: u32, arms: Arms, class: &str) -> String {
    let mut drawn = String::new();
    for (weight, breadth) in [(1, "1.3"), (2, "3")] {
        let path = strokes(x, width, arms.map(|arm| arm == weight));
        if !path.is_empty() {
            let colour = if class.is_empty() { " stroke=\"currentColor\"" } else { "" };
            let _ = write!(drawn, "<path{class}{colour} stroke-width=\"{breadth}\" d=\"{path}\"/>");
        }
    }
    drawn
}

/// The strokes that are wanted, up, right, down and left.
fn strokes(x: u32, width: u32, [up, right, down, left]: [bool; 4]) -> String {
    let (half_width, half_height) = (f64::from(CELL_WIDTH) / 2.0, CELL_HEIGHT / 2);
    let mut path = String::new();
    if left && right {
        let _ = write!(path, "M{x} {half_height}h{width}");
    }
    for cell in 0..width / CELL_WIDTH {
        let x = x + cell * CELL_WIDTH;
        let middle = f64::from(x) + half_width;
        if left && !right {
            let _ = write!(path, "M{x} {half_height}h{half_width}");
        }
        if right && !left {
            let _ = write!(path, "M{middle} {half_height}h{half_width}");
        }
        if up {
            let _ = write!(path, "M{middle} 0v{half_height}");
        }
        if down {
            let _ = write!(path, "M{middle} {half_height}v{half_height}");
        }
    }
    path
}

fn bows(x: u32, width: u32, [up, right, ..]: Arms, class: &str) -> String {
    let (half_width, half_height) = (f64::from(CELL_WIDTH) / 2.0, CELL_HEIGHT / 2);
    let mut path = String::new();
    for cell in 0..width / CELL_WIDTH {
        let x = x + cell * CELL_WIDTH;
        let middle = f64::from(x) + half_width;
        let from = if up > 0 { 0 } else { CELL_HEIGHT };
        let to = if right > 0 { x + CELL_WIDTH } else { x };
        let _ = write!(path, "M{middle} {from}Q{middle} {half_height} {to} {half_height}");
    }
    let colour = if class.is_empty() { " stroke=\"currentColor\"" } else { "" };
    format!("<path{class}{colour} stroke-width=\"1.3\" style=\"fill:none\" d=\"{path}\"/>")
}

fn block(letter: char) -> Option<Shape> {
    const LOWER: [&[Eighths]; 8] = [
        &[(0, 7, 8, 8)],
        &[(0, 6, 8, 8)],
        &[(0, 5, 8, 8)],
        &[(0, 4, 8, 8)],
        &[(0, 3, 8, 8)],
        &[(0, 2, 8, 8)],
        &[(0, 1, 8, 8)],
        &[(0, 0, 8, 8)],
    ];
    const LEFT: [&[Eighths]; 7] = [
        &[(0, 0, 7, 8)],
        &[(0, 0, 6, 8)],
        &[(0, 0, 5, 8)],
        &[(0, 0, 4, 8)],
        &[(0, 0, 3, 8)],
        &[(0, 0, 2, 8)],
        &[(0, 0, 1, 8)],
    ];
    const UPPER_LEFT: Eighths = (0, 0, 4, 4);
    const UPPER_RIGHT: Eighths = (4, 0, 8, 4);
    const LOWER_LEFT: Eighths = (0, 4, 4, 8);
    const LOWER_RIGHT: Eighths = (4, 4, 8, 8);
    Some(Shape::Block(match letter {
        '▀' => &[(0, 0, 8, 4)],
        '▁'..='█' => LOWER[place(letter, '▁')],
        '▉'..='▏' => LEFT[place(letter, '▉')],
        '▐' => &[(4, 0, 8, 8)],
        '░' => return Some(Shape::Shade(25)),
        '▒' => return Some(Shape::Shade(50)),
        '▓' => return Some(Shape::Shade(75)),
        '▔' => &[(0, 0, 8, 1)],
        '▕' => &[(7, 0, 8, 8)],
        '▖' => &[LOWER_LEFT],
        '▗' => &[LOWER_RIGHT],
        '▘' => &[UPPER_LEFT],
        '▙' => &[UPPER_LEFT, (0, 4, 8, 8)],
        '▚' => &[UPPER_LEFT, LOWER_RIGHT],
        '▛' => &[(0, 0, 8, 4), LOWER_LEFT],
        '▜' => &[(0, 0, 8, 4), LOWER_RIGHT],
        '▝' => &[UPPER_RIGHT],
        '▞' => &[UPPER_RIGHT, LOWER_LEFT],
        '▟' => &[UPPER_RIGHT, (0, 4, 8, 8)],
        _ => return None,
    }))
}

/// How far a character stands behind another.
fn place(letter: char, first: char) -> usize {
    (letter as usize).saturating_sub(first as usize)
}

fn line(letter: char) -> Option<Shape> {
    Some(Shape::Line(match letter {
        '─' => [0, 1, 0, 1],
        '━' => [0, 2, 0, 2],
        '│' => [1, 0, 1, 0],
        '┃' => [2, 0, 2, 0],
        '┌' => [0, 1, 1, 0],
        '┏' => [0, 2, 2, 0],
        '┐' => [0, 0, 1, 1],
        '┓' => [0, 0, 2, 2],
        '└' => [1, 1, 0, 0],
        '┗' => [2, 2, 0, 0],
        '┘' => [1, 0, 0, 1],
        '┛' => [2, 0, 0, 2],
        '├' => [1, 1, 1, 0],
        '┣' => [2, 2, 2, 0],
        '┤' => [1, 0, 1, 1],
        '┫' => [2, 0, 2, 2],
        '┬' => [0, 1, 1, 1],
        '┳' => [0, 2, 2, 2],
        '┴' => [1, 1, 0, 1],
        '┻' => [2, 2, 0, 2],
        '┼' => [1, 1, 1, 1],
        '╋' => [2, 2, 2, 2],
        '╭' => return Some(Shape::Bow([0, 1, 1, 0])),
        '╮' => return Some(Shape::Bow([0, 0, 1, 1])),
        '╯' => return Some(Shape::Bow([1, 0, 0, 1])),
        '╰' => return Some(Shape::Bow([1, 1, 0, 0])),
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_row_of_blocks_is_one_rectangle() {
        let drawn = shape("█").unwrap().placed(9, 27, "");
        assert_eq!(drawn, "<path d=\"M9 0h27v18h-27z\"/>");
    }

    #[test]
    fn a_part_of_a_block_is_repeated_in_every_cell() {
        let drawn = shape("▌").unwrap().placed(0, 18, "s1");
        assert_eq!(drawn, "<path class=\"s1\" d=\"M0 0h4.5v18h-4.5zM9 0h4.5v18h-4.5z\"/>");
    }

    #[test]
    fn a_corner_has_two_strokes_that_reach_the_edges() {
        let drawn = shape("┏").unwrap().placed(0, 9, "s1");
        assert_eq!(drawn, "<path class=\"s1\" stroke-width=\"3\" d=\"M4.5 9h4.5M4.5 9v9\"/>");
    }

    #[test]
    fn letters_are_left_to_the_font() {
        assert_eq!(shape("x"), None);
        assert_eq!(shape(""), None);
        assert_eq!(shape("█\u{301}"), None);
    }
}

//! What is to be read from afar, in every language: verdicts, numbers, signs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::fault::Verdict;
use crate::tui::theme::Meaning;

/// Rows and columns of a letter, in dots.
const SIDE: u16 = 5;

/// How many columns and rows a dot may have, the largest first. A cell is about twice as high as it is wide.
const DOTS: [(u16, u16); 4] = [(6, 3), (4, 2), (2, 1), (1, 1)];

/// A letter as rows of dots.
type Letter = [&'static str; SIDE as usize];

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Big {
    /// How a run ended.
    Verdict(Verdict),
    /// How far a step is.
    Percent(u32),
    /// The step, of so many.
    Step(usize, usize),
    /// What is left of a short time.
    Seconds(u64),
    /// An arrow: put something in.
    PutIn,
    /// An arrow: take it out.
    TakeOut,
    /// An exclamation mark: something is wrong.
    Wrong,
    /// A question mark: nothing is heard.
    Unheard,
}

impl Big {
    /// Draws it in the middle of the area's first rows, as large as it can be where so many rows are to stay free
    /// below it. Gives how many rows it took, with the blank ones around it; none, where there is no room.
    pub(super) fn draw(self, area: Rect, free: u16, meaning: Meaning, buffer: &mut Buffer) -> u16 {
        let letters = self.letters();
        let count = u16::try_from(letters.len()).unwrap_or(u16::MAX);
        let columns = count.saturating_mul(SIDE + 1).saturating_sub(1);
        let room = area.height.saturating_sub(free);
        let fits = |(width, height): &(u16, u16)| {
            columns.saturating_mul(*width) <= area.width && SIDE * *height <= room
        };
        let Some((width, height)) = DOTS.into_iter().find(fits) else { return 0 };
        let rows = SIDE * height;
        let blank = (room - rows).min(2);
        let left = area.x + (area.width - columns * width) / 2;
        let top = area.y + blank.min(1);
        paint::fill(Rect { x: left, y: top, width: columns * width, height: rows }, meaning, buffer);
        for (letter, x) in letters.iter().zip((left..).step_by(usize::from((SIDE + 1) * width))) {
            for (row, y) in letter.iter().zip((top..).step_by(height.into())) {
                for (_, x) in row.bytes().zip((x..).step_by(width.into())).filter(|(dot, _)| *dot == b'#') {
                    for at in (Rect { x, y, width, height }).positions() {
                        if let Some(cell) = buffer.cell_mut(at) {
                            cell.set_char('█');
                        }
                    }
                }
            }
        }
        rows + blank
    }

    fn letters(self) -> Vec<Letter> {
        match self {
            Self::Verdict(Verdict::Pass) => vec![P, A, S, S],
            Self::Verdict(Verdict::Fail) => vec![F, A, I, L],
            Self::Verdict(Verdict::Error) => vec![E, R, R, O, R],
            Self::Percent(percent) => [digits(percent.into()), vec![PERCENT]].concat(),
            Self::Step(step, steps) => [digits(wide(step)), vec![SLASH], digits(wide(steps))].concat(),
            Self::Seconds(seconds) => digits(seconds),
            Self::PutIn => vec![DOWN],
            Self::TakeOut => vec![UP],
            Self::Wrong => vec![EXCLAMATION],
            Self::Unheard => vec![QUESTION],
        }
    }
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn digits(number: u64) -> Vec<Letter> {
    let digit = |digit: u32| DIGITS.get(usize::try_from(digit).ok()?).copied();
    number.to_string().chars().filter_map(|letter| digit(letter.to_digit(10)?)).collect()
}

const A: Letter = [" ### ", "#   #", "#####", "#   #", "#   #"];
const E: Letter = ["#####", "#    ", "#### ", "#    ", "#####"];
const F: Letter = ["#####", "#    ", "#### ", "#    ", "#    "];
const I: Letter = ["#####", "  #  ", "  #  ", "  #  ", "#####"];
const L: Letter = ["#    ", "#    ", "#    ", "#    ", "#####"];
const O: Letter = [" ### ", "#   #", "#   #", "#   #", " ### "];
const P: Letter = ["#### ", "#   #", "#### ", "#    ", "#    "];
const R: Letter = ["#### ", "#   #", "#### ", "#  # ", "#   #"];
const S: Letter = [" ####", "#    ", " ### ", "    #", "#### "];

const DIGITS: [Letter; 10] = [
    O,
    ["  #  ", " ##  ", "  #  ", "  #  ", " ### "],
    ["#### ", "    #", " ### ", "#    ", "#####"],
    ["#### ", "    #", " ### ", "    #", "#### "],
    ["#  # ", "#  # ", "#####", "   # ", "   # "],
    ["#####", "#    ", "#### ", "    #", "#### "],
    [" ### ", "#    ", "#### ", "#   #", " ### "],
    ["#####", "    #", "   # ", "  #  ", "  #  "],
    [" ### ", "#   #", " ### ", "#   #", " ### "],
    [" ### ", "#   #", " ####", "    #", " ### "],
];

const PERCENT: Letter = ["#   #", "   # ", "  #  ", " #   ", "#   #"];
const SLASH: Letter = ["    #", "   # ", "  #  ", " #   ", "#    "];
const DOWN: Letter = ["  #  ", "  #  ", "# # #", " ### ", "  #  "];
const UP: Letter = ["  #  ", " ### ", "# # #", "  #  ", "  #  "];
const EXCLAMATION: Letter = ["  #  ", "  #  ", "  #  ", "     ", "  #  "];
const QUESTION: Letter = ["#### ", "    #", "  ## ", "     ", "  #  "];

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(big: Big, width: u16, height: u16, free: u16) -> (u16, Vec<String>) {
        let area = Rect { x: 0, y: 0, width, height };
        let mut buffer = Buffer::empty(area);
        let rows = big.draw(area, free, Meaning::Plain, &mut buffer);
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
        (rows, (0..height).map(|y| row(y).trim_end().replace('█', "#")).collect())
    }

    #[test]
    fn it_is_as_large_as_there_is_room() {
        let rows = |width, height, free| drawn(Big::Verdict(Verdict::Pass), width, height, free).0;
        assert_eq!(rows(22, 50, 0), 0, "too narrow");
        assert_eq!(rows(23, 7, 2), 5);
        assert_eq!(rows(23, 7, 3), 0, "too flat");
        assert_eq!(rows(46, 12, 3), 7, "blank around it");
        assert_eq!(rows(92, 12, 2), 10);
        assert_eq!(rows(138, 40, 2), 17);
    }

    #[test]
    fn numbers_are_drawn_digit_by_digit() {
        let (rows, shown) = drawn(Big::Percent(47), 17, 5, 0);
        assert_eq!(rows, 5);
        let wanted = [
            "#  #  ##### #   #",
            "#  #      #    #",
            "#####    #    #",
            "   #    #    #",
            "   #    #   #   #",
        ];
        assert_eq!(shown, wanted);
    }
}

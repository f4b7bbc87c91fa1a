//! PASS, FAIL and ERROR to be read from afar.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::fault::Verdict;
use crate::tui::theme::Meaning;

/// Rows of a letter.
pub(super) const HEIGHT: u16 = 5;
/// Columns of a letter, when its dots are one column wide.
const WIDTH: u16 = 5;

/// A letter as rows of dots.
type Letter = [&'static str; HEIGHT as usize];

const A: Letter = [" ### ", "#   #", "#####", "#   #", "#   #"];
const E: Letter = ["#####", "#    ", "#### ", "#    ", "#####"];
const F: Letter = ["#####", "#    ", "#### ", "#    ", "#    "];
const I: Letter = ["#####", "  #  ", "  #  ", "  #  ", "#####"];
const L: Letter = ["#    ", "#    ", "#    ", "#    ", "#####"];
const O: Letter = [" ### ", "#   #", "#   #", "#   #", " ### "];
const P: Letter = ["#### ", "#   #", "#### ", "#    ", "#    "];
const R: Letter = ["#### ", "#   #", "#### ", "#  # ", "#   #"];
const S: Letter = [" ####", "#    ", " ### ", "    #", "#### "];

const fn letters(verdict: Verdict) -> &'static [Letter] {
    match verdict {
        Verdict::Pass => &[P, A, S, S],
        Verdict::Fail => &[F, A, I, L],
        Verdict::Error => &[E, R, R, O, R],
    }
}

/// Draws the verdict in the middle of the area's first rows, as wide as there is room for. Says whether
/// there was room.
pub(super) fn draw(verdict: Verdict, area: Rect, meaning: Meaning, buffer: &mut Buffer) -> bool {
    let letters = letters(verdict);
    let count = u16::try_from(letters.len()).unwrap_or(u16::MAX);
    let columns = |dot: u16| (count * WIDTH + count - 1) * dot;
    let Some(dot) = [2, 1].into_iter().find(|dot| columns(*dot) <= area.width) else { return false };
    if area.height < HEIGHT {
        return false;
    }
    let margin = (area.width - columns(dot)) / 2;
    for (y, row) in (area.y..).zip(0..usize::from(HEIGHT)) {
        let dots = letters.iter().map(|letter| letter[row]).collect::<Vec<_>>().join(" ");
        let cells: String = dots
            .chars()
            .flat_map(|spot| std::iter::repeat_n(if spot == '#' { '█' } else { ' ' }, dot.into()))
            .collect();
        buffer.set_string(area.x + margin, y, cells, meaning.style());
    }
    true
}

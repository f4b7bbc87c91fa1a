//! The code of a label on a terminal: half blocks, of which each cell shows two squares, one above the other.
//!
//! Dark squares are in the colour of the text. A reader finds them where the text is dark and what is
//! behind it light.

use super::Label;

/// Light squares around the code, which are half of what paper has: the page around it is light too.
const BORDER: usize = 2;

/// The rows of cells, from top to bottom, all of the same number of columns.
pub fn render(label: &Label) -> Vec<String> {
    let squares = &label.layout().code.squares;
    let inner = usize::try_from(squares.width()).unwrap_or(0);
    let width = inner + 2 * BORDER;
    let mut dark = vec![vec![false; width]; width.next_multiple_of(2)];
    for (column, row) in squares.dark() {
        if let (Ok(column), Ok(row)) = (usize::try_from(column), usize::try_from(row)) {
            dark[row + BORDER][column + BORDER] = true;
        }
    }
    let cell = |(above, below): (&bool, &bool)| match (above, below) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    dark.chunks(2).map(|pair| pair[0].iter().zip(&pair[1]).map(cell).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Fields, Template};
    use wire::Uid;

    /// How many dots wide a reader sees a square.
    const DOTS: usize = 4;

    #[test]
    fn a_reader_reads_from_the_terminal_what_the_label_says() {
        let design = "stock = { width-mm = 40, height-mm = 15, dots-per-mm = 12 }";
        let template: Template = "https://claim.example/{uid}".parse().unwrap();
        let fields = Fields { uid: Uid::from_bytes([0xab; 16]), order: "A-1", product: "nrf51" };
        let label = Label::new(&fields, &template, &toml::from_str(design).unwrap()).unwrap();
        let rows: Vec<Vec<char>> = render(&label).iter().map(|row| row.chars().collect()).collect();
        assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        // What surrounds the page is as light as its border.
        let around = 2 * DOTS;
        let (width, height) = (rows[0].len() * DOTS + 2 * around, rows.len() * 2 * DOTS + 2 * around);
        let seen = |x: usize, y: usize| {
            let square = |at: usize| at.checked_sub(around).map(|at| at / DOTS);
            let (Some(column), Some(row)) = (square(x), square(y)) else { return 255 };
            let dark = match rows.get(row / 2).and_then(|cells| cells.get(column)) {
                Some('█') => true,
                Some('▀') => row.is_multiple_of(2),
                Some('▄') => !row.is_multiple_of(2),
                _ => false,
            };
            if dark { 0 } else { 255 }
        };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, seen);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        assert_eq!(grids[0].decode().unwrap().1, label.payload());
    }
}

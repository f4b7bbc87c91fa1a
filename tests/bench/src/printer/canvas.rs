//! A label as dots.

use std::{fs, io, path::Path};

const BLACK: u8 = 0;
const WHITE: u8 = 255;

/// The larger side a label may have: 300 mm at 12 dots. Larger ones are cut off, as by the printer's memory.
const LARGEST: usize = 3600;

/// Dots in rows, one byte each. What is drawn outside is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    dots: Vec<u8>,
}

impl Canvas {
    /// A white label.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.clamp(1, LARGEST), height.clamp(1, LARGEST));
        Self { width, height, dots: vec![WHITE; width * height] }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    pub(super) fn into_dots(self) -> Vec<u8> {
        self.dots
    }

    /// Fills a rectangle; corners may lie outside.
    pub(super) fn fill(&mut self, left: i64, top: i64, width: i64, height: i64, black: bool) {
        let clip = |at: i64, limit: usize| usize::try_from(at).map_or(0, |at| at.min(limit));
        let columns = clip(left, self.width)..clip(left + width, self.width);
        for row in clip(top, self.height)..clip(top + height, self.height) {
            let row = &mut self.dots[row * self.width..][..self.width];
            row[columns.clone()].fill(if black { BLACK } else { WHITE });
        }
    }

    /// Draws a pattern of black cells at `left`, `top`, each `cell` dots in size.
    pub(super) fn stamp(&mut self, left: i64, top: i64, cell: u32, columns: usize, cells: &[bool]) {
        let cell = i64::from(cell);
        for (row, cells) in (0..).zip(cells.chunks(columns.max(1))) {
            for (column, _) in (0..).zip(cells).filter(|(_, black)| **black) {
                self.fill(left + column * cell, top + row * cell, cell, cell, true);
            }
        }
    }
}

/// Writes dots as a grey PNG that knows its size in millimetres. The file appears whole.
pub(super) fn write_png(
    file: &Path,
    width: usize,
    height: usize,
    dots: &[u8],
    dots_per_mm: u32,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    let side = |dots: usize| u32::try_from(dots).map_err(io::Error::other);
    let mut encoder = png::Encoder::new(&mut bytes, side(width)?, side(height)?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let per_metre = dots_per_mm * 1000;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().map_err(io::Error::other)?;
    writer.write_image_data(dots).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)?;
    let begun = file.with_extension("part");
    fs::write(&begun, bytes)?;
    fs::rename(begun, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn black(canvas: &Canvas) -> usize {
        canvas.dots.iter().map(|&dot| usize::from(dot == BLACK)).sum()
    }

    #[test]
    fn what_lies_outside_is_lost() {
        let mut canvas = Canvas::new(10, 10);
        canvas.fill(-5, -5, 8, 8, true);
        assert_eq!(black(&canvas), 9);
        canvas.fill(8, 8, 100, 100, true);
        assert_eq!(black(&canvas), 13);
        canvas.fill(0, 0, 10, 10, false);
        assert_eq!(black(&canvas), 0);
    }

    #[test]
    fn cells_are_stamped_at_their_size() {
        let mut canvas = Canvas::new(10, 10);
        canvas.stamp(1, 1, 3, 2, &[true, false, false, true]);
        assert_eq!(black(&canvas), 18);
        assert_eq!(canvas.dots[10 + 1], BLACK);
        assert_eq!(canvas.dots[10 + 4], WHITE);
        assert_eq!(canvas.dots[40 + 4], BLACK);
    }

    #[test]
    fn a_png_reads_back_with_its_resolution() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("0001.png");
        let mut canvas = Canvas::new(3, 2);
        canvas.fill(0, 0, 1, 1, true);
        write_png(&file, 3, 2, &canvas.dots, 8).unwrap();
        let mut reader =
            png::Decoder::new(io::BufReader::new(fs::File::open(&file).unwrap())).read_info().unwrap();
        let mut dots = vec![0; 6];
        reader.next_frame(&mut dots).unwrap();
        assert_eq!(dots, canvas.into_dots());
        assert_eq!(reader.info().pixel_dims.unwrap().xppu, 8000);
    }
}

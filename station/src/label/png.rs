//! The label as a picture, one pixel for each of the printer's dots.

use std::convert::Infallible;

use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{DrawTarget, Drawable, OriginDimensions, Pixel, Point, Size};
use embedded_graphics::text::{Baseline, Text};
use png::{BitDepth, ColorType, Encoder, EncodingError, PixelDimensions, Unit};

use super::Label;
use super::layout::{Layout, PlacedLine};
use crate::fault::{Coded, FaultCode};

/// The label as a PNG file: black and white, with its resolution.
///
/// # Errors
/// When the encoder refuses the picture, which takes a mistake in this program.
pub fn render(label: &Label) -> Result<Vec<u8>, PictureError> {
    let layout = label.layout();
    let mut picture = Picture::blank(layout.width, layout.height);
    draw_code(&mut picture, layout);
    for line in &layout.lines {
        draw_line(&mut picture, layout, line);
    }
    picture.encode(layout.dots_per_mm * 1_000).map_err(PictureError)
}

/// The picture of a label cannot be encoded.
#[derive(Debug, thiserror::Error)]
#[error("cannot encode the picture of a label")]
pub struct PictureError(#[source] EncodingError);

impl Coded for PictureError {
    fn code(&self) -> FaultCode {
        FaultCode::Bug
    }
}

fn draw_code(picture: &mut Picture, layout: &Layout) {
    let code = &layout.code;
    for (column, row) in code.squares.dark() {
        picture.darken(code.x + column * code.square, code.y + row * code.square, code.square);
    }
}

fn draw_line(picture: &mut Picture, layout: &Layout, line: &PlacedLine) {
    let (font, scale) = layout.typeface.font();
    let style = MonoTextStyle::new(font, BinaryColor::On);
    let mut ink = Ink { picture, x: line.x, y: line.y, scale };
    let Ok(_) = Text::with_baseline(&line.text, Point::zero(), style, Baseline::Top).draw(&mut ink);
}

/// Black dots on white.
struct Picture {
    width: u32,
    height: u32,
    /// Row by row, each filled up to whole bytes, a set bit for a white dot: as PNG has it.
    rows: Vec<u8>,
}

impl Picture {
    fn blank(width: u32, height: u32) -> Self {
        Self { width, height, rows: vec![0xff; width.div_ceil(8) as usize * height as usize] }
    }

    /// Blackens a square with this upper left corner. What lies off the picture is left out.
    fn darken(&mut self, x: u32, y: u32, side: u32) {
        let stride = self.width.div_ceil(8) as usize;
        for row in y..(y + side).min(self.height) {
            for column in x..(x + side).min(self.width) {
                self.rows[row as usize * stride + column as usize / 8] &= !(0x80 >> (column % 8));
            }
        }
    }

    fn encode(&self, dots_per_metre: u32) -> Result<Vec<u8>, EncodingError> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        encoder.set_pixel_dims(Some(PixelDimensions {
            xppu: dots_per_metre,
            yppu: dots_per_metre,
            unit: Unit::Meter,
        }));
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.rows)?;
        writer.finish()?;
        Ok(file)
    }
}

/// Draws at a place of the picture, enlarged.
struct Ink<'a> {
    picture: &'a mut Picture,
    x: u32,
    y: u32,
    scale: u32,
}

impl OriginDimensions for Ink<'_> {
    fn size(&self) -> Size {
        Size::new(
            self.picture.width.saturating_sub(self.x) / self.scale,
            self.picture.height.saturating_sub(self.y) / self.scale,
        )
    }
}

impl DrawTarget for Ink<'_> {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(&mut self, pixels: I) -> Result<(), Infallible> {
        for Pixel(point, color) in pixels {
            if let (BinaryColor::On, Ok(x), Ok(y)) = (color, u32::try_from(point.x), u32::try_from(point.y)) {
                self.picture.darken(self.x + x * self.scale, self.y + y * self.scale, self.scale);
            }
        }
        Ok(())
    }
}

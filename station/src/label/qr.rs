//! The QR code of a payload, as squares.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use super::LabelError;
use super::design::ErrorCorrection;

/// The light border that a reader needs around the code, in squares (ISO/IEC 18004 section 5.3.8).
pub(super) const QUIET_ZONE: u32 = 4;

/// A code, without its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Squares {
    width: u32,
    dark: Vec<bool>,
}

impl Squares {
    /// Encodes `payload` as bytes, in the smallest version that holds it so.
    ///
    /// A printer that encodes for itself may mix in denser modes, and its code is then smaller than
    /// this one; it is never larger.
    pub(super) fn encode(payload: &str, correction: ErrorCorrection) -> Result<Self, LabelError> {
        let level = match correction {
            ErrorCorrection::Low => EcLevel::L,
            ErrorCorrection::Medium => EcLevel::M,
            ErrorCorrection::Quartile => EcLevel::Q,
            ErrorCorrection::High => EcLevel::H,
        };
        let code = (1..=40)
            .find_map(|version| {
                let mut bits = Bits::new(Version::Normal(version));
                bits.push_byte_data(payload.as_bytes()).ok()?;
                bits.push_terminator(level).ok()?;
                QrCode::with_bits(bits, level).ok()
            })
            .ok_or(LabelError::PayloadTooLong { bytes: payload.len() })?;
        let width = code.width();
        let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Self { width: u32::try_from(width).unwrap_or(u32::MAX), dark })
    }

    /// The width, and the height, in squares.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The dark squares, each by its column and row, counted from 0.
    pub fn dark(&self) -> impl Iterator<Item = (u32, u32)> {
        let positions = (0..self.width).flat_map(|row| (0..self.width).map(move |column| (column, row)));
        positions.zip(&self.dark).filter(|(_, dark)| **dark).map(|(position, _)| position)
    }
}

//! The product's label: `[label]` of `product.toml`.
//!
//! ```toml
//! [label]
//! captions = ["{product}"]                # lines above the human-readable code
//! [label.stock]
//! width-mm = 40
//! height-mm = 15
//! margin-mm = 1                           # kept free of print on all sides
//! dots-per-mm = 12                        # 6, 8, 12 or 24: the printer's resolution
//! [label.qr]
//! error-correction = "medium"             # low, medium, quartile or high
//! square-mm = [0.25, 0.5]                 # smallest and largest side of one square
//! [label.text]
//! height-mm = [1.2, 2.5]                  # smallest and largest height of a line
//! ```

use serde::{Deserialize, Serialize};

use super::template::Caption;

/// How the labels of a product look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Design {
    /// Lines of text above the human-readable code.
    #[serde(default)]
    pub captions: Vec<Caption>,
    /// What is printed on.
    pub stock: Stock,
    /// The QR code.
    #[serde(default)]
    pub qr: Qr,
    /// The text.
    #[serde(default)]
    pub text: Text,
}

/// The label before it is printed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stock {
    /// From left to right, as it leaves the printer.
    pub width_mm: Millimetres,
    /// From top to bottom.
    pub height_mm: Millimetres,
    /// Kept free of print on all sides.
    #[serde(default = "default_margin")]
    pub margin_mm: Millimetres,
    /// The printer's resolution.
    pub dots_per_mm: Density,
}

/// The QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Qr {
    /// How much of the code may be damaged.
    pub error_correction: ErrorCorrection,
    /// The side of one square (a *module* in ISO/IEC 18004).
    pub square_mm: Limits,
}

/// The text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Text {
    /// The height of a line, from the top of its highest to the bottom of its lowest character.
    pub height_mm: Limits,
}

impl Default for Qr {
    fn default() -> Self {
        Self {
            error_correction: ErrorCorrection::Medium,
            square_mm: Limits {
                smallest: Millimetres { micrometres: 250 },
                largest: Millimetres { micrometres: 500 },
            },
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self {
            height_mm: Limits {
                smallest: Millimetres { micrometres: 1_200 },
                largest: Millimetres { micrometres: 2_500 },
            },
        }
    }
}

fn default_margin() -> Millimetres {
    Millimetres { micrometres: 1_000 }
}

/// The share of a QR code's data that may be unreadable (ISO/IEC 18004).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCorrection {
    /// 7 %.
    Low,
    /// 15 %.
    Medium,
    /// 25 %.
    Quartile,
    /// 30 %.
    High,
}

/// The resolutions that label printers come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum Density {
    /// 6 dots a millimetre (152 dpi).
    Six,
    /// 8 dots a millimetre (203 dpi).
    Eight,
    /// 12 dots a millimetre (300 dpi).
    Twelve,
    /// 24 dots a millimetre (600 dpi).
    TwentyFour,
}

impl Density {
    /// Dots in one millimetre.
    pub fn dots_per_mm(self) -> u32 {
        match self {
            Self::Six => 6,
            Self::Eight => 8,
            Self::Twelve => 12,
            Self::TwentyFour => 24,
        }
    }
}

/// A length, kept in micrometres so that all arithmetic is whole. At most one metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Millimetres {
    micrometres: u32,
}

impl Millimetres {
    /// The whole dots that fit into this length.
    pub fn dots_within(self, density: Density) -> u32 {
        self.micrometres * density.dots_per_mm() / 1_000
    }

    /// The least dots that are at least this long.
    pub fn dots_covering(self, density: Density) -> u32 {
        (self.micrometres * density.dots_per_mm()).div_ceil(1_000)
    }
}

/// A smallest and a largest length, both allowed: `[0.25, 0.5]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[Millimetres; 2]", into = "[Millimetres; 2]")]
pub struct Limits {
    smallest: Millimetres,
    largest: Millimetres,
}

impl Limits {
    /// The lower limit.
    pub fn smallest(self) -> Millimetres {
        self.smallest
    }

    /// The upper limit, not below the lower one.
    pub fn largest(self) -> Millimetres {
        self.largest
    }
}

/// Why a number cannot stand in a design.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// A resolution that no label printer has.
    #[error("{dots} dots per millimetre are none of 6, 8, 12 and 24")]
    Density {
        /// The number.
        dots: u32,
    },
    /// A length that no label has.
    #[error("{millimetres} mm are not between 0 and 1000")]
    Length {
        /// The number.
        millimetres: f64,
    },
    /// The smallest above the largest.
    #[error("the smallest, {} mm, is larger than the largest, {} mm", f64::from(*smallest), f64::from(*largest))]
    Limits {
        /// What was given as the lower limit.
        smallest: Millimetres,
        /// What was given as the upper limit.
        largest: Millimetres,
    },
}

impl TryFrom<f64> for Millimetres {
    type Error = DesignError;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked in the line before"
    )]
    fn try_from(millimetres: f64) -> Result<Self, DesignError> {
        if (0.0..=1_000.0).contains(&millimetres) {
            Ok(Self { micrometres: (millimetres * 1_000.0).round() as u32 })
        } else {
            Err(DesignError::Length { millimetres })
        }
    }
}

impl From<Millimetres> for f64 {
    fn from(length: Millimetres) -> Self {
        Self::from(length.micrometres) / 1_000.0
    }
}

impl TryFrom<u32> for Density {
    type Error = DesignError;

    fn try_from(dots: u32) -> Result<Self, DesignError> {
        [Self::Six, Self::Eight, Self::Twelve, Self::TwentyFour]
            .into_iter()
            .find(|density| density.dots_per_mm() == dots)
            .ok_or(DesignError::Density { dots })
    }
}

impl From<Density> for u32 {
    fn from(density: Density) -> Self {
        density.dots_per_mm()
    }
}

impl TryFrom<[Millimetres; 2]> for Limits {
    type Error = DesignError;

    fn try_from([smallest, largest]: [Millimetres; 2]) -> Result<Self, DesignError> {
        if smallest <= largest {
            Ok(Self { smallest, largest })
        } else {
            Err(DesignError::Limits { smallest, largest })
        }
    }
}

impl From<Limits> for [Millimetres; 2] {
    fn from(limits: Limits) -> Self {
        [limits.smallest, limits.largest]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        captions = ["{product}"]
        [stock]
        width-mm = 40
        height-mm = 15.5
        margin-mm = 0.8
        dots-per-mm = 12
        [qr]
        error-correction = "quartile"
        square-mm = [0.3, 0.6]
        [text]
        height-mm = [1, 2]
    "#;

    const SHORT: &str = "[stock]\nwidth-mm = 40\nheight-mm = 15\ndots-per-mm = 8\n";

    #[test]
    fn a_design_is_read() {
        let design: Design = toml::from_str(WHOLE).unwrap();
        assert_eq!(design.stock.height_mm.dots_within(design.stock.dots_per_mm), 186);
        assert_eq!(design.stock.margin_mm.dots_covering(design.stock.dots_per_mm), 10);
        assert_eq!(design.qr.error_correction, ErrorCorrection::Quartile);
        assert_eq!(design.captions[0].to_string(), "{product}");
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let design: Design = toml::from_str(SHORT).unwrap();
        assert_eq!(design.qr, Qr::default());
        assert_eq!(design.text, Text::default());
        assert!(design.captions.is_empty());
    }

    #[test]
    fn a_design_survives_json() {
        for text in [WHOLE, SHORT] {
            let design: Design = toml::from_str(text).unwrap();
            let json = serde_json::to_string(&design).unwrap();
            assert_eq!(serde_json::from_str::<Design>(&json).unwrap(), design);
        }
    }

    #[test]
    fn wrong_designs_are_refused() {
        let change = |from: &str, to: &str| {
            assert!(WHOLE.contains(from));
            toml::from_str::<Design>(&WHOLE.replace(from, to)).unwrap_err().to_string()
        };
        assert!(change("width-mm = 40", "width-mm = -1").contains("-1 mm"));
        assert!(change("width-mm = 40", "width-mm = nan").contains("NaN mm"));
        assert!(change("width-mm = 40", "width-mm = 1000.1").contains("1000.1 mm"));
        assert!(change("dots-per-mm = 12", "dots-per-mm = 11").contains("11 dots"));
        assert!(change("[0.3, 0.6]", "[0.6, 0.3]").contains("0.6 mm, is larger"));
        assert!(change("quartile", "best").contains("best"));
        assert!(change("{product}", "{serial}").contains("{serial}"));
        assert!(change("[text]", "[txt]").contains("txt"));
    }
}

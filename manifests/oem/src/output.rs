//! Lines for people.

use std::error::Error;

use batch::{Flavour, Header};

/// A text without control characters: what a hostile file says must not steer the terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// What a header says, one fact a line.
pub(crate) fn summary(header: &Header) -> Vec<String> {
    let flavour = match header.flavour {
        Flavour::LateBinding => "late binding: digests in place of UIDs and certificates",
        Flavour::PreRegistration => "pre-registration: with UIDs and certificates",
    };
    let counts = header.counts;
    [
        ("order", format!("{}, {}, for {}", header.order, header.product, header.customer)),
        ("batch", format!("number {}, closed {} at {}", header.sequence, header.created, header.station)),
        ("modules", format!("{} passed, {} void", counts.passed, counts.void)),
        ("flavour", flavour.to_owned()),
        ("issued by", header.issuer.subject.clone()),
        ("signed by", header.signer.subject.clone()),
    ]
    .map(|(name, value)| plain(&format!("  {name:<10} {value}")))
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_terminal_sequence_is_taken_apart() {
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{9b}d"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
        assert_eq!(plain("Müller & Söhne"), "Müller & Söhne");
    }
}

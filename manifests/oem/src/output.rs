//! Lines for people.

use std::error::Error;

use batch::{Fate, Flavour, Header, Note, NoteEvent, Record};

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
    [
        ("order", format!("{}, {}, for {}", header.order, header.product, header.customer)),
        ("batch", format!("number {}, closed {} at {}", header.sequence, header.created, header.station)),
        ("modules", header.counts.to_string()),
        ("flavour", flavour.to_owned()),
        ("issued by", header.issuers().map(|it| it.subject.clone()).collect::<Vec<_>>().join(" and ")),
        ("signed by", header.signer.subject.clone()),
    ]
    .map(|(name, value)| plain(&format!("  {name:<10} {value}")))
    .to_vec()
}

/// What an entry says of its module, and what was done to it by hand, one fact a line.
pub(crate) fn entry(record: &Record) -> Vec<String> {
    let fate = match &record.fate {
        Fate::Passed(facts) => {
            format!("passed     firmware {}, sealed {}", facts.firmware.version, facts.sealed_at)
        }
        Fate::Void { reason, .. } => format!("void       {reason}"),
        Fate::Withdrawn { reason, .. } => format!("withdrawn  {reason}"),
    };
    let entry = format!("  {}  {fate}", record.id);
    std::iter::once(entry).chain(record.notes.iter().map(note)).map(|line| plain(&line)).collect()
}

/// A note, below the entry it belongs to.
fn note(Note { at, event, reason }: &Note) -> String {
    let done = match event {
        NoteEvent::Reprint => "label printed again",
        NoteEvent::Return => "came back",
        NoteEvent::Rework => "taken back to the line",
        NoteEvent::Scrap => "thrown away",
        NoteEvent::Void => "declared void",
    };
    format!("    {at}  {done}: {reason}")
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

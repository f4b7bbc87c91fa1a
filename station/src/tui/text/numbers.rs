//! Numbers and times as a language writes them.

use std::time::Duration;

use super::{Language, fill};

/// A whole number, its thousands set apart.
pub(in crate::tui) fn number(language: Language, number: u64) -> String {
    let separator = match language {
        Language::English | Language::Chinese => ",",
        // RAE and ISO 80000-1: a space, and none in four digits.
        Language::Spanish if number < 10_000 => "",
        Language::Spanish => "\u{a0}",
        Language::Vietnamese => ".",
    };
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

/// Percent.
pub(in crate::tui) fn percent(language: Language, percent: u32) -> String {
    match language {
        Language::English | Language::Chinese | Language::Vietnamese => format!("{percent}%"),
        Language::Spanish => format!("{percent}\u{a0}%"),
    }
}

/// How long something takes, in the largest units that say enough.
pub(in crate::tui) fn duration(language: Language, time: Duration) -> String {
    let text = language.sentences();
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let (sentence, large, small) = match (days, hours, minutes) {
        (0, 0, 0) => (text.time_seconds, seconds, 0),
        (0, 0, _) => (text.time_minutes, minutes, 0),
        (0, 1..10, _) => (text.time_hours_minutes, hours, minutes % 60),
        (0, _, _) => (text.time_hours, hours, 0),
        (..) => (text.time_days, days, 0),
    };
    fill(sentence, &[("n", &number(language, large)), ("m", &small.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart_as_the_language_does_it() {
        let shown = Language::ALL.map(|language| number(language, 1_234_567));
        assert_eq!(shown, ["1,234,567", "1,234,567", "1\u{a0}234\u{a0}567", "1.234.567"]);
        assert_eq!(number(Language::Spanish, 1234), "1234");
        assert_eq!(number(Language::English, 999), "999");
    }

    #[test]
    fn times_are_as_coarse_as_they_are_long() {
        let shown = [9, 61, 3600 + 120, 36_000, 200_000]
            .map(|seconds| duration(Language::English, Duration::from_secs(seconds)));
        assert_eq!(shown, ["9 s", "1 min", "1 h 2 min", "10 h", "2 d"]);
    }
}

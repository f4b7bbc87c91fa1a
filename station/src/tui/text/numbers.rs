//! Numbers and times as a language writes them.

use std::time::Duration;

use time::OffsetDateTime;

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

/// A time of day, as the clock on the wall shows it: 24 hours, in all languages.
pub(in crate::tui) fn clock(local: OffsetDateTime) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// A day of the year.
pub(in crate::tui) fn day(language: Language, local: OffsetDateTime) -> String {
    const ENGLISH: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // RAE, Ortografía: months are not capitalised, and abbreviated to three letters.
    const SPANISH: [&str; 12] =
        ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];
    let (day, month) = (local.day(), u8::from(local.month()));
    let name = |names: [&'static str; 12]| names[usize::from(month - 1)];
    match language {
        Language::English => format!("{day} {}", name(ENGLISH)),
        Language::Chinese => format!("{month}月{day}日"),
        Language::Spanish => format!("{day}\u{a0}{}", name(SPANISH)),
        Language::Vietnamese => format!("{day}/{month}"),
    }
}

/// A time that is to come: the time of day, and the day too where it is another than that of `now`.
pub(in crate::tui) fn time_to_come(language: Language, local: OffsetDateTime, now: OffsetDateTime) -> String {
    let clock = clock(local);
    if local.date() == now.date() { clock } else { format!("{} {clock}", day(language, local)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn thousands_are_set_apart_as_the_language_does_it() {
        let shown = Language::ALL.map(|language| number(language, 1_234_567));
        assert_eq!(shown, ["1,234,567", "1,234,567", "1\u{a0}234\u{a0}567", "1.234.567"]);
        assert_eq!(number(Language::Spanish, 1234), "1234");
        assert_eq!(number(Language::English, 999), "999");
    }

    #[test]
    fn a_time_to_come_names_its_day_only_where_that_is_another() {
        let now = datetime!(2026-03-01 8:05 +7);
        let shown = |then| Language::ALL.map(|language| time_to_come(language, then, now));
        assert_eq!(shown(datetime!(2026-03-01 14:30 +7)), ["14:30"; 4]);
        let tomorrow = ["2 Mar 00:07", "3月2日 00:07", "2\u{a0}mar 00:07", "2/3 00:07"];
        assert_eq!(shown(datetime!(2026-03-02 0:07 +7)), tomorrow);
    }

    #[test]
    fn times_are_as_coarse_as_they_are_long() {
        let shown = [9, 61, 3600 + 120, 36_000, 200_000]
            .map(|seconds| duration(Language::English, Duration::from_secs(seconds)));
        assert_eq!(shown, ["9 s", "1 min", "1 h 2 min", "10 h", "2 d"]);
    }
}

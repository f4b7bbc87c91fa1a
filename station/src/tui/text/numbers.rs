//! Numbers and times as a language writes them.

use std::time::Duration;

use time::OffsetDateTime;

use super::{Language, fill};
use crate::clock::Zone;

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
        // A minute less than twelve hours is not eleven.
        (0, _, _) if minutes.is_multiple_of(60) => (text.time_hours, hours, 0),
        (0, _, _) => (text.time_hours_minutes, hours, minutes % 60),
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
    let (day, month) = (local.day(), u8::from(local.month()));
    match language {
        Language::English => format!("{day} {}", month_name(ENGLISH, local)),
        Language::Chinese => format!("{month}月{day}日"),
        Language::Spanish => format!("{day}\u{a0}{}", month_name(SPANISH, local)),
        Language::Vietnamese => format!("{day}/{month}"),
    }
}

/// Months, abbreviated.
type Months = [&'static str; 12];

const ENGLISH: Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
// RAE, Ortografía: months are not capitalised, and abbreviated to three letters.
const SPANISH: Months = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];

fn month_name(names: Months, local: OffsetDateTime) -> &'static str {
    names[usize::from(u8::from(local.month()) - 1)]
}

/// A day, with its year: in a list and in a sentence.
pub(in crate::tui) fn date(language: Language, zone: &Zone, time: OffsetDateTime) -> String {
    let local = zone.local(time);
    let (day, month, year) = (local.day(), u8::from(local.month()), local.year());
    match language {
        Language::English => format!("{day} {} {year}", month_name(ENGLISH, local)),
        // GB/T 7408.1: year, month, day.
        Language::Chinese => format!("{year}-{month:02}-{day:02}"),
        Language::Spanish => format!("{day}\u{a0}{}\u{a0}{year}", month_name(SPANISH, local)),
        Language::Vietnamese => format!("{day:02}/{month:02}/{year}"),
    }
}

/// How many columns [`moment`] takes at most, in any language.
pub(in crate::tui) const MOMENT: u16 = 17;

/// A point in time, to the minute: the day and what the clock on the wall of the hall shows.
pub(in crate::tui) fn moment(language: Language, zone: &Zone, time: OffsetDateTime) -> String {
    format!("{} {}", date(language, zone, time), clock(zone.local(time)))
}

/// How many columns [`second`] takes at most, in any language.
pub(in crate::tui) const SECOND: u16 = MOMENT + 3;

/// The same, to the second: for what follows upon something else within a minute.
pub(in crate::tui) fn second(language: Language, zone: &Zone, time: OffsetDateTime) -> String {
    format!("{}:{:02}", moment(language, zone, time), zone.local(time).second())
}

/// A time that is to come: the time of day, and the day too where it is another than that of `now`.
pub(in crate::tui) fn time_to_come(language: Language, local: OffsetDateTime, now: OffsetDateTime) -> String {
    let clock = clock(local);
    if local.date() == now.date() { clock } else { format!("{} {clock}", day(language, local)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::text::columns;
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
    fn a_point_in_time_is_that_of_the_hall_in_the_order_of_the_language() {
        let hanoi = Zone::named("Asia/Ho_Chi_Minh").expect("a zone");
        let time = datetime!(2026-03-08 20:05:09.7 UTC);
        let shown = Language::ALL.map(|language| moment(language, &hanoi, time));
        let order =
            ["9 Mar 2026 03:05", "2026-03-09 03:05", "9\u{a0}mar\u{a0}2026 03:05", "09/03/2026 03:05"];
        assert_eq!(shown, order);
        assert_eq!(second(Language::Chinese, &hanoi, time), "2026-03-09 03:05:09");
        let latest = datetime!(2026-12-28 22:00 UTC);
        for language in Language::ALL {
            assert!(columns(&moment(language, &hanoi, latest)) <= MOMENT.into(), "{}", language.code());
            assert!(columns(&second(language, &hanoi, latest)) <= SECOND.into(), "{}", language.code());
        }
    }

    #[test]
    fn a_certificate_that_never_ends_has_a_date_too() {
        let hanoi = Zone::named("Asia/Ho_Chi_Minh").expect("a zone");
        // RFC 5280, section 4.1.2.5.
        let never = datetime!(9999-12-31 23:59:59 UTC);
        assert_eq!(date(Language::English, &hanoi, never), "31 Dec 9999");
    }

    #[test]
    fn times_are_as_coarse_as_they_are_long() {
        let shown = [9, 61, 3600 + 120, 36_000, 43_199, 86_399, 86_400, 200_000]
            .map(|seconds| duration(Language::English, Duration::from_secs(seconds)));
        assert_eq!(shown, ["9 s", "1 min", "1 h 2 min", "10 h", "11 h 59 min", "23 h 59 min", "1 d", "2 d"]);
    }
}

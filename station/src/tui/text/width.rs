//! Cutting and breaking text by the columns it takes on a terminal, where a Chinese character takes two.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What a Chinese line must not begin with.
const CLOSING: &str = "，。：；、！？）】」";

/// How many columns a text takes.
pub(in crate::tui) fn columns(text: &str) -> usize {
    text.width()
}

/// The text, cut to so many columns; three dots in one column tell that it was.
pub(in crate::tui) fn fit(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub(1) else { return String::new() };
    let mut cut = head(text, room).to_owned();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// The text, cut or with blanks behind it, so that it takes exactly so many columns.
pub(in crate::tui) fn cell(text: &str, columns: usize) -> String {
    padded(fit(text, columns), columns)
}

/// The text with blanks behind it, so that it takes so many columns at least.
pub(in crate::tui) fn padded(mut text: String, least: usize) -> String {
    text.push_str(&" ".repeat(least.saturating_sub(columns(&text))));
    text
}

/// The text in lines of at most so many columns, broken between words, and between Chinese characters.
pub(in crate::tui) fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let fits = columns(&line) + columns(piece.trim_end()) <= most;
        if !fits && !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        let mut piece = piece;
        while columns(piece.trim_end()) > most {
            let (start, rest) = piece.split_at(head(piece, most).len());
            lines.push(start.to_owned());
            piece = rest;
        }
        line.push_str(piece);
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The beginning of the text that takes at most so many columns.
fn head(text: &str, most: usize) -> &str {
    let mut taken = 0;
    for (index, character) in text.char_indices() {
        taken += character.width().unwrap_or(0);
        if taken > most {
            return &text[..index];
        }
    }
    text
}

/// The text in pieces, between any two of which a line may end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut characters = rest.char_indices().peekable();
        let end = loop {
            let (_, character) = characters.next()?;
            let Some((next_at, next)) = characters.peek().copied() else { break rest.len() };
            let wide = |character: char| character.width() == Some(2);
            let between_wide = (wide(character) || wide(next)) && !CLOSING.contains(next) && next != ' ';
            if between_wide || (character == ' ' && next != ' ') {
                break next_at;
            }
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cut_is_seen_and_a_wide_character_is_never_halved() {
        assert_eq!(fit("Press the clamp", 15), "Press the clamp");
        assert_eq!(fit("Press the clamp", 7), "Press…");
        assert_eq!(fit("取出模块", 8), "取出模块");
        assert_eq!(fit("取出模块", 6), "取出…");
        assert_eq!(fit("取出模块", 1), "…");
        assert_eq!(fit("取出模块", 0), "");
    }

    #[test]
    fn a_cell_takes_its_columns_whatever_stands_in_it() {
        assert_eq!(cell("模块", 6), "模块  ");
        assert_eq!(cell("取出模块", 6), "取出… ");
        assert_eq!(cell("clamp", 5), "clamp");
        assert_eq!(padded("clamp".to_owned(), 3), "clamp");
    }

    #[test]
    fn lines_break_between_words_and_between_chinese_characters() {
        assert_eq!(wrap("Take the module out", 9), ["Take the", "module", "out"]);
        assert_eq!(wrap("取出模块，放入返修箱。", 10), ["取出模块，", "放入返修", "箱。"]);
        assert_eq!(wrap("incomprehensibilities", 8), ["incompre", "hensibil", "ities"]);
        assert_eq!(wrap("", 8), [""]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_no_word_is_lost(text in "[a-z 取出模块，。]{0,60}", most in 4usize..30) {
            let lines = wrap(&text, most);
            for line in &lines {
                prop_assert!(columns(line) <= most, "{line:?}");
            }
            let without_spaces = |text: &str| text.replace(' ', "");
            prop_assert_eq!(without_spaces(&lines.concat()), without_spaces(&text));
            prop_assert!(columns(&fit(&text, most)) <= most);
        }
    }
}

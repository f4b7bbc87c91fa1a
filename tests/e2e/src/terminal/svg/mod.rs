//! Frames as pictures: SVG (W3C SVG 1.1, and SMIL for what moves) without anything from outside.
//!
//! | module | what it holds |
//! |---|---|
//! | `paint` | what colour a cell is |
//! | `row` | a row of cells as shapes and text |
//! | `glyph` | characters that are drawn, since they have to meet their neighbours |
//!
//! Every character has its place in a grid whatever the font that is found, so columns stay columns.

mod glyph;
mod paint;
mod row;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::Frame;
use paint::Styles;

/// Width of a cell, in units of the picture: what a monospace font of [`FONT_SIZE`] advances by.
const CELL_WIDTH: u32 = 9;
/// Height of a cell.
const CELL_HEIGHT: u32 = 18;
const FONT_SIZE: u32 = 15;
/// Around the cells.
const MARGIN: u32 = 12;
/// Fonts by name, the last being whatever there is. Two before it have the wide characters.
const FONTS: &str = "'DejaVu Sans Mono','Noto Sans Mono',Menlo,Consolas,'Liberation Mono',\
                     'Noto Sans Mono CJK SC','WenQuanYi Zen Hei Mono',monospace";

/// A frame, and when it was first seen.
#[derive(Clone, Debug)]
pub struct Shot {
    /// Since the beginning of the film.
    pub at: Duration,
    /// What the screen showed.
    pub frame: Frame,
}

/// One frame as a picture; `title` is for those who cannot see it.
pub fn picture(frame: &Frame, title: &str) -> String {
    let mut styles = Styles::default();
    let mut body = String::new();
    for (number, cells) in (0..).zip(&frame.rows) {
        let drawn = row::draw(cells, &mut styles);
        if !drawn.is_empty() {
            let _ = writeln!(body, "<g transform=\"translate(0 {})\">{drawn}</g>", number * CELL_HEIGHT);
        }
    }
    document(frame, title, &styles, "", &body)
}

/// Frames as a film that starts again at its `end`. All have the size of the first. What cannot show films
/// shows the frame at `poster`.
///
/// A row is drawn once, however many frames have it.
pub fn film(shots: &[Shot], end: Duration, poster: Duration, title: &str) -> String {
    let Some(first) = shots.first() else { return String::new() };
    let mut styles = Styles::default();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut body = String::new();
    for number in 0..first.frame.rows.len() {
        // What this row shows, and from when to when.
        let mut shown: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
        for (place, shot) in shots.iter().enumerate() {
            let drawn = shot.frame.rows.get(number).map(|cells| row::draw(cells, &mut styles));
            let Some(drawn) = drawn.filter(|drawn| !drawn.is_empty()) else { continue };
            let next = known.len();
            let id = *known.entry(drawn).or_insert(next);
            let until = shots.get(place + 1).map_or(end, |next| next.at);
            let spans = shown.entry(id).or_default();
            match spans.last_mut() {
                Some(last) if last.until == shot.at => last.until = until,
                _ => spans.push(Span { from: shot.at, until }),
            }
        }
        let y = u32::try_from(number).unwrap_or(u32::MAX).saturating_mul(CELL_HEIGHT);
        for (id, spans) in shown {
            body.push_str(&appearing(id, y, &spans, end, poster));
        }
    }
    let mut rows = String::from("<defs>\n");
    for (drawn, id) in known {
        let _ = writeln!(rows, "<g id=\"r{id}\">{drawn}</g>");
    }
    rows.push_str("</defs>\n");
    document(&first.frame, title, &styles, &rows, &body)
}

/// When something is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: Duration,
    until: Duration,
}

/// A row that comes and goes.
fn appearing(id: usize, y: u32, spans: &[Span], end: Duration, poster: Duration) -> String {
    let always = |span: &Span| span.from.is_zero() && span.until >= end;
    if spans.iter().any(always) {
        return format!("<use href=\"#r{id}\" y=\"{y}\"/>\n");
    }
    let (mut values, mut times) = (Vec::new(), Vec::new());
    let mut turn = |visible: bool, at: Duration| {
        values.push(if visible { "visible" } else { "hidden" });
        // Finer than any eye, and short: there are thousands of them.
        let share = format!("{:.4}", at.as_secs_f64() / end.as_secs_f64());
        times.push(share.trim_end_matches('0').trim_end_matches('.').to_owned());
    };
    if spans.first().is_some_and(|span| !span.from.is_zero()) {
        turn(false, Duration::ZERO);
    }
    for span in spans {
        turn(true, span.from);
        if span.until < end {
            turn(false, span.until);
        }
    }
    let still = spans.iter().any(|span| (span.from..span.until).contains(&poster));
    format!(
        "<use href=\"#r{id}\" y=\"{y}\" visibility=\"{}\"><animate attributeName=\"visibility\" \
         calcMode=\"discrete\" values=\"{}\" keyTimes=\"{}\" dur=\"{:.2}s\" repeatCount=\"indefinite\"/></use>\n",
        if still { "visible" } else { "hidden" },
        values.join(";"),
        times.join(";"),
        end.as_secs_f64(),
    )
}

fn document(frame: &Frame, title: &str, styles: &Styles, definitions: &str, body: &str) -> String {
    let columns = frame.rows.first().map_or(0, Vec::len);
    let width = u32::try_from(columns).unwrap_or(0) * CELL_WIDTH + 2 * MARGIN;
    let height = u32::try_from(frame.rows.len()).unwrap_or(0) * CELL_HEIGHT + 2 * MARGIN;
    let title = row::escaped(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" xml:space=\"preserve\" role=\"img\">\n\
         <title>{title}</title>\n\
         <style>\n\
         text{{font:{FONT_SIZE}px {FONTS};white-space:pre}}\n\
         .w{{text-anchor:middle}}\n\
         {styles}\
         </style>\n\
         {definitions}\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{ground}\"/>\n\
         <g transform=\"translate({MARGIN} {MARGIN})\" fill=\"{ink}\" color=\"{ink}\" stroke-width=\"0\">\n\
         {body}\
         </g>\n\
         </svg>\n",
        ground = paint::GROUND,
        ink = paint::INK,
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Colour, Style};
    use super::*;

    fn frame(rows: &[&str]) -> Frame {
        let cells =
            |row: &&str| row.chars().map(|c| Cell { text: c.to_string(), ..Cell::default() }).collect();
        Frame { rows: rows.iter().map(cells).collect(), cursor: None }
    }

    fn shot(at: u64, rows: &[&str]) -> Shot {
        Shot { at: Duration::from_secs(at), frame: frame(rows) }
    }

    #[test]
    fn a_picture_has_the_size_of_its_cells_and_nothing_from_outside() {
        let svg = picture(&frame(&["<&\"", "abc"]), "a < b");
        assert!(svg.contains("width=\"51\" height=\"60\""), "{svg}");
        assert!(svg.contains("&lt;&amp;") && svg.contains("<title>a &lt; b</title>"), "{svg}");
        assert_eq!(svg.matches("http").count(), 1, "the name of the format alone: {svg}");
    }

    #[test]
    fn styles_are_told_once() {
        let mut frame = frame(&["ab", "cd"]);
        for row in &mut frame.rows {
            for cell in row {
                cell.style = Style { foreground: Colour::Rgb(1, 2, 3), bold: true, ..Style::default() };
            }
        }
        let svg = picture(&frame, "");
        assert_eq!(svg.matches("fill:#010203").count(), 1, "{svg}");
        assert_eq!(svg.matches("font-weight").count(), 1, "{svg}");
    }

    #[test]
    fn a_row_that_stays_is_not_animated_and_drawn_once() {
        let shots = [shot(0, &["same", "one"]), shot(1, &["same", "two"]), shot(3, &["same", "one"])];
        let svg = film(&shots, Duration::from_secs(4), Duration::from_secs(2), "");
        assert_eq!(svg.matches("<g id=").count(), 3, "{svg}");
        assert_eq!(svg.matches("<animate").count(), 2, "{svg}");
        assert!(svg.contains("values=\"visible;hidden;visible\" keyTimes=\"0;0.25;0.75\""), "{svg}");
        assert!(svg.contains("values=\"hidden;visible;hidden\" keyTimes=\"0;0.25;0.75\""), "{svg}");
    }

    #[test]
    fn without_animation_the_poster_is_seen() {
        let shots = [shot(0, &["one"]), shot(1, &["two"])];
        let svg = film(&shots, Duration::from_secs(2), Duration::from_secs(1), "");
        let seen: Vec<&str> = svg.lines().filter(|line| line.contains("visibility=\"visible\"")).collect();
        assert_eq!(seen.len(), 1, "{svg}");
        assert!(seen[0].contains("values=\"hidden;visible\""), "{svg}");
    }
}

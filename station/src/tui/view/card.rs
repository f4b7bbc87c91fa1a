//! One slot.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Widget as _};

use super::big::Big;
use super::grid::Size;
use super::paint;
use crate::engine::StepId;
use crate::fault::{Disposition, Verdict};
use crate::ledger::DeedKind;
use crate::tui::model::{Busy, Ended, Model, Slot, State, Want};
use crate::tui::text::faults::fault_text;
use crate::tui::text::{self, Language, Sentences, fill, fit};
use crate::tui::theme::Meaning;

/// What is said of a slot, the most important first.
struct Face {
    /// Tells the state apart without colour and without reading.
    shape: char,
    /// The state, in words.
    word: String,
    /// The same in a row: where a run has ended, what is to be done.
    brief: String,
    /// What belongs to it: how far it is, how long it takes.
    figure: String,
    /// What else there is to say.
    lines: Vec<String>,
    /// Which module it is. It can wait until there is room.
    uid: Option<String>,
    /// How far the work is, done and in all.
    bar: Option<(u64, u64)>,
    /// What is drawn large, where there is room.
    big: Option<Big>,
    meaning: Meaning,
}

/// Draws a slot, with as much of it as the place has room for.
pub(super) fn draw(model: &Model, slot: &Slot, selected: bool, area: Rect, buffer: &mut Buffer) {
    let face = Face::of(model, slot);
    match Size::of(area) {
        None => {}
        Some(Size::Row) => draw_row(slot, &face, selected, area, buffer),
        Some(size @ (Size::Card | Size::Big)) => draw_card(model, slot, &face, selected, size, area, buffer),
    }
}

/// `  3 ▶ Flash 1 of 11 … 45 %`.
fn draw_row(slot: &Slot, face: &Face, selected: bool, area: Rect, buffer: &mut Buffer) {
    let area = Rect { height: area.height.min(1), width: area.width.saturating_sub(1), ..area };
    draw_beside(&format!("{:>3}", slot.name), face, selected, area, buffer);
}

/// The row of a slot where there is no room for cards: `3 ✖ FAIL Rework bin`. Its name takes so many columns.
pub(super) fn draw_brief(model: &Model, slot: &Slot, name: u16, area: Rect, buffer: &mut Buffer) {
    let face = Face::of(model, slot);
    let chosen = model.chosen_slot().and_then(|index| model.slots.get(index));
    let selected = chosen.is_some_and(|other| other.name == slot.name);
    let name = fit(&format!("{:<1$}", slot.name, name.into()), name.into());
    draw_beside(&name, &face, selected, area, buffer);
}

/// What is to be done goes before how it came to it and how long it took.
fn draw_beside(name: &str, face: &Face, selected: bool, area: Rect, buffer: &mut Buffer) {
    let look = if selected { Meaning::Key } else { Meaning::Heading };
    let used = paint::left(area, &format!("{name} "), look, buffer);
    let rest = Rect { x: area.x + used, width: area.width - used, ..area };
    if face.is_filled() {
        paint::fill(rest, face.meaning, buffer);
    }
    let taken = paint::left(rest, &format!("{} {}", face.shape, face.brief), face.meaning, buffer);
    let room = rest.width.saturating_sub(taken + 1);
    paint::right(Rect { x: rest.right() - room, width: room, ..rest }, &face.figure, face.meaning, buffer);
}

fn draw_card(
    model: &Model,
    slot: &Slot,
    face: &Face,
    selected: bool,
    size: Size,
    area: Rect,
    buffer: &mut Buffer,
) {
    let text = model.language.sentences();
    // A frame of another kind tells that a hand is wanted, on a screen without colour too.
    let frame = if model.want(slot).is_some() { BorderType::Thick } else { BorderType::Plain };
    let block = Block::bordered().border_type(frame).border_style(face.frame().style());
    let inner = block.inner(area);
    block.render(area, buffer);
    let title = format!(" {} ", fill(text.slot, &[("slot", &slot.name)]));
    let title_at = paint::inset(Rect { height: 1, ..area }, 2);
    paint::left(title_at, &title, if selected { Meaning::Key } else { Meaning::Heading }, buffer);
    if face.is_filled() {
        paint::fill(inner, face.meaning, buffer);
    }
    let mut rest = paint::inset(inner, 1);
    if let Some(big) = face.big.filter(|_| size == Size::Big) {
        rest = paint::below(rest, big.draw(rest, face.rows(slot, rest.width), face.meaning, buffer));
    }
    let figure = paint::right(paint::row(rest, 0), &face.figure, face.meaning, buffer);
    let word = format!("{} {}", face.shape, face.word);
    let word_at =
        Rect { width: rest.width.saturating_sub(figure + u16::from(figure > 0)), ..paint::row(rest, 0) };
    paint::left(word_at, &word, face.meaning, buffer);
    rest = paint::below(rest, 1);
    if let Some((done, total)) = face.bar {
        paint::bar(paint::row(rest, 0), done, total, face.meaning, buffer);
        rest = paint::below(rest, 1);
    }
    let meaning = if face.is_filled() { face.meaning } else { Meaning::Plain };
    for line in &face.lines {
        for line in text::wrap(line, rest.width.into()) {
            paint::left(paint::row(rest, 0), &line, meaning, buffer);
            rest = paint::below(rest, 1);
        }
    }
    if let Some(uid) = &face.uid {
        // Its first digits are enough to find it.
        paint::left(paint::row(rest, 0), &fit(uid, rest.width.into()), meaning, buffer);
        rest = paint::below(rest, 1);
    }
    if let Some((verdict, when)) = slot.last {
        let ago = fill(text.ago, &[("time", &text::duration(model.language, model.now.since(when)))]);
        let last = fill(text.last, &[("verdict", word_of(verdict)), ("ago", &ago)]);
        let meaning = if face.is_filled() { face.meaning } else { Meaning::Dim };
        paint::left(paint::row(rest, rest.height.saturating_sub(1)), &last, meaning, buffer);
    }
}

impl Face {
    /// A shape and a word.
    fn plain(shape: char, word: &str, meaning: Meaning) -> Self {
        Self {
            shape,
            word: word.to_owned(),
            brief: word.to_owned(),
            figure: String::new(),
            lines: Vec::new(),
            uid: None,
            bar: None,
            big: None,
            meaning,
        }
    }

    fn of(model: &Model, slot: &Slot) -> Self {
        let (language, text) = (model.language, model.language.sentences());
        match &slot.state {
            State::Unheard => Self::plain('·', text.state_unheard, Meaning::Dim),
            State::Empty if model.want(slot).is_none() => Self::plain('○', text.state_idle, Meaning::Dim),
            State::Empty => {
                Self { big: Some(Big::PutIn), ..Self::plain('○', text.state_empty, Meaning::Hand) }
            }
            State::Trouble { code, .. } => {
                let told = fault_text(language, *code);
                let since = text::duration(language, model.now.since(slot.since));
                let word = format!("{} {}", text.state_trouble, code.entry().code);
                Self {
                    figure: since,
                    lines: std::iter::once(told.title)
                        .chain(told.remedy.iter().copied())
                        .map(str::to_owned)
                        .collect(),
                    big: Some(Big::Wrong),
                    ..Self::plain('▲', &word, Meaning::Warning)
                }
            }
            State::Busy(busy) => Self::of_busy(model, slot, busy),
            State::Ended(ended) => Self::of_ended(language, ended),
        }
    }

    fn of_busy(model: &Model, slot: &Slot, busy: &Busy) -> Self {
        let (language, text) = (model.language, model.language.sentences());
        let took = text::duration(language, model.now.since(slot.since));
        let number = busy.step.map_or(0, StepId::number);
        let word = busy.step.map_or_else(
            || text.state_starting.to_owned(),
            |step| {
                let (k, n) = (number.to_string(), StepId::ALL.len().to_string());
                fill(text.step_of, &[("step", step_name(step, text)), ("k", &k), ("n", &n)])
            },
        );
        if let Some(silent) = slot.silent(model.now, model.setting.scan_wait) {
            let silent = fill(text.light_silent, &[("time", &text::duration(language, silent))]);
            return Self {
                figure: format!("{number}/{}", StepId::ALL.len()),
                lines: vec![word, took],
                big: Some(Big::Unheard),
                ..Self::plain('?', &silent, Meaning::Warning)
            };
        }
        if slot.want() == Some(Want::Scan) {
            let left = model.setting.scan_wait.saturating_sub(model.now.since(busy.step_since));
            let wait = u64::try_from(model.setting.scan_wait.as_millis()).unwrap_or(u64::MAX);
            let rest = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
            let first = model.goes_before(slot);
            let word = first.map_or_else(
                || text.state_scan.to_owned(),
                |first| fill(text.state_scan_later, &[("slot", &first.name)]),
            );
            // Which one it is has to be seen at once: the label of another one is taken for a wrong one.
            let meaning = if first.is_some() { Meaning::Hand } else { Meaning::Hurry };
            return Self {
                figure: text::duration(language, left),
                bar: Some((rest, wait)),
                big: Some(Big::Seconds(left.as_secs())),
                ..Self::plain('◆', &word, meaning)
            };
        }
        let steps = (u64::try_from(number.saturating_sub(1)).unwrap_or(0), StepId::ALL.len() as u64);
        let percent = busy.progress.and_then(|(done, total)| {
            u32::try_from(done.min(total).saturating_mul(100).checked_div(total)?).ok()
        });
        Self {
            figure: percent.map_or_else(|| took.clone(), |percent| text::percent(language, percent)),
            lines: if percent.is_some() { vec![took] } else { Vec::new() },
            bar: Some(busy.progress.unwrap_or(steps)),
            big: percent
                .map(Big::Percent)
                .or_else(|| Some(Big::Step(busy.step?.number(), StepId::ALL.len()))),
            ..Self::plain('▶', &word, Meaning::Busy)
        }
    }

    fn of_ended(language: Language, ended: &Ended) -> Self {
        let text = language.sentences();
        if let Some(deed) = ended.undone {
            return Self::of_undone(language, ended, deed);
        }
        if ended.disposition() == Some(Disposition::Finished) {
            return Self::of_finished(language, ended);
        }
        let (shape, own, meaning) = match ended.verdict() {
            Verdict::Pass => ('✔', text.pass_word, Meaning::Pass),
            Verdict::Fail => ('✖', text.fail_word, Meaning::Fail),
            Verdict::Error => ('▲', text.error_word, Meaning::Error),
        };
        let mut lines = Vec::new();
        let took = text::duration(language, std::time::Duration::from_millis(ended.elapsed_ms));
        // What the hand has to do comes before what the head may want to know.
        let to_do = what_to_do(ended.disposition(), text);
        let mend = ended.code().map(|code| (code.entry().disposition, fault_text(language, code).remedy));
        lines.push(match mend {
            // Trying again is of no use before this is done.
            Some((Disposition::Retry | Disposition::StopStation, [first, ..])) => format!("→ {first}"),
            _ => format!("→ {to_do}"),
        });
        lines.extend(ended.code().map(|code| fault_text(language, code).title.to_owned()));
        let figure = ended.code().map_or(took, |code| code.entry().code.to_owned());
        let verdict = word_of(ended.verdict());
        Self {
            brief: format!("{verdict} {to_do}"),
            figure,
            lines,
            uid: ended.uid.clone(),
            big: Some(Big::Verdict(ended.verdict())),
            ..Self::plain(shape, &format!("{verdict} {own}"), meaning)
        }
    }

    /// The module in the slot is no longer what the run has made of it.
    fn of_undone(language: Language, ended: &Ended, deed: DeedKind) -> Self {
        let text = language.unit();
        let (shape, word, advice) = match deed {
            DeedKind::Void => ('✖', text.standing_void, text.advice_void),
            DeedKind::Scrap => ('✖', text.standing_scrapped, text.advice_scrapped),
            DeedKind::Return => ('▲', text.standing_quarantined, text.advice_quarantined),
            DeedKind::Rework | DeedKind::Reprint => ('▲', text.standing_reworked, text.advice_in_work),
        };
        Self {
            lines: vec![format!("→ {advice}")],
            uid: ended.uid.clone(),
            big: Some(Big::Wrong),
            ..Self::plain(shape, word, Meaning::Warning)
        }
    }

    /// The module was finished before: nothing was wrong, and nothing was done.
    fn of_finished(language: Language, ended: &Ended) -> Self {
        let title = ended.code().map_or("", |code| fault_text(language, code).title);
        let to_do = what_to_do(ended.disposition(), language.sentences());
        Self {
            brief: to_do.to_owned(),
            figure: ended.code().map_or("", |code| code.entry().code).to_owned(),
            lines: vec![format!("→ {to_do}")],
            uid: ended.uid.clone(),
            big: Some(Big::TakeOut),
            ..Self::plain('✔', title, Meaning::Hand)
        }
    }

    /// How many rows it takes to say it all, in so many columns; the UID of a module can wait.
    fn rows(&self, slot: &Slot, width: u16) -> u16 {
        let lines: usize = self.lines.iter().map(|line| text::wrap(line, width.into()).len()).sum();
        let lines = u16::try_from(lines).unwrap_or(u16::MAX);
        let others = 1 + u16::from(self.bar.is_some()) + u16::from(slot.last.is_some());
        lines.saturating_add(others)
    }

    /// Whether the whole place has the colour, so that it is seen from afar.
    fn is_filled(&self) -> bool {
        matches!(self.meaning, Meaning::Pass | Meaning::Fail | Meaning::Error | Meaning::Hurry)
    }

    /// The look of the frame: its colour, not filled.
    fn frame(&self) -> Meaning {
        match self.meaning {
            Meaning::Pass => Meaning::Good,
            Meaning::Fail | Meaning::Error | Meaning::Warning => Meaning::Warning,
            Meaning::Hurry | Meaning::Hand => Meaning::Hand,
            Meaning::Busy => Meaning::Busy,
            Meaning::Plain
            | Meaning::Dim
            | Meaning::Heading
            | Meaning::Key
            | Meaning::Good
            | Meaning::Paper => Meaning::Dim,
        }
    }
}

/// What an operator does with the module.
const fn what_to_do(disposition: Option<Disposition>, text: &Sentences) -> &'static str {
    match disposition {
        None => text.take_out,
        Some(Disposition::Retry) => text.take_out_retry,
        Some(Disposition::Rework) => text.take_out_rework,
        Some(Disposition::Quarantine) => text.take_out_quarantine,
        Some(Disposition::Finished) => text.take_out_finished,
        Some(Disposition::StopStation) => text.take_out_stop,
    }
}

/// The verdict's word, the same in all languages.
pub(super) const fn word_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Error => "ERROR",
    }
}

/// The step's name in this language.
pub(in crate::tui) const fn step_name(step: StepId, text: &Sentences) -> &'static str {
    match step {
        StepId::Flash => text.step_flash,
        StepId::Greet => text.step_greet,
        StepId::SelfTest => text.step_self_test,
        StepId::Keygen => text.step_keygen,
        StepId::Issue => text.step_issue,
        StepId::Install => text.step_install,
        StepId::Prove => text.step_prove,
        StepId::Seal => text.step_seal,
        StepId::Label => text.step_label,
        StepId::Scan => text.step_scan,
        StepId::Pass => text.step_pass,
    }
}

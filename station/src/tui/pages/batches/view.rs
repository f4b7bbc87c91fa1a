//! The page as cells: what waits, what is being done and how it came out, the list, the files of one batch.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::OffsetDateTime;

use super::{Exported, Outcome, State, Work};
use crate::batches::Stage;
use crate::config::Flow;
use crate::fault::{Fault, FaultCode};
use crate::ledger::BatchSummary;
use crate::tui::model::Model;
use crate::tui::text::faults::fault_text;
use crate::tui::text::{self, Language, fill};
use crate::tui::theme::Meaning;
use crate::tui::view::lines::{Line, numbered, wrapped};
use crate::tui::view::paint;

/// From so many columns on there is room for every column of the list.
const WIDE: u16 = 110;
/// Fewer rows than this are for what matters most: the work and the list.
const LOW: u16 = 9;
/// Columns of a time.
const STAMP: u16 = text::MOMENT;
/// The list does not give way to the files of a batch below so many rows, its heading among them.
const LEAST_LIST: u16 = 4;

/// Draws the page between the header and the lights.
pub(in crate::tui::pages) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = model.language.batches();
    let state = &model.batches;
    let mut rest = area;
    if area.height >= LOW {
        let head = take(&mut rest, 1);
        paint::left(head, text.heading, Meaning::Heading, buffer);
        if !state.listed().is_empty() {
            let place = format!("{} / {}", state.index() + 1, state.listed().len());
            paint::right(head, &place, Meaning::Dim, buffer);
        }
    }
    draw_lines(&waiting(model, area.width), &mut rest, buffer);
    draw_work(model, &mut rest, buffer);
    draw_lines(&outcome(model, area.width), &mut rest, buffer);
    if area.height >= LOW {
        take(&mut rest, 1);
    }
    let files = files(model, area.width);
    let wanted = u16::try_from(files.len()).unwrap_or(u16::MAX).saturating_add(1);
    let listed = u16::try_from(state.listed().len()).unwrap_or(u16::MAX).saturating_add(1);
    // The list has what it needs; of what is left, and of at most half of the room, the files.
    let for_files = wanted.min(rest.height.saturating_sub(listed).max(rest.height / 2));
    let for_files = for_files.min(rest.height.saturating_sub(LEAST_LIST));
    let rows = (rest.height - for_files).min(listed);
    let list = take(&mut rest, rows);
    draw_list(model, list, buffer);
    // One file is better than half of two.
    if rest.height > 2 {
        take(&mut rest, 1);
        draw_lines(&files, &mut rest, buffer);
    }
}

/// Takes rows from the top of an area.
fn take(area: &mut Rect, rows: u16) -> Rect {
    let taken = Rect { height: rows.min(area.height), ..*area };
    *area = paint::below(*area, rows);
    taken
}

/// Draws lines from the top of an area, which they take.
fn draw_lines(lines: &[Line], rest: &mut Rect, buffer: &mut Buffer) {
    for line in lines {
        line.draw(take(rest, 1), buffer);
    }
}

/// How many modules wait for a batch, and what becomes of them.
fn waiting(model: &Model, width: u16) -> Vec<Line> {
    let (text, language) = (model.language.batches(), model.language);
    let number = |count| text::number(language, count);
    let Some(due) = model.batches.due else { return vec![Line::new(text.unheard, Meaning::Dim)] };
    let order = model.setting.order.as_str();
    if due.total() == 0 {
        return wrapped(&fill(text.due_none, &[("order", order)]), width, Meaning::Plain).collect();
    }
    let mut sentence = fill(text.due, &[("order", order), ("n", &number(due.total()))]);
    if due.passed < due.total() {
        let (passed, void, withdrawn) = (number(due.passed), number(due.void), number(due.withdrawn));
        let values = [("passed", passed.as_str()), ("void", &void), ("withdrawn", &withdrawn)];
        sentence.push_str(&fill(text.due_parts, &values));
    }
    wrapped(&sentence, width, Meaning::Plain).collect()
}

/// What is being done, with a bar while it is known how far it is.
fn draw_work(model: &Model, rest: &mut Rect, buffer: &mut Buffer) {
    let text = model.language.batches();
    let Some(work) = &model.batches.at_work else { return };
    let (what, stage) = match work {
        Work::Vouching => (text.work_vouching.to_owned(), None),
        Work::Closing { stage } => (text.work_closing.to_owned(), Some(stage)),
        Work::Exporting { batch, flavour, stage } => {
            let values = [("batch", batch.as_str()), ("flavour", flavour_name(*flavour, model.language))];
            (fill(text.work_exporting, &values), Some(stage))
        }
    };
    let how_far = stage.map(|stage| format!(": {}", stage_name(model, *stage))).unwrap_or_default();
    let said: Vec<_> = wrapped(&format!("▶ {what}{how_far}"), rest.width, Meaning::Busy).collect();
    draw_lines(&said, rest, buffer);
    if let Some(Some(Stage::Reading { done, total })) = stage {
        paint::bar(take(rest, 1), *done, *total, Meaning::Busy, buffer);
    }
    let ends = model.told_to_leave && model.has_ended();
    let then = if ends { text.leaves_after } else { text.meanwhile };
    paint::left(take(rest, 1), then, Meaning::Dim, buffer);
}

fn stage_name(model: &Model, stage: Option<Stage>) -> String {
    let text = model.language.batches();
    match stage {
        None => text.stage_begins.to_owned(),
        Some(Stage::Reading { done, total }) => {
            let number = |count| text::number(model.language, count);
            fill(text.stage_reading, &[("done", &number(done)), ("total", &number(total))])
        }
        Some(Stage::Checking) => text.stage_checking.to_owned(),
        Some(Stage::Signing) => text.stage_signing.to_owned(),
        Some(Stage::Writing) => text.stage_writing.to_owned(),
    }
}

/// How what was done last came out.
fn outcome(model: &Model, width: u16) -> Vec<Line> {
    let (text, language) = (model.language.batches(), model.language);
    match &model.batches.outcome {
        None => Vec::new(),
        Some(Outcome::Closed { batch, modules, vouched }) => {
            let values = [("batch", batch.as_str()), ("n", &text::number(language, *modules))];
            let mut said: Vec<_> =
                wrapped(&format!("✔ {}", fill(text.closed, &values)), width, Meaning::Good).collect();
            match vouched {
                None => {}
                Some(Ok(())) => said.extend(wrapped(text.vouched, width, Meaning::Plain)),
                Some(Err(why)) => {
                    said.extend(wrapped(text.not_vouched, width, Meaning::Warning));
                    said.extend(fault(why, text.checkpoint_later, language, width));
                }
            }
            said
        }
        Some(Outcome::Exported(Exported { batch, flavour, file, sha256 })) => {
            let values = [("batch", batch.as_str()), ("flavour", flavour_name(*flavour, language))];
            let mut said: Vec<_> =
                wrapped(&format!("✔ {}", fill(text.exported, &values)), width, Meaning::Good).collect();
            said.extend(wrapped(file, width, Meaning::Heading));
            said.push(Line::new(format!("SHA-256 {sha256}"), Meaning::Plain));
            said
        }
        Some(Outcome::Faulted(why)) => fault(why, text.again, language, width),
    }
}

/// Code, title, what to do, and what was said: for some faults that is what has to be done. There is no module
/// that could be put in again; what stands in its place is `again`.
fn fault(fault: &Fault, again: &'static str, language: Language, width: u16) -> Vec<Line> {
    let told = fault_text(language, fault.code);
    let title = format!("▲ {}  {}", fault.code.entry().code, told.title);
    let mut said: Vec<_> = wrapped(&title, width, Meaning::Warning).collect();
    let remedies = (1..)
        .zip(told.remedy)
        .map(|(number, remedy)| if is_of_a_module(fault.code, number) { again } else { *remedy });
    said.extend(numbered(remedies, width, Meaning::Heading));
    said.extend(wrapped(&fault.chain.to_string(), width, Meaning::Dim));
    said
}

/// Whether this of the things to do, counted from 1, is done with a module.
const fn is_of_a_module(code: FaultCode, number: usize) -> bool {
    match code {
        FaultCode::AuthorityClosed
        | FaultCode::HsmLost
        | FaultCode::HsmSlow
        | FaultCode::HsmOfficerLoggedIn => number == 2,
        FaultCode::HsmSign => number == 1,
        _ => false,
    }
}

/// The files of the selected batch, the newest first.
fn files(model: &Model, width: u16) -> Vec<Line> {
    let text = model.language.batches();
    let Some(batch) = model.batches.selected_batch() else { return Vec::new() };
    let mut said: Vec<_> =
        wrapped(&fill(text.files, &[("batch", batch.id.as_str())]), width, Meaning::Heading).collect();
    if batch.exports.is_empty() {
        said.extend(wrapped(text.files_none, width, Meaning::Plain));
    }
    for file in &batch.exports {
        let flavour = flow_name(&file.flavour, model.language);
        let (when, name) = (stamp(model, file.exported), &file.file_name);
        said.push(Line::new(format!("{when}  {flavour}  {name}"), Meaning::Plain));
        said.push(Line::new(format!("SHA-256 {}", file.sha256), Meaning::Dim));
    }
    said
}

/// What is told of a batch in one column.
struct Column {
    heading: &'static str,
    width: u16,
    cell: fn(&Model, &BatchSummary) -> (String, Meaning),
}

impl Column {
    /// The columns that an area of this width has room for.
    fn all(width: u16, language: Language) -> Vec<Self> {
        let text = language.batches();
        let wide = width >= WIDE;
        let fixed = 3 * 2 + 8 + 2 * STAMP + 2;
        let more = if wide { 2 * 2 + 18 } else { 0 };
        let names = if wide { 3 } else { 2 };
        // What the numbers and times leave, in equal parts; a wall display need not be filled.
        let name = (width.saturating_sub(fixed + more + 2) / names).min(32);
        let mut columns = vec![Self {
            heading: text.column_batch,
            width: name,
            cell: |_, batch| (batch.id.to_string(), Meaning::Heading),
        }];
        if wide {
            columns.push(Self {
                heading: text.column_order,
                width: name,
                cell: |_, batch| (batch.order.to_string(), Meaning::Plain),
            });
        }
        columns.push(Self {
            heading: text.column_customer,
            width: name,
            cell: |_, batch| (batch.customer.clone(), Meaning::Plain),
        });
        columns.push(Self {
            heading: text.column_modules,
            width: 8,
            cell: |model, batch| (text::number(model.language, batch.modules), Meaning::Plain),
        });
        columns.push(Self {
            heading: text.column_closed,
            width: STAMP,
            cell: |model, batch| (stamp(model, batch.closed), Meaning::Plain),
        });
        columns.push(Self {
            heading: text.column_exported,
            width: STAMP,
            cell: |model, batch| match batch.exports.first() {
                Some(file) => (stamp(model, file.exported), Meaning::Plain),
                None => (model.language.batches().never.to_owned(), Meaning::Warning),
            },
        });
        if wide {
            columns.push(Self {
                heading: text.column_flavour,
                width: 18,
                cell: |model, batch| {
                    let last = batch.exports.first().map(|file| flow_name(&file.flavour, model.language));
                    (last.unwrap_or_default().to_owned(), Meaning::Plain)
                },
            });
        }
        columns
    }
}

/// A heading, and as many batches as there is room for, the selected one among them.
fn draw_list(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (state, language): (&State, _) = (&model.batches, model.language);
    let Some(batches) = &state.batches else { return };
    if batches.is_empty() {
        paint::left(area, language.batches().none, Meaning::Plain, buffer);
        return;
    }
    let columns = Column::all(area.width, language);
    let mut rest = area;
    if area.height > 1 {
        let row = take(&mut rest, 1);
        draw_row(
            row,
            columns.iter().map(|column| (column.heading.to_owned(), Meaning::Dim, column.width)),
            buffer,
        );
    }
    let room = usize::from(rest.height);
    let first = state.index().saturating_sub(room / 2).min(batches.len().saturating_sub(room));
    for (index, batch) in batches.iter().enumerate().skip(first).take(room) {
        let row = take(&mut rest, 1);
        if index == state.index() {
            paint::left(row, "▸", Meaning::Hand, buffer);
        }
        let cells = columns.iter().map(|column| {
            let (text, meaning) = (column.cell)(model, batch);
            (text, meaning, column.width)
        });
        draw_row(row, cells, buffer);
    }
}

/// Cells beside each other, behind the place of the mark.
fn draw_row(row: Rect, cells: impl Iterator<Item = (String, Meaning, u16)>, buffer: &mut Buffer) {
    let mut x = row.x.saturating_add(2);
    for (text, meaning, width) in cells {
        let place = Rect { x, width, ..row }.intersection(row);
        paint::left(place, &text, meaning, buffer);
        x = x.saturating_add(width).saturating_add(2);
    }
}

/// A flavour as the ledger writes it, in words.
fn flow_name(name: &str, language: Language) -> &str {
    Flow::named(name).map_or(name, |flow| flavour_name(flow, language))
}

const fn flavour_name(flow: Flow, language: Language) -> &'static str {
    let text = language.sentences();
    match flow {
        Flow::PreRegistration => text.flow_pre_registration,
        Flow::LateBinding => text.flow_late_binding,
    }
}

/// Date and time to the minute, by the clock of the hall.
fn stamp(model: &Model, time: OffsetDateTime) -> String {
    text::moment(model.language, &model.setting.zone, time)
}

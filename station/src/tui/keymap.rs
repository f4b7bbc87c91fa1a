//! Which key does what. Help is made from the same table, so the two cannot disagree.

use serde::{Deserialize, Serialize};

use super::model::Page;
use super::msg::Key;
use super::pages::batches::Job;
use super::pages::unit;
use super::text::Language;
use crate::ledger::DeedKind;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Command {
    /// What was noted has been seen.
    Acknowledge,
    /// Back to all slots.
    Back,
    /// Make up a batch, or a file of one.
    Batches(Job),
    /// Switch the bell at a fault.
    BellFail,
    /// Switch the bell at a pass.
    BellPass,
    /// Close the CA.
    CloseAuthority,
    /// Check everything again.
    CheckAgain,
    /// The engineer's part of a fault.
    Engineer,
    /// The fault of the selected slot, or the most urgent one.
    Fault,
    /// This table.
    Help,
    /// The next language.
    Language,
    /// The next slot.
    Next,
    /// The slot before.
    Previous,
    /// Draw everything anew.
    Repaint,
    /// Have the officer open the CA.
    OpenAuthority,
    /// Turn to this page.
    Open(Page),
    /// Write down what the screen was told.
    Record,
    /// Try the module once more.
    Retry,
    /// Further down.
    ScrollDown,
    /// Much further down.
    ScrollFarDown,
    /// Much further up.
    ScrollFarUp,
    /// Further up.
    ScrollUp,
    /// Sign out whoever works here.
    SignOut,
    /// Stop the line; leave, when it has stopped.
    Stop,
    /// Something on the page of one module.
    Unit(unit::Command),
}

/// What is shown, as far as it decides what a key means: the line, a fault, or a page beside the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// All slots.
    Line,
    /// A fault.
    Fault,
    /// One module. Text is typed there.
    Unit,
    /// Batches.
    Batches,
    /// The CA and the HSM. Text is typed there while the CA is being opened, and no key is looked up meanwhile.
    Vendor,
    /// What the check says.
    Check,
    /// Who works here. Text is typed there.
    Operator,
}

impl Mode {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 7] =
        [Self::Line, Self::Fault, Self::Unit, Self::Batches, Self::Vendor, Self::Check, Self::Operator];

    /// The mode of this page.
    pub(super) const fn of(page: Page) -> Self {
        match page {
            Page::Line => Self::Line,
            Page::Fault { .. } => Self::Fault,
            Page::Unit => Self::Unit,
            Page::Batches => Self::Batches,
            Page::Vendor => Self::Vendor,
            Page::Check => Self::Check,
            Page::Operator => Self::Operator,
        }
    }

    /// Whether text is typed there all the time, so that no letter is a key.
    const fn is_typed(self) -> bool {
        match self {
            Self::Unit | Self::Operator => true,
            Self::Line | Self::Fault | Self::Batches | Self::Vendor | Self::Check => false,
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binding {
    pub(super) key: Key,
    /// How the key is called, the same in all languages.
    pub(super) name: &'static str,
    pub(super) command: Command,
    /// Where it means this; everywhere, if none is named.
    mode: Option<Mode>,
    named: Named,
}

/// Whether a key is named at the bottom of the screen too, and not in help alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Always,
    /// Where letters are typed, so that the letter that means the same is no key.
    WhereTyped,
    Never,
}

impl Named {
    const fn of(shown: bool) -> Self {
        if shown { Self::Always } else { Self::Never }
    }
}

impl Binding {
    /// Whether it is named at the bottom of the screen in this mode.
    pub(super) const fn is_named(&self, mode: Mode) -> bool {
        match self.named {
            Named::Always => true,
            Named::WhereTyped => mode.is_typed(),
            Named::Never => false,
        }
    }
}

/// A key that means the same in all modes.
const fn everywhere(key: Key, name: &'static str, command: Command, shown: bool) -> Binding {
    Binding { key, name, command, mode: None, named: Named::of(shown) }
}

/// A key that means in all modes what a letter means where none is typed.
const fn for_letter(key: Key, name: &'static str, command: Command) -> Binding {
    Binding { key, name, command, mode: None, named: Named::WhereTyped }
}

/// A key that means this in one mode.
const fn only(mode: Mode, key: Key, name: &'static str, command: Command, shown: bool) -> Binding {
    Binding { key, name, command, mode: Some(mode), named: Named::of(shown) }
}

/// All keys: those of each mode, in the order of [`Mode`], then those that mean the same everywhere. Help and the
/// bottom of the screen name the keys of a mode in the order in which they stand here. Letters are found whether
/// or not Shift is held, but for those that are bound both ways.
const KEYS: &[Binding] = &[
    // All slots: which one, and what is to be done about it.
    only(Mode::Line, Key::Right, "→", Command::Next, false),
    only(Mode::Line, Key::Down, "↓", Command::ScrollDown, false),
    only(Mode::Line, Key::Left, "←", Command::Previous, false),
    only(Mode::Line, Key::Up, "↑", Command::ScrollUp, false),
    only(Mode::Line, Key::Enter, "Enter", Command::Fault, false),
    only(Mode::Line, Key::Char('f'), "F", Command::Fault, true),
    only(Mode::Line, Key::Char('a'), "A", Command::Acknowledge, true),
    only(Mode::Line, Key::Char('r'), "R", Command::Retry, true),
    // A fault.
    only(Mode::Fault, Key::Esc, "Esc", Command::Back, true),
    only(Mode::Fault, Key::Enter, "Enter", Command::Back, false),
    only(Mode::Fault, Key::Char('e'), "E", Command::Engineer, true),
    only(Mode::Fault, Key::Char('f'), "F", Command::Fault, true),
    only(Mode::Fault, Key::Char('a'), "A", Command::Acknowledge, true),
    only(Mode::Fault, Key::Down, "↓", Command::ScrollDown, false),
    only(Mode::Fault, Key::PageDown, "PgDn", Command::ScrollFarDown, false),
    only(Mode::Fault, Key::Up, "↑", Command::ScrollUp, false),
    only(Mode::Fault, Key::PageUp, "PgUp", Command::ScrollFarUp, false),
    only(Mode::Fault, Key::Char('r'), "R", Command::Retry, true),
    // One module.
    only(Mode::Unit, Key::Esc, "Esc", Command::Back, true),
    only(Mode::Unit, Key::Function(8), "F8", Command::Unit(unit::Command::Deed(DeedKind::Reprint)), true),
    only(Mode::Unit, Key::Function(9), "F9", Command::Unit(unit::Command::Deed(DeedKind::Void)), true),
    only(Mode::Unit, Key::Function(10), "F10", Command::Unit(unit::Command::Deed(DeedKind::Rework)), true),
    only(Mode::Unit, Key::Function(11), "F11", Command::Unit(unit::Command::Deed(DeedKind::Return)), true),
    only(Mode::Unit, Key::Function(12), "F12", Command::Unit(unit::Command::Deed(DeedKind::Scrap)), true),
    only(Mode::Unit, Key::Right, "→", Command::Unit(unit::Command::Right), false),
    only(Mode::Unit, Key::Left, "←", Command::Unit(unit::Command::Left), false),
    only(Mode::Unit, Key::Down, "↓", Command::Unit(unit::Command::Down), false),
    only(Mode::Unit, Key::PageDown, "PgDn", Command::ScrollFarDown, false),
    only(Mode::Unit, Key::Up, "↑", Command::Unit(unit::Command::Up), false),
    only(Mode::Unit, Key::PageUp, "PgUp", Command::ScrollFarUp, false),
    // Batches.
    only(Mode::Batches, Key::Esc, "Esc", Command::Back, true),
    only(Mode::Batches, Key::Char('c'), "C", Command::Batches(Job::Close), true),
    only(Mode::Batches, Key::Char('e'), "E", Command::Batches(Job::Export), true),
    only(Mode::Batches, Key::Char('o'), "O", Command::Batches(Job::ExportOther), true),
    only(Mode::Batches, Key::Down, "↓", Command::ScrollDown, false),
    only(Mode::Batches, Key::PageDown, "PgDn", Command::ScrollFarDown, false),
    only(Mode::Batches, Key::Up, "↑", Command::ScrollUp, false),
    only(Mode::Batches, Key::PageUp, "PgUp", Command::ScrollFarUp, false),
    // The CA.
    only(Mode::Vendor, Key::Esc, "Esc", Command::Back, true),
    only(Mode::Vendor, Key::Char('o'), "O", Command::OpenAuthority, true),
    only(Mode::Vendor, Key::Char('c'), "C", Command::CloseAuthority, true),
    only(Mode::Vendor, Key::Down, "↓", Command::ScrollDown, false),
    only(Mode::Vendor, Key::PageDown, "PgDn", Command::ScrollFarDown, false),
    only(Mode::Vendor, Key::Up, "↑", Command::ScrollUp, false),
    only(Mode::Vendor, Key::PageUp, "PgUp", Command::ScrollFarUp, false),
    // The check.
    only(Mode::Check, Key::Esc, "Esc", Command::Back, true),
    only(Mode::Check, Key::Char('a'), "A", Command::CheckAgain, true),
    only(Mode::Check, Key::Down, "↓", Command::ScrollDown, false),
    only(Mode::Check, Key::PageDown, "PgDn", Command::ScrollFarDown, false),
    only(Mode::Check, Key::Up, "↑", Command::ScrollUp, false),
    only(Mode::Check, Key::PageUp, "PgUp", Command::ScrollFarUp, false),
    // Who works here.
    only(Mode::Operator, Key::Esc, "Esc", Command::Back, true),
    only(Mode::Operator, Key::Function(8), "F8", Command::SignOut, true),
    // Everywhere: language and bells, help, the end, then the pages.
    everywhere(Key::Char('l'), "L", Command::Language, true),
    everywhere(Key::Char('b'), "b", Command::BellPass, false),
    everywhere(Key::Char('B'), "B", Command::BellFail, false),
    everywhere(Key::Char('?'), "?", Command::Help, false),
    everywhere(Key::Char('h'), "H", Command::Help, true),
    for_letter(Key::Function(1), "F1", Command::Help),
    for_letter(Key::Ctrl('g'), "Ctrl-G", Command::Language),
    everywhere(Key::Char('q'), "Q", Command::Stop, true),
    for_letter(Key::Ctrl('c'), "Ctrl-C", Command::Stop),
    everywhere(Key::Function(2), "F2", Command::Open(Page::Line), false),
    everywhere(Key::Function(3), "F3", Command::Open(Page::Unit), true),
    everywhere(Key::Function(4), "F4", Command::Open(Page::Batches), true),
    everywhere(Key::Function(5), "F5", Command::Open(Page::Vendor), true),
    everywhere(Key::Function(6), "F6", Command::Open(Page::Check), true),
    everywhere(Key::Function(7), "F7", Command::Open(Page::Operator), true),
    everywhere(Key::Ctrl('r'), "Ctrl-R", Command::Record, true),
    everywhere(Key::Ctrl('l'), "Ctrl-L", Command::Repaint, false),
];

/// The keys that mean something in this mode.
pub(super) fn bindings(mode: Mode) -> impl Iterator<Item = &'static Binding> {
    let means_something = move |binding: &&Binding| {
        binding.mode.is_none_or(|only| only == mode)
            && !(mode.is_typed() && matches!(binding.key, Key::Char(_)))
    };
    KEYS.iter().filter(means_something)
}

/// The name of the key that asks for this in this mode.
pub(super) fn name(mode: Mode, command: Command) -> &'static str {
    bindings(mode).find(|binding| binding.command == command).map_or("", |binding| binding.name)
}

/// What a key asks for in this mode.
pub(super) fn command(mode: Mode, key: Key) -> Option<Command> {
    let find = |key| bindings(mode).find(|binding| binding.key == key).map(|binding| binding.command);
    // Caps Lock must not make the keys dead.
    find(key).or_else(|| match key {
        Key::Char(letter) => find(Key::Char(letter.to_ascii_lowercase())),
        _ => None,
    })
}

impl Command {
    /// Whether it does what nothing can undo, or stops the line for all. Such a key has to be pressed twice.
    pub(super) const fn is_final(self) -> bool {
        match self {
            Self::CloseAuthority | Self::Stop => true,
            Self::Batches(job) => job.is_final(),
            Self::Unit(command) => command.is_final(),
            Self::Acknowledge
            | Self::Back
            | Self::BellFail
            | Self::BellPass
            | Self::CheckAgain
            | Self::Engineer
            | Self::Fault
            | Self::Help
            | Self::Language
            | Self::Next
            | Self::Open(_)
            | Self::OpenAuthority
            | Self::Previous
            | Self::Record
            | Self::Repaint
            | Self::Retry
            | Self::ScrollDown
            | Self::ScrollFarDown
            | Self::ScrollFarUp
            | Self::ScrollUp
            | Self::SignOut => false,
        }
    }

    /// What it does, in words.
    pub(super) const fn says(self, language: Language) -> &'static str {
        let text = language.sentences();
        match self {
            Self::Acknowledge => text.key_acknowledge,
            Self::Back => text.key_back,
            Self::Batches(job) => job.says(language),
            Self::BellFail => text.key_bell_fail,
            Self::BellPass => text.key_bell_pass,
            Self::CloseAuthority => language.vendor().key_close,
            Self::CheckAgain => text.key_check_again,
            Self::Engineer => text.key_engineer,
            Self::Fault => text.key_fault,
            Self::Help => text.key_help,
            Self::Language => text.key_language,
            Self::Next => text.key_next,
            Self::Open(Page::Line | Page::Fault { .. }) => text.key_page_line,
            Self::Open(Page::Unit) => text.key_page_unit,
            Self::Open(Page::Batches) => text.key_page_batches,
            Self::Open(Page::Vendor) => text.key_page_vendor,
            Self::Open(Page::Check) => text.key_page_check,
            Self::Open(Page::Operator) => text.key_page_operator,
            Self::OpenAuthority => language.vendor().key_open,
            Self::Previous => text.key_previous,
            Self::Record => text.key_record,
            Self::Repaint => text.key_repaint,
            Self::Retry => text.key_retry,
            Self::ScrollDown => text.key_scroll_down,
            Self::ScrollFarDown => text.key_scroll_far_down,
            Self::ScrollFarUp => text.key_scroll_far_up,
            Self::ScrollUp => text.key_scroll_up,
            Self::SignOut => language.operator().key_sign_out,
            Self::Stop => text.key_stop,
            Self::Unit(command) => unit::says(command, language),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        for mode in Mode::ALL {
            let mut seen = Vec::new();
            for binding in bindings(mode) {
                assert!(!seen.contains(&binding.key), "{:?} is bound twice in {mode:?}", binding.key);
                seen.push(binding.key);
            }
        }
    }

    #[test]
    fn capitals_mean_what_their_letters_mean_unless_they_mean_something_else() {
        assert_eq!(command(Mode::Line, Key::Char('Q')), Some(Command::Stop));
        assert_eq!(command(Mode::Line, Key::Char('b')), Some(Command::BellPass));
        assert_eq!(command(Mode::Line, Key::Char('B')), Some(Command::BellFail));
        assert_eq!(command(Mode::Line, Key::Char('X')), None);
    }
}

//! The pages beside the line, and the keys.

use anyhow::{Result, ensure};
use e2e::person::Person;
use e2e::terminal::Key;

/// Where a slot's card begins; the line that says what to do has no such corner.
const CARD: &str = "━ Slot 1 ━";

/// The keys of the pages, each with something that its page alone tells.
const PAGES: [(u8, &str); 5] =
    [(3, "Find:"), (4, "No batch was closed yet."), (5, "OPEN until"), (6, "settings"), (7, "is signed in")];

#[test]
fn every_page_opens_beside_a_module_at_work_and_goes_back() -> Result<()> {
    let mut person = Person::at_work(1)?;
    person.puts_in()?;
    person.sees("Flash")?;
    for (key, word) in PAGES {
        person.terminal.press(Key::Function(key))?;
        person.sees_no_more(CARD)?;
        person.sees(word)?;
        person.terminal.press(Key::Escape)?;
        // Only then the next key: with Escape right before it, it would be another one.
        person.sees(CARD)?;
    }
    person.terminal.press(Key::Function(5))?;
    person.sees_no_more(CARD)?;
    person.terminal.press(Key::Function(2))?;
    person.sees(CARD)?;
    person.terminal.press(Key::Function(1))?;
    person.sees_all(&["F3", "Ctrl-C", "Enter", "Any key goes back."])?;
    person.terminal.press(Key::Escape)?;
    person.sees(CARD)?;
    // Nothing of it has kept the module from passing.
    person.leaves()?;
    let shown = person.ends(0)?;
    ensure!(shown.contains("1 passed, 0 failed, 0 errors"), "{shown}");
    Ok(())
}

//! Who works at the line: signing in, changing shifts, and who opens the CA.

use anyhow::{Result, ensure};
use e2e::Rig;
use e2e::person::{Person, SIZE, give};
use e2e::record::events;
use e2e::rig::{Order, USER_PIN, text};
use e2e::terminal::Key;

#[test]
fn nothing_begins_before_somebody_has_signed_in_and_the_next_shift_has_another_name() -> Result<()> {
    let rig = Person::rig(1, 2)?;
    let bench = rig.bench()?;
    let terminal = rig.start_nameless_in_terminal(&["run"], SIZE)?;
    let mut person = Person { terminal, bench, rig };
    person.sees("Name of whoever opens the CA")?;
    person.enters("Olga Officer")?;
    give(&person.terminal, USER_PIN)?;
    person.sees("Nobody is signed in")?;
    person.bench.put_fresh("1")?;
    person.enters("Ana")?;
    person.sees_all(&["PASS", "Ana"])?;

    person.terminal.press(Key::Function(7))?;
    person.sees("Ana is signed in")?;
    person.enters("Bo")?;
    person.sees("Operator Bo")?;
    person.takes_out()?;
    person.puts_in()?;
    person.leaves()?;
    person.ends(0)?;

    let names = |kind: &str| -> Result<Vec<String>> {
        Ok(events(&person.rig, kind)?.into_iter().map(|event| event.operator).collect())
    };
    ensure!(names("authority-opened")? == ["Olga Officer"], "the CA");
    ensure!(names("operator-signed-in")? == ["Ana", "Bo"], "signed in");
    ensure!(names("run-started")? == ["Ana", "Bo"], "runs: {:?}", names("run-started")?);
    ensure!(names("run-passed")? == ["Ana", "Bo"], "passes: {:?}", names("run-passed")?);
    let why = events(&person.rig, "operator-signed-out")?;
    let why: Vec<_> = why.iter().map(|event| event.payload["because"].clone()).collect();
    ensure!(why == ["relieved", "ended"], "{why:?}");
    person.rig.succeed(&["ledger", "verify"], "").map(drop)
}

#[test]
fn a_line_without_a_screen_has_to_be_told_who_works_there() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    let output = rig.station(&["--operator", "", "run", "--pin-fd", "0"], USER_PIN)?;
    ensure!(output.status.code() == Some(3) && text(&output).contains("F-512"), "{}", text(&output));
    Ok(())
}

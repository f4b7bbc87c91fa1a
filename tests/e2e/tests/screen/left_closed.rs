//! A line that starts with the CA left closed, in the language of the screen: nothing is certified until the officer
//! opens the CA at the screen, and then all is as ever.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::Rig;
use e2e::record::events;
use e2e::rig::{Order, USER_PIN, refused_with};
use e2e::terminal::{Key, Size, exited};

const SIZE: Size = Size { columns: 100, rows: 40 };
const LIMIT: Duration = Duration::from_mins(2);

/// The names under which this kind of event is on record.
fn recorded(rig: &Rig, kind: &str) -> Result<Vec<String>> {
    Ok(events(rig, kind)?.into_iter().map(|event| event.operator).collect())
}

#[test]
fn a_line_starts_with_the_ca_closed_and_the_officer_opens_it_at_the_screen() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order { quantity: 1, ..Order::default() })?;
    let mut bench = rig.bench()?;
    let mut terminal = rig.start_nameless_in_terminal(&["run", "--language", "es"], SIZE)?;
    terminal.wait_for("Nombre de quien abre la CA (solo Enter la deja cerrada):", LIMIT)?;
    terminal.type_text("\u{7f}\u{1b}[2Jx")?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("Esto no es un nombre: lleva de 1 a 64 letras.", LIMIT)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("No hay nadie en sesión", LIMIT)?;
    terminal.type_by_hand("Ana")?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("La CA está cerrada", LIMIT)?;
    // Whoever puts one in all the same loses nothing.
    bench.put_fresh("1")?;
    terminal.wait_for("H-422", LIMIT)?;

    terminal.press(Key::Function(5))?;
    terminal.wait_for("CERRADA", LIMIT)?;
    terminal.type_text("o")?;
    terminal.wait_for("Nombre del responsable", LIMIT)?;
    terminal.type_by_hand("Olga")?;
    for _ in 0..3 {
        terminal.press(Key::Enter)?;
    }
    terminal.wait_for("PIN del HSM:", LIMIT)?;
    terminal.type_text(USER_PIN)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("ABIERTA", LIMIT)?;
    ensure!(recorded(&rig, "run-passed")?.is_empty(), "it passed with the CA closed");

    let module = bench.take("1")?;
    terminal.press(Key::Escape)?;
    terminal.wait_for("Puesto 1: ponga un módulo", LIMIT)?;
    bench.put_module("1", &module)?;
    terminal.wait_for("PASS", LIMIT)?;
    terminal.wait_for("La orden está completa", LIMIT)?;
    terminal.type_text("q")?;
    // One run ended in an error, as it had to.
    exited(terminal.wait(LIMIT)?, 1)?;
    terminal.left_whole()?;
    ensure!(recorded(&rig, "authority-opened")? == ["Olga"], "who opened it");
    ensure!(recorded(&rig, "authority-closed")?.len() == 1, "closed with the line");
    rig.succeed(&["ledger", "verify"], "").map(drop)
}

#[test]
fn a_ca_that_nobody_opened_is_not_on_record_and_is_left_closed_before_a_screen_only() -> Result<()> {
    let rig = Rig::with_bench_arguments(1, &["--pace", "none"])?;
    rig.open_order(&Order::default())?;
    let headless = rig.station(&["--operator", "Ana", "run", "--leave-closed"], "")?;
    refused_with("without a screen", &headless, "F-501")?;

    // By an option; and by leaving out the PIN that is asked for.
    let mut terminal = rig.start_in_terminal(&["run", "--leave-closed"], SIZE)?;
    terminal.wait_for("The CA is closed: the security officer opens it", LIMIT)?;
    terminal.press_twice("q")?;
    exited(terminal.wait(LIMIT)?, 0)?;
    let mut terminal = rig.start_in_terminal(&["run"], SIZE)?;
    terminal.wait_for("PIN of the HSM (Enter alone leaves the CA closed):", LIMIT)?;
    terminal.press(Key::Enter)?;
    terminal.wait_for("The CA is closed: the security officer opens it", LIMIT)?;
    terminal.press_twice("q")?;
    exited(terminal.wait(LIMIT)?, 0)?;
    let said = terminal.frame().to_string();
    ensure!(said.contains("The CA stays closed"), "{said}");
    for kind in ["authority-opened", "authority-closed"] {
        ensure!(recorded(&rig, kind)?.is_empty(), "{kind}");
    }
    rig.succeed(&["ledger", "verify"], "").map(drop)
}

//! The whole line on this machine: from blank modules to a verified batch.
//!
//! Station, HSM and OEM's tool are the real programs, called as their users call them; the bench stands in for the
//! fixture, and this program for the hands that put modules in and take them out.
//!
//! | module | concern |
//! |---|---|
//! | [`interrupt`] | Ctrl-C |
//! | [`place`] | what lies where in the demo's directory |
//! | [`programs`] | building and calling the project's programs |
//! | [`hsm`] | the token: hsm-sim or SoftHSM2, and its PINs |
//! | [`material`] | product and order |
//! | [`mod@bench`] | the virtual bench as a child process |
//! | [`events`], [`hands`] | what the station tells, and what is done about it |
//! | [`mod@line`] | the station at work |
//! | [`delivery`] | the batch: closed, exported, verified by its receiver and by OpenSSL |
//!
//! A second demo in the same directory goes on with the same ledger and CA and opens a new order.

mod bench;
mod delivery;
mod events;
mod hands;
mod hsm;
mod interrupt;
mod line;
mod material;
mod place;
mod programs;

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::{Result, ensure};

use self::bench::Bench;
use self::hands::Finished;
use self::hsm::Token;
use self::interrupt::Interrupt;
pub(crate) use self::interrupt::Interrupted;
use self::line::Shift;
use self::place::Place;
use self::programs::{Programs, Station};
use crate::cli::DemoOptions;
use crate::exit::Exit;
use crate::firmware;
use crate::process::quoted;
use crate::screen::{Screen, duration};
use crate::setup::{self, Needs};
use crate::workspace::Workspace;

/// Runs the demo; succeeds only if every module passed and the batch is good.
pub(crate) fn run(screen: &Screen, workspace: &Workspace, options: &DemoOptions) -> Result<Exit> {
    ensure!(
        !options.screen || (std::io::stdin().is_terminal() && std::io::stdout().is_terminal()),
        "--screen needs a terminal, and standard input or output is none"
    );
    let interrupt = Interrupt::watch()?;
    let compiler = setup::run(screen, workspace, &Needs::demo(options.hsm))?;
    interrupt.check()?;

    screen.heading("\nBuild");
    let image = firmware::build(workspace, &compiler).or_else(|error| interrupt.rather(error))?;
    let programs = Programs::build(workspace).or_else(|error| interrupt.rather(error))?;

    let place = Place::prepare(workspace, options)?;
    let token = Token::prepare(&place, options.hsm, &programs)?;
    screen.heading(&format!("\nBench with {} slots in {}", options.slots, place.root.display()));
    let mut bench = Bench::start(&programs, &place, options.slots, &token)?;
    let station = Station::new(&programs, &place, &token);
    work(screen, &interrupt, &place, &station, &mut bench, &image, options)
}

fn work(
    screen: &Screen,
    interrupt: &Interrupt,
    place: &Place,
    station: &Station<'_>,
    bench: &mut Bench<'_>,
    image: &Path,
    options: &DemoOptions,
) -> Result<Exit> {
    hsm::establish(screen, place, station)?;
    let order = material::write(place, image, options.units)?;
    station.call(screen, &["order", "open"], None, &[order.file.as_os_str()])?;
    station.call_with_pin(screen, &["check"], &[])?;
    interrupt.check()?;

    screen.heading(&format!("\n{} modules", options.units));
    let shift =
        line::run(interrupt, station, bench, &place.events(&order.id), options.units, options.screen)?;
    interrupt.check()?;
    let mut missing = shift.missing(options.units);
    let batch = if shift.passed() == 0 {
        missing.push("without a module that passed there is no batch".to_owned());
        None
    } else {
        screen.heading("\nBatch");
        Some(delivery::deliver(screen, place, station, &order)?)
    };
    if batch.as_ref().is_some_and(|batch| !batch.good) {
        missing.push("the batch is not accepted".to_owned());
    }
    report(screen, place, &shift, options.units, batch.as_ref());
    if missing.is_empty() {
        return Ok(Exit::Success);
    }
    screen.heading("\nNot all is well");
    for what in missing {
        screen.line(&format!("  {what}"));
    }
    Ok(Exit::Failed)
}

/// What there is now, where it lies, and what to look at next.
fn report(screen: &Screen, place: &Place, shift: &Shift, units: u32, batch: Option<&delivery::Batch>) {
    screen.heading("\nModules");
    for Finished { slot, verdict, uid, code, elapsed, .. } in &shift.finished {
        let uid = uid.as_deref().unwrap_or("(unknown)");
        let code = code.as_deref().map(|code| format!("  {code}")).unwrap_or_default();
        screen.line(&format!("  {verdict:<5}  {uid:<32}  slot {slot}  {}{code}", duration(*elapsed)));
    }
    let per_hour = f64::from(u32::try_from(shift.passed()).unwrap_or(u32::MAX)) * 3600.0
        / shift.elapsed.as_secs_f64().max(0.001);
    screen.line(&format!(
        "  {} of {units} passed in {}: {per_hour:.0} units per hour, start included",
        shift.passed(),
        duration(shift.elapsed)
    ));

    screen.heading("\nWhere it lies");
    if let Some(batch) = batch {
        for file in &batch.files {
            screen.line(&format!("  batch   {}", file.display()));
        }
    }
    screen.line(&format!("  labels  {}", place.labels().display()));
    screen.line(&format!("  ledger  {}", place.ledger().display()));

    screen.heading("\nNext");
    if let Some(finished) = shift.finished.iter().find(|finished| finished.uid.is_some()) {
        let uid = finished.uid.as_deref().unwrap_or_default();
        screen.line(&format!(
            "  cargo run -q -p station -- --config {} unit show {uid}",
            quoted(&place.station_config().display().to_string())
        ));
    }
}

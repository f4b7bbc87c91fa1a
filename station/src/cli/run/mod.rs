//! `station run`.
//!
//! | file | what it holds |
//! |---|---|
//! | `line` | what has to be there before a module is taken up, and the work |
//! | `display` | who shows what happens: the screen, or lines |

mod display;
mod line;

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use super::officer::Officer;
use super::opening::Leave;
use super::pin::PinSource;
use super::station::Station;
use super::{Invocation, Outcome, print};
use crate::clock::Zone;
use crate::config::{self, Order};
use crate::engine::Tally;
use crate::fault::{Fault, FaultCode};
use crate::headless::Record;
use crate::ledger::{OrderProgress, SignOutBecause};
use crate::operator::{Attendance, Operator};
use crate::scanner::Hand;
use crate::tui::text::Language;
use crate::tui::{Bells, Setting};
use line::Line;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pin: PinSource,
    #[command(flatten)]
    leave: Leave,
    /// Stop after so many runs; otherwise when the order is complete, or on Ctrl-C.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    units: Option<u32>,
    /// Append what happens to this file, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// No screen, but a line for each thing that happens; so it is anyhow where there is no terminal.
    #[arg(long)]
    headless: bool,
    /// Leave the CA closed: the officer opens it at the screen, on the page F5. So it is as well if no name or
    /// no PIN is typed when they are asked for.
    #[arg(long, conflicts_with_all = ["pin_fd", "open_hours", "open_certificates"])]
    leave_closed: bool,
    /// What the screen speaks, and what is asked before: en, zh, es or vi. Without it, what `station.toml` says.
    #[arg(long, value_name = "CODE")]
    language: Option<Language>,
}

pub(super) async fn run(invocation: &Invocation, arguments: Arguments) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    if !arguments.wants_screen() {
        // Before a screen one can still say who one is.
        invocation.named_operator()?;
        refuse_hands(&station.config)?;
    }
    let line = Line::prepare(invocation, &arguments, &station).await?;
    // Before the CA is opened: whatever ends this now, it was not open.
    let record = Record::open(arguments.events.as_deref())
        .map_err(|error| Fault::new(FaultCode::FileWrite, format!("cannot open the event file: {error}")))?;
    let authority = line.authority().await?;
    let attendance = line.attendance.clone();
    let worked = Box::pin(line.work(&authority, record)).await;
    // However it went, nobody stays signed in on record, nor the CA open.
    let signed_out = sign_out(attendance.as_deref()).await;
    let closed = authority.finish().await.map_err(|error| Fault::of(&error));
    let (tally, elapsed) = worked?;
    signed_out.and(closed)?;
    summary(&tally, elapsed)
}

/// What a scanner on the keyboard reads comes by way of the screen, and only the screen says whose turn it is
/// where slots share one.
fn refuse_hands(config: &config::Station) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    for slot in &config.slots {
        let what = match slot.scanner.hand() {
            Some(Hand::Keyboard) => "is the keyboard",
            Some(hand) if !seen.insert(hand.clone()) => "is another slot's too",
            Some(Hand::Serial(_)) | None => continue,
        };
        let what = format!("the scanner of slot {} {what}, and there is no screen", slot.name);
        return Err(Fault::new(FaultCode::Configuration, what));
    }
    Ok(())
}

/// Whoever is signed in leaves with the line.
async fn sign_out(attendance: Option<&Attendance>) -> Result<(), Fault> {
    let Some(attendance) = attendance else { return Ok(()) };
    attendance.sign_out(SignOutBecause::Ended).await.map_err(|error| Fault::of(&error))
}

fn summary(tally: &Tally, elapsed: Duration) -> Result<Outcome, Fault> {
    let Tally { passed, failed, errors, .. } = *tally;
    let per_hour = f64::from(passed) * 3600.0 / elapsed.as_secs_f64().max(0.001);
    let errors_named = if errors == 1 { "error" } else { "errors" };
    print::line(format!(
        "{passed} passed, {failed} failed, {errors} {errors_named} in {:.1} s: {per_hour:.0} units per hour",
        elapsed.as_secs_f64()
    ))?;
    Ok(if failed == 0 && errors == 0 { Outcome::Well } else { Outcome::NotWell })
}

impl Arguments {
    /// Whether there is a terminal for a screen, with somebody at its keys.
    fn wants_screen(&self) -> bool {
        !self.headless && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
    }

    /// What is spoken, on the screen and before it.
    fn language(&self, station: &Station) -> Language {
        self.language.unwrap_or(station.config.screen.language)
    }

    /// Who opens the CA; nobody, if it is left closed for whoever opens it at the screen.
    fn officer(&self, invocation: &Invocation, language: Language) -> Result<Option<Officer>, Fault> {
        match (self.leave_closed, self.wants_screen()) {
            (false, has_screen) => {
                Officer::ask(invocation.operator.as_ref(), &self.pin, language, has_screen)
            }
            (true, true) => Ok(None),
            (true, false) => Err(Fault::new(
                FaultCode::Configuration,
                "the CA is left closed, and no screen to open it at",
            )),
        }
    }

    fn setting(
        &self,
        station: &Station,
        order: &Order,
        counts: OrderProgress,
        operator: Option<Operator>,
    ) -> Setting {
        let screen = &station.config.screen;
        Setting {
            order: order.id.clone(),
            customer: order.customer.clone(),
            product: order.product.name.clone(),
            flow: order.flow,
            operator,
            operators: station.config.operators.clone(),
            sign_out_after: screen.sign_out_after,
            bells: Bells { pass: screen.bell_pass, fail: screen.bell_fail },
            slots: station.config.slots.iter().map(|slot| slot.name.clone()).collect(),
            scan_wait: station.config.scan_wait,
            hands: (station.config.slots.iter())
                .filter_map(|slot| Some((slot.name.clone(), slot.scanner.hand()?)))
                .collect(),
            scan_end: screen.scan_end,
            zone: screen.zone.clone().unwrap_or_else(Zone::of_machine),
            language: self.language(station),
            counts: counts.into(),
        }
    }
}

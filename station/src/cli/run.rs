//! `station run`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::officer::Officer;
use super::opening::{self, Leave};
use super::pin::{self, PinSource};
use super::station::{OpenOrder, Station};
use super::{Invocation, Outcome, print};
use crate::audit::Watch;
use crate::clock::Zone;
use crate::config::{self, Order, ScannerPlace};
use crate::engine::{self, Progress, Quota, Retries, Shared, SlotDevices, Tally};
use crate::fault::{Fault, FaultCode};
use crate::gate::{Authority, Desk, Gate, Issuing};
use crate::headless::{Headless, Record};
use crate::label::Label;
use crate::ledger::{OrderProgress, SignInBy, SignOutBecause, StationStarted};
use crate::operator::{Attendance, Operator};
use crate::probe::Image;
use crate::scanner::Scans;
use crate::tui::office::Office;
use crate::tui::text::Language;
use crate::tui::text::before::Before;
use crate::tui::watch::Watched;
use crate::tui::{Bells, Front, Msg, Setting, Wiring};

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
    #[arg(long, conflicts_with = "pin_fd")]
    leave_closed: bool,
    /// What the screen speaks, and what is asked before: en, zh, es or vi. Without it, what `station.toml` says.
    #[arg(long, value_name = "CODE")]
    language: Option<Language>,
}

/// Who shows what happens.
#[derive(Debug)]
enum Display {
    Screen(Front),
    Lines(JoinHandle<std::io::Result<()>>),
}

#[expect(clippy::too_many_lines, reason = "one thing after the other, and each needs what came before")]
pub(super) async fn run(invocation: &Invocation, arguments: Arguments) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
    if !arguments.wants_screen() {
        // Before a screen one can still say who one is.
        invocation.named_operator()?;
        refuse_keyboards(&station.config)?;
    }
    let ledger = station.ledger(invocation)?;
    let OpenOrder { order, progress } = station.open_order(&ledger).await?;
    let left = progress.quantity.saturating_sub(progress.passed);
    if left == 0 {
        return Err(Fault::new(FaultCode::OrderComplete, format!("order {} is complete", order.id)));
    }
    let image = Image::load(&order.product.firmware).map_err(|error| Fault::of(&error))?;
    Label::sample(&order.id, &order.product.name, &order.label, &order.product.label)
        .map_err(|error| Fault::of(&error))?;
    let issuer = station.issuer(&ledger).await?;
    let language = arguments.language.unwrap_or(station.config.screen.language);
    // Whoever gives the PIN opens the CA in their own name.
    let officer = arguments.officer(invocation, language)?;
    let ledger = match &officer {
        Some(officer) => ledger.with_operator(officer.name.as_str()),
        None => ledger,
    };
    let opens = officer.is_some();
    let hsm = match officer {
        Some(officer) => pin::open(&station, officer.pin).await?,
        None => pin::closed(&station),
    };
    let audit = station
        .config
        .hsm
        .audit
        .as_ref()
        .map(|log| Watch::new(&station.config.hsm.token, log, Arc::clone(&station.clock)));
    if let Some(watch) = &audit {
        // Whoever else uses the key has used it before this day's first module.
        watch.check(&ledger).await.map_err(|error| Fault::of(&error))?;
    }
    let profile = order.product.certificate.clone();
    let gate = Gate::new(order.product.policy.clone(), station.own_keys(&ledger).await?);
    ledger
        .append(StationStarted { program: env!("CARGO_PKG_VERSION").to_owned() })
        .await
        .map_err(|error| Fault::of(&error))?;
    let desk = Desk::new(Arc::new(hsm), ledger.clone());
    let line_progress = Arc::new(Progress::new(Quota { passes: left, runs: arguments.units }));
    let wants_screen = arguments.wants_screen();
    let attendance =
        wants_screen.then(|| Arc::new(Attendance::new(ledger.clone(), Arc::clone(&line_progress))));
    // Before the CA is opened: whatever ends this now, it was not open.
    let record = Record::open(arguments.events.as_deref())
        .map_err(|error| Fault::new(FaultCode::FileWrite, format!("cannot open the event file: {error}")))?;
    let authority = if opens {
        arguments.leave.open(&station, &desk, &issuer, &progress).await?
    } else {
        Arc::new(Authority::closed(desk.clone(), issuer.clone(), Arc::clone(&station.clock)))
    };
    let worked = async {
        if opens {
            opening::tell(&authority)?;
        } else {
            print::line(Before::Closed.says(language))?;
        }
        let (events, heard) = tokio::sync::mpsc::unbounded_channel();
        let scans = Scans::default();
        let slots = SlotDevices::with_scans(&station.config.slots, &scans, station.config.scan_wait);
        let began = station.clock.instant();
        let retries = Arc::new(Retries::default());
        // Before the terminal is taken over: a signal must never leave it as the screen has it.
        let signals = listen(wants_screen);
        let display = if let Some(attendance) = &attendance {
            attend(invocation, attendance).await?;
            let setting =
                arguments.setting(&station, &order, progress, invocation.operator.clone(), language);
            let wiring = Wiring {
                events: heard,
                record,
                progress: Arc::clone(&line_progress),
                retries: Arc::clone(&retries),
                scans,
                office: Office {
                    config: Arc::new(station.config.clone()),
                    files: station.files.clone(),
                    ledger: ledger.clone(),
                    desk: desk.clone(),
                    authority: Arc::clone(&authority),
                    audit: audit.clone(),
                    order: order.id.as_str().into(),
                    progress: Arc::clone(&line_progress),
                    attendance: Arc::clone(attendance),
                    printers: slots.iter().map(SlotDevices::label_printer).collect(),
                    settings: invocation.config.clone(),
                    slots: slots.clone().into(),
                    clock: Arc::clone(&station.clock),
                },
                watched: Watched::new(&slots, desk.hsm().watch(), station.config.data.clone()),
            };
            Display::screen(Front::open(setting, wiring))?
        } else {
            Display::Lines(tokio::spawn(Headless::new(record).show_all(heard)))
        };
        let shared = Arc::new(Shared {
            order,
            image,
            ledger: ledger.clone(),
            issuing: Issuing {
                desk: desk.clone(),
                gate,
                authority: Arc::clone(&authority),
                issuer,
                profile,
                clock: Arc::clone(&station.clock),
            },
            audit,
            files: station.files.clone(),
            scan_wait: station.config.scan_wait,
            clock: Arc::clone(&station.clock),
            events,
            progress: Arc::clone(&line_progress),
            retries,
        });
        stop_on_signal(signals, display.stopper(line_progress));
        let result = engine::line::run(shared, slots).await;
        authority.retire();
        // Whoever is at the screen may still close a batch, and have it vouched for.
        display.close(&result).await?;
        result.map(|tally| (tally, station.clock.instant().saturating_duration_since(began)))
    };
    let worked: Result<(Tally, Duration), Fault> = Box::pin(worked).await;
    // However it went, nobody stays signed in on record, nor the CA open.
    let signed_out = sign_out(attendance.as_deref()).await;
    let closed = authority.finish().await.map_err(|error| Fault::of(&error));
    let (tally, elapsed) = worked?;
    signed_out.and(closed)?;
    summary(&tally, elapsed)
}

/// What a scanner on the keyboard reads comes by way of the screen.
fn refuse_keyboards(config: &config::Station) -> Result<(), Fault> {
    match config.slots.iter().find(|slot| slot.scanner == ScannerPlace::Keyboard) {
        None => Ok(()),
        Some(slot) => {
            let what = format!("the scanner of slot {} is the keyboard, and there is no screen", slot.name);
            Err(Fault::new(FaultCode::Configuration, what))
        }
    }
}

/// Signs in whoever the command names; or nobody yet.
async fn attend(invocation: &Invocation, attendance: &Attendance) -> Result<(), Fault> {
    let Some(operator) = &invocation.operator else { return Ok(()) };
    let signed_in = attendance.sign_in(operator.clone(), SignInBy::Command).await;
    signed_in.map_err(|error| Fault::of(&error))
}

/// Whoever is signed in leaves with the line.
async fn sign_out(attendance: Option<&Attendance>) -> Result<(), Fault> {
    let Some(attendance) = attendance else { return Ok(()) };
    attendance.sign_out(SignOutBecause::Ended).await.map_err(|error| Fault::of(&error))
}

fn summary(tally: &Tally, elapsed: Duration) -> Result<Outcome, Fault> {
    let Tally { passed, failed, errors, .. } = *tally;
    let per_hour = f64::from(passed) * 3600.0 / elapsed.as_secs_f64().max(0.001);
    print::line(format!(
        "{passed} passed, {failed} failed, {errors} errors in {:.1} s: {per_hour:.0} units per hour",
        elapsed.as_secs_f64()
    ))?;
    Ok(if failed == 0 && errors == 0 { Outcome::Well } else { Outcome::NotWell })
}

impl Arguments {
    /// Whether there is a terminal for a screen, with somebody at its keys.
    fn wants_screen(&self) -> bool {
        !self.headless && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
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
        language: Language,
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
            keyboard_slots: (station.config.slots.iter())
                .filter(|slot| slot.scanner == ScannerPlace::Keyboard)
                .map(|slot| slot.name.clone())
                .collect(),
            scan_end: screen.scan_end,
            zone: screen.zone.clone().unwrap_or_else(Zone::of_machine),
            language,
            counts: counts.into(),
        }
    }
}

impl Display {
    fn screen(opened: std::io::Result<Front>) -> Result<Self, Fault> {
        opened.map(Self::Screen).map_err(|error| {
            Fault::new(FaultCode::FileWrite, format!("cannot take over the terminal: {error}"))
        })
    }

    /// What to do when a signal says that the line is to stop. A screen has to know of it.
    fn stopper(&self, progress: Arc<Progress>) -> impl Fn() + Send + Sync + use<> {
        let inbox = match self {
            Self::Screen(front) => Some(front.inbox()),
            Self::Lines(_) => None,
        };
        move || {
            progress.stop();
            if let Some(inbox) = &inbox {
                // A screen that is gone need not be told.
                let _ = inbox.send(Msg::Stop);
            }
        }
    }

    /// Waits until everything was shown, and on a screen until it was seen. With the engine the last
    /// sender of events is gone.
    async fn close(self, result: &Result<Tally, Fault>) -> Result<(), Fault> {
        let shown = match self {
            Self::Screen(front) => front.close(result).await,
            Self::Lines(task) => match task.await {
                Ok(shown) => shown,
                Err(error) => return Err(Fault::new(FaultCode::Bug, format!("the display ended: {error}"))),
            },
        };
        shown.map_err(|error| Fault::new(FaultCode::FileWrite, format!("cannot show what happens: {error}")))
    }
}

/// The signals that stop the line, heard from now on. Without a screen a closed terminal is none: whoever has the
/// program ignore that wants it to go on.
fn listen(has_screen: bool) -> Vec<Signal> {
    let hangup = has_screen.then(SignalKind::hangup);
    let kinds = [SignalKind::interrupt(), SignalKind::terminate()].into_iter().chain(hangup);
    // A signal that cannot be caught ends the program, as it does everywhere.
    kinds.filter_map(|kind| signal(kind).ok()).collect()
}

/// On these signals the runs under way go on to their end; no further module is taken up.
fn stop_on_signal(signals: Vec<Signal>, stop: impl Fn() + Send + Sync + 'static) {
    let stop = Arc::new(stop);
    for mut signal in signals {
        let stop = Arc::clone(&stop);
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                stop();
            }
        });
    }
}

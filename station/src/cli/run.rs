//! `station run`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use super::opening::Leave;
use super::pin::PinSource;
use super::station::{OpenOrder, Station};
use super::{Invocation, Outcome, print};
use crate::audit::Watch;
use crate::config::Order;
use crate::engine::{self, Progress, Quota, Retries, Shared, SlotDevices, Tally};
use crate::fault::{Fault, FaultCode};
use crate::gate::{Desk, Gate, Issuing};
use crate::headless::{Headless, Record};
use crate::hsm::Hsm as _;
use crate::label::Label;
use crate::ledger::{OrderProgress, StationStarted};
use crate::pki::chain;
use crate::probe::Image;
use crate::tui::office::Office;
use crate::tui::text::Language;
use crate::tui::watch::Watched;
use crate::tui::{Front, Msg, Setting, Wiring};

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
    /// What the screen speaks: en, zh, es or vi. Without it, what `station.toml` says.
    #[arg(long, value_name = "CODE")]
    language: Option<Language>,
}

/// Who shows what happens.
#[derive(Debug)]
enum Display {
    Screen(Front),
    Lines(JoinHandle<std::io::Result<()>>),
}

pub(super) async fn run(invocation: &Invocation, arguments: Arguments) -> Result<Outcome, Fault> {
    let station = Station::load(invocation)?;
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
    let hsm = arguments.pin.open(&station).await?;
    let key = hsm.public_key(&issuer.key).await.map_err(|error| Fault::of(&error))?;
    chain::check_key(&issuer.certificate, &key).map_err(|error| Fault::of(&error))?;
    let audit = station.config.hsm.audit.as_ref().map(|log| Watch::new(&station.config.hsm.token, log));
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
    let authority = arguments.leave.open(&station, &desk, &issuer, &progress).await?;

    let (events, heard) = tokio::sync::mpsc::unbounded_channel();
    let record = Record::open(arguments.events.as_deref())
        .map_err(|error| Fault::new(FaultCode::FileWrite, format!("cannot open the event file: {error}")))?;
    let slots = SlotDevices::all(&station.config.slots);
    let began = station.clock.instant();
    let line_progress = Arc::new(Progress::new(Quota { passes: left, runs: arguments.units }));
    let retries = Arc::new(Retries::default());
    let display = if arguments.wants_screen() {
        let setting = arguments.setting(&station, &order, progress, &invocation.operator);
        let wiring = Wiring {
            events: heard,
            record,
            progress: Arc::clone(&line_progress),
            retries: Arc::clone(&retries),
            office: Office {
                config: Arc::new(station.config.clone()),
                files: station.files.clone(),
                ledger: ledger.clone(),
                desk: desk.clone(),
                order: order.id.as_str().into(),
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
        ledger,
        issuing: Issuing {
            desk: desk.clone(),
            gate,
            opening: Arc::clone(&authority.opening),
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
    stop_on_signal(display.signals(), display.stopper(line_progress));
    let result = engine::line::run(shared, slots).await;
    let closed = authority.close(&desk).await;
    display.close(&result).await?;
    let tally = result?;
    closed?;
    let elapsed = station.clock.instant().saturating_duration_since(began);
    summary(&tally, elapsed)
}

fn summary(tally: &Tally, elapsed: std::time::Duration) -> Result<Outcome, Fault> {
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

    fn setting(&self, station: &Station, order: &Order, counts: OrderProgress, operator: &str) -> Setting {
        Setting {
            order: order.id.clone(),
            customer: order.customer.clone(),
            product: order.product.name.clone(),
            flow: order.flow,
            operator: operator.to_owned(),
            slots: station.config.slots.iter().map(|slot| slot.name.clone()).collect(),
            scan_wait: station.config.scan_wait,
            language: self.language.unwrap_or(station.config.language),
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

    /// The signals that stop the line. Without a screen a closed terminal is none: whoever has the program
    /// ignore that wants it to go on.
    const fn signals(&self) -> &'static [SignalKind] {
        const BOTH: &[SignalKind] = &[SignalKind::interrupt(), SignalKind::terminate()];
        const SCREEN: &[SignalKind] =
            &[SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        match self {
            Self::Screen(_) => SCREEN,
            Self::Lines(_) => BOTH,
        }
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

/// On these signals the runs under way go on to their end; no further module is taken up.
fn stop_on_signal(signals: &[SignalKind], stop: impl Fn() + Send + Sync + 'static) {
    let stop = Arc::new(stop);
    for kind in signals.iter().copied() {
        // A signal that cannot be caught ends the program, as it does everywhere.
        let Ok(mut signal) = signal(kind) else { continue };
        let stop = Arc::clone(&stop);
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                stop();
            }
        });
    }
}

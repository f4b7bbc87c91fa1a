//! What has to be there before a module is taken up, and the work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::Arguments;
use super::display::{Display, stop_on_signal};
use crate::audit::Watch;
use crate::cli::station::{OpenOrder, Station};
use crate::cli::{Invocation, opening, pin, print};
use crate::config::Order;
use crate::engine::{self, Event, Progress, Quota, Retries, Shared, SlotDevices, Tally};
use crate::fault::{Fault, FaultCode};
use crate::gate::{Authority, Desk, Gate, Issuer, Issuing};
use crate::headless::{Headless, Record};
use crate::label::Label;
use crate::ledger::{Ledger, OrderProgress, SignInBy, StationStarted};
use crate::operator::Attendance;
use crate::probe::Image;
use crate::scanner::Scans;
use crate::signals;
use crate::tui::office::Office;
use crate::tui::text::before::Before;
use crate::tui::watch::Watched;
use crate::tui::{Front, Wiring};

/// A line on which all is checked that can be checked before the CA is opened.
pub(super) struct Line<'a> {
    invocation: &'a Invocation,
    arguments: &'a Arguments,
    station: &'a Station,
    order: Order,
    /// How far the order has come.
    done: OrderProgress,
    /// Whether somebody has given the PIN, in whose name the CA is opened.
    opens: bool,
    image: Image,
    ledger: Ledger,
    issuer: Issuer,
    desk: Desk,
    gate: Gate,
    audit: Option<Watch>,
    progress: Arc<Progress>,
    /// Who works there, by its screen; a line without one is worked by whoever started it.
    pub(super) attendance: Option<Arc<Attendance>>,
}

impl<'a> Line<'a> {
    /// What costs nothing is looked at first; then the PIN is asked for, unless the CA is left closed.
    pub(super) async fn prepare(
        invocation: &'a Invocation,
        arguments: &'a Arguments,
        station: &'a Station,
    ) -> Result<Self, Fault> {
        let ledger = station.ledger(invocation)?;
        let OpenOrder { order, progress: done } = station.open_order(&ledger).await?;
        let left = done.quantity.saturating_sub(done.passed);
        if left == 0 {
            return Err(Fault::new(FaultCode::OrderComplete, format!("order {} is complete", order.id)));
        }
        let image = Image::load(&order.product.firmware).map_err(|error| Fault::of(&error))?;
        Label::sample(&order.id, &order.product.name, &order.label, &order.product.label)
            .map_err(|error| Fault::of(&error))?;
        let issuer = station.issuer(&ledger).await?;
        // Whoever gives the PIN opens the CA in their own name.
        let officer = arguments.officer(invocation, arguments.language(station))?;
        let opens = officer.is_some();
        let (ledger, hsm) = match officer {
            Some(officer) => {
                (ledger.with_operator(officer.name.as_str()), pin::open(station, officer.pin).await?)
            }
            None => (ledger, pin::closed(station)),
        };
        let audit = audit(station, &ledger).await?;
        let gate = Gate::new(order.product.policy.clone(), station.own_keys(&ledger).await?);
        let started = StationStarted { program: env!("CARGO_PKG_VERSION").to_owned() };
        ledger.append(started).await.map_err(|error| Fault::of(&error))?;
        let desk = Desk::new(Arc::new(hsm), ledger.clone());
        let progress = Arc::new(Progress::new(Quota { passes: left, runs: arguments.units }));
        let attendance = arguments
            .wants_screen()
            .then(|| Arc::new(Attendance::new(ledger.clone(), Arc::clone(&progress))));
        Ok(Self {
            invocation,
            arguments,
            station,
            order,
            done,
            opens,
            image,
            ledger,
            issuer,
            desk,
            gate,
            audit,
            progress,
            attendance,
        })
    }

    /// The CA, opened as the command says; or closed, for whoever opens it at the screen.
    pub(super) async fn authority(&self) -> Result<Arc<Authority>, Fault> {
        if self.opens {
            return self.arguments.leave.open(self.station, &self.desk, &self.issuer, &self.done).await;
        }
        let clock = Arc::clone(&self.station.clock);
        Ok(Arc::new(Authority::closed(self.desk.clone(), self.issuer.clone(), clock)))
    }

    /// Takes up modules until the line has had enough, and shows what happens. Gives what came of it, and how
    /// long it took.
    pub(super) async fn work(
        self,
        authority: &Arc<Authority>,
        record: Record,
    ) -> Result<(Tally, Duration), Fault> {
        let station = self.station;
        if self.opens {
            opening::tell(authority)?;
        } else {
            print::line(Before::Closed.says(self.arguments.language(station)))?;
        }
        let (events, heard) = unbounded_channel();
        let (scans, readings) = Scans::new();
        let slots = SlotDevices::with_scans(&station.config.slots, &scans, station.config.scan_wait);
        let began = station.clock.instant();
        let retries = Arc::new(Retries::default());
        // Before the terminal is taken over: a signal must never leave it as the screen has it.
        let signals = signals::listen(self.attendance.is_some());
        let display = if let Some(attendance) = &self.attendance {
            self.attend(attendance).await?;
            let operator = self.invocation.operator.clone();
            let setting = self.arguments.setting(station, &self.order, self.done, operator);
            let wiring = Wiring {
                events: heard,
                record,
                progress: Arc::clone(&self.progress),
                retries: Arc::clone(&retries),
                scans,
                readings,
                office: self.office(attendance, authority, &slots),
                watched: Watched::new(
                    &slots,
                    self.desk.hsm().watch(),
                    authority.watch(),
                    station.config.data.clone(),
                ),
            };
            Display::screen(Front::open(setting, wiring))?
        } else {
            let hands = station
                .config
                .slots
                .iter()
                .filter_map(|slot| Some((slot.scanner.hand()?, slot.name.clone())));
            tokio::spawn(scans.give_each(readings, hands.collect(), station.config.operators.clone()));
            Display::Lines(tokio::spawn(Headless::new(record).show_all(heard)))
        };
        stop_on_signal(signals, display.stopper(Arc::clone(&self.progress)));
        let shared = self.shared(authority, events, retries);
        let result = engine::line::run(Arc::new(shared), slots).await;
        authority.retire();
        // Whoever is at the screen may still close a batch, and have it vouched for.
        display.close(&result).await?;
        result.map(|tally| (tally, station.clock.instant().saturating_duration_since(began)))
    }

    /// Signs in whoever the command names; or nobody yet.
    async fn attend(&self, attendance: &Attendance) -> Result<(), Fault> {
        let Some(operator) = &self.invocation.operator else { return Ok(()) };
        let signed_in = attendance.sign_in(operator.clone(), SignInBy::Command).await;
        signed_in.map_err(|error| Fault::of(&error))
    }

    /// What does for the screen what its pages ask for.
    fn office(
        &self,
        attendance: &Arc<Attendance>,
        authority: &Arc<Authority>,
        slots: &[SlotDevices],
    ) -> Office {
        Office {
            config: Arc::new(self.station.config.clone()),
            files: self.station.files.clone(),
            ledger: self.ledger.clone(),
            desk: self.desk.clone(),
            authority: Arc::clone(authority),
            audit: self.audit.clone(),
            order: self.order.id.as_str().into(),
            progress: Arc::clone(&self.progress),
            attendance: Arc::clone(attendance),
            printers: slots.iter().map(SlotDevices::label_printer).collect(),
            settings: self.invocation.config.clone(),
            slots: slots.into(),
            clock: Arc::clone(&self.station.clock),
        }
    }

    /// What all slots share.
    fn shared(
        self,
        authority: &Arc<Authority>,
        events: UnboundedSender<Event>,
        retries: Arc<Retries>,
    ) -> Shared {
        let Self { station, order, image, ledger, issuer, desk, gate, audit, progress, .. } = self;
        let profile = order.product.certificate.clone();
        let clock = Arc::clone(&station.clock);
        let issuing = Issuing { desk, gate, authority: Arc::clone(authority), issuer, profile, clock };
        Shared {
            order,
            image,
            ledger,
            issuing,
            audit,
            files: station.files.clone(),
            scan_wait: station.config.scan_wait,
            clock: Arc::clone(&station.clock),
            events,
            progress,
            retries,
        }
    }
}

/// The HSM's own log, if the settings name it. Whoever else uses the key has used it before this day's first
/// module.
async fn audit(station: &Station, ledger: &Ledger) -> Result<Option<Watch>, Fault> {
    let hsm = &station.config.hsm;
    let Some(log) = &hsm.audit else { return Ok(None) };
    let watch = Watch::new(&hsm.token, log, Arc::clone(&station.clock));
    watch.check(ledger).await.map_err(|error| Fault::of(&error))?;
    Ok(Some(watch))
}

//! `station run`.

use std::path::PathBuf;
use std::sync::Arc;

use super::opening::Leave;
use super::pin::PinSource;
use super::station::{OpenOrder, Station};
use super::{Invocation, Outcome, print};
use crate::audit::Watch;
use crate::engine::{self, Progress, Quota, Shared, SlotDevices, Tally};
use crate::fault::{Fault, FaultCode};
use crate::gate::{Desk, Gate, Issuing};
use crate::headless::Headless;
use crate::hsm::Hsm as _;
use crate::label::Label;
use crate::ledger::StationStarted;
use crate::pki::chain;
use crate::probe::Image;

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
    let display = Headless::new(arguments.events.as_deref())
        .map_err(|error| Fault::new(FaultCode::FileWrite, format!("cannot open the event file: {error}")))?;
    let display = tokio::spawn(display.show_all(heard));
    let slots = SlotDevices::all(&station.config.slots);
    let began = station.clock.instant();
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
        progress: Arc::new(Progress::new(Quota { passes: left, runs: arguments.units })),
    });
    stop_on_signal(Arc::clone(&shared.progress));
    let result = engine::line::run(shared, slots).await;
    let closed = authority.close(&desk).await;
    // With the engine the last sender is gone, so the display has shown everything when it ends.
    match display.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            return Err(Fault::new(FaultCode::FileWrite, format!("cannot show what happens: {error}")));
        }
        Err(error) => return Err(Fault::new(FaultCode::Bug, format!("the display ended: {error}"))),
    }
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

/// On Ctrl-C and on SIGTERM the runs under way go on to their end; no further module is taken up.
fn stop_on_signal(progress: Arc<Progress>) {
    tokio::spawn(async move {
        let terminated = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminated => {}
        }
        progress.stop();
    });
}

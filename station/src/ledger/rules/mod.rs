//! What an event does to the projections, and what forbids it.
//!
//! The rules are the same when an event is appended and when the projections are rebuilt to be
//! compared; only the [`Tables`] differ. A rule looks first and writes last, and what it writes
//! depends on the events alone, never on the clock or on chance.

mod batch;
mod certificate;
mod hand;
mod module;
mod run;
mod signing;
mod vouch;

use wire::Uid;

use super::event::Event;
use super::id::{OrderId, RunId};
use super::refusal::Refusal;
use super::row::{Module, Run};
use super::tables::Tables;

/// Why an event was not applied.
#[derive(Debug)]
pub(super) enum Unapplied {
    /// A rule forbids it.
    Refused(Refusal),
    /// The tables could not be read or written.
    Failed(rusqlite::Error),
}

impl From<Refusal> for Unapplied {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<rusqlite::Error> for Unapplied {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

type Applied = Result<(), Unapplied>;

/// Applies the event at place `seq`. After an error the tables may be half changed.
pub(super) fn apply(tables: &mut impl Tables, seq: i64, event: &Event) -> Applied {
    match event {
        Event::LedgerCreated(_) if seq == 1 => Ok(()),
        Event::LedgerCreated(_) => Err(Refusal::Created.into()),
        Event::StationStarted(_) => run::station_started(tables, seq),
        Event::AuthorityEstablished(authority) => certificate::authority_established(tables, seq, authority),
        Event::AuthorityActivated(activated) => certificate::authority_activated(tables, seq, activated),
        Event::OrderOpened(order) => run::order_opened(tables, seq, order),
        Event::QuotaRaised(raised) => run::quota_raised(tables, raised),
        // Who may sign is the HSM's and the gate's to say; here stands who said so, and when.
        Event::AuthorityOpened(opened) => signing::opened_or_closed(tables, opened.authority),
        Event::AuthorityClosed(closed) => signing::opened_or_closed(tables, closed.authority),
        Event::SignatureAnnounced(announced) => signing::announced(tables, seq, announced),
        Event::SignatureMade(made) => signing::made(tables, seq, made),
        Event::SignaturesAccepted(accepted) => signing::accepted(tables, seq, accepted),
        Event::RunStarted(run) => run::run_started(tables, seq, run),
        Event::StepFinished(step) => run::step_finished(tables, step),
        Event::RunPassed(passed) => run::run_passed(tables, seq, passed),
        Event::RunFaulted(faulted) => run::run_faulted(tables, seq, faulted),
        Event::ModuleIdentified(identified) => module::identified(tables, seq, identified),
        Event::DeviceRecognised(recognised) => module::recognised(tables, seq, recognised),
        Event::CertificateReserved(reserved) => certificate::reserved(tables, seq, reserved),
        Event::CertificateIssued(issued) => certificate::issued(tables, seq, issued),
        Event::CertificateInstalled(installed) => module::installed(tables, seq, installed),
        Event::ModuleProved(proved) => module::proved(tables, seq, proved),
        Event::ModuleSealed(sealed) => module::sealed(tables, seq, sealed),
        Event::LabelPrinted(printed) => module::printed(tables, seq, printed),
        Event::LabelScanned(scanned) => module::scanned(tables, seq, scanned),
        Event::ModuleQuarantined(quarantined) => hand::quarantined(tables, seq, quarantined),
        Event::ModuleVoided(voided) => hand::voided(tables, seq, voided),
        Event::ModuleScrapped(scrapped) => hand::scrapped(tables, seq, scrapped),
        Event::ModuleReworked(reworked) => hand::reworked(tables, reworked),
        Event::ModuleReturned(returned) => hand::returned(tables, seq, returned),
        Event::LabelReprinted(reprinted) => hand::reprinted(tables, seq, reprinted),
        Event::CheckpointSigned(checkpoint) => vouch::checkpoint_signed(tables, seq, checkpoint),
        Event::RevocationListIssued(list) => vouch::revocation_list_issued(tables, seq, list),
        // The first two say who stands in the operator's column, the last that the time of this very event is
        // right; no rule hangs on them.
        Event::OperatorSignedIn(_) | Event::OperatorSignedOut(_) | Event::ClockAccepted(_) => Ok(()),
        Event::BatchClosed(closed) => batch::closed(tables, seq, closed),
        Event::BatchExported(exported) => batch::exported(tables, seq, exported),
    }
}

/// Whether no run that began after the place `since` has the module. None of the rules: see
/// [`Only`](super::writer::Only).
pub(super) fn at_rest(tables: &mut impl Tables, uid: Uid, since: i64) -> Applied {
    let Some(module) = tables.load::<Module>(uid.as_bytes())? else { return Ok(()) };
    match tables.load::<Run>(&module.run)? {
        Some(run) if run.ended.is_none() && run.seq > since => {
            Err(Refusal::ModuleAtWork { uid, slot: run.slot }.into())
        }
        _ => Ok(()),
    }
}

/// The run, if it is under way.
fn run_under_way(tables: &mut impl Tables, run: RunId) -> Result<Run, Unapplied> {
    let found = tables.load::<Run>(&run.seq().number())?.ok_or(Refusal::RunUnknown { run })?;
    if found.ended.is_some() { Err(Refusal::RunOver { run }.into()) } else { Ok(found) }
}

/// The module with this UID, if it is known.
fn known_module(tables: &mut impl Tables, uid: &Uid) -> Result<Module, Unapplied> {
    Ok(tables.load::<Module>(uid.as_bytes())?.ok_or(Refusal::ModuleUnknown { uid: *uid })?)
}

/// The module of a run under way, if it may go on: neither void nor set apart nor finished nor another
/// order's.
fn module_at_work(tables: &mut impl Tables, run: RunId, uid: &Uid) -> Result<(Run, Module), Unapplied> {
    let (uid, found) = (*uid, run_under_way(tables, run)?);
    let module = known_module(tables, &uid)?;
    if found.module != Some(module.seq) {
        return Err(Refusal::RunOther { run, uid }.into());
    }
    if module.voided.is_some() {
        return Err(Refusal::ModuleVoid { uid }.into());
    }
    if module.quarantined.is_some() {
        return Err(Refusal::ModuleQuarantined { uid }.into());
    }
    if module.passed.is_some() {
        return Err(Refusal::ModulePassed { uid }.into());
    }
    match &module.order_id {
        Some(order) if *order != found.order_id => {
            Err(Refusal::OrderOther { uid, order: OrderId::new(order) }.into())
        }
        _ => Ok((found, module)),
    }
}

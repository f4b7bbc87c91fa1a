//! From the ledger's rows and events to what the page tells.

use time::OffsetDateTime;
use wire::Uid;

use crate::engine::StepId;
use crate::label::blocks;
use crate::ledger::{
    DeedKind, Event, Ledger, LedgerError, ModuleRecord, ModuleState, OrderRecord, Reader, StepOutcome,
    StoredEvent,
};
use crate::module;
use crate::pki;
use crate::tui::pages::unit::Hit;
use crate::tui::pages::unit::dossier::{Certificate, Dossier, Happened, Label, Standing, Void, What};

/// All that the page tells of one module; none, if the ledger does not know it.
pub(super) async fn of(
    ledger: &Ledger,
    uid: Uid,
    now: OffsetDateTime,
) -> Result<Option<Dossier>, LedgerError> {
    ledger.query(move |reader| read(reader, uid, now)).await
}

fn read(reader: &Reader, uid: Uid, now: OffsetDateTime) -> Result<Option<Dossier>, LedgerError> {
    let Some(module) = reader.module(&uid)? else { return Ok(None) };
    let order = module.order.as_ref().map(|order| reader.order(order)).transpose()?.flatten();
    let story = reader.story(&uid)?;
    let standing = standing(reader, &module)?;
    let certificate = reader.certificate(&uid)?.and_then(|der| in_words(&der));
    Ok(Some(Dossier {
        uid,
        may: deeds(&module, &standing),
        standing,
        order: module.order.as_ref().map(ToString::to_string),
        product: order.as_ref().map(|order| order.product.clone()),
        void: void(&module, &story),
        certificate,
        label: label_of(&module, order.as_ref()),
        story: story.into_iter().filter_map(|stored| happened(uid, stored)).collect(),
        read: now,
    }))
}

/// A module in a list of those that were found.
pub(super) fn hit(reader: &Reader, module: ModuleRecord) -> Result<Hit, LedgerError> {
    let standing = standing(reader, &module)?;
    Ok(Hit { uid: module.uid, standing, order: module.order.map(|order| order.to_string()) })
}

/// How a module stands.
fn standing(reader: &Reader, module: &ModuleRecord) -> Result<Standing, LedgerError> {
    let uid = &module.uid;
    if module.scrapped {
        return Ok(Standing::Scrapped);
    }
    if module.state == ModuleState::Void {
        return Ok(Standing::Void);
    }
    if let Some(slot) = reader.at_work(uid)? {
        return Ok(Standing::AtWork { slot });
    }
    if module.quarantined {
        return Ok(Standing::Quarantined);
    }
    if module.state != ModuleState::Passed {
        return Ok(Standing::InWork(module.state));
    }
    Ok(match reader.shipment(uid)? {
        Some((batch, true)) => Standing::Exported { batch: batch.to_string() },
        Some((batch, false)) => Standing::Batched { batch: batch.to_string() },
        None => Standing::Passed,
    })
}

/// What the ledger would take, so that nothing else is offered.
fn deeds(module: &ModuleRecord, standing: &Standing) -> Vec<DeedKind> {
    let passed = module.state == ModuleState::Passed;
    let may = |deed: &DeedKind| match (standing, deed) {
        (Standing::AtWork { .. } | Standing::Scrapped, _) => false,
        (_, DeedKind::Scrap) => true,
        (Standing::Void, _) => false,
        (_, DeedKind::Void) => true,
        (_, DeedKind::Rework) => passed || module.quarantined,
        (_, DeedKind::Return) => passed,
        (_, DeedKind::Reprint) => module.label.is_some(),
    };
    DeedKind::ALL.into_iter().filter(may).collect()
}

/// Since when it is void: since the first event that made it so.
fn void(module: &ModuleRecord, story: &[StoredEvent]) -> Option<Void> {
    if module.state != ModuleState::Void {
        return None;
    }
    story.iter().find_map(|stored| {
        let reason = match &stored.event {
            Event::ModuleVoided(voided) => &voided.reason,
            Event::ModuleScrapped(scrapped) => &scrapped.reason,
            _ => return None,
        };
        Some(Void { since: stored.time, reason: reason.to_string() })
    })
}

/// The certificate in words; none, if it is not one that the station can read.
fn in_words(der: &[u8]) -> Option<Certificate> {
    let certificate = pki::Certificate::from_der(der).ok()?;
    // The leading 00 of a number with its top bit set is DER's, and zeros at the front are not in DER.
    let serial = hex::encode(certificate.serial_bytes());
    let serial =
        format!("{:0>32}", serial.strip_prefix("00").filter(|rest| rest.len() == 32).unwrap_or(&serial));
    Some(Certificate {
        subject: certificate.subject().to_string(),
        serial,
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        issuer: certificate.issuer().to_string(),
        key: certificate.subject_key_identifier().map(hex::encode).unwrap_or_default(),
        sha256: hex::encode(certificate.sha256()),
    })
}

fn label_of(module: &ModuleRecord, order: Option<&OrderRecord>) -> Label {
    let Some(payload) = module.label.clone() else { return Label::None };
    match module::label(module, order) {
        Ok(label) => Label::Drawn {
            payload,
            lines: label.lines().map(str::to_owned).collect(),
            code: blocks::render(&label),
        },
        Err(fault) => Label::Lost { payload, code: fault.code },
    }
}

/// What happened, as far as it is about this module.
pub(in crate::tui) fn happened(uid: Uid, stored: StoredEvent) -> Option<Happened> {
    let what = match stored.event {
        Event::RunStarted(run) => What::RunStarted { slot: run.slot, order: run.order.to_string() },
        Event::ModuleIdentified(event) => What::Identified { firmware: event.firmware },
        Event::DeviceRecognised(event) => What::Recognised { device: event.device.to_string() },
        Event::CertificateReserved(_) => What::Reserved,
        Event::CertificateIssued(_) => What::Issued,
        Event::CertificateInstalled(_) => What::Installed,
        Event::ModuleProved(_) => What::Proved,
        Event::ModuleSealed(_) => What::Sealed,
        Event::LabelPrinted(_) => What::Printed,
        Event::LabelScanned(_) => What::Scanned,
        Event::StepFinished(step) => What::Step {
            step: StepId::named(&step.step),
            skipped: match step.outcome {
                StepOutcome::Done => None,
                StepOutcome::Skipped { reason } => Some(reason),
            },
            elapsed_ms: step.elapsed_ms,
        },
        Event::RunPassed(_) => What::Passed,
        Event::RunFaulted(event) => What::Faulted { code: event.code, causes: event.chain.links().to_vec() },
        Event::ModuleQuarantined(event) => What::Quarantined { code: event.code },
        Event::ModuleVoided(event) => deed(DeedKind::Void, &event.reason),
        Event::ModuleScrapped(event) => deed(DeedKind::Scrap, &event.reason),
        Event::ModuleReworked(event) => deed(DeedKind::Rework, &event.reason),
        Event::ModuleReturned(event) => deed(DeedKind::Return, &event.reason),
        Event::LabelReprinted(event) => deed(DeedKind::Reprint, &event.reason),
        Event::BatchClosed(event) => {
            let fate = event.entries.iter().find(|entry| entry.uid == uid)?.fate;
            What::Batched { batch: event.batch.to_string(), fate }
        }
        Event::BatchExported(event) => {
            What::Exported { batch: event.batch.to_string(), file: event.file_name }
        }
        // None of a module's.
        Event::LedgerCreated(_)
        | Event::StationStarted(_)
        | Event::OperatorSignedIn(_)
        | Event::OperatorSignedOut(_)
        | Event::AuthorityEstablished(_)
        | Event::AuthorityActivated(_)
        | Event::OrderOpened(_)
        | Event::QuotaRaised(_)
        | Event::AuthorityOpened(_)
        | Event::AuthorityClosed(_)
        | Event::SignatureAnnounced(_)
        | Event::SignatureMade(_)
        | Event::SignaturesAccepted(_)
        | Event::CheckpointSigned(_)
        | Event::RevocationListIssued(_)
        | Event::ClockAccepted(_) => return None,
    };
    Some(Happened { time: stored.time, operator: stored.operator, what })
}

fn deed(deed: DeedKind, reason: &crate::ledger::Reason) -> What {
    What::Deed { deed, reason: reason.to_string() }
}

//! What needs no device: settings, ledger, clock, order, firmware, label, certificates, disk.

use std::path::Path;

use rustix::fs::statvfs;

use super::{Detail, Found, Scope, Subject, Teller};
use crate::clock::rfc3339;
use crate::config;
use crate::fault::{Fault, FaultCode};
use crate::label::Label;
use crate::ledger::{AuthorityRole, Reader};
use crate::order;
use crate::pki::{Certificate, chain};
use crate::probe::Image;

/// A key that has to be in the HSM, by its label, and its certificate. A root that is kept elsewhere has no
/// label here.
pub type Key = (String, Certificate);

/// Reads the settings in this file anew, and tells all that is wrong with them.
pub fn settings(file: &Path, teller: &mut Teller<'_>) -> Option<config::Station> {
    teller.looking(&Subject::Settings);
    match config::Station::load(file) {
        Ok(config) => {
            teller.found(Subject::Settings, Found::Well(Detail::File(file.display().to_string())));
            Some(config)
        }
        Err(error) => {
            for line in error.lines() {
                let fault = Fault::new(FaultCode::Configuration, line);
                teller.found(Subject::Settings, Found::Wrong(fault));
            }
            None
        }
    }
}

/// All that needs no device but the disk. Gives the keys that have to be in the HSM, if the certificates
/// are in order.
pub fn paper(scope: &Scope<'_>, teller: &mut Teller<'_>) -> Option<Vec<Key>> {
    teller.looking(&Subject::Ledger);
    let file = scope.files.ledger();
    let reader = if file.exists() {
        let reader = Reader::open(&file).map_err(|error| Fault::of(&error));
        teller.note(Subject::Ledger, reader, |_| Detail::File(file.display().to_string()))
    } else {
        teller.found(Subject::Ledger, Found::Well(Detail::NoLedgerYet));
        None
    };
    let Some(reader) = reader else {
        let missing = Fault::new(FaultCode::AuthorityMissing, "there is no ledger yet");
        teller.found(Subject::Certificates, Found::Wrong(missing));
        return None;
    };
    clock(scope, &reader, teller);
    order(&reader, teller);
    authority(scope, &reader, teller)
}

/// How much room is left on the disk of this directory.
pub fn room(directory: &Path, teller: &mut Teller<'_>) {
    teller.looking(&Subject::Disk);
    let unknown = || {
        let what = format!("the disk of {} does not tell its room", directory.display());
        Fault::new(FaultCode::FileWrite, what)
    };
    teller.note(Subject::Disk, free(directory).ok_or_else(unknown), |percent| Detail::Room(*percent));
}

/// How many percent of the disk's room are left for this program; none, if the disk does not tell.
pub fn free(directory: &Path) -> Option<u8> {
    let disk = statvfs(directory).ok()?;
    let percent = disk.f_bavail.saturating_mul(100).checked_div(disk.f_blocks)?;
    u8::try_from(percent.min(100)).ok()
}

/// The clock must not be behind what the ledger has seen.
fn clock(scope: &Scope<'_>, reader: &Reader, teller: &mut Teller<'_>) {
    teller.looking(&Subject::Clock);
    let now = scope.clock.now();
    let result = match reader.head() {
        Ok(head) if now < head.time => Err(Fault::new(
            FaultCode::ClockBehind,
            format!("it is {}, but the ledger's last event is of {}", rfc3339(now), rfc3339(head.time)),
        )),
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::of(&error)),
    };
    teller.note(Subject::Clock, result, |()| Detail::Time(now));
}

/// The open order, its product, its firmware and its label.
fn order(reader: &Reader, teller: &mut Teller<'_>) {
    teller.looking(&Subject::Order);
    let record = match reader.open_order() {
        Ok(Some(record)) => Ok(record),
        Ok(None) => Err(Fault::new(FaultCode::OrderMissing, "the ledger has no open order")),
        Err(error) => Err(Fault::of(&error)),
    };
    let order = record.and_then(|record| order::of(&record).map_err(Fault::from));
    let Some(order) = teller.note(Subject::Order, order, |order| Detail::Order {
        id: order.id.clone(),
        quantity: order.quantity,
        product: order.product.name.clone(),
        customer: order.customer.clone(),
    }) else {
        return;
    };
    teller.looking(&Subject::Firmware);
    let image = Image::load(&order.product.firmware).map_err(|error| Fault::of(&error));
    teller.note(Subject::Firmware, image, |image| Detail::Firmware {
        version: order.product.firmware.version.clone(),
        bytes: image.end().into(),
    });
    teller.looking(&Subject::Label);
    let label = Label::sample(&order.id, &order.product.name, &order.label, &order.product.label)
        .map_err(|error| Fault::of(&error));
    teller.note(Subject::Label, label, |label| Detail::Label(label.payload().to_string()));
}

/// Root, issuing CA and manifest signer. Gives the keys that have to be in the HSM.
fn authority(scope: &Scope<'_>, reader: &Reader, teller: &mut Teller<'_>) -> Option<Vec<Key>> {
    teller.looking(&Subject::Certificates);
    let find = |role| -> Result<Key, Fault> {
        let record = reader.authority(role).map_err(|error| Fault::of(&error))?.ok_or_else(|| {
            Fault::new(FaultCode::AuthorityMissing, format!("the ledger has no {role:?} certificate"))
        })?;
        let certificate = Certificate::from_der(&record.certificate)
            .map_err(|error| Fault::because(FaultCode::LedgerBroken, &error))?;
        Ok((record.key_label, certificate))
    };
    let all = (|| {
        let root = find(AuthorityRole::Root)?;
        let issuing = find(AuthorityRole::Issuing)?;
        let manifest = find(AuthorityRole::Manifest)?;
        chain::check_authority(&root.1, &issuing.1, &manifest.1, scope.clock.now())
            .map_err(|error| Fault::of(&error))?;
        let until = issuing.1.not_after();
        Ok((vec![issuing, manifest, root], until))
    })();
    let all = teller.note(Subject::Certificates, all, |(_, until)| Detail::IssuingUntil(*until));
    all.map(|(keys, _)| keys)
}

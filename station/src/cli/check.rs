//! `station check`: every device and setting, all problems at once, each with what to do.

use serde::Serialize;

use super::pin::PinSource;
use super::station::{self, Station};
use super::{Invocation, Outcome, print};
use crate::config;
use crate::engine::SlotDevices;
use crate::fault::{Fault, FaultCode};
use crate::hsm::{Hsm as _, TokenDetails};
use crate::label::Label;
use crate::ledger::{AuthorityRole, Reader};
use crate::pki::{Certificate, chain};
use crate::probe::{Image, Seat};

/// What was found out about one thing.
#[derive(Debug, Serialize)]
struct Finding {
    /// What was looked at.
    subject: String,
    /// What is well about it.
    detail: Option<String>,
    /// What is wrong with it.
    fault: Option<Fault>,
}

/// All findings, in the order in which they were made.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Notes how a check went, and gives its result to the next one.
    fn note<T>(
        &mut self,
        subject: impl Into<String>,
        result: Result<T, Fault>,
        detail: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        let (value, detail, fault) = match result {
            Ok(value) => {
                let detail = detail(&value);
                (Some(value), Some(detail), None)
            }
            Err(fault) => (None, None, Some(fault)),
        };
        self.0.push(Finding { subject: subject.into(), detail, fault });
        value
    }
}

pub(super) async fn run(invocation: &Invocation, pin: &PinSource) -> Result<Outcome, Fault> {
    let mut findings = Findings::default();
    let loaded = config::Station::load(&invocation.config);
    if let Err(error) = &loaded {
        for line in error.lines() {
            findings.note("settings", Err::<(), _>(Fault::new(FaultCode::Configuration, line)), |()| {
                String::new()
            });
        }
    }
    if loaded.is_ok() {
        let station = Station::load(invocation)?;
        findings.note("settings", Ok(()), |()| invocation.config.display().to_string());
        check_station(&station, pin, &mut findings).await;
    }
    report(invocation, &findings.0)
}

async fn check_station(station: &Station, pin: &PinSource, findings: &mut Findings) {
    let reader = if station.files.ledger().exists() {
        findings.note("ledger", station.reader(), |_| station.files.ledger().display().to_string())
    } else {
        findings.note("ledger", Ok(()), |()| "none yet; the first command makes one".to_owned());
        None
    };
    let keys = if let Some(reader) = &reader {
        check_clock(station, reader, findings);
        check_order(reader, findings);
        check_authority(station, reader, findings)
    } else {
        let missing = || Fault::new(FaultCode::AuthorityMissing, "there is no ledger yet");
        findings.note("certificates", Err::<(), _>(missing()), |()| String::new());
        None
    };
    drop(reader);
    check_hsm(station, pin, keys, findings).await;
    for devices in SlotDevices::all(&station.config.slots) {
        check_slot(&devices, findings).await;
    }
}

/// The clock must not be behind what the ledger has seen.
fn check_clock(station: &Station, reader: &Reader, findings: &mut Findings) {
    let now = station.clock.now();
    let result = match reader.head() {
        Ok(head) if now < head.time => Err(Fault::new(
            FaultCode::ClockBehind,
            format!("it is {now}, but the ledger's last event is of {}", head.time),
        )),
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::of(&error)),
    };
    findings.note("clock", result, |()| now.to_string());
}

/// The open order, its product, its firmware and its label.
fn check_order(reader: &Reader, findings: &mut Findings) {
    let record = match reader.open_order() {
        Ok(Some(record)) => Ok(record),
        Ok(None) => Err(Fault::new(FaultCode::OrderMissing, "the ledger has no open order")),
        Err(error) => Err(Fault::of(&error)),
    };
    let order = record.and_then(|record| station::definition(&record));
    let Some(order) = findings.note("order", order, |order| {
        format!("{}: {} x {} for {}", order.id, order.quantity, order.product.name, order.customer)
    }) else {
        return;
    };
    let image = Image::load(&order.product.firmware).map_err(|error| Fault::of(&error));
    findings.note("firmware", image, |image| {
        format!("version {}, {} bytes of flash", order.product.firmware.version, image.end())
    });
    let label = Label::sample(&order.id, &order.product.name, &order.label, &order.product.label)
        .map_err(|error| Fault::of(&error));
    findings.note("label", label, |label| format!("such as {}", label.payload()));
}

/// A key that has to be in the HSM, by its label, and its certificate.
type Key = (String, Certificate);

/// Root, issuing CA and manifest signer. Gives the keys that have to be in the HSM.
fn check_authority(station: &Station, reader: &Reader, findings: &mut Findings) -> Option<Vec<Key>> {
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
        chain::check_authority(&root.1, &issuing.1, &manifest.1, station.clock.now())
            .map_err(|error| Fault::of(&error))?;
        Ok(vec![issuing, manifest, root])
    })();
    findings.note("certificates", all, |keys| {
        let ends = keys.first().map(|(_, issuing)| issuing.not_after().to_string());
        format!("issuing CA until {}", ends.unwrap_or_default())
    })
}

/// Module, token, PIN and keys.
async fn check_hsm(station: &Station, pin: &PinSource, keys: Option<Vec<Key>>, findings: &mut Findings) {
    let labels = &station.config.hsm;
    let opened = async {
        let hsm = pin.open(station).await?;
        let details = hsm.open().await.map_err(|error| Fault::of(&error))?;
        Ok((hsm, details))
    };
    let described = |details: &TokenDetails| {
        let TokenDetails { label, manufacturer, model, serial, tries, .. } = details;
        format!("token {label}: {manufacturer} {model}, serial number {serial}; {tries}")
    };
    let Some((hsm, _)) = findings.note("hsm", opened.await, |(_, details)| described(details)) else {
        return;
    };
    let Some(keys) = keys else {
        // There are no certificates to say which keys there have to be.
        for label in [&labels.root_key, &labels.issuing_key, &labels.manifest_key] {
            let key = hsm.public_key(label).await.map_err(|error| Fault::of(&error));
            findings.note(format!("hsm key {label}"), key, |_| "found".to_owned());
        }
        return;
    };
    // A root that is kept elsewhere has no label here.
    for (label, certificate) in keys.iter().filter(|(label, _)| !label.is_empty()) {
        let key = hsm.public_key(label).await.map_err(|error| Fault::of(&error));
        let key = key.and_then(|key| chain::check_key(certificate, &key).map_err(|error| Fault::of(&error)));
        // A key that cannot be found is told of once.
        let usage = if key.is_ok() { hsm.usage(label).await.ok().flatten() } else { None };
        findings.note(format!("hsm key {label}"), key, |()| match usage {
            Some(usage) => format!("found; {usage}"),
            None => "found".to_owned(),
        });
    }
}

/// The devices of one slot.
async fn check_slot(devices: &SlotDevices, findings: &mut Findings) {
    let slot = format!("slot {}", devices.name);
    let seat = devices.probe.seat().await.map_err(|error| Fault::of(&error));
    findings.note(format!("{slot} probe"), seat, |seat| match seat {
        Seat::Taken => "a module is seated".to_owned(),
        Seat::Empty => "no module is seated".to_owned(),
    });
    let port = devices.link.open().await.map_err(|error| Fault::of(&error));
    findings.note(format!("{slot} serial port"), port, |()| "opens".to_owned());
    let printer = devices.printer.status().await.map_err(|error| Fault::of(&error)).and_then(|status| {
        match status.trouble() {
            Some(trouble) => Err(Fault::new(trouble.code(), trouble.to_string())),
            None => Ok(()),
        }
    });
    findings.note(format!("{slot} printer"), printer, |()| "ready".to_owned());
    let scanner = devices.scanner.reach().await.map_err(|error| Fault::of(&error));
    let told = if devices.scanner.can_be_asked() { "answers" } else { "a keyboard, which cannot be asked" };
    findings.note(format!("{slot} scanner"), scanner, |()| told.to_owned());
}

fn report(invocation: &Invocation, findings: &[Finding]) -> Result<Outcome, Fault> {
    if invocation.json {
        print::json(&findings)?;
    } else {
        for Finding { subject, detail, fault } in findings {
            match fault {
                None => {
                    print::line(format!("ok     {subject:<20} {}", detail.as_deref().unwrap_or_default()))?;
                }
                Some(fault) => {
                    print::line(format!("WRONG  {subject:<20} {fault}"))?;
                    for remedy in fault.code.entry().remedy {
                        print::line(format!("         -> {remedy}"))?;
                    }
                    print::line(format!("         ({})", fault.chain))?;
                }
            }
        }
    }
    let well = findings.iter().all(|finding| finding.fault.is_none());
    Ok(if well { Outcome::Well } else { Outcome::NotWell })
}

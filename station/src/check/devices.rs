//! The HSM and its keys, and the devices of the slots.

use std::sync::Arc;

use super::{Detail, Found, Key, Part, Scope, Subject, Teller};
use crate::engine::SlotDevices;
use crate::fault::Fault;
use crate::hsm::{Hsm, TokenDetails};
use crate::pki::chain;
use crate::probe::Seat;
use crate::scanner::Sign;

/// Looks at the HSM, as soon as it is at hand, and at the devices of the slots. `keys` are those that have to
/// be in the HSM, if there are certificates to say so.
pub async fn devices(
    scope: &Scope<'_>,
    hsm: impl Future<Output = Result<Arc<dyn Hsm>, Fault>>,
    keys: Option<Vec<Key>>,
    slots: &[SlotDevices],
    teller: &mut Teller<'_>,
) {
    check_hsm(scope, hsm, keys, teller).await;
    for slot in slots {
        check_slot(slot, teller).await;
    }
}

/// Module, token, PIN and keys.
async fn check_hsm(
    scope: &Scope<'_>,
    hsm: impl Future<Output = Result<Arc<dyn Hsm>, Fault>>,
    keys: Option<Vec<Key>>,
    teller: &mut Teller<'_>,
) {
    teller.looking(&Subject::Hsm);
    let opened = async {
        let hsm = hsm.await?;
        let details = hsm.open().await.map_err(|error| Fault::of(&error))?;
        Ok((hsm, details))
    };
    let opened = opened.await;
    let Some((hsm, _)) = teller.note(Subject::Hsm, opened, |(_, details)| token(details)) else { return };
    let labels = &scope.config.hsm;
    let Some(keys) = keys else {
        // There are no certificates to say which keys there have to be.
        for label in [&labels.root_key, &labels.issuing_key, &labels.manifest_key] {
            let subject = Subject::HsmKey(label.clone());
            teller.looking(&subject);
            let key = hsm.public_key(label).await.map_err(|error| Fault::of(&error));
            teller.note(subject, key, |_| Detail::KeyFound);
        }
        return;
    };
    for (label, certificate) in keys.iter().filter(|(label, _)| !label.is_empty()) {
        let subject = Subject::HsmKey(label.clone());
        teller.looking(&subject);
        let key = hsm.public_key(label).await.map_err(|error| Fault::of(&error));
        let key = key.and_then(|key| chain::check_key(certificate, &key).map_err(|error| Fault::of(&error)));
        // A key that cannot be found is told of once.
        let usage = if key.is_ok() { hsm.usage(label).await.ok().flatten() } else { None };
        teller.note(subject, key, |()| usage.into());
    }
}

fn token(details: &TokenDetails) -> Detail {
    let TokenDetails { label, manufacturer, model, serial, tries, .. } = details;
    Detail::Token {
        label: label.clone(),
        manufacturer: manufacturer.clone(),
        model: model.clone(),
        serial: serial.clone(),
        tries: tries.to_string(),
    }
}

/// The devices of one slot. Those that a run is using are left in peace; and no run begins while its probe
/// or its port is being looked at.
async fn check_slot(devices: &SlotDevices, teller: &mut Teller<'_>) {
    for part in Part::ALL {
        let subject = Subject::Slot { slot: devices.name.clone(), part };
        teller.looking(&subject);
        let Some(turn) = devices.turn.try_take() else {
            teller.found(subject, Found::AtWork);
            continue;
        };
        match part {
            Part::Probe => {
                let seat = devices.probe.seat().await.map_err(|error| Fault::of(&error));
                teller.note(subject, seat, |seat| match seat {
                    Seat::Taken => Detail::Seated,
                    Seat::Empty => Detail::NotSeated,
                });
            }
            Part::SerialPort => {
                let port = devices.link.open().await.map_err(|error| Fault::of(&error));
                teller.note(subject, port, |()| Detail::Opens);
            }
            Part::Printer => {
                // Others print on it at the same time, and nobody has to wait for this look.
                drop(turn);
                teller.note(subject, printer(devices).await, |()| Detail::Ready);
            }
            Part::Scanner => {
                drop(turn);
                let scanner = devices.scanner.reach().await.map_err(|error| Fault::of(&error));
                teller.note(subject, scanner, |()| match devices.scanner.sign() {
                    Sign::Answers => Detail::Answers,
                    Sign::Opens => Detail::Opens,
                    Sign::None => Detail::CannotBeAsked,
                });
            }
        }
    }
}

async fn printer(devices: &SlotDevices) -> Result<(), Fault> {
    let status = devices.printer.status().await.map_err(|error| Fault::of(&error))?;
    match status.trouble() {
        Some(trouble) => Err(Fault::new(trouble.code(), trouble.to_string())),
        None => Ok(()),
    }
}

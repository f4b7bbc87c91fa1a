//! What must hold, whatever was cut short.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};
use station::config;
use station::ledger::{self, Event as Recorded, LedgerError, Reader, Seq};
use station::link::Link;
use station::pki::Certificate;
use wire::Uid;

use super::life::text;
use crate::{Event, Rig};

/// PASS on the screen means that it is on disk: whatever the program told, killed or not.
///
/// # Errors
/// A pass was told that is not on record.
pub fn told_is_recorded(ledger: &Path, told: &[Event]) -> Result<()> {
    let passes: Vec<i64> = told
        .iter()
        .filter(|event| text(event, "event") == Some("run-ended") && text(event, "verdict") == Some("pass"))
        .filter_map(|event| event["run"].as_i64())
        .collect();
    if passes.is_empty() {
        return Ok(());
    }
    let mut recorded = BTreeSet::new();
    each(&Reader::open(ledger)?, |event| {
        if let Recorded::RunPassed(passed) = event {
            recorded.insert(passed.run.seq().number());
        }
    })?;
    for run in passes {
        ensure!(recorded.contains(&run), "run {run} was told as passed, and the ledger has no pass of it");
    }
    Ok(())
}

/// The chain holds, and every table is what the events make.
///
/// # Errors
/// It is not so.
pub fn ledger_is_sound(ledger: &Path) -> Result<()> {
    ledger::verify(ledger).map(drop).context("the ledger does not verify")
}

/// The module's UID has one certificate content, in the ledger and in the module; every signature that
/// the HSM ever made with the issuing key is over bytes that the ledger had reserved before. Gives the
/// number of signatures over this module's certificate.
///
/// # Errors
/// It is not so.
pub fn one_certificate(rig: &Rig, reader: &Reader, uid: &Uid) -> Result<usize> {
    let (mut reserved, mut issued, mut passed) = (Vec::new(), Vec::new(), 0);
    let mut all = BTreeSet::new();
    each(reader, |event| match event {
        Recorded::CertificateReserved(event) => {
            all.insert(hex::encode(Sha256::digest(&event.tbs)));
            if event.uid == *uid {
                reserved.push(event.tbs);
            }
        }
        Recorded::CertificateIssued(event) if event.uid == *uid => issued.push(event.certificate),
        Recorded::RunPassed(event) if event.uid == *uid => passed += 1,
        _ => {}
    })?;
    ensure!(reserved.len() == 1, "{} reservations", reserved.len());
    ensure!(issued.len() == 1, "{} certificates", issued.len());
    ensure!(passed == 1, "{passed} passes");
    let certificate = Certificate::from_der(&issued[0])?;
    ensure!(certificate.to_be_signed() == reserved[0], "what was issued is not what was reserved");
    ensure!(held_by_module(rig)? == issued[0], "the module holds another certificate");

    let own = hex::encode(Sha256::digest(&reserved[0]));
    let signed = hsm_sim::store::audit(&rig.path().join("tokens"))?;
    let by_issuer: Vec<_> = signed.into_iter().filter(|record| record.label == "issuing").collect();
    for record in &by_issuer {
        ensure!(
            all.contains(&record.digest),
            "the HSM signed {}, which the ledger does not know",
            record.digest
        );
    }
    Ok(by_issuer.iter().filter(|record| record.digest == own).count())
}

/// The certificate that the module in slot 1 gives out, DER.
fn held_by_module(rig: &Rig) -> Result<Vec<u8>> {
    let station = config::Station::load(&rig.config())?;
    let slot = station.slots.first().context("a slot")?;
    let link = Link::new(&slot.name, &slot.port);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(link.standard("CONF?", "Certificate pem"))?;
    Ok(Certificate::from_pem(&answer.body)?.der().to_vec())
}

fn each(reader: &Reader, mut look: impl FnMut(Recorded)) -> Result<()> {
    Ok(reader.events::<LedgerError>(Seq::FIRST, |stored| {
        look(stored.event);
        Ok(())
    })?)
}

//! What the policy and the CA's own end let through: hours of the week, keys, and years.

use std::fs;

use anyhow::{Result, ensure};
use e2e::record::passed;
use e2e::rig::{Order, text};
use e2e::{LyingModule, Rig, lying};
use p256::ecdsa::Signature;
use station::pki::Certificate;
use time::{Duration, OffsetDateTime, UtcOffset};
use wire::Uid;
use x509_cert::der::asn1::BitString;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::request::CertReq;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::line::{self, end_of, recorded, signed_by};
use crate::stranger;

const HOUR: i64 = 3600;
const YEAR: i64 = 366 * 86_400;

/// One run of the module in the slot by a clock that is ahead, which must be refused before anything is
/// reserved or signed.
fn refused(rig: &Rig, ahead_s: i64, code: &str) -> Result<()> {
    let before = (signed_by(rig, "issuing")?, recorded(rig, "certificate-reserved")?.len());
    let output = rig.run_by_clock(ahead_s)?;
    ensure!(output.status.code() == Some(1) && text(&output).contains(code), "{}", text(&output));
    let after = (signed_by(rig, "issuing")?, recorded(rig, "certificate-reserved")?.len());
    ensure!(before == after, "something was begun: {before:?} became {after:?}");
    Ok(())
}

/// One run of the module in the slot by a clock that is ahead, which must pass.
fn passes(rig: &Rig, ahead_s: i64) -> Result<()> {
    let output = rig.run_by_clock(ahead_s)?;
    ensure!(output.status.success() && text(&output).contains("PASS"), "{}", text(&output));
    Ok(())
}

#[test]
fn certificates_are_issued_at_the_hours_of_the_product_alone() -> Result<()> {
    let rig = line::rig()?;
    // Work begins in two hours and goes on for three, by a clock in the east.
    let east = UtcOffset::from_hms(9, 30, 0)?;
    let at = |hours| {
        let time = (OffsetDateTime::now_utc() + Duration::hours(hours)).to_offset(east);
        format!("{:02}:{:02}", time.hour(), time.minute())
    };
    let product = rig.product()?
        + &format!(
            "\n[policy]\nhours = {{ days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"], \
             from = \"{}\", until = \"{}\", utc-offset = \"+09:30\" }}\n",
            at(2),
            at(5)
        );
    let output = rig.try_order(&Order::default(), &product)?;
    ensure!(output.status.success(), "{}", text(&output));
    rig.bench()?.put_fresh("1")?;
    refused(&rig, 0, "H-425")?;
    passes(&rig, 3 * HOUR)?;

    let mut bench = rig.bench()?;
    bench.take("1")?;
    bench.put_fresh("1")?;
    refused(&rig, 6 * HOUR, "H-425")?;
    // On another day at the right hour the same module goes on.
    passes(&rig, 27 * HOUR)?;
    ensure!(passed(&rig)? == 2, "not counted");
    line::check(&rig)
}

/// The CA lasts 25 years, a certificate ten and a margin.
#[test]
fn a_ca_issues_nothing_that_would_outlive_it() -> Result<()> {
    let rig = line::rig()?;
    rig.open_order(&Order::default())?;
    let mut bench = rig.bench()?;
    bench.put_fresh("1")?;
    passes(&rig, 14 * YEAR)?;
    bench.take("1")?;
    bench.put_fresh("1")?;
    refused(&rig, 15 * YEAR, "H-428")?;
    line::check(&rig)
}

/// Whoever may use the CA's key for a moment would have it certified as a module's, and act as that module
/// with whatever the CA ever signs.
#[test]
#[ignore = "needs opensc"]
fn the_key_of_the_ca_is_no_module_s() -> Result<()> {
    let rig = line::rig()?;
    rig.open_order(&Order::default())?;
    rig.bench()?.put_fresh("1")?;
    let uid = Uid::from_random([0x5a; 16]);
    let module = LyingModule::new(rig.path(), uid)?;

    let issuing = Certificate::from_pem(&fs::read_to_string(rig.data_path().join("ca/issuing.pem"))?)?;
    let mut request = CertReq::from_der(&module.own_request()?)?;
    request.info.public_key = SubjectPublicKeyInfoOwned::from_der(&issuing.public_key().spki_der())?;
    let message = request.info.to_der()?;
    let raw = stranger::sign(&rig, &stranger::id_of(&rig, "issuing")?, &message)?;
    let signature = Signature::from_slice(&raw)?;
    issuing.public_key().verify(&message, &signature)?;
    request.signature = BitString::from_bytes(signature.to_der().as_bytes())?;
    let connected = module.with_request(lying::pem(&request.to_der()?)).connect(vec![])?;

    let port = format!("port = \"{}\"", connected.port());
    let config = rig.changed_config("port = \"slot-1/uart\"", &port)?;
    let before = signed_by(&rig, "issuing")?;
    let end = end_of(&mut rig.start_run_with(&config, 1)?)?;
    connected.disconnect()?;
    line::refused(&rig, &end, "M-117")?;
    let apart = recorded(&rig, "module-quarantined")?;
    ensure!(apart.len() == 1 && apart[0]["uid"] == uid.to_string(), "not set apart: {apart:#?}");
    ensure!(signed_by(&rig, "issuing")? == before, "it was signed");
    line::check(&rig)
}

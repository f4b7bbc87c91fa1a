//! Modules that were never made, and the events of their lives.
//!
//! Certificates have the bytes and the layout of real ones: one is made as the station makes it, and
//! UID, key and signature of each module are put into a copy. The ledger compares serial number, key and
//! what was reserved; whether points are on the curve and signatures verify is for others.

use std::convert::Infallible;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use sha2::{Digest as _, Sha256};
use station::ledger::{
    AuthorityEstablished, AuthorityRole, CertificateInstalled, CertificateIssued, CertificateReserved,
    Digest, Event, LabelPrinted, LabelScanned, ModuleIdentified, ModuleProved, ModuleSealed, OrderOpened,
    RunId, RunPassed, RunStarted, StepFinished, StepOutcome,
};
use station::pki::authority::{self, PerRole, Plan};
use station::pki::{CertificateProfile, PublicKey, Signature, Subject, birth};
use time::OffsetDateTime;
use time::macros::datetime;
use wire::Uid;

/// Events of a module's life, the start of its run among them.
pub(crate) const EVENTS: u64 = 20;

/// Modules of an order.
const ORDER: u64 = 10_000;

const THEN: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

/// Whose modules they are, and what all their certificates have in common.
#[derive(Clone, Debug)]
pub(crate) struct Vendor(Arc<Template>);

#[derive(Debug)]
struct Template {
    issuing: Vec<u8>,
    tbs: Vec<u8>,
    uid: Uid,
    key: PublicKey,
}

/// A module.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    pub(crate) uid: Uid,
    pub(crate) public_key: Vec<u8>,
    pub(crate) label: String,
    order: String,
    issuer: Digest,
    tbs: Vec<u8>,
    signature: [u8; 64],
}

impl Vendor {
    /// The modules that the measurements add are numbered from here on, and belong to an order of their own.
    pub(crate) const ADDED: u64 = 1 << 40;

    pub(crate) fn new() -> Result<Self> {
        let key = |seed: u8| SigningKey::from_slice(&[seed; 32]);
        let keys = PerRole { root: key(1)?, issuing: key(2)?, manifest: key(3)? };
        let public =
            |key: &SigningKey| PublicKey::from_point(key.verifying_key().to_sec1_point(false).as_bytes());
        let public_keys = PerRole {
            root: public(&keys.root)?,
            issuing: public(&keys.issuing)?,
            manifest: public(&keys.manifest)?,
        };
        let serials = PerRole { root: [1; 16], issuing: [2; 16], manifest: [3; 16] };
        let plan = Plan {
            root: subject("Bench Root"),
            issuing: subject("Bench Issuing"),
            manifest: subject("Bench Manifest"),
            root_years: 40,
            leaf_years: 30,
        };
        let sign = async |bytes: &[u8]| Ok::<Signature, Infallible>(keys.root.sign(bytes));
        let made = authority::establish(&plan, &public_keys, &serials, THEN, sign);
        let certificates = tokio::runtime::Builder::new_current_thread().build()?.block_on(made)?;
        let (uid, key) = (uid(u64::MAX), public_keys.manifest);
        let issuing = &certificates.issuing;
        let tbs = birth::reserve(&CertificateProfile::default(), issuing, uid, &key, THEN)?;
        Ok(Self(Arc::new(Template { issuing: issuing.der().to_vec(), tbs, uid, key })))
    }

    /// What stands in a ledger before the first module.
    pub(crate) fn prelude(&self, modules: u64) -> Vec<Event> {
        let authority = AuthorityEstablished {
            role: AuthorityRole::Issuing,
            key_label: "issuing".into(),
            certificate: self.0.issuing.clone(),
        };
        let orders = (0..modules.div_ceil(ORDER)).map(|order| order * ORDER).chain([Self::ADDED]);
        std::iter::once(authority.into()).chain(orders.map(|number| opened(order(number)).into())).collect()
    }

    /// The module of a number.
    pub(crate) fn module(&self, number: u64) -> Result<Module> {
        let template = &*self.0;
        let uid = uid(number);
        let mut point = [4; 65];
        point[1..33].copy_from_slice(&hash("x", number));
        point[33..].copy_from_slice(&hash("y", number));
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&hash("r", number));
        signature[32..].copy_from_slice(&hash("s", number));
        let mut tbs = template.tbs.clone();
        replace(&mut tbs, template.uid.as_bytes(), uid.as_bytes())?;
        replace(&mut tbs, template.uid.uuid_text().as_bytes(), uid.uuid_text().as_bytes())?;
        replace(&mut tbs, &template.key.point(), &point)?;
        replace(&mut tbs, &template.key.key_identifier(), &Sha256::digest(point)[..20])?;
        let mut public_key = template.key.spki_der().to_vec();
        replace(&mut public_key, &template.key.point(), &point)?;
        let issuer = Digest::of(&template.issuing);
        let label = format!("https://claim.example.com/c/{uid}");
        Ok(Module { uid, public_key, label, order: order(number), issuer, tbs, signature })
    }

    /// The module of a number that the filling of a ledger does not reach.
    pub(crate) fn added_module(&self, number: u64) -> Result<Module> {
        self.module(Self::ADDED + number)
    }
}

impl Module {
    pub(crate) fn started(&self, slot: &str) -> RunStarted {
        RunStarted { slot: slot.to_owned(), order: self.order.as_str().into() }
    }

    pub(crate) fn identified(&self, run: RunId) -> ModuleIdentified {
        ModuleIdentified { run, uid: self.uid, public_key: self.public_key.clone(), firmware: "1.4.2".into() }
    }

    pub(crate) fn printed(&self, run: RunId) -> LabelPrinted {
        LabelPrinted { run, uid: self.uid, payload: self.label.clone() }
    }

    /// What follows the start of its run, up to the seal.
    pub(crate) fn way_to_seal(&self, run: RunId) -> Vec<Event> {
        let uid = self.uid;
        let challenge = hash("challenge", run.seq().number().unsigned_abs());
        vec![
            step(run, "flash"),
            step(run, "greet"),
            step(run, "self-test"),
            self.identified(run).into(),
            step(run, "keygen"),
            CertificateReserved { run, uid, issuer: self.issuer, tbs: self.tbs.clone() }.into(),
            CertificateIssued { run, uid, certificate: self.certificate() }.into(),
            step(run, "issue"),
            CertificateInstalled { run, uid }.into(),
            step(run, "install"),
            ModuleProved { run, uid, challenge, signature: self.signature }.into(),
            step(run, "prove"),
            ModuleSealed { run, uid }.into(),
            step(run, "seal"),
        ]
    }

    /// What follows the start of its run, to its end.
    pub(crate) fn way(&self, run: RunId) -> Vec<Event> {
        let uid = self.uid;
        let mut events = self.way_to_seal(run);
        events.extend([
            self.printed(run).into(),
            step(run, "label"),
            LabelScanned { run, uid, payload: self.label.clone() }.into(),
            step(run, "scan"),
            RunPassed { run, uid }.into(),
        ]);
        events
    }

    /// The reserved bytes with algorithm and signature behind them, as RFC 5280 section 4.1 has it.
    fn certificate(&self) -> Vec<u8> {
        // `ecdsa-with-SHA256`, then a bit string that holds a sequence of two integers of 32 bytes.
        const ALGORITHM: [u8; 12] = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
        const SIGNATURE: [u8; 5] = [3, 71, 0, 0x30, 68];
        let mut value = [&self.tbs[..], &ALGORITHM, &SIGNATURE].concat();
        for half in self.signature.chunks(32) {
            value.extend([2, 32]);
            value.extend(half);
        }
        // Every TBSCertificate of the template is so long that two bytes tell the length.
        let [high, low] = u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes();
        [&[0x30, 0x82, high, low], &value[..]].concat()
    }
}

/// The id of the order that a module belongs to.
pub(crate) fn order(number: u64) -> String {
    if number >= Vendor::ADDED { "ORDER-ADDED".to_owned() } else { format!("ORDER-{:05}", number / ORDER) }
}

fn opened(id: String) -> OrderOpened {
    let definition = serde_json::json!({ "order": { "id": id }, "product": { "name": "Module One" } });
    OrderOpened {
        order: id.into(),
        product: "Module One".into(),
        customer: "Example Appliances".into(),
        quantity: u32::MAX,
        certificates: Some(u32::MAX),
        flow: "late-binding".into(),
        definition,
    }
}

fn step(run: RunId, name: &str) -> Event {
    let elapsed_ms = 250 + run.seq().number().unsigned_abs() % 1000;
    StepFinished { run, step: name.to_owned(), outcome: StepOutcome::Done, elapsed_ms }.into()
}

fn subject(common_name: &str) -> Subject {
    Subject {
        country: Some("CH".into()),
        organization: Some("Example Vendor".into()),
        organizational_unit: None,
        common_name: common_name.into(),
    }
}

/// A random UID whose number takes all 16 bytes and is positive, so that all certificates are of one length.
fn uid(number: u64) -> Uid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash("uid", number)[..16]);
    bytes[0] = bytes[0] & 0x3f | 0x40;
    Uid::from_random(bytes)
}

/// Bytes that look random. The first is positive as that of a number, and not zero.
fn hash(what: &str, number: u64) -> [u8; 32] {
    let mut bytes: [u8; 32] =
        Sha256::new().chain_update(what).chain_update(number.to_be_bytes()).finalize().into();
    bytes[0] = bytes[0] & 0x3f | 0x40;
    bytes
}

/// Puts `to` where `from`, which is as long, stands.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) -> Result<()> {
    let at = bytes.windows(from.len()).position(|window| window == from).context("not in the template")?;
    bytes[at..at + from.len()].copy_from_slice(to);
    Ok(())
}

//! A ledger in a directory of its own, and modules to record in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use time::macros::datetime;
use wire::Uid;

use crate::clock::FixedClock;
use crate::fault::{Chain, FaultCode};
use crate::ledger::writer::Writer;
use crate::ledger::{
    AuthorityEstablished, AuthorityRole, BatchClosed, BatchEntry, CertificateInstalled, CertificateIssued,
    CertificateReserved, Digest, Event, Fate, LabelPrinted, LabelScanned, Ledger, LedgerError,
    ModuleIdentified, ModuleProved, ModuleSealed, OrderOpened, Receipt, Refusal, RunFaulted, RunId,
    RunPassed, RunStarted,
};
use crate::pki::authority::PerRole;
use crate::pki::testing::Testing;

pub(super) const ISSUING: &[u8] = b"the issuing authority's certificate";

pub(super) struct Fixture {
    pub(super) ledger: Ledger,
    pub(super) clock: Arc<FixedClock>,
    directory: TempDir,
}

impl Fixture {
    /// A ledger with an issuing authority and no order.
    pub(super) fn new() -> Self {
        Self::limited(|_| ())
    }

    /// The same, with something set on the writer's connection.
    pub(super) fn limited(limit: impl FnOnce(&Connection)) -> Self {
        let clock = Arc::new(FixedClock::new(datetime!(2026-03-01 12:00 UTC)));
        let fixture = Self::at(tempfile::tempdir().unwrap(), clock, limit);
        fixture.append(AuthorityEstablished {
            role: AuthorityRole::Issuing,
            key_label: "issuing".into(),
            certificate: ISSUING.into(),
        });
        fixture
    }

    /// The same ledger, closed and opened again.
    pub(super) fn reopened(self, limit: impl FnOnce(&Connection)) -> Self {
        let (directory, clock) = self.close();
        Self::at(directory, clock, limit)
    }

    fn at(directory: TempDir, clock: Arc<FixedClock>, limit: impl FnOnce(&Connection)) -> Self {
        let path = directory.path().join("ledger.db");
        let writer = Writer::open(&path, Arc::<FixedClock>::clone(&clock), "line 1".into()).unwrap();
        limit(writer.connection());
        Self { ledger: Ledger::start(writer, &path).unwrap(), clock, directory }
    }

    /// The same with orders `A` (two modules) and `B` (a hundred), both for Acme.
    pub(super) fn with_orders() -> Self {
        let fixture = Self::new();
        fixture.append(order("A", "Acme", 2));
        fixture.append(order("B", "Acme", 100));
        fixture
    }

    /// Records a vendor's root and manifest signer.
    pub(super) fn establish(&self, vendor: &Testing) {
        let PerRole { root, manifest, .. } = &vendor.certificates;
        for (role, certificate) in [(AuthorityRole::Root, root), (AuthorityRole::Manifest, manifest)] {
            let key_label = role.column().to_owned();
            self.append(AuthorityEstablished { role, key_label, certificate: certificate.der().to_vec() });
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.path().join("ledger.db")
    }

    /// A copy of the files as they are, as a power cut would leave what was synced.
    pub(super) fn copy(&self) -> (TempDir, PathBuf) {
        let copy = tempfile::tempdir().unwrap();
        for name in ["ledger.db", "ledger.db-wal"] {
            fs::copy(self.directory.path().join(name), copy.path().join(name)).unwrap();
        }
        let path = copy.path().join("ledger.db");
        (copy, path)
    }

    /// Closes the ledger and hands over its directory.
    pub(super) fn close(self) -> (TempDir, Arc<FixedClock>) {
        drop(self.ledger);
        (self.directory, self.clock)
    }

    /// Closes the ledger, lets `change` at the file as any program could, and opens it no more.
    pub(super) fn tampered(self, change: impl FnOnce(&Connection)) -> (TempDir, PathBuf) {
        let (directory, _) = self.close();
        let path = directory.path().join("ledger.db");
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        change(&connection);
        connection.close().unwrap();
        (directory, path)
    }

    pub(super) fn append(&self, event: impl Into<Event>) -> Receipt {
        self.ledger.append_blocking(event).unwrap()
    }

    pub(super) fn refused(&self, event: impl Into<Event>) -> Refusal {
        match self.ledger.append_blocking(event) {
            Err(LedgerError::Refused(refusal)) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    pub(super) fn start(&self, slot: &str, order: &str) -> RunId {
        self.append(RunStarted { slot: slot.into(), order: order.into() }).run()
    }

    /// Appends the way of a module up to the event before `end`; `end` counts from 0, identified.
    pub(super) fn go(&self, module: &TestModule, run: RunId, end: usize) {
        for event in module.way(run).into_iter().take(end) {
            self.append(event);
        }
    }

    /// A further run of a module, from the event `begin` of its way on, to the end.
    pub(super) fn pass_on(&self, module: &TestModule, slot: &str, order: &str, begin: usize) {
        let run = self.start(slot, order);
        self.append(module.identified(run));
        for event in module.way(run).into_iter().skip(begin) {
            self.append(event);
        }
    }

    /// A whole run of a module.
    pub(super) fn pass(&self, module: &TestModule, slot: &str, order: &str) {
        self.go(module, self.start(slot, order), WAY);
    }
}

pub(super) fn open(path: &Path, clock: &Arc<FixedClock>) -> Result<Ledger, LedgerError> {
    Ledger::open(path, Arc::<FixedClock>::clone(clock), "line 1".into())
}

pub(super) fn order(id: &str, customer: &str, quantity: u32) -> OrderOpened {
    OrderOpened {
        order: id.into(),
        product: "sensor".into(),
        customer: customer.into(),
        quantity,
        certificates: Some(quantity + 10),
        flow: "late-binding".into(),
        definition: serde_json::json!({ "order": { "id": id }, "product": { "name": "sensor" } }),
    }
}

pub(super) fn fault(run: RunId, uid: Option<Uid>, code: FaultCode) -> RunFaulted {
    RunFaulted {
        run,
        uid,
        step: Some("prove".into()),
        code,
        chain: Chain::from_message("it went wrong"),
        facts: [("port".to_owned(), "slot-1/uart".to_owned())].into(),
    }
}

pub(super) fn batch(id: &str, order: &str, sequence: u64, entries: &[(&TestModule, Fate)]) -> BatchClosed {
    BatchClosed {
        batch: id.into(),
        order: order.into(),
        sequence,
        previous: None,
        created: datetime!(2026-03-01 12:00 UTC),
        digest: Digest::of(id.as_bytes()),
        entries: entries.iter().map(|(module, fate)| BatchEntry { uid: module.uid, fate: *fate }).collect(),
    }
}

/// How many events a module's way has.
pub(super) const WAY: usize = 9;

/// A module, with bytes that have the form of a certificate and say nothing.
#[derive(Clone, Debug)]
pub(super) struct TestModule {
    pub(super) uid: Uid,
    pub(super) public_key: Vec<u8>,
}

impl TestModule {
    /// The module of a number. Even ones have a UID that begins with 00, odd ones with ff.
    pub(super) fn new(number: u32) -> Self {
        let mut uid = [if number.is_multiple_of(2) { 0 } else { 0xff }; 16];
        uid[12..].copy_from_slice(&number.to_be_bytes());
        let public_key = tlv(0x30, &number.to_be_bytes());
        Self { uid: Uid::from_bytes(uid), public_key }
    }

    pub(super) fn tbs(&self) -> Vec<u8> {
        tbs(*self.uid.as_bytes(), &self.public_key, b"subject")
    }

    pub(super) fn certificate(&self) -> Vec<u8> {
        certificate(&self.tbs())
    }

    pub(super) fn label(&self) -> String {
        format!("https://claim.example/{}", self.uid)
    }

    pub(super) fn identified(&self, run: RunId) -> ModuleIdentified {
        ModuleIdentified { run, uid: self.uid, public_key: self.public_key.clone(), firmware: "1.0.0".into() }
    }

    pub(super) fn reserved(&self, run: RunId) -> CertificateReserved {
        CertificateReserved { run, uid: self.uid, issuer: Digest::of(ISSUING), tbs: self.tbs() }
    }

    /// The events of a run after its start, in order.
    pub(super) fn way(&self, run: RunId) -> [Event; WAY] {
        let uid = self.uid;
        [
            self.identified(run).into(),
            self.reserved(run).into(),
            CertificateIssued { run, uid, certificate: self.certificate() }.into(),
            CertificateInstalled { run, uid }.into(),
            ModuleProved { run, uid, challenge: [1; 32], signature: [2; 64] }.into(),
            ModuleSealed { run, uid }.into(),
            LabelPrinted { run, uid, payload: self.label() }.into(),
            LabelScanned { run, uid, payload: self.label() }.into(),
            RunPassed { run, uid }.into(),
        ]
    }
}

pub(super) fn tbs(serial: [u8; 16], public_key: &[u8], subject: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = serial.iter().copied().skip_while(|byte| *byte == 0).collect();
    let sign: &[u8] = if digits.first().is_none_or(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    tlv(
        0x30,
        &[
            tlv(0xa0, &tlv(2, &[2])),
            tlv(2, &[sign, digits.as_slice()].concat()),
            tlv(0x30, b"algorithm"),
            tlv(0x30, b"issuer"),
            tlv(0x30, b"validity"),
            tlv(0x30, subject),
            public_key.to_vec(),
        ]
        .concat(),
    )
}

pub(super) fn certificate(tbs: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tbs.to_vec(), tlv(0x30, b"algorithm"), tlv(3, b"\0signature")].concat())
}

/// A DER element of less than 64 KiB.
pub(super) fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).unwrap().to_be_bytes();
    let length = match (high, low) {
        (0, 0..0x80) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], length.as_slice(), value].concat()
}

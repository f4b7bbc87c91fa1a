//! An authority whose keys are in memory, for the tests of this folder.

use std::convert::Infallible;

use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer;
use time::OffsetDateTime;
use time::macros::datetime;
use wire::Uid;

use super::authority::{self, PerRole, Plan};
use super::{Certificate, CertificateProfile, PublicKey, Signature, Subject, birth};

/// When the authorities of these tests are made.
pub(crate) const THEN: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
/// A UID whose number has leading zeros.
pub(crate) const LOW: Uid = Uid::from_bytes([0, 0, 0, 0, 0, 1, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1]);
/// A UID whose number has its top bit set.
pub(crate) const HIGH: Uid = Uid::from_random([0xff; 16]);

/// Keys and certificates.
pub(crate) struct Testing {
    pub(crate) keys: PerRole<SigningKey>,
    pub(crate) certificates: PerRole<Certificate>,
}

impl Testing {
    /// The same every time.
    pub(crate) fn new() -> Self {
        Self::with_root_key(1)
    }

    /// Another vendor of the same name.
    pub(crate) fn impostor() -> Self {
        Self::with_root_key(4)
    }

    fn with_root_key(seed: u8) -> Self {
        let keys = PerRole { root: key(seed), issuing: key(seed + 1), manifest: key(seed + 2) };
        let public_keys = PerRole {
            root: public(&keys.root),
            issuing: public(&keys.issuing),
            manifest: public(&keys.manifest),
        };
        let serials = PerRole { root: [1; 16], issuing: [0x82; 16], manifest: [3; 16] };
        let plan = plan();
        let made = authority::establish(&plan, &public_keys, &serials, THEN, async |bytes: &[u8]| {
            Ok::<_, Infallible>(sign(&keys.root, bytes))
        });
        let certificates = wait_for(made).expect("the plan can be carried out");
        Self { keys, certificates }
    }

    /// The birth certificate of a module with the key of this seed.
    pub(crate) fn birth(&self, uid: Uid, seed: u8) -> Certificate {
        let issuing = &self.certificates.issuing;
        let profile = CertificateProfile::default();
        let bytes = birth::reserve(&profile, issuing, uid, &public(&key(seed)), THEN).expect("reserved");
        birth::complete(&bytes, &sign(&self.keys.issuing, &bytes), issuing).expect("completed")
    }
}

/// Names and lifetimes as a bench would choose them.
pub(crate) fn plan() -> Plan {
    Plan {
        root: subject("TEST Root"),
        issuing: subject("TEST Issuing"),
        manifest: subject("TEST Manifest"),
        root_years: 40,
        leaf_years: 30,
    }
}

pub(crate) fn subject(common_name: &str) -> Subject {
    Subject {
        country: Some("CH".into()),
        organization: Some("Example Modules".into()),
        organizational_unit: None,
        common_name: common_name.into(),
    }
}

/// The key whose secret number is 32 times this byte.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).expect("in range")
}

pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_point(key.verifying_key().to_sec1_point(false).as_bytes()).expect("on the curve")
}

pub(crate) fn sign(key: &SigningKey, message: &[u8]) -> Signature {
    key.sign(message)
}

/// Runs a future that waits for nothing but itself.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

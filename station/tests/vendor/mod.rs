//! A vendor whose keys are on a token, for tests of what is signed with them.

use station::hsm::{self, Hsm as _, Pkcs11Hsm};
use station::ledger::{AuthorityEstablished, AuthorityRole, Ledger};
use station::pki::Certificate;
use station::pki::authority::{self, PerRole};
use time::OffsetDateTime;

use crate::support::{SO_PIN, USER_PIN, address, pin, plan, wait};

/// A vendor's keys and certificates, made on a blank token with this label.
pub(crate) fn vendor(token: &str, now: OffsetDateTime) -> (Pkcs11Hsm, PerRole<Certificate>) {
    wait(hsm::init(address(token), pin(SO_PIN), pin(USER_PIN))).expect("a new token");
    let hsm = Pkcs11Hsm::new(address(token), Some(pin(USER_PIN)));
    let make = |label| wait(hsm.generate(label)).expect("a key");
    let keys = PerRole { root: make("root"), issuing: make("issuing"), manifest: make("manifest") };
    let serials = PerRole { root: [1; 16], issuing: [2; 16], manifest: [3; 16] };
    let (plan, sign) = (plan(), async |bytes: &[u8]| hsm.sign("root", bytes).await);
    let certificates = wait(authority::establish(&plan, &keys, &serials, now, sign)).expect("an authority");
    (hsm, certificates)
}

/// Puts a vendor's certificates on record.
pub(crate) fn establish(ledger: &Ledger, certificates: &PerRole<Certificate>) {
    let PerRole { root, issuing, manifest } = certificates;
    for (role, key_label, certificate) in [
        (AuthorityRole::Root, "root", root),
        (AuthorityRole::Issuing, "issuing", issuing),
        (AuthorityRole::Manifest, "manifest", manifest),
    ] {
        let certificate = certificate.der().to_vec();
        let event = AuthorityEstablished { role, key_label: key_label.to_owned(), certificate };
        wait(ledger.append(event)).expect("on record");
    }
}

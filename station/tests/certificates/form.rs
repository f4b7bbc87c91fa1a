//! Certificates and lists at the edges of what can be: numbers, leap days, 2050, the end of time.

use libtest_mimic::Failed;
use p256::ecdsa::signature::Signer as _;
use station::pki::CertificateProfile;
use station::pki::revocation::{self, Content};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use wire::Uid;

use crate::rules::{broken, broken_by_list};
use crate::{Authority, Desk, HIGH, LOW, THEN, rich_profile};

/// One, a top bit, leading zeros before a top bit, all ones, and what modules have.
const UIDS: [Uid; 6] = [
    LOW,
    HIGH,
    Uid::from_bytes([0xff; 16]),
    Uid::from_bytes([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    Uid::from_bytes([0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    Uid::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
];

/// When something is made, for how many years, and when it then ends.
const ENDS: [(OffsetDateTime, u16, OffsetDateTime); 7] = [
    (datetime!(2026-11-22 10:00 UTC), 10, datetime!(2036-11-22 10:00 UTC)),
    // 29 February, with none ten years later, and with one twenty years later.
    (datetime!(2028-02-29 23:59:59 UTC), 10, datetime!(2038-03-01 23:59:59 UTC)),
    (datetime!(2028-02-29 12:00 UTC), 20, datetime!(2048-02-29 12:00 UTC)),
    // The last second that UTCTime holds, the next one, and a beginning after it.
    (datetime!(2039-12-31 23:59:59 UTC), 10, datetime!(2049-12-31 23:59:59 UTC)),
    (datetime!(2040-01-01 0:00 UTC), 10, datetime!(2050-01-01 0:00 UTC)),
    (datetime!(2051-06-01 0:00 UTC), 30, datetime!(2081-06-01 0:00 UTC)),
    // The last second that can be written.
    (datetime!(9899-12-31 23:59:59 UTC), 100, datetime!(9999-12-31 23:59:59 UTC)),
];

pub(crate) fn births_keep_the_rules_at_every_edge() -> Result<(), Failed> {
    for (now, years, end) in ENDS {
        let authority = Authority::lasting(now, years, years)?;
        for profile in [CertificateProfile::default(), rich_profile()] {
            let profile = CertificateProfile { validity_years: years, margin_days: 0, ..profile };
            for uid in UIDS {
                let certificate = authority.birth(&profile, uid, now)?;
                assert_eq!(certificate.not_after(), end);
                assert_eq!(broken(certificate.der()), [""; 0], "{uid} at {now}");
            }
        }
    }
    Ok(())
}

pub(crate) fn authorities_keep_the_rules_at_every_edge() -> Result<(), Failed> {
    for (now, years, end) in ENDS {
        let authority = Authority::lasting(now, years, years)?;
        let it = &authority.certificates;
        let revocation = authority.revocation_signer(now, years)?;
        for certificate in [&it.root, &it.issuing, &it.manifest, &revocation] {
            assert_eq!(certificate.not_after(), end);
            assert_eq!(broken(certificate.der()), [""; 0], "{certificate:?} at {now}");
        }
    }
    Ok(())
}

pub(crate) fn lists_keep_the_rules_at_every_edge() -> Result<(), Failed> {
    for (now, years, _) in ENDS {
        let authority = Authority::lasting(now, years, years)?;
        let issuing = &authority.certificates.issuing;
        let all = UIDS.map(|uid| (uid, now));
        for (number, revoked) in [(1, &all[..]), (u64::MAX, &all[..1]), (0x80, &[])] {
            let next_update = now + Duration::days(30);
            let next_update = next_update.min(datetime!(9999-12-31 23:59:59 UTC));
            let this_update = now.min(next_update - Duration::DAY);
            let content = Content { number, this_update, next_update, revoked };
            let bytes = revocation::prepare(issuing, &content)?;
            let list = revocation::complete(&bytes, &authority.keys.issuing.sign(&bytes), issuing)?;
            assert_eq!(broken_by_list(&list), [""; 0], "{number} at {now}");
        }
    }
    Ok(())
}

/// Rules that nothing breaks prove nothing: here is a certificate that breaks many.
pub(crate) fn the_rules_find_what_is_wrong() -> Result<(), Failed> {
    let desk = Desk::new(&Authority::new(THEN)?)?;
    desk.put(
        "bad.cnf",
        "[bad]\nbasicConstraints = CA:TRUE\nkeyUsage = digitalSignature\n1.2.3.4 = critical,ASN1:NULL\n",
    )?;
    let make = |options: &str| -> Result<Vec<u8>, Failed> {
        desk.openssl(&format!("req -new -newkey {options} -nodes -keyout key -out bad.csr -batch"))?;
        desk.openssl(
            "x509 -req -in bad.csr -signkey key -days 30 -set_serial 0 -extfile bad.cnf -extensions bad \
             -outform DER -out bad.der",
        )?;
        Ok(std::fs::read(desk.folder().join("bad.der"))?)
    };
    let found = broken(&make("ec -pkeyopt ec_paramgen_curve:P-384 -sha384 -subj /C=CH/O=Bad")?);
    for rule in [
        "serial_positive_20_octets",
        "key_p256_named_and_uncompressed",
        "no_unknown_critical",
        "key_usage_critical",
        "cert_sign_is_for_cas",
        "basic_constraints_critical_in_cas",
    ] {
        assert!(found.contains(&rule), "{rule} is not in {found:?}");
    }
    let found = broken(&make("rsa:2048 -subj /")?);
    for rule in ["ecdsa_without_parameters", "subject_not_empty", "issuer_not_empty"] {
        assert!(found.contains(&rule), "{rule} is not in {found:?}");
    }
    // One bit of a good one: a number below zero, and two algorithms.
    let good = Authority::new(THEN)?.birth(&CertificateProfile::default(), LOW, THEN)?;
    let number = good.serial_bytes();
    let at = good.der().windows(number.len()).position(|it| it == number).ok_or("no serial number")?;
    let mut der = good.der().to_vec();
    der[at] |= 0x80;
    assert_eq!(broken(&der), ["serial_positive_20_octets"]);
    let algorithm = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    let at = good.der().windows(algorithm.len()).position(|it| it == algorithm).ok_or("no algorithm")?;
    let mut der = good.der().to_vec();
    der[at + 7] = 0x03;
    assert_eq!(broken(&der), ["algorithms_agree"]);
    Ok(())
}

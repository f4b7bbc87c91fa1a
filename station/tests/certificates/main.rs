//! Certificates, requests and revocation lists before independent eyes: OpenSSL, rustls-webpki, and rules
//! from the standards over x509-parser.
//!
//! Without the `openssl` program its tests are shown as ignored, and the rest runs.
//!
//! | file | what it holds |
//! |---|---|
//! | `rules` | the rules, by name and source |
//! | `form` | certificates and lists at the edges, held against the rules |
//! | `lists` | revocation lists, by the CA's own key and by a key for lists alone |

mod form;
mod lists;
mod rules;

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration as StdDuration;

use libtest_mimic::{Arguments, Failed, Trial};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer;
use rustls_pki_types::{CertificateDer, UnixTime};
use station::fault::{Coded, FaultCode};
use station::pki::authority::{self, Content, PerRole, Plan};
use station::pki::{Certificate, CertificateProfile, PublicKey, Signature, Subject, birth, complete, csr};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use wire::Uid;

const THEN: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
const LOW: Uid = Uid::from_bytes([0, 0, 0, 0, 0, 1, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1]);
const HIGH: Uid = Uid::from_random([0xff; 16]);

fn main() -> ExitCode {
    let no_openssl = Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_err();
    let webpki = [
        Trial::test("webpki_accepts_a_module_as_a_client", webpki_accepts_a_module_as_a_client),
        Trial::test("webpki_sees_the_end_of_validity", webpki_sees_the_end_of_validity),
        Trial::test("webpki_refuses_the_manifest_signer_as_a_client", webpki_refuses_the_manifest_signer),
        Trial::test("webpki_sees_what_a_list_says", lists::webpki_sees_what_a_list_says),
        Trial::test("births_keep_the_rules_at_every_edge", form::births_keep_the_rules_at_every_edge),
        Trial::test(
            "authorities_keep_the_rules_at_every_edge",
            form::authorities_keep_the_rules_at_every_edge,
        ),
        Trial::test("lists_keep_the_rules_at_every_edge", form::lists_keep_the_rules_at_every_edge),
    ];
    let openssl = [
        Trial::test("openssl_verifies_the_chain", openssl_verifies_the_chain),
        Trial::test("openssl_reads_what_was_meant", openssl_reads_what_was_meant),
        Trial::test("openssl_sees_2050_and_leap_days", openssl_sees_2050_and_leap_days),
        Trial::test("openssl_cms_takes_the_manifest_signer", openssl_cms_takes_the_manifest_signer),
        Trial::test("openssl_cms_wants_the_right_purpose", openssl_cms_wants_the_right_purpose),
        Trial::test("openssl_requests_pass_or_fail_as_they_should", openssl_requests),
        Trial::test("the_rules_find_what_openssl_does_wrong_on_demand", form::the_rules_find_what_is_wrong),
        Trial::test("openssl_takes_a_list_by_the_ca_itself", lists::openssl_takes_a_list_by_the_ca_itself),
        Trial::test(
            "openssl_takes_a_list_by_a_key_of_its_own",
            lists::openssl_takes_a_list_by_a_key_of_its_own,
        ),
    ];
    let trials = webpki.into_iter().chain(openssl.map(|trial| trial.with_ignored_flag(no_openssl)));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// An authority whose keys are in memory.
struct Authority {
    keys: PerRole<SigningKey>,
    certificates: PerRole<Certificate>,
}

impl Authority {
    fn new(now: OffsetDateTime) -> Result<Self, Failed> {
        Self::lasting(now, 40, 30)
    }

    /// Whose root lasts so many years, and the others fewer.
    fn lasting(now: OffsetDateTime, root_years: u16, leaf_years: u16) -> Result<Self, Failed> {
        let keys = PerRole { root: key(1), issuing: key(2), manifest: key(3) };
        let publics = PerRole {
            root: public(&keys.root),
            issuing: public(&keys.issuing),
            manifest: public(&keys.manifest),
        };
        let serials = PerRole { root: [1; 16], issuing: [0x82; 16], manifest: [3; 16] };
        let plan = Plan {
            root: subject("TEST Root"),
            issuing: subject("TEST Issuing"),
            manifest: subject("TEST Manifest"),
            root_years,
            leaf_years,
        };
        let made = authority::establish(&plan, &publics, &serials, now, async |bytes: &[u8]| {
            Ok::<Signature, Infallible>(keys.root.sign(bytes))
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let certificates = runtime.block_on(made)?;
        Ok(Self { keys, certificates })
    }

    fn birth(
        &self,
        profile: &CertificateProfile,
        uid: Uid,
        now: OffsetDateTime,
    ) -> Result<Certificate, Failed> {
        let issuing = &self.certificates.issuing;
        let bytes = birth::reserve(profile, issuing, uid, &public(&key(9)), now)?;
        Ok(birth::complete(&bytes, &self.keys.issuing.sign(&bytes), issuing)?)
    }

    /// The certificate of a key that signs nothing but the issuing CA's lists.
    fn revocation_signer(&self, now: OffsetDateTime, years: u16) -> Result<Certificate, Failed> {
        let (name, key) = (subject("TEST Issuing"), public(&key(4)));
        let content = Content { subject: &name, key: &key, serial: [4; 16], now, years };
        let root = &self.certificates.root;
        let bytes = authority::revocation(content, root)?;
        Ok(complete(&bytes, &self.keys.root.sign(&bytes), Some(root))?)
    }
}

fn subject(common_name: &str) -> Subject {
    Subject {
        country: Some("CH".into()),
        organization: Some("Example Modules".into()),
        organizational_unit: None,
        common_name: common_name.into(),
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).expect("in range")
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_point(key.verifying_key().to_sec1_point(false).as_bytes()).expect("on the curve")
}

fn rich_profile() -> CertificateProfile {
    CertificateProfile {
        country: Some("CH".into()),
        organization: Some("Exämple Modules".into()),
        organizational_unit: Some("Line 1".into()),
        subject_serial_number: true,
        ..CertificateProfile::default()
    }
}

/// What webpki says of a certificate that a client shows at a time.
fn webpki_says(
    authority: &Authority,
    certificate: &Certificate,
    now: OffsetDateTime,
) -> Result<(), webpki::Error> {
    let root = CertificateDer::from(authority.certificates.root.der());
    let anchors = [anchor_from_trusted_cert(&root)?];
    let intermediates = [CertificateDer::from(authority.certificates.issuing.der())];
    let end = CertificateDer::from(certificate.der());
    let seconds = u64::try_from(now.unix_timestamp()).expect("after 1970");
    EndEntityCert::try_from(&end)?
        .verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &anchors,
            &intermediates,
            UnixTime::since_unix_epoch(StdDuration::from_secs(seconds)),
            KeyUsage::client_auth(),
            None,
            None,
        )
        .map(drop)
}

fn webpki_accepts_a_module_as_a_client() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    for profile in [CertificateProfile::default(), rich_profile()] {
        for uid in [LOW, HIGH] {
            webpki_says(&authority, &authority.birth(&profile, uid, THEN)?, THEN)?;
        }
    }
    Ok(())
}

fn webpki_sees_the_end_of_validity() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let certificate = authority.birth(&CertificateProfile::default(), HIGH, THEN)?;
    webpki_says(&authority, &certificate, datetime!(2036-11-22 10:00 UTC))?;
    webpki_says(&authority, &certificate, certificate.not_after())?;
    let late = webpki_says(&authority, &certificate, certificate.not_after() + Duration::SECOND);
    assert!(matches!(late, Err(webpki::Error::CertExpired { .. })), "{late:?}");
    Ok(())
}

fn webpki_refuses_the_manifest_signer() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let outcome = webpki_says(&authority, &authority.certificates.manifest, THEN);
    assert!(matches!(outcome, Err(webpki::Error::RequiredEkuNotFoundContext(_))), "{outcome:?}");
    Ok(())
}

/// A folder with an authority's certificates in it, and OpenSSL run there.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(authority: &Authority) -> Result<Self, Failed> {
        let desk = Self { folder: tempfile::tempdir()? };
        let PerRole { root, issuing, manifest } = &authority.certificates;
        desk.put("root.pem", &root.pem())?;
        desk.put("issuing.pem", &issuing.pem())?;
        desk.put("manifest.pem", &manifest.pem())?;
        desk.put("ca.pem", &(root.pem() + &issuing.pem()))?;
        Ok(desk)
    }

    fn put(&self, name: &str, text: &str) -> Result<PathBuf, Failed> {
        let path = self.folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path)
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs OpenSSL with words from a line; its output, or everything it said when it failed.
    fn openssl(&self, line: &str) -> Result<String, String> {
        let output = Command::new("openssl")
            .args(line.split_whitespace())
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            Ok(said)
        } else {
            Err(format!("openssl {line}\n{said}{}", String::from_utf8_lossy(&output.stderr)))
        }
    }
}

fn openssl_verifies_the_chain() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let desk = Desk::new(&authority)?;
    for (name, profile) in [("plain.pem", CertificateProfile::default()), ("rich.pem", rich_profile())] {
        for uid in [LOW, HIGH] {
            desk.put(name, &authority.birth(&profile, uid, THEN)?.pem())?;
            desk.openssl(&format!(
                "verify -x509_strict -check_ss_sig -purpose sslclient -attime {} -CAfile root.pem \
                 -untrusted issuing.pem {name}",
                THEN.unix_timestamp()
            ))?;
            let as_server = desk.openssl(&format!(
                "verify -purpose sslserver -attime {} -CAfile root.pem -untrusted issuing.pem {name}",
                THEN.unix_timestamp()
            ));
            assert!(as_server.is_err_and(|said| said.contains("certificate purpose")));
        }
    }
    Ok(())
}

fn openssl_reads_what_was_meant() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let desk = Desk::new(&authority)?;
    for (uid, serial) in [(LOW, "0140008000000000000001"), (HIGH, "FFFFFFFFFFFF4FFFBFFFFFFFFFFFFFFF")] {
        desk.put("module.pem", &authority.birth(&rich_profile(), uid, THEN)?.pem())?;
        let said = desk.openssl("x509 -in module.pem -noout -serial -subject -nameopt RFC2253 -dates")?;
        let uuid = uid.uuid_text();
        assert_eq!(
            said.lines().collect::<Vec<_>>(),
            [
                format!("serial={serial}"),
                format!("subject=serialNumber={uuid},CN={uuid},OU=Line 1,O=Ex\\C3\\A4mple Modules,C=CH"),
                "notBefore=Nov 22 09:50:00 2026 GMT".to_owned(),
                "notAfter=Dec 22 10:00:00 2036 GMT".to_owned(),
            ]
        );
        let text = desk.openssl("x509 -in module.pem -noout -text")?;
        for expected in [
            "Version: 3 (0x2)",
            "Signature Algorithm: ecdsa-with-SHA256",
            "ASN1 OID: prime256v1",
            "X509v3 Basic Constraints: critical\n                CA:FALSE",
            "X509v3 Key Usage: critical\n                Digital Signature\n",
            "X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n",
            "X509v3 Subject Key Identifier",
            "X509v3 Authority Key Identifier",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
    }
    Ok(())
}

fn openssl_sees_2050_and_leap_days() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let desk = Desk::new(&authority)?;
    let profile = CertificateProfile { margin_days: 0, ..CertificateProfile::default() };
    for (now, kind, end) in [
        (datetime!(2028-02-29 12:00 UTC), "UTCTIME", "Mar  1 12:00:00 2038 GMT"),
        (datetime!(2039-12-31 23:59:59 UTC), "UTCTIME", "Dec 31 23:59:59 2049 GMT"),
        (datetime!(2040-01-01 0:00 UTC), "GENERALIZEDTIME", "Jan  1 00:00:00 2050 GMT"),
        (datetime!(2044-02-29 0:00 UTC), "GENERALIZEDTIME", "Mar  1 00:00:00 2054 GMT"),
    ] {
        desk.put("module.pem", &authority.birth(&profile, HIGH, now)?.pem())?;
        let said = desk.openssl("x509 -in module.pem -noout -enddate")?;
        assert_eq!(said.trim(), format!("notAfter={end}"));
        let structure = desk.openssl("asn1parse -in module.pem")?;
        let times: Vec<&str> = structure.lines().filter(|line| line.contains("TIME")).collect();
        assert!(times[0].contains("UTCTIME") && times[1].contains(kind), "{times:?}");
        desk.openssl(&format!(
            "verify -x509_strict -attime {} -CAfile root.pem -untrusted issuing.pem module.pem",
            now.unix_timestamp()
        ))?;
    }
    Ok(())
}

/// The secret key as OpenSSL reads it: PKCS#8 with an `ECPrivateKey` without its public key.
fn pkcs8_pem(key: &SigningKey) -> String {
    const PREFIX: [u8; 35] = [
        0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
        0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04,
        0x20,
    ];
    let der = [&PREFIX[..], &key.to_bytes()[..]].concat();
    der::pem::encode_string("PRIVATE KEY", der::pem::LineEnding::LF, &der).expect("encodes")
}

fn openssl_cms_takes_the_manifest_signer() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let desk = Desk::new(&authority)?;
    desk.put("manifest.key", &pkcs8_pem(&authority.keys.manifest))?;
    desk.put("header", "what is signed")?;
    desk.openssl(
        "cms -sign -binary -in header -signer manifest.pem -inkey manifest.key -md sha256 -outform DER -out header.p7s",
    )?;
    let verify = |anchors: &str| {
        desk.openssl(&format!(
            "cms -verify -binary -inform DER -in header.p7s -content header -attime {} {anchors} -out /dev/null",
            THEN.unix_timestamp()
        ))
    };
    // The root alone is enough, and the issuing CA beside it does not disturb.
    verify("-CAfile root.pem")?;
    verify("-CAfile ca.pem")?;
    let without_root = verify("-CAfile issuing.pem");
    assert!(without_root.is_err(), "the issuing CA did not sign the manifest signer");
    desk.put("header", "what was not signed")?;
    assert!(verify("-CAfile root.pem").is_err());
    Ok(())
}

fn openssl_cms_wants_the_right_purpose() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let desk = Desk::new(&authority)?;
    desk.put("module.pem", &authority.birth(&CertificateProfile::default(), HIGH, THEN)?.pem())?;
    desk.put("module.key", &pkcs8_pem(&key(9)))?;
    desk.put("header", "what is signed")?;
    desk.openssl(
        "cms -sign -binary -in header -signer module.pem -inkey module.key -certfile issuing.pem -md sha256 \
         -outform DER -out header.p7s",
    )?;
    // A module's key signs no manifest: the purpose is wrong.
    let outcome = desk.openssl(&format!(
        "cms -verify -binary -inform DER -in header.p7s -content header -attime {} -CAfile ca.pem -out /dev/null",
        THEN.unix_timestamp()
    ));
    let said = outcome.expect_err("a module is no manifest signer");
    assert!(said.contains("certificate purpose"), "{said}");
    Ok(())
}

fn openssl_requests() -> Result<(), Failed> {
    let desk = Desk::new(&Authority::new(THEN)?)?;
    let request = |options: &str, subject: &str, extra: &str| -> Result<String, Failed> {
        let line =
            format!("req -new {options} -nodes -keyout key -subj {subject} -batch {extra} -out request.pem");
        desk.openssl(&line)?;
        Ok(fs::read_to_string(desk.folder().join("request.pem"))?)
    };
    let p256 = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";
    let right = format!("/CN={}", LOW.uuid_text());

    let accepted = csr::check(&request(p256, &right, "")?, LOW)?;
    let spki = desk.openssl("pkey -in key -pubout -outform PEM")?;
    let (_, spki) = der::pem::decode_vec(spki.as_bytes()).map_err(|error| error.to_string())?;
    assert_eq!(accepted.public_key.spki_der()[..], spki);

    for (options, subject, extra, code) in [
        ("-newkey ec -pkeyopt ec_paramgen_curve:P-384", right.as_str(), "", FaultCode::RequestCurve),
        ("-newkey rsa:2048", right.as_str(), "", FaultCode::RequestCurve),
        ("-newkey ed25519", right.as_str(), "", FaultCode::RequestCurve),
        (p256, right.as_str(), "-sha384", FaultCode::RequestSignature),
        (p256, "/CN=somebody", "", FaultCode::RequestMalformed),
        (p256, right.as_str(), "-addext basicConstraints=CA:TRUE", FaultCode::RequestMalformed),
        (
            "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
            right.as_str(),
            "",
            FaultCode::RequestCurve,
        ),
    ] {
        let error = csr::check(&request(options, subject, extra)?, LOW).expect_err(options);
        assert_eq!(error.code(), code, "{options} {subject} {extra}: {error}");
    }
    Ok(())
}

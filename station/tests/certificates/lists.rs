//! Revocation lists: by the CA's own key, and by a key that signs nothing else.

use libtest_mimic::Failed;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use rustls_pki_types::{CertificateDer, UnixTime};
use station::pki::revocation::{self, Content};
use station::pki::{Certificate, CertificateProfile, pem};
use time::Duration;
use webpki::{
    ALL_VERIFICATION_ALGS, BorrowedCertRevocationList, CertRevocationList, EndEntityCert, KeyUsage,
    RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy, anchor_from_trusted_cert,
};
use wire::Uid;

use crate::{Authority, Desk, HIGH, LOW, THEN, key};

/// A list of the issuing CA in which the module `void` stands, signed by whoever `signer` is.
fn list(signer: &Certificate, by: &SigningKey, void: Uid) -> Result<Vec<u8>, Failed> {
    let content = Content {
        number: 1,
        this_update: THEN,
        next_update: THEN + Duration::days(30),
        revoked: &[(void, THEN)],
    };
    let bytes = revocation::prepare(signer, &content)?;
    Ok(revocation::complete(&bytes, &by.sign(&bytes), signer)?)
}

/// A desk with a void module, a good one, and a list.
fn desk(authority: &Authority, list: &[u8]) -> Result<Desk, Failed> {
    let desk = Desk::new(authority)?;
    let profile = CertificateProfile::default();
    desk.put("void.pem", &authority.birth(&profile, LOW, THEN)?.pem())?;
    desk.put("good.pem", &authority.birth(&profile, HIGH, THEN)?.pem())?;
    desk.put("list.pem", &pem::encode_revocation_list(list))?;
    Ok(desk)
}

fn verify(desk: &Desk, options: &str, module: &str) -> Result<String, String> {
    let time = (THEN + Duration::DAY).unix_timestamp();
    desk.openssl(&format!(
        "verify -x509_strict -crl_check -attime {time} -CAfile root.pem -CRLfile list.pem {options} {module}"
    ))
}

pub(crate) fn openssl_takes_a_list_by_the_ca_itself() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let desk = desk(&authority, &list(&authority.certificates.issuing, &authority.keys.issuing, LOW)?)?;
    verify(&desk, "-untrusted issuing.pem", "good.pem")?;
    let said = verify(&desk, "-untrusted issuing.pem", "void.pem").expect_err("void");
    assert!(said.contains("certificate revoked"), "{said}");
    Ok(())
}

pub(crate) fn openssl_takes_a_list_by_a_key_of_its_own() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let signer = authority.revocation_signer(THEN, 30)?;
    let desk = desk(&authority, &list(&signer, &key(4), LOW)?)?;
    desk.put("both.pem", &(authority.certificates.issuing.pem() + &signer.pem()))?;
    let extended = "-extended_crl -untrusted both.pem";
    verify(&desk, extended, "good.pem")?;
    let said = verify(&desk, extended, "void.pem").expect_err("void");
    assert!(said.contains("certificate revoked"), "{said}");
    // The key is not the CA's, so without its certificate, or by a verifier that wants the same path for
    // both, the list counts for nothing: it is refused, and nobody takes a void module for a good one.
    for options in ["-untrusted both.pem", "-extended_crl -untrusted issuing.pem"] {
        assert!(verify(&desk, options, "good.pem").is_err(), "{options}");
    }
    // Nor does the key of the manifests sign lists, whatever its certificate is called.
    let manifest = &authority.certificates.manifest;
    assert!(list(manifest, &authority.keys.manifest, LOW).is_err());
    // And beside the CA of the same name it confuses nobody who looks for the issuer of a module.
    let time = THEN.unix_timestamp();
    desk.openssl(&format!(
        "verify -x509_strict -attime {time} -CAfile root.pem -untrusted both.pem good.pem"
    ))?;
    Ok(())
}

pub(crate) fn webpki_sees_what_a_list_says() -> Result<(), Failed> {
    let authority = Authority::new(THEN)?;
    let list = list(&authority.certificates.issuing, &authority.keys.issuing, LOW)?;
    let list = CertRevocationList::from(BorrowedCertRevocationList::from_der(&list)?);
    let lists = [&list];
    let options = RevocationOptionsBuilder::new(&lists)
        .map_err(|_| "no lists")?
        .with_depth(RevocationCheckDepth::EndEntity)
        .with_status_policy(UnknownStatusPolicy::Deny)
        .build();
    let root = CertificateDer::from(authority.certificates.root.der());
    let anchors = [anchor_from_trusted_cert(&root)?];
    let between = [CertificateDer::from(authority.certificates.issuing.der())];
    let now =
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(THEN.unix_timestamp().unsigned_abs()));
    for (uid, good) in [(HIGH, true), (LOW, false)] {
        let certificate = authority.birth(&CertificateProfile::default(), uid, THEN)?;
        let der = CertificateDer::from(certificate.der());
        let end = EndEntityCert::try_from(&der)?;
        let outcome = end.verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &anchors,
            &between,
            now,
            KeyUsage::client_auth(),
            Some(options),
            None,
        );
        match outcome {
            Ok(_) => assert!(good, "{uid} is void"),
            Err(error) => assert!(!good && matches!(error, webpki::Error::CertRevoked), "{uid}: {error}"),
        }
    }
    Ok(())
}

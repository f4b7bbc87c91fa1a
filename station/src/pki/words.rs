//! A certificate in words, to be read by people who sign that they have seen it.

use std::fmt::Write as _;

use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid;
use der::oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};

use super::Certificate;
use crate::clock::rfc3339;

/// Everything that the certificate says, a line each: what, a colon, its value. Bytes are in hex.
pub fn of(certificate: &Certificate) -> String {
    let mut text = String::new();
    let mut line = |what: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{what}: {value}");
    };
    line("version", "3");
    line("serial number", &hex::encode(certificate.serial_bytes()));
    line("signature algorithm", "ECDSA on P-256 with SHA-256");
    line("issuer", &certificate.issuer().to_string());
    line("not before", &rfc3339(certificate.not_before()));
    line("not after", &rfc3339(certificate.not_after()));
    line("subject", &certificate.subject().to_string());
    line("public key", &format!("P-256 {}", hex::encode(certificate.public_key().point())));
    for extension in certificate.extensions() {
        let (name, value) = extension_of(certificate, extension);
        let critical = if extension.critical { ", critical" } else { "" };
        line(&format!("extension {name}{critical}"), &value);
    }
    line("signature", &hex::encode(certificate.signature().to_der().as_bytes()));
    line("SHA-256 of the certificate", &hex::encode(certificate.sha256()));
    text
}

fn extension_of(certificate: &Certificate, extension: &Extension) -> (String, String) {
    let known = match extension.extn_id {
        BasicConstraints::OID => constraints(certificate).map(|value| ("basic constraints", value)),
        KeyUsage::OID => usage(certificate).map(|value| ("key usage", value)),
        ExtendedKeyUsage::OID => purposes(certificate).map(|value| ("extended key usage", value)),
        SubjectKeyIdentifier::OID => {
            certificate.subject_key_identifier().map(|id| ("subject key identifier", hex::encode(id)))
        }
        AuthorityKeyIdentifier::OID => {
            certificate.authority_key_identifier().map(|id| ("authority key identifier", hex::encode(id)))
        }
        _ => None,
    };
    match known {
        Some((name, value)) => (name.to_owned(), value),
        None => (extension.extn_id.to_string(), hex::encode(extension.extn_value.as_bytes())),
    }
}

fn constraints(certificate: &Certificate) -> Option<String> {
    let (_, constraints) = certificate.extension::<BasicConstraints>().ok()??;
    Some(match (constraints.ca, constraints.path_len_constraint) {
        (true, Some(length)) => format!("a CA, path length {length}"),
        (true, None) => "a CA, any path length".to_owned(),
        (false, _) => "no CA".to_owned(),
    })
}

fn usage(certificate: &Certificate) -> Option<String> {
    let (_, usage) = certificate.extension::<KeyUsage>().ok()??;
    let words: Vec<String> = usage.0.into_iter().map(|flag| format!("{flag:?}")).collect();
    Some(words.join(", "))
}

fn purposes(certificate: &Certificate) -> Option<String> {
    let (_, ExtendedKeyUsage(list)) = certificate.extension::<ExtendedKeyUsage>().ok()??;
    let word = |oid: &ObjectIdentifier| match *oid {
        ID_KP_CLIENT_AUTH => "clientAuth".to_owned(),
        ID_KP_EMAIL_PROTECTION => "emailProtection".to_owned(),
        other => other.to_string(),
    };
    Some(list.iter().map(word).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{LOW, Testing};

    #[test]
    fn what_matters_is_in_words() {
        let authority = Testing::new();
        let text = of(&authority.certificates.issuing);
        for line in [
            "serial number: 0082828282828282828282828282828282",
            "issuer: CN=TEST Root,O=Example Modules,C=CH",
            "not after: 2056-11-22T10:00:00Z",
            "extension basic constraints, critical: a CA, path length 0",
            "extension key usage, critical: KeyCertSign, CRLSign",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(of(&authority.certificates.manifest).contains("extended key usage: emailProtection"));
        assert!(of(&authority.birth(LOW, 9)).contains("extension basic constraints, critical: no CA"));
    }
}

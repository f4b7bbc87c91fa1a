//! The files inside a manifest: their names, their order, and how they follow from the entries.
//!
//! The texts under `contents/` belong to format 1. A batch that was closed once must come out the same
//! when it is closed again after a crash, so they change only with a new format.

use serde::Serialize;

use crate::certificate::{Certificate, CertificateError};
use crate::entry::PassedFacts;
use crate::header::Flavour;
use crate::issuers::Issuers;
use crate::json;
use crate::uid::Uid;

pub(crate) const HEADER: &str = "header.json";
pub(crate) const SIGNATURE: &str = "header.cms";
pub(crate) const README: &str = "README.md";
pub(crate) const CA: &str = "ca.pem";
pub(crate) const ENTRIES: &str = "entries.ndjson";
pub(crate) const LEAVES: &str = "leaves.txt";
pub(crate) const CERTIFICATES: &str = "certificates.pem";
pub(crate) const TABLE: &str = "certificates.csv";
pub(crate) const BULK: &str = "aws/bulk.ndjson";
pub(crate) const BULK_TEMPLATE: &str = "aws/template.json";
pub(crate) const JITP_TEMPLATE: &str = "aws/jitp-template.json";
pub(crate) const POLICY: &str = "aws/policy.json";
pub(crate) const CLAIM_MESSAGE: &str = "claim/message.json";
pub(crate) const CLAIM_README: &str = "claim/README.md";

pub(crate) const BULK_TEMPLATE_TEXT: &str = include_str!("contents/template.json");
pub(crate) const JITP_TEMPLATE_TEXT: &str = include_str!("contents/jitp-template.json");
pub(crate) const POLICY_TEXT: &str = include_str!("contents/policy.json");
pub(crate) const CLAIM_README_TEXT: &str = include_str!("contents/claim.md");

/// The text of `README.md`.
pub(crate) fn readme(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::LateBinding => include_str!("contents/late-binding.md"),
        Flavour::PreRegistration => include_str!("contents/pre-registration.md"),
    }
}

/// The files the header lists, in the order of the archive, where header and signature precede them.
pub(crate) fn names(flavour: Flavour) -> &'static [&'static str] {
    match flavour {
        Flavour::LateBinding => {
            &[README, CA, ENTRIES, LEAVES, JITP_TEMPLATE, POLICY, CLAIM_MESSAGE, CLAIM_README]
        }
        Flavour::PreRegistration => {
            &[README, CA, ENTRIES, LEAVES, CERTIFICATES, TABLE, BULK, BULK_TEMPLATE, POLICY]
        }
    }
}

/// A module that passed, with all that a pre-registration manifest tells of it.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) uid: Uid,
    pub(crate) facts: &'a PassedFacts,
    pub(crate) certificate: &'a Certificate,
}

/// `ca.pem` and `certificates.pem`: one block after the other.
pub(crate) fn pem<'a>(
    certificates: impl IntoIterator<Item = &'a Certificate>,
) -> Result<Vec<u8>, CertificateError> {
    let mut text = Vec::new();
    for certificate in certificates {
        text.extend_from_slice(certificate.to_pem()?.as_bytes());
    }
    Ok(text)
}

/// `certificates.csv` (RFC 4180, with line feeds): no field but the PEM can need quotes.
pub(crate) fn table(rows: &[Row<'_>]) -> Result<Vec<u8>, CertificateError> {
    let mut text = String::from(
        "ThingName,SerialNumber,CertificateId,NotBefore,NotAfter,FirmwareVersion,SealedAt,CertificatePem\n",
    );
    for Row { uid, facts, certificate } in rows {
        let fields = [
            uid.thing_name(),
            uid.to_string(),
            facts.certificate.to_string(),
            facts.not_before.to_string(),
            facts.not_after.to_string(),
            facts.firmware.version.clone(),
            facts.sealed_at.to_string(),
            format!("\"{}\"\n", certificate.to_pem()?),
        ];
        text.push_str(&fields.join(","));
    }
    Ok(text.into_bytes())
}

/// One line of `aws/bulk.ndjson`: the parameters of `aws/template.json`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters<'a> {
    #[serde(rename = "CACertificatePem")]
    ca_certificate_pem: &'a str,
    certificate_pem: &'a str,
    serial_number: &'a str,
    thing_name: &'a str,
}

/// `aws/bulk.ndjson`: the input of a thing registration task.
pub(crate) fn bulk(issuers: &Issuers<'_>, rows: &[Row<'_>]) -> Result<Vec<u8>, BulkError> {
    let mut text = Vec::new();
    for Row { uid, certificate, .. } in rows {
        // A certificate that none of them issued is told of where certificates are checked.
        let issuer = issuers.issuer_of(certificate).map(Certificate::to_pem).transpose()?;
        let parameters = Parameters {
            ca_certificate_pem: &issuer.unwrap_or_default(),
            certificate_pem: &certificate.to_pem()?,
            serial_number: &uid.to_string(),
            thing_name: &uid.thing_name(),
        };
        text.extend_from_slice(&json::write(&parameters)?);
        text.push(b'\n');
    }
    Ok(text)
}

/// Why the input for AWS cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BulkError {
    #[error("encode a certificate")]
    Certificate(#[from] CertificateError),
    #[error("write the parameters of a module")]
    Json(#[from] serde_json::Error),
}

/// `claim/message.json`: what is published to the module's configuration topic.
pub(crate) fn claim_message(endpoint: Option<&str>) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Message<'a> {
        endpoint: &'a str,
    }
    let mut text =
        json::write(&Message { endpoint: endpoint.unwrap_or("ACCOUNT-ats.iot.REGION.amazonaws.com") })?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_and_policy_keep_within_the_limits_of_aws() {
        // Template body at most 10,240 characters; policy document at most 2,048 without white space.
        for template in [BULK_TEMPLATE_TEXT, JITP_TEMPLATE_TEXT] {
            assert!(template.chars().count() <= 10_240);
            serde_json::from_str::<serde_json::Value>(template).unwrap();
        }
        assert!(POLICY_TEXT.chars().filter(|c| !c.is_whitespace()).count() <= 2_048);
        serde_json::from_str::<serde_json::Value>(POLICY_TEXT).unwrap();
    }

    #[test]
    fn every_parameter_of_a_template_is_declared_and_used() {
        for template in [BULK_TEMPLATE_TEXT, JITP_TEMPLATE_TEXT] {
            let template: serde_json::Value = serde_json::from_str(template).unwrap();
            let resources = template["Resources"].to_string();
            for name in template["Parameters"].as_object().unwrap().keys() {
                assert!(resources.contains(&format!(r#"{{"Ref":"{name}"}}"#)), "{name}");
            }
            let declared = template["Parameters"].as_object().unwrap().len();
            assert_eq!(resources.matches(r#""Ref""#).count(), declared);
        }
    }

    #[test]
    fn the_claim_message_is_what_a_module_reads() {
        let message = claim_message(Some("abc-ats.iot.eu-west-1.amazonaws.com")).unwrap();
        assert_eq!(message, b"{\"Endpoint\":\"abc-ats.iot.eu-west-1.amazonaws.com\"}\n");
    }
}

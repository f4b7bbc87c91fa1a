//! Is what came back from an offline root what was asked for?
//!
//! Nobody here saw what the root's keeper did with the request. Everything that matters is looked at, and
//! everything that is wrong is told at once, because the way to the vault is long.

use std::fmt;

use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid;
use der::oid::db::rfc5280::ID_KP_EMAIL_PROTECTION;
use time::{Duration, OffsetDateTime};
use x509_cert::ext::pkix::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, NameConstraints, PolicyConstraints,
};

use super::Role;
use crate::clock::rfc3339;
use crate::fault::{Coded, FaultCode};
use crate::pki::{Certificate, PublicKey, Subject, Validity, name};

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Requested<'a> {
    /// What the certificate is for.
    pub role: Role,
    /// Whose it is.
    pub subject: &'a Subject,
    /// The key, as the HSM shows it.
    pub key: &'a PublicKey,
    /// How many calendar years it has to last from now, at least.
    pub years: u16,
}

/// All that is wrong with a certificate, a sentence each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ReturnedError {
    /// What it was to be for.
    pub role: Role,
    /// The sentences; never empty.
    pub problems: Vec<String>,
}

impl Coded for ReturnedError {
    fn code(&self) -> FaultCode {
        FaultCode::AuthorityMismatch
    }
}

impl fmt::Display for ReturnedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} certificate is not what was asked for: {}", self.role, self.problems.join(" "))
    }
}

/// Checks a certificate that came back against what was asked for and against the root.
///
/// # Errors
/// Everything that is wrong.
pub fn check(
    certificate: &Certificate,
    requested: Requested<'_>,
    root: &Certificate,
    now: OffsetDateTime,
) -> Result<(), ReturnedError> {
    let mut problems = Vec::new();
    let mut unless = |good: bool, problem: String| {
        if !good {
            problems.push(problem);
        }
    };
    let Requested { role, subject, key, years } = requested;
    unless(certificate.public_key() == key, "It is for another key than the one in the HSM.".to_owned());
    let wanted = name::subject_name(subject).ok();
    unless(
        subject.is_that_of(certificate),
        format!(
            "Its subject is {:?}, and {:?} was asked for.",
            certificate.subject().to_string(),
            wanted.map_or_else(String::new, |name| name.to_string())
        ),
    );
    unless(
        certificate.issuer() == root.subject(),
        format!("Its issuer is {:?}, not the root.", certificate.issuer().to_string()),
    );
    unless(certificate.verify(root.public_key()).is_ok(), "The root did not sign it.".to_owned());
    unless(
        certificate.authority_key_identifier().is_some()
            && certificate.authority_key_identifier() == root.subject_key_identifier(),
        "Its authority key identifier is not the root's subject key identifier.".to_owned(),
    );
    unless(
        certificate.subject_key_identifier().is_some_and(|identifier| !identifier.is_empty()),
        "It has no subject key identifier.".to_owned(),
    );
    problems.extend(uses(certificate, role));
    problems.extend(times(certificate, years, root, now));
    if problems.is_empty() { Ok(()) } else { Err(ReturnedError { role, problems }) }
}

/// What its extensions allow and forbid.
fn uses(certificate: &Certificate, role: Role) -> Vec<String> {
    const KNOWN: [ObjectIdentifier; 3] = [BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID];
    let mut problems = Vec::new();
    let constraints = certificate.extension::<BasicConstraints>().ok().flatten();
    match (role, constraints) {
        (Role::Root, Some((true, BasicConstraints { ca: true, .. })))
        | (Role::Issuing, Some((true, BasicConstraints { ca: true, path_len_constraint: Some(0) })))
        | (Role::Manifest | Role::Revocation, Some((_, BasicConstraints { ca: false, .. }))) => {}
        (Role::Root, _) => problems.push("Its basic constraints must be critical and say CA.".to_owned()),
        (Role::Issuing, _) => {
            problems.push("Its basic constraints must be critical and say CA, path length 0.".to_owned());
        }
        (Role::Manifest | Role::Revocation, _) => {
            problems.push("Its basic constraints must say that it is no CA.".to_owned());
        }
    }
    let (wanted, in_words) = match role {
        Role::Root | Role::Issuing => {
            (KeyUsages::KeyCertSign | KeyUsages::CRLSign, "keyCertSign and cRLSign")
        }
        Role::Manifest => (KeyUsages::DigitalSignature.into(), "digitalSignature"),
        Role::Revocation => (KeyUsages::CRLSign.into(), "cRLSign"),
    };
    if certificate.extension::<KeyUsage>().ok().flatten() != Some((true, KeyUsage(wanted))) {
        problems.push(format!("Its key usage must be critical and say {in_words}, no more and no less."));
    }
    let purposes = certificate.extension::<ExtendedKeyUsage>().ok().flatten();
    match (role, purposes) {
        (Role::Manifest, Some((_, ExtendedKeyUsage(list)))) if list == [ID_KP_EMAIL_PROTECTION] => {}
        (Role::Manifest, _) => {
            problems.push("Its extended key usage must say emailProtection and nothing else.".to_owned());
        }
        (Role::Root | Role::Issuing | Role::Revocation, None) => {}
        (Role::Root | Role::Issuing | Role::Revocation, Some(_)) => {
            problems.push("It must have no extended key usage.".to_owned());
        }
    }
    for extension in certificate.extensions() {
        match extension.extn_id {
            NameConstraints::OID => problems.push("It must have no name constraints.".to_owned()),
            PolicyConstraints::OID => problems.push("It must have no policy constraints.".to_owned()),
            unknown if extension.critical && !KNOWN.contains(&unknown) => {
                problems.push(format!("It has the critical extension {unknown}, which nobody knows here."));
            }
            _ => {}
        }
    }
    problems
}

/// From when until when it is valid.
fn times(certificate: &Certificate, years: u16, root: &Certificate, now: OffsetDateTime) -> Vec<String> {
    let mut problems = Vec::new();
    let (begins, ends) = (certificate.not_before(), certificate.not_after());
    if begins > now {
        problems.push(format!("It is not valid before {}, and it is {}.", rfc3339(begins), rfc3339(now)));
    }
    match Validity::from_years(
        now.replace_nanosecond(0).unwrap_or(now),
        years,
        Duration::ZERO,
        Duration::ZERO,
    ) {
        Some(wanted) if ends >= wanted.not_after => {}
        Some(wanted) => problems.push(format!(
            "It is valid until {}; {years} years from now is {}.",
            rfc3339(ends),
            rfc3339(wanted.not_after)
        )),
        None => problems.push(format!("No date is {years} years from now.")),
    }
    if begins < root.not_before() || ends > root.not_after() {
        problems.push(format!(
            "It is valid from {} to {}, which is beyond the root: {} to {}.",
            rfc3339(begins),
            rfc3339(ends),
            rfc3339(root.not_before()),
            rfc3339(root.not_after())
        ));
    }
    problems
}

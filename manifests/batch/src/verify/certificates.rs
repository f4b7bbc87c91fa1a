//! Pre-registration: has every passed module its birth certificate, and is it a good one?

use std::collections::HashMap;

use super::{find, in_words};
use crate::archive::File;
use crate::certificate::Certificate;
use crate::contents::{self, Row};
use crate::digest::Digest;
use crate::entry::{Id, PassedFacts, Record};
use crate::issuers::Issuers;
use crate::problem::Problem;
use crate::profile;
use crate::uid::Uid;

/// Checks `certificates.pem` against the entries, then what was made from both.
pub(super) fn check(
    archive: &[File<'_>],
    records: &[Record],
    issuers: &Issuers<'_>,
    problems: &mut Vec<Problem>,
) {
    let Some(text) = find(archive, contents::CERTIFICATES) else { return };
    let certificates = match Certificate::list_from_pem(text) {
        Ok(certificates) => certificates,
        Err(error) => {
            let name = contents::CERTIFICATES.to_owned();
            problems.push(Problem::FileMalformed { name, reason: in_words(&error) });
            return;
        }
    };
    let before = problems.len();
    let rows = assign(&certificates, records, problems);
    for Row { uid, facts, certificate } in &rows {
        problems.extend(unfitness(Id::Uid(*uid), *uid, facts, certificate, issuers));
    }
    if problems.len() > before {
        return;
    }
    if issuers.certificates().next().is_none() {
        return;
    }
    let derived = [
        (contents::CERTIFICATES, contents::pem(rows.iter().map(|row| row.certificate)).ok()),
        (contents::TABLE, contents::table(&rows).ok()),
        (contents::BULK, contents::bulk(issuers, &rows).ok()),
    ];
    for (name, expected) in derived {
        if find(archive, name).is_some_and(|found| expected.as_deref() != Some(found)) {
            problems.push(Problem::FileDiffers { name: name.to_owned() });
        }
    }
}

/// What is wrong with the birth certificate of a module, whoever holds it.
pub(crate) fn unfitness(
    id: Id,
    uid: Uid,
    facts: &PassedFacts,
    certificate: &Certificate,
    issuers: &Issuers<'_>,
) -> Vec<Problem> {
    let faults = profile::birth_certificate(certificate, uid, facts.sealed_at);
    let mut problems: Vec<_> =
        faults.into_iter().map(|fault| Problem::CertificateUnfit { id, fault }).collect();
    if !issuers.signed(certificate) {
        problems.push(Problem::CertificateForeign { id, issuer: certificate.issuer() });
    }
    let is_as_told = certificate.spki_sha256().is_ok_and(|spki| spki == facts.spki)
        && (certificate.not_before(), certificate.not_after()) == (facts.not_before, facts.not_after);
    if !is_as_told {
        problems.push(Problem::CertificateDiffers { id });
    }
    problems
}

/// Gives each passed module its certificate, in the order of the entries.
fn assign<'a>(
    certificates: &'a [Certificate],
    records: &'a [Record],
    problems: &mut Vec<Problem>,
) -> Vec<Row<'a>> {
    let passed: Vec<(Uid, &PassedFacts)> = records
        .iter()
        .filter_map(|record| match (record.id, record.passed()) {
            (Id::Uid(uid), Some(facts)) => Some((uid, facts)),
            _ => None,
        })
        .collect();
    let by_digest: HashMap<Digest, usize> =
        passed.iter().enumerate().map(|(index, (_, facts))| (facts.certificate, index)).collect();
    let by_uid: HashMap<Uid, usize> =
        passed.iter().enumerate().map(|(index, (uid, _))| (*uid, index)).collect();
    let mut assigned: Vec<Option<&Certificate>> = vec![None; passed.len()];
    let mut changed = vec![false; passed.len()];
    let mut order = Vec::with_capacity(certificates.len());
    for certificate in certificates {
        let sha256 = certificate.sha256();
        let serial = certificate.parsed().tbs_certificate().serial_number().as_bytes();
        if let Some(index) = by_digest.get(&sha256).copied() {
            order.push(index);
            if assigned[index].replace(certificate).is_some() {
                problems.push(Problem::CertificateRepeated { id: Id::Uid(passed[index].0) });
            }
        } else if let Some(index) = Uid::from_serial(serial).and_then(|uid| by_uid.get(&uid)).copied() {
            changed[index] = true;
        } else {
            problems.push(Problem::CertificateAdded { sha256 });
        }
    }
    if !order.is_sorted() {
        problems.push(Problem::CertificatesReordered);
    }
    let mut rows = Vec::with_capacity(passed.len());
    for (index, (uid, facts)) in passed.into_iter().enumerate() {
        let id = Id::Uid(uid);
        match assigned[index] {
            Some(certificate) => rows.push(Row { uid, facts, certificate }),
            None if changed[index] => problems.push(Problem::CertificateChanged { id }),
            None => problems.push(Problem::CertificateMissing { id }),
        }
    }
    rows
}

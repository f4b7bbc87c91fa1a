//! Is the issuing CA the one that the header names, and trusted?

use super::{find, in_words};
use crate::archive::File;
use crate::certificate::Certificate;
use crate::chain;
use crate::contents;
use crate::header::{CertificateName, Header};
use crate::limits;
use crate::problem::Problem;

/// Reads `ca.pem`: the issuing CA and the CAs above it. Empty when it cannot be read.
pub(super) fn read(archive: &[File<'_>], problems: &mut Vec<Problem>) -> Vec<Certificate> {
    // That it is missing is reported with the other files.
    let Some(text) = find(archive, contents::CA) else { return Vec::new() };
    Certificate::list_from_pem_up_to(limits::CHAIN, text).unwrap_or_else(|error| {
        let name = contents::CA.to_owned();
        problems.push(Problem::FileMalformed { name, reason: in_words(&error) });
        Vec::new()
    })
}

/// Checks that the chain begins with the issuers and holds only CAs.
pub(super) fn check_names(header: &Header, chain: &[Certificate], problems: &mut Vec<Problem>) {
    let begins = header.issuers().enumerate().all(|(index, issuer)| {
        chain.get(index).is_some_and(|certificate| CertificateName::from(certificate) == *issuer)
    });
    if !begins {
        problems.push(Problem::IssuerOther);
    }
    let others = chain.iter().filter(|certificate| !chain::may_issue(certificate, 0));
    problems.extend(others.map(|other| Problem::NotAnIssuer { subject: other.subject() }));
}

/// Checks that a trusted CA stands above each issuer, or is the issuer.
pub(crate) fn check_trust(
    header: &Header,
    chain: &[Certificate],
    trust: &[Certificate],
    problems: &mut Vec<Problem>,
) {
    let (issuers, above) = chain.split_at(chain.len().min(header.issuers().count()));
    for issuer in issuers {
        if let Err(fault) = chain::find(issuer, above, trust, header.created) {
            problems.push(Problem::IssuerUntrusted { fault });
        }
    }
}

//! The issuing CAs of a batch: one, or while one follows another, several.

use p256::ecdsa::VerifyingKey;

use crate::certificate::Certificate;
use crate::header::Header;

/// Issuing CAs, the first of them the one that the header calls the issuer.
#[derive(Debug)]
pub(crate) struct Issuers<'a>(Vec<(&'a Certificate, Option<VerifyingKey>)>);

impl<'a> Issuers<'a> {
    pub(crate) fn new(certificates: impl IntoIterator<Item = &'a Certificate>) -> Self {
        Self(certificates.into_iter().map(|certificate| (certificate, certificate.key())).collect())
    }

    /// Those of `ca.pem`, as far as it holds them.
    pub(crate) fn of(header: &Header, chain: &'a [Certificate]) -> Self {
        Self::new(chain.iter().take(header.issuers().count()))
    }

    pub(crate) fn certificates(&self) -> impl Iterator<Item = &'a Certificate> {
        self.0.iter().map(|(certificate, _)| *certificate)
    }

    /// The one that issued a certificate, by its name; by its signature, if several have that name.
    pub(crate) fn issuer_of(&self, certificate: &Certificate) -> Option<&'a Certificate> {
        self.find(certificate).map(|(issuer, _)| *issuer)
    }

    /// Whether one of them signed a certificate. Nobody can say if none of them is known.
    pub(crate) fn signed(&self, certificate: &Certificate) -> bool {
        self.0.is_empty()
            || self
                .find(certificate)
                .and_then(|(_, key)| key.as_ref())
                .is_some_and(|key| certificate.is_signed_by(key))
    }

    fn find(&self, certificate: &Certificate) -> Option<&(&'a Certificate, Option<VerifyingKey>)> {
        if let [only] = self.0.as_slice() {
            return Some(only);
        }
        let mut named = self.0.iter().filter(|(issuer, _)| certificate.is_issued_by_name_of(issuer));
        match (named.next(), named.next()) {
            (Some(only), None) => Some(only),
            _ => self.0.iter().find(|(_, key)| key.as_ref().is_some_and(|key| certificate.is_signed_by(key))),
        }
    }
}

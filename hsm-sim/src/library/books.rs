//! What is kept of signatures: how many each key made, and what was signed.

use std::path::Path;
use std::sync::Arc;

use cryptoki_sys as ck;

use crate::object::Object;
use crate::refusal::{Answer, Refusal};
use crate::store::Settings;
use crate::store::audit::Auditor;
use crate::store::uses::{Use, UseCounter};

/// The books of one store. Without settings that want any, nothing is written.
#[derive(Clone, Default)]
pub(crate) struct Books {
    /// The label of the token whose keys sign; known once a signature is begun.
    token: String,
    auditor: Option<Arc<Auditor>>,
    uses: Option<Arc<UseCounter>>,
}

impl Books {
    /// The books of the store in `directory`.
    pub(crate) fn new(directory: &Path, settings: &Settings) -> Self {
        Self {
            token: String::new(),
            auditor: settings.audit.then(|| Arc::new(Auditor::new(directory))),
            uses: settings.signature_limit.map(|limit| Arc::new(UseCounter::new(directory, limit))),
        }
    }

    /// The same books, for signatures of a token's keys.
    pub(crate) fn of_token(&self, label: impl FnOnce() -> Answer<String>) -> Answer<Self> {
        // Nobody else asks for the name.
        let token = if self.auditor.is_some() { label()? } else { String::new() };
        Ok(Self { token, ..self.clone() })
    }

    /// Whether a key has a signature left.
    ///
    /// # Errors
    /// [`Refusal::KeyFunctionNotPermitted`] when it has not.
    pub(crate) fn check(&self, key: &Object) -> Answer<()> {
        let Some(uses) = &self.uses else { return Ok(()) };
        let left = uses.count(&key.use_name()?)? < uses.limit();
        if left { Ok(()) } else { Err(Refusal::KeyFunctionNotPermitted) }
    }

    /// Counts a signature that is about to be made. Another session may have made the last one since [`Books::check`].
    ///
    /// # Errors
    /// As for [`Books::check`].
    pub(crate) fn count(&self, key: &Object) -> Answer<()> {
        let Some(uses) = &self.uses else { return Ok(()) };
        match uses.count_up(&key.use_name()?)? {
            Use::Counted => Ok(()),
            Use::LimitReached => Err(Refusal::KeyFunctionNotPermitted),
        }
    }

    /// Records a signature that was made, before it is given out.
    pub(crate) fn record(&self, key: &Object, digest: &[u8], mechanism: &str) -> Answer<()> {
        let Some(auditor) = &self.auditor else { return Ok(()) };
        let description = &key.description;
        let id = description.body.key().map(|key| key.id.as_slice()).unwrap_or_default();
        Ok(auditor.record(&self.token, &description.label, id, digest, mechanism)?)
    }

    /// The value of [`SIGNATURE_LIMIT`] or [`SIGNATURE_COUNT`]; `None` for other attributes and what is no private key.
    pub(crate) fn attribute(&self, key: &Object, kind: ck::CK_ATTRIBUTE_TYPE) -> Option<Answer<Vec<u8>>> {
        if key.class() != ck::CKO_PRIVATE_KEY {
            return None;
        }
        let number = match (kind, &self.uses) {
            (SIGNATURE_LIMIT | SIGNATURE_COUNT, None) => Ok(ck::CK_UNAVAILABLE_INFORMATION),
            (SIGNATURE_LIMIT, Some(uses)) => Ok(uses.limit()),
            (SIGNATURE_COUNT, Some(uses)) => {
                key.use_name().and_then(|name| uses.count(&name).map_err(Refusal::from))
            }
            _ => return None,
        };
        Some(number.map(|number| number.to_ne_bytes().to_vec()))
    }
}

/// How many signatures a private key may make: a `CK_ULONG`, `CK_UNAVAILABLE_INFORMATION` without a limit.
pub(crate) const SIGNATURE_LIMIT: ck::CK_ATTRIBUTE_TYPE = ck::CKA_VENDOR_DEFINED | 0x0200;

/// How many signatures a private key made: a `CK_ULONG`, `CK_UNAVAILABLE_INFORMATION` when nothing is counted for lack of a limit.
pub(crate) const SIGNATURE_COUNT: ck::CK_ATTRIBUTE_TYPE = ck::CKA_VENDOR_DEFINED | 0x0201;

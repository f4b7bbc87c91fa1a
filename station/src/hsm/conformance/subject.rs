//! The token under test: how it is reached, and the keys that the checks made.

use cryptoki::context::Pkcs11;
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::Slot;
use p256::ecdsa::VerifyingKey;

use super::Plan;
use super::checks::Failed;
use super::report::{Fact, Findings};

/// What the checks work on and leave for each other.
pub(super) struct Subject {
    pub(super) plan: Plan,
    pub(super) pkcs11: Option<Pkcs11>,
    pub(super) slot: Option<Slot>,
    /// The session that is logged in, and open from the first check that needs it to the last.
    pub(super) session: Option<Session>,
    pub(super) keys: Option<Keys>,
    /// Whether `CKM_ECDSA_SHA256` is offered.
    pub(super) digests: bool,
    /// The label of all that is made; empty until something is.
    pub(super) label: String,
    pub(super) findings: Findings,
}

/// A key pair that was made for the test.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    pub(super) public: ObjectHandle,
    pub(super) private: ObjectHandle,
    pub(super) verifier: VerifyingKey,
}

/// The beginning of every label here.
pub(super) const LABEL_PREFIX: &str = "station-hsm-test-";

impl Subject {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            plan,
            pkcs11: None,
            slot: None,
            session: None,
            keys: None,
            digests: false,
            label: String::new(),
            findings: Findings::default(),
        }
    }

    /// What was found out since the last time.
    pub(super) fn take_findings(&mut self) -> Findings {
        std::mem::take(&mut self.findings)
    }

    pub(super) fn fact(&mut self, name: &'static str, value: impl Into<String>) {
        self.findings.facts.push(Fact { name, value: value.into() });
    }

    pub(super) fn limit(&mut self, name: &'static str, value: impl Into<String>) {
        self.findings.limits.push(Fact { name, value: value.into() });
    }

    pub(super) fn pkcs11(&self) -> Result<&Pkcs11, Failed> {
        self.pkcs11.as_ref().ok_or_else(|| Failed("there is no module".to_owned()))
    }

    pub(super) fn slot(&self) -> Result<Slot, Failed> {
        self.slot.ok_or_else(|| Failed("there is no token".to_owned()))
    }

    pub(super) fn session(&self) -> Result<&Session, Failed> {
        self.session.as_ref().ok_or_else(|| Failed("there is no session".to_owned()))
    }

    pub(super) fn keys(&self) -> Result<Keys, Failed> {
        self.keys.ok_or_else(|| Failed("there is no key pair".to_owned()))
    }

    /// Another session, read-only; it shares the login.
    pub(super) fn another_session(&self) -> Result<Session, Failed> {
        Ok(self.pkcs11()?.open_ro_session(self.slot()?)?)
    }

    /// All objects that the test made, and none besides.
    pub(super) fn own_objects(&self, session: &Session) -> Result<Vec<ObjectHandle>, Failed> {
        if self.label.is_empty() {
            return Ok(Vec::new());
        }
        Ok(session.find_objects(&[Attribute::Label(self.label.clone().into_bytes())])?)
    }
}

/// Whoever leaves early leaves nothing behind, as far as the token still listens.
impl Drop for Subject {
    fn drop(&mut self) {
        let Some(session) = &self.session else { return };
        for object in self.own_objects(session).unwrap_or_default() {
            // There is nobody left to tell; a failure shows as objects with the test's label.
            let _ = session.destroy_object(object);
        }
    }
}

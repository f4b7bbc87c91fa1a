//! What the product lets be signed.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use wire::Uid;

use super::hours::Hours;
use super::weak;
use crate::clock::rfc3339;
use crate::fault::{Coded, FaultCode};
use crate::pki::PublicKey;

/// The part `[policy]` of a product. What is not said is not limited.
///
/// The order's quota stands in the order, and the ledger holds to it; the form of UID and request is
/// [`csr::check`](crate::pki::csr::check)'s to judge; whether UID and key were seen before, the ledger's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// When certificates are issued; at any time, if not given.
    pub hours: Option<Hours>,
}

/// The policy, and what it has to know of the vendor.
#[derive(Clone, Debug)]
pub struct Gate {
    policy: Policy,
    own: Vec<PublicKey>,
}

/// Why nothing is signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not at this time.
    #[error("it is {}, and certificates are issued {hours}", rfc3339(*now))]
    Hours {
        /// The time.
        now: OffsetDateTime,
        /// When it would be right, in words.
        hours: String,
    },
    /// Anybody knows the private key.
    #[error("the key of {uid} is a known one: a small number, or in print")]
    WeakKey {
        /// The module.
        uid: Uid,
    },
    /// A module says that it has the key of a CA.
    #[error("the key of {uid} is one of the vendor's own")]
    OwnKey {
        /// The module.
        uid: Uid,
    },
}

impl Coded for PolicyError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Hours { .. } => FaultCode::OutsideHours,
            Self::WeakKey { .. } | Self::OwnKey { .. } => FaultCode::KeyWeak,
        }
    }
}

impl Gate {
    /// The gate of a product, for a vendor with these keys.
    pub fn new(policy: Policy, own: Vec<PublicKey>) -> Self {
        Self { policy, own }
    }

    /// Whether the CA signs anything for a module at this time.
    ///
    /// # Errors
    /// [`PolicyError::Hours`].
    pub fn check_time(&self, now: OffsetDateTime) -> Result<(), PolicyError> {
        match &self.policy.hours {
            Some(hours) if !hours.contain(now) => Err(PolicyError::Hours { now, hours: hours.to_string() }),
            _ => Ok(()),
        }
    }

    /// Whether a module's key may be certified at all.
    ///
    /// # Errors
    /// A key that is not the module's alone.
    pub fn check_key(&self, uid: Uid, key: &PublicKey) -> Result<(), PolicyError> {
        if weak::is_weak(key) {
            return Err(PolicyError::WeakKey { uid });
        }
        if self.own.contains(key) {
            return Err(PolicyError::OwnKey { uid });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::testing::{LOW, Testing, key, public};
    use time::macros::datetime;

    fn gate(policy: &str) -> Gate {
        let issuing = *Testing::new().certificates.issuing.public_key();
        Gate::new(toml::from_str(policy).expect("a policy"), vec![issuing])
    }

    #[test]
    fn an_empty_policy_signs_at_any_hour() {
        assert_eq!(gate("").check_time(datetime!(2026-11-22 3:00 UTC)), Ok(()));
    }

    #[test]
    fn outside_the_hours_the_hours_are_told() {
        let gate = gate("hours = { days = ['mon'], from = '06:00', until = '22:00' }");
        assert_eq!(gate.check_time(datetime!(2026-11-23 6:00 UTC)), Ok(()));
        let error = gate.check_time(datetime!(2026-11-22 6:00:18.184 UTC)).expect_err("a Sunday");
        assert_eq!(error.code(), FaultCode::OutsideHours);
        assert!(error.to_string().starts_with("it is 2026-11-22T06:00:18Z, and"), "{error}");
        assert!(error.to_string().ends_with("issued mon 06:00 to 22:00 (UTC+00:00)"), "{error}");
    }

    #[test]
    fn a_key_must_be_the_module_s_alone() {
        let gate = gate("");
        assert_eq!(gate.check_key(LOW, &public(&key(9))), Ok(()));
        let issuing = Testing::new().certificates.issuing;
        let error = gate.check_key(LOW, issuing.public_key()).expect_err("the CA's");
        assert_eq!((error.clone(), error.code()), (PolicyError::OwnKey { uid: LOW }, FaultCode::KeyWeak));
    }

    #[test]
    fn an_unknown_limit_is_refused() {
        assert!(toml::from_str::<Policy>("hour = 3").is_err());
    }
}

//! What a product's certificates say besides the UID and the key.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::Validity;
use super::name::{self, SubjectError};

/// What a birth certificate must last for at least, by ExpressLink's rule.
const SHORTEST_YEARS: u16 = 10;
/// Beyond this a number of years is taken for a slip.
const LONGEST_YEARS: u16 = 100;

/// The part `[certificate]` of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CertificateProfile {
    /// C of the subject.
    pub country: Option<String>,
    /// O of the subject.
    pub organization: Option<String>,
    /// OU of the subject.
    pub organizational_unit: Option<String>,
    /// Whether the subject holds the UID once more, as the attribute serialNumber (2.5.4.5), for
    /// clouds whose templates read that.
    pub subject_serial_number: bool,
    /// Calendar years from the issue, 10 to 100.
    pub validity_years: u16,
    /// Days on top of the years, so that nobody's arithmetic finds the certificate short.
    pub margin_days: u16,
    /// Minutes before the issue from which it is valid, for modules and clouds whose clocks lag.
    pub backdate_minutes: u16,
}

/// What is wrong with a profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// A part of the subject.
    #[error(transparent)]
    Subject(SubjectError),
    /// Too few years or too many.
    #[error("validity-years is {0}, not {SHORTEST_YEARS} to {LONGEST_YEARS}")]
    Years(u16),
}

impl CertificateProfile {
    /// Everything that is wrong with it; empty when it can be used.
    pub fn problems(&self) -> Vec<ProfileError> {
        let mut problems: Vec<_> = name::problems(
            self.country.as_deref(),
            self.organization.as_deref(),
            self.organizational_unit.as_deref(),
        )
        .into_iter()
        .map(ProfileError::Subject)
        .collect();
        if !(SHORTEST_YEARS..=LONGEST_YEARS).contains(&self.validity_years) {
            problems.push(ProfileError::Years(self.validity_years));
        }
        problems
    }

    /// The validity of a certificate issued at `now`; `None` past the year 9999.
    pub fn validity(&self, now: OffsetDateTime) -> Option<Validity> {
        Validity::from_years(
            now,
            self.validity_years,
            Duration::days(self.margin_days.into()),
            Duration::minutes(self.backdate_minutes.into()),
        )
    }
}

impl Default for CertificateProfile {
    fn default() -> Self {
        Self {
            country: None,
            organization: None,
            organizational_unit: None,
            subject_serial_number: false,
            validity_years: SHORTEST_YEARS,
            margin_days: 30,
            backdate_minutes: 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_is_a_usable_profile() {
        let profile: CertificateProfile = toml::from_str("").expect("defaults");
        assert_eq!(profile, CertificateProfile::default());
        assert_eq!(profile.problems(), []);
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let profile: CertificateProfile = toml::from_str(
            "country = 'Switzerland'\norganization = ''\norganizational-unit = \"a\\u0007b\"\nvalidity-years = 9",
        )
        .expect("well-formed");
        let problems: Vec<String> = profile.problems().iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "the country \"Switzerland\" is not two capital letters",
                "the organization \"\" is not 1 to 64 printable characters",
                "the organizational unit \"a\\u{7}b\" is not 1 to 64 printable characters",
                "validity-years is 9, not 10 to 100",
            ]
        );
    }

    #[test]
    fn an_unknown_field_is_refused() {
        assert!(toml::from_str::<CertificateProfile>("validity_years = 10").is_err());
    }
}

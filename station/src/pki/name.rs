//! Distinguished names: who a certificate is for.

use std::fmt;

use der::asn1::{Any, ObjectIdentifier, PrintableStringRef, Utf8StringRef};
use der::{Decode, Encode};
use serde::{Deserialize, Serialize};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

use super::Certificate;
use super::csr::text_of;

/// RFC 5280 appendix A.1.
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
pub(super) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");

/// The upper bounds `ub-organization-name`, `ub-organizational-unit-name` and `ub-common-name` of
/// RFC 5280 appendix A.1, in characters.
const LONGEST: usize = 64;

/// The subject of a CA or of a manifest signer, in the order a certificate shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Subject {
    /// C: two capital letters (ISO 3166-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// O: at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// OU: at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organizational_unit: Option<String>,
    /// CN: at most 64 characters.
    pub common_name: String,
}

/// What is wrong with a part of a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// Not two capital letters.
    #[error("the country {0:?} is not two capital letters")]
    Country(String),
    /// Empty, over 64 characters, or with control characters.
    #[error("the {part} {text:?} is not 1 to 64 printable characters")]
    Text {
        /// Which part.
        part: &'static str,
        /// What it says.
        text: String,
    },
}

impl Subject {
    /// Everything that is wrong with it; empty when it can be used.
    pub fn problems(&self) -> Vec<SubjectError> {
        let mut problems = problems(
            self.country.as_deref(),
            self.organization.as_deref(),
            self.organizational_unit.as_deref(),
        );
        problems.extend(text_problem("common name", &self.common_name));
        problems
    }

    /// Whether it is the subject of a certificate: the same parts in the same order, in whichever string
    /// type that RFC 5280 section 4.1.2.4 leaves to new certificates.
    pub fn is_that_of(&self, certificate: &Certificate) -> bool {
        let parts = |name: &Name| -> Option<Vec<(ObjectIdentifier, String)>> {
            name.iter().map(|part| Some((part.oid, text_of(part)?.to_owned()))).collect()
        };
        subject_name(self)
            .is_ok_and(|name| parts(&name).is_some_and(|own| Some(own) == parts(certificate.subject())))
    }
}

/// As a certificate shows it.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match subject_name(self) {
            Ok(name) => name.fmt(f),
            Err(_) => f.write_str(&self.common_name),
        }
    }
}

/// What is wrong with the parts that name an organisation.
pub(super) fn problems(
    country: Option<&str>,
    organization: Option<&str>,
    organizational_unit: Option<&str>,
) -> Vec<SubjectError> {
    let bad_country = country
        .filter(|text| text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_uppercase()))
        .map(|text| SubjectError::Country(text.to_owned()));
    bad_country
        .into_iter()
        .chain(organization.and_then(|text| text_problem("organization", text)))
        .chain(organizational_unit.and_then(|text| text_problem("organizational unit", text)))
        .collect()
}

fn text_problem(part: &'static str, text: &str) -> Option<SubjectError> {
    let length = text.chars().count();
    (length == 0 || length > LONGEST || text.chars().any(char::is_control))
        .then(|| SubjectError::Text { part, text: text.to_owned() })
}

/// The name that a [`Subject`] is, as a certificate shows it.
pub(super) fn subject_name(subject: &Subject) -> der::Result<Name> {
    let Subject { country, organization, organizational_unit, common_name } = subject;
    module_name(
        country.as_deref(),
        organization.as_deref(),
        organizational_unit.as_deref(),
        common_name,
        false,
    )
}

/// The name of a module: the organisation's parts that are given, CN, and on demand the same text
/// once more as the attribute serialNumber.
pub(super) fn module_name(
    country: Option<&str>,
    organization: Option<&str>,
    organizational_unit: Option<&str>,
    common_name: &str,
    with_serial_number: bool,
) -> der::Result<Name> {
    let mut sequence = RdnSequence::default();
    let mut push = |oid, value| -> der::Result<()> {
        let mut part = RelativeDistinguishedName::default();
        part.insert(AttributeTypeAndValue { oid, value })?;
        sequence.push(part);
        Ok(())
    };
    if let Some(text) = country {
        push(COUNTRY, printable(text)?)?;
    }
    if let Some(text) = organization {
        push(ORGANIZATION, utf8(text)?)?;
    }
    if let Some(text) = organizational_unit {
        push(ORGANIZATIONAL_UNIT, utf8(text)?)?;
    }
    push(COMMON_NAME, utf8(common_name)?)?;
    if with_serial_number {
        push(SERIAL_NUMBER, printable(common_name)?)?;
    }
    Name::from_der(&sequence.to_der()?)
}

fn printable(text: &str) -> der::Result<Any> {
    Any::encode_from(&PrintableStringRef::new(text)?)
}

fn utf8(text: &str) -> der::Result<Any> {
    Any::encode_from(&Utf8StringRef::new(text)?)
}

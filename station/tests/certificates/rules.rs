//! What RFC 5280, RFC 5480, RFC 5758 and IEEE 802.1AR ask of a certificate and of a revocation list, one
//! small rule each, over a parser that had no part in making them.

use x509_parser::asn1_rs::{Oid, Tag, oid};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::revocation_list::CertificateRevocationList;
use x509_parser::time::ASN1Time;
use x509_parser::x509::{AlgorithmIdentifier, X509Name, X509Version};

/// The first second of 2050.
const YEAR_2050: i64 = 2_524_608_000;
const ECDSA_WITH_SHA256: Oid<'_> = oid!(1.2.840.10045.4.3.2);
const COUNTRY: Oid<'_> = oid!(2.5.4.6);
const SERIAL_NUMBER: Oid<'_> = oid!(2.5.4.5);
const EC_PUBLIC_KEY: Oid<'_> = oid!(1.2.840.10045.2.1);
const P256: Oid<'_> = oid!(1.2.840.10045.3.1.7);

/// A rule: its name, where it stands, and whether a certificate keeps it.
type Rule = (&'static str, &'static str, fn(&X509Certificate<'_>) -> bool);
/// The same for a list.
type ListRule = (&'static str, &'static str, fn(&CertificateRevocationList<'_>) -> bool);

/// Of certificates.
const CERTIFICATE: &[Rule] = &[
    ("version_3", "RFC 5280 4.1.2.1", |it| it.version() == X509Version::V3),
    ("serial_positive_20_octets", "RFC 5280 4.1.2.2", |it| serial(it.raw_serial())),
    ("algorithms_agree", "RFC 5280 4.1.1.2", |it| it.signature_algorithm == it.tbs_certificate.signature),
    ("ecdsa_without_parameters", "RFC 5758 3.2", |it| algorithm(&it.signature_algorithm)),
    ("issuer_not_empty", "RFC 5280 4.1.2.4", |it| it.issuer().iter_attributes().next().is_some()),
    ("subject_not_empty", "RFC 5280 4.1.2.6", |it| it.subject().iter_attributes().next().is_some()),
    ("name_string_types", "RFC 5280 4.1.2.4", |it| strings(it.issuer()) && strings(it.subject())),
    ("name_lengths", "RFC 5280 A.1", |it| lengths(it.issuer()) && lengths(it.subject())),
    ("serial_number_printable", "IEEE 802.1AR 8.6", |it| serial_number_attribute(it.subject())),
    ("validity_in_order", "RFC 5280 4.1.2.5", |it| it.validity().not_before < it.validity().not_after),
    ("time_type_by_2050", "RFC 5280 4.1.2.5", |it| {
        time(&it.validity().not_before) && time(&it.validity().not_after)
    }),
    ("no_unique_identifiers", "RFC 5280 4.1.2.8", |it| {
        it.tbs_certificate.issuer_uid.is_none() && it.tbs_certificate.subject_uid.is_none()
    }),
    ("key_p256_named_and_uncompressed", "RFC 5480 2", key),
    ("extensions_once", "RFC 5280 4.2", |it| it.extensions_map().is_ok()),
    ("no_unknown_critical", "RFC 5280 4.2", |it| {
        !it.extensions().iter().any(|extension| {
            extension.critical
                && matches!(extension.parsed_extension(), ParsedExtension::UnsupportedExtension { .. })
        })
    }),
    ("authority_key_identifier", "RFC 5280 4.2.1.1", |it| {
        authority_key_identifier(it.extensions()) || it.issuer().as_raw() == it.subject().as_raw()
    }),
    ("subject_key_identifier", "RFC 5280 4.2.1.2", |it| {
        it.extensions().iter().any(|extension| {
            matches!(extension.parsed_extension(), ParsedExtension::SubjectKeyIdentifier(id) if !id.0.is_empty())
                && !extension.critical
        })
    }),
    ("key_usage_critical", "RFC 5280 4.2.1.3", |it| {
        it.key_usage().ok().flatten().is_some_and(|usage| usage.critical && usage.value.flags != 0)
    }),
    ("cert_sign_is_for_cas", "RFC 5280 4.2.1.9", |it| {
        it.is_ca() == it.key_usage().ok().flatten().is_some_and(|usage| usage.value.key_cert_sign())
    }),
    ("basic_constraints_critical_in_cas", "RFC 5280 4.2.1.9", |it| {
        !it.is_ca() || it.basic_constraints().ok().flatten().is_some_and(|constraints| constraints.critical)
    }),
    ("path_length_is_for_cas", "RFC 5280 4.2.1.9", |it| {
        it.is_ca()
            || it.basic_constraints().ok().flatten().is_none_or(|it| it.value.path_len_constraint.is_none())
    }),
];

/// Of revocation lists.
const LIST: &[ListRule] = &[
    ("version_2", "RFC 5280 5.1.2.1", |it| it.version() == Some(X509Version::V2)),
    ("algorithms_agree", "RFC 5280 5.1.1.2", |it| it.signature_algorithm == it.tbs_cert_list.signature),
    ("ecdsa_without_parameters", "RFC 5758 3.2", |it| algorithm(&it.signature_algorithm)),
    ("issuer_not_empty", "RFC 5280 5.1.2.3", |it| it.issuer().iter_attributes().next().is_some()),
    ("next_update_after_this", "RFC 5280 5.1.2.5", |it| {
        it.next_update().is_some_and(|next| it.last_update() < next)
    }),
    ("time_type_by_2050", "RFC 5280 5.1.2.4", |it| {
        time(&it.last_update())
            && it.next_update().is_some_and(|next| time(&next))
            && it.iter_revoked_certificates().all(|entry| time(&entry.revocation_date))
    }),
    ("serials_positive_20_octets", "RFC 5280 4.1.2.2", |it| {
        it.iter_revoked_certificates().all(|entry| serial(entry.raw_serial()))
    }),
    ("authority_key_identifier", "RFC 5280 5.2.1", |it| authority_key_identifier(it.extensions())),
    ("number_20_octets_not_critical", "RFC 5280 5.2.3", |it| {
        it.crl_number().is_some_and(|number| number.to_bytes_be().len() <= 20)
    }),
    ("nothing_critical", "RFC 5280 5.2", |it| !it.extensions().iter().any(|extension| extension.critical)),
];

/// The names of the rules that a certificate breaks.
pub(crate) fn broken(der: &[u8]) -> Vec<&'static str> {
    let Ok(([], it)) = x509_parser::parse_x509_certificate(der) else { return vec!["well_formed"] };
    CERTIFICATE.iter().filter(|(_, _, kept)| !kept(&it)).map(|(name, ..)| *name).collect()
}

/// The names of the rules that a revocation list breaks.
pub(crate) fn broken_by_list(der: &[u8]) -> Vec<&'static str> {
    let Ok(([], it)) = x509_parser::parse_x509_crl(der) else { return vec!["well_formed"] };
    LIST.iter().filter(|(_, _, kept)| !kept(&it)).map(|(name, ..)| *name).collect()
}

/// Positive, at most 20 octets, and no octet more than needed (X.690 8.3.2).
fn serial(raw: &[u8]) -> bool {
    let shortest = !matches!(raw, [0, second, ..] if second & 0x80 == 0);
    (1..=20).contains(&raw.len()) && raw[0] & 0x80 == 0 && raw.iter().any(|byte| *byte != 0) && shortest
}

fn algorithm(it: &AlgorithmIdentifier<'_>) -> bool {
    it.algorithm == ECDSA_WITH_SHA256 && it.parameters.is_none()
}

fn strings(name: &X509Name<'_>) -> bool {
    name.iter_attributes().all(|part| {
        let tag = part.attr_value().tag();
        let printable_only = *part.attr_type() == COUNTRY || *part.attr_type() == SERIAL_NUMBER;
        tag == Tag::PrintableString || (tag == Tag::Utf8String && !printable_only)
    })
}

fn lengths(name: &X509Name<'_>) -> bool {
    name.iter_attributes().all(|part| {
        let length = part.as_str().map_or(0, |text| text.chars().count());
        if *part.attr_type() == COUNTRY { length == 2 } else { (1..=64).contains(&length) }
    })
}

fn serial_number_attribute(name: &X509Name<'_>) -> bool {
    name.iter_attributes()
        .filter(|part| *part.attr_type() == SERIAL_NUMBER)
        .all(|part| part.attr_value().tag() == Tag::PrintableString)
}

fn time(time: &ASN1Time) -> bool {
    time.is_utctime() == (time.timestamp() < YEAR_2050)
}

fn key(it: &X509Certificate<'_>) -> bool {
    let info = it.public_key();
    let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
    info.algorithm.algorithm == EC_PUBLIC_KEY
        && curve == Some(P256)
        && matches!(*info.subject_public_key.data, [4, ref rest @ ..] if rest.len() == 64)
}

fn authority_key_identifier(extensions: &[X509Extension<'_>]) -> bool {
    extensions.iter().any(|extension| {
        matches!(
            extension.parsed_extension(),
            ParsedExtension::AuthorityKeyIdentifier(id) if id.key_identifier.is_some()
        ) && !extension.critical
    })
}

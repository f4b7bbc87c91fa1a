//! The configuration dictionary: the keys of `AT+CONF` and `AT+CONF?`, what each may hold, and where it is
//! kept.
//!
//! Keys of radios the module does not have (`SSID`, `Passphrase`, `APN`, the `BLE` family) are unknown keys.

mod settings;

pub use settings::{MAX_SHADOW, MAX_TOPIC, Settings, Slot, TooLong};

use wire::ErrorNumber;
use wire::factory::STAGING_ENDPOINT;

use crate::store::Tag;

/// Vendor and model, at most 64 bytes: the value of `About`.
pub const ABOUT: &str = "Module Vendor - Connectivity Module";

/// The firmware's version: the value of `Version`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The level of the standard that the commands follow: the value of `TechSpec`.
pub const TECH_SPEC: &str = "v1.3";

/// Amazon Root CA 3, the P-256 root that the cloud's endpoints chain to.
const AMAZON_ROOT_CA_3: &[u8] = include_bytes!("amazon-root-ca-3.der");

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Read-only, the same in every module.
    Fixed(&'static str),
    /// Read-only: the UID as UUID text.
    ThingName,
    /// Read-only: the birth certificate.
    BirthCertificate,
    /// Read-write text, kept in the store.
    Text {
        /// Where it is kept.
        tag: Tag,
        /// What holds until it is written.
        factory: &'static str,
        /// What it may be.
        form: Form,
    },
    /// Read-write certificate, kept in the store as DER.
    Certificate {
        /// Where it is kept.
        tag: Tag,
        /// What holds until it is written; empty for none.
        factory: &'static [u8],
    },
    /// Write-only, and only a certificate signed by the one before it would do. The firmware has no update
    /// and no such certificate, so every write fails.
    UpdateCertificate,
    /// Read-write text, lost at every restart.
    Volatile(Slot),
}

/// What a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any bytes.
    Any,
    /// Decimal digits, at least one.
    Number,
    /// `0` or `1`.
    Switch,
}

impl Form {
    /// Whether `value` has this form.
    pub fn admits(self, value: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Number => !value.is_empty() && value.iter().all(u8::is_ascii_digit),
            Self::Switch => matches!(value, b"0" | b"1"),
        }
    }
}

/// Longest key in bytes.
const MAX_KEY: usize = 16;

/// Looks a key up; case matters.
///
/// # Errors
/// [`ErrorNumber::InvalidKeyLength`], [`ErrorNumber::InvalidKeyName`], [`ErrorNumber::UnknownKey`], in this
/// order.
pub fn key(name: &[u8]) -> Result<Key, ErrorNumber> {
    if name.is_empty() || name.len() > MAX_KEY {
        return Err(ErrorNumber::InvalidKeyLength);
    }
    if !name.iter().all(u8::is_ascii_alphanumeric) {
        return Err(ErrorNumber::InvalidKeyName);
    }
    let text = |tag, factory| Key::Text { tag, factory, form: Form::Any };
    let number = |tag, factory| Key::Text { tag, factory, form: Form::Number };
    Ok(match name {
        b"About" => Key::Fixed(ABOUT),
        b"Version" => Key::Fixed(VERSION),
        b"TechSpec" => Key::Fixed(TECH_SPEC),
        b"ThingName" => Key::ThingName,
        b"Certificate" => Key::BirthCertificate,
        b"CustomName" => text(Tag::CustomName, ""),
        b"Endpoint" => text(Tag::Endpoint, STAGING_ENDPOINT),
        b"RootCA" => Key::Certificate { tag: Tag::RootCa, factory: AMAZON_ROOT_CA_3 },
        b"ShadowToken" => text(Tag::ShadowToken, "ExpressLink"),
        b"DefenderPeriod" => number(Tag::DefenderPeriod, "0"),
        b"HOTAcertificate" => Key::Certificate { tag: Tag::HostOtaCertificate, factory: &[] },
        b"OTAcertificate" => Key::UpdateCertificate,
        b"KeepAlive" => number(Tag::KeepAlive, "1200"),
        b"LWTConfig" => text(Tag::LwtConfig, ""),
        b"LWTMessage" => text(Tag::LwtMessage, ""),
        _ => Key::Volatile(Slot::find(name).ok_or(ErrorNumber::UnknownKey)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_by_their_exact_name() {
        assert_eq!(key(b"About"), Ok(Key::Fixed(ABOUT)));
        assert_eq!(key(b"about"), Err(ErrorNumber::UnknownKey));
        assert_eq!(key(b""), Err(ErrorNumber::InvalidKeyLength));
        assert_eq!(key(b"ABCDEFGHIJKLMNOPQ"), Err(ErrorNumber::InvalidKeyLength));
        assert_eq!(key(b"ABCDEFGHIJKLMNOP"), Err(ErrorNumber::UnknownKey));
        assert_eq!(key(b"Thing Name"), Err(ErrorNumber::InvalidKeyName));
        assert!(matches!(key(b"Topic1"), Ok(Key::Volatile(_))));
        for unknown in [&b"Topic0"[..], b"Topic9", b"Topic01", b"Topic", b"Shadow0", b"SSID"] {
            assert_eq!(key(unknown), Err(ErrorNumber::UnknownKey));
        }
    }

    #[test]
    fn factory_values_fit_and_have_their_form() {
        assert!(ABOUT.len() <= 64 && VERSION.len() <= 32 && TECH_SPEC.len() <= 16);
        for name in ["CustomName", "Endpoint", "ShadowToken", "DefenderPeriod", "KeepAlive", "LWTConfig"] {
            let Ok(Key::Text { tag, factory, form }) = key(name.as_bytes()) else { panic!("{name}") };
            assert!(factory.len() <= tag.capacity() && form.admits(factory.as_bytes()), "{name}");
        }
    }
}

//! `AT+CONF KEY=value` and `AT+CONF? KEY [pem]`.

use wire::factory::CertificateFlaw;
use wire::{ErrorNumber, Sink, reply};

use super::{Module, Next, Refusal};
use crate::dictionary::{self, Form, Key};
use crate::pki::pem;
use crate::platform::Platform;
use crate::store::{MAX_CERTIFICATE, Tag};

impl<P: Platform> Module<P> {
    /// `KEY=value`, `KEY=` and, for certificates, `KEY=pem`, after which the text is pasted.
    pub(super) fn configure(&mut self, parameter: &mut [u8], sink: &mut impl Sink) -> Result<Next, Refusal> {
        let equals = parameter.iter().position(|&byte| byte == b'=').ok_or(ErrorNumber::Parameter)?;
        let (name, value) = parameter.split_at_mut(equals);
        let value = &mut value[1..];
        match dictionary::key(name)? {
            Key::Fixed(_) | Key::ThingName | Key::BirthCertificate => {
                return Err(ErrorNumber::KeyReadOnly.into());
            }
            Key::UpdateCertificate => return Err(ErrorNumber::InvalidSignature.into()),
            Key::Text { tag, form, .. } => {
                admit(form, value, tag.capacity())?;
                self.keep(tag, value)?;
            }
            Key::Volatile(slot) => {
                admit(slot.form(), value, usize::MAX)?;
                self.settings.set(slot, value).map_err(|_| ErrorNumber::Parameter)?;
            }
            Key::Certificate { tag, .. } => {
                if value.eq_ignore_ascii_case(b"pem") {
                    self.pasting = Some(tag);
                    reply::ok(sink);
                    return Ok(Next::Pem);
                }
                self.keep_certificate(tag, value)?;
            }
        }
        reply::ok(sink);
        Ok(Next::Line)
    }

    /// The PEM text after `KEY=pem`.
    pub(super) fn paste(&mut self, tag: Tag, text: &mut [u8], sink: &mut impl Sink) -> Result<Next, Refusal> {
        self.keep_certificate(tag, text)?;
        reply::ok(sink);
        Ok(Next::Line)
    }

    /// `KEY`, or `KEY pem` for certificates.
    pub(super) fn configuration(&self, parameter: &[u8], sink: &mut impl Sink) -> Result<(), Refusal> {
        let (name, qualifier) = match parameter.iter().position(|&byte| byte == b' ') {
            Some(space) => (&parameter[..space], Some(&parameter[space + 1..])),
            None => (parameter, None),
        };
        let key = dictionary::key(name)?;
        let as_pem = match qualifier {
            None => false,
            Some(word) if word.eq_ignore_ascii_case(b"pem") => true,
            Some(_) => return Err(ErrorNumber::Parameter.into()),
        };
        let certificate = match key {
            Key::BirthCertificate => self.store.find(&self.platform, Tag::Certificate).unwrap_or_default(),
            Key::Certificate { tag, factory } => self.store.find(&self.platform, tag).unwrap_or(factory),
            Key::UpdateCertificate => return Err(ErrorNumber::KeyWriteOnly.into()),
            _ if as_pem => return Err(ErrorNumber::Parameter.into()),
            Key::Fixed(value) => {
                reply::ok_value(sink, value.as_bytes());
                return Ok(());
            }
            Key::ThingName => {
                match self.identity() {
                    Some(identity) => reply::ok_value(sink, identity.uid.uuid_text().as_bytes()),
                    None => reply::ok(sink),
                }
                return Ok(());
            }
            Key::Text { tag, factory, .. } => {
                let value = self.store.find(&self.platform, tag);
                reply::ok_value(sink, value.unwrap_or(factory.as_bytes()));
                return Ok(());
            }
            Key::Volatile(slot) => {
                reply::ok_value(sink, self.settings.value(slot));
                return Ok(());
            }
        };
        if as_pem {
            pem::reply(sink, pem::CERTIFICATE, certificate);
        } else {
            pem::reply_escaped(sink, pem::CERTIFICATE, certificate);
        }
        Ok(())
    }

    /// Stores a certificate given as PEM, or none for an empty text.
    fn keep_certificate(&mut self, tag: Tag, text: &mut [u8]) -> Result<(), Refusal> {
        if text.is_empty() {
            return self.keep(tag, &[]);
        }
        let certificate =
            pem::decode_in_place(text, pem::CERTIFICATE).map_err(|_| CertificateFlaw::Malformed)?;
        if certificate.len() > MAX_CERTIFICATE {
            return Err(CertificateFlaw::Length.into());
        }
        self.keep(tag, certificate)
    }
}

fn admit(form: Form, value: &[u8], capacity: usize) -> Result<(), ErrorNumber> {
    if form.admits(value) && value.len() <= capacity { Ok(()) } else { Err(ErrorNumber::Parameter) }
}

//! What may change of an object: in its place (`C_SetAttributeValue`), and in a copy of it (`C_CopyObject`).
//!
//! | | in place | in a copy |
//! |---|---|---|
//! | `CKA_LABEL`; `CKA_ID`, `CKA_SUBJECT` of keys; `CKA_ID`, `CKA_ISSUER`, `CKA_SERIAL_NUMBER` of certificates; data | yes | yes |
//! | `CKA_SIGN`, `CKA_VERIFY`, `CKA_COPYABLE` | to false alone | to false alone |
//! | `CKA_SENSITIVE`, `CKA_EXTRACTABLE` | what they are | what they are |
//! | `CKA_TRUSTED` | by the security officer | by the security officer |
//! | `CKA_TOKEN`, `CKA_MODIFIABLE` | no | yes |
//! | `CKA_PRIVATE` | no | to true alone |
//! | all else | no | no |
//!
//! PKCS#11 2.40 base, sections 4.1.2, 4.1.3 and 4.4. That a use can be withdrawn and not given back is stricter than the standard.

use cryptoki_sys as ck;

use super::template::{Attribute, Template};
use super::{Body, Description, Object, ObjectId};
use crate::refusal::{Answer, Refusal};

/// What the caller of a change may do beside what everybody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rank {
    /// Nothing.
    Anyone,
    /// Say what is trusted.
    SecurityOfficer,
}

impl Object {
    /// The description that the object would have after `changes`: all of them or none.
    ///
    /// # Errors
    /// [`Refusal::ActionProhibited`] for an object that is not modifiable, [`Refusal::AttributeReadOnly`] for what is
    /// fixed, [`Refusal::AttributeTypeInvalid`] for what the object does not have.
    pub(crate) fn changed(&self, changes: &Template, rank: Rank) -> Answer<Description> {
        if !self.description.modifiable {
            return Err(Refusal::ActionProhibited);
        }
        let mut description = self.description.clone();
        for change in changes.attributes() {
            self.change(&mut description, change, rank)?;
        }
        Ok(description)
    }

    /// A copy with `changes`, under a name of its own.
    ///
    /// # Errors
    /// [`Refusal::ActionProhibited`] for an object that is not copyable, [`Refusal::TemplateInconsistent`] for a copy that would be
    /// less protected; and as for [`Object::changed`].
    pub(crate) fn copy(&self, changes: &Template, rank: Rank) -> Answer<Self> {
        if !self.description.copyable {
            return Err(Refusal::ActionProhibited);
        }
        let mut description = self.description.clone();
        let mut token = self.token;
        for change in changes.attributes() {
            match change.kind {
                ck::CKA_TOKEN => token = change.boolean()?,
                ck::CKA_MODIFIABLE => description.modifiable = change.boolean()?,
                ck::CKA_PRIVATE if description.private => change.must_say(true)?,
                ck::CKA_PRIVATE => description.private = change.boolean()?,
                _ => self.change(&mut description, change, rank)?,
            }
        }
        Ok(Self { id: ObjectId::generate()?, token, description, secret: self.secret.clone() })
    }

    /// Whether the security officer alone may have made this object.
    pub(crate) fn is_trusted(&self) -> bool {
        match &self.description.body {
            Body::PublicKey { trusted, .. } => *trusted,
            Body::Certificate { certificate } => certificate.trusted,
            Body::PrivateKey { .. } | Body::Data { .. } => false,
        }
    }

    /// One change that is possible in place as well as in a copy.
    fn change(&self, description: &mut Description, change: &Attribute, rank: Rank) -> Answer<()> {
        match (change.kind, &mut description.body) {
            (ck::CKA_LABEL, _) => description.label = change.text()?,
            (ck::CKA_COPYABLE, _) => withdraw(&mut description.copyable, change)?,
            (ck::CKA_ID, Body::PublicKey { key, .. } | Body::PrivateKey { key, .. }) => {
                key.id.clone_from(&change.value);
            }
            (ck::CKA_SUBJECT, Body::PublicKey { key, .. } | Body::PrivateKey { key, .. }) => {
                key.subject.clone_from(&change.value);
            }
            (ck::CKA_SIGN, Body::PrivateKey { sign, .. }) => withdraw(sign, change)?,
            (ck::CKA_VERIFY, Body::PublicKey { verify, .. }) => withdraw(verify, change)?,
            (ck::CKA_SENSITIVE, Body::PrivateKey { .. }) => stay(true, change)?,
            (ck::CKA_EXTRACTABLE, Body::PrivateKey { .. }) => stay(false, change)?,
            (ck::CKA_TRUSTED, Body::PublicKey { trusted, .. }) => *trusted = trust(change, rank)?,
            (ck::CKA_TRUSTED, Body::Certificate { certificate }) => {
                certificate.trusted = trust(change, rank)?;
            }
            (ck::CKA_ID, Body::Certificate { certificate }) => certificate.id.clone_from(&change.value),
            (ck::CKA_ISSUER, Body::Certificate { certificate }) => {
                certificate.issuer.clone_from(&change.value);
            }
            (ck::CKA_SERIAL_NUMBER, Body::Certificate { certificate }) => {
                certificate.serial_number.clone_from(&change.value);
            }
            (ck::CKA_APPLICATION, Body::Data { data }) => data.application = change.text()?,
            (ck::CKA_OBJECT_ID, Body::Data { data }) => data.object_id.clone_from(&change.value),
            (ck::CKA_VALUE, Body::Data { data }) => data.value.clone_from(&change.value),
            (kind, _) => {
                return Err(match self.attribute(kind) {
                    Err(Refusal::AttributeTypeInvalid) => Refusal::AttributeTypeInvalid,
                    _ => Refusal::AttributeReadOnly,
                });
            }
        }
        Ok(())
    }
}

/// What is true may become false, and what is false stays so.
fn withdraw(held: &mut bool, change: &Attribute) -> Answer<()> {
    let wanted = change.boolean()?;
    if wanted && !*held {
        return Err(Refusal::AttributeReadOnly);
    }
    *held = wanted;
    Ok(())
}

fn stay(value: bool, change: &Attribute) -> Answer<()> {
    if change.boolean()? == value { Ok(()) } else { Err(Refusal::AttributeReadOnly) }
}

fn trust(change: &Attribute, rank: Rank) -> Answer<bool> {
    let trusted = change.boolean()?;
    if trusted && rank != Rank::SecurityOfficer { Err(Refusal::AttributeReadOnly) } else { Ok(trusted) }
}

//! The attributes that every object on a token has: those of a storage object (PKCS#11 2.40 base, section 4.4).

use std::sync::Arc;

use cryptoki_sys as ck;

use super::key::SecretKey;
use super::template::Attribute;
use super::{Body, Description, Object, ObjectId};
use crate::refusal::Answer;

/// What a template says of them, complete with defaults.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent, as PKCS#11 has them")]
pub(super) struct Storage {
    pub(super) token: bool,
    pub(super) private: bool,
    modifiable: bool,
    copyable: bool,
    destroyable: bool,
    label: String,
}

impl Storage {
    /// The defaults.
    pub(super) fn new(private: bool) -> Self {
        Self {
            token: false,
            private,
            modifiable: true,
            copyable: true,
            destroyable: true,
            label: String::new(),
        }
    }

    /// Takes an attribute, if it is one of these. `CKA_PRIVATE` is not: what it may say depends on the class.
    pub(super) fn takes(&mut self, attribute: &Attribute) -> Answer<bool> {
        match attribute.kind {
            ck::CKA_TOKEN => self.token = attribute.boolean()?,
            ck::CKA_MODIFIABLE => self.modifiable = attribute.boolean()?,
            ck::CKA_COPYABLE => self.copyable = attribute.boolean()?,
            ck::CKA_DESTROYABLE => self.destroyable = attribute.boolean()?,
            ck::CKA_LABEL => self.label = attribute.text()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The object with these attributes, and a name of its own.
    pub(super) fn object(self, body: Body, secret: Option<Arc<SecretKey>>) -> Answer<Object> {
        let description = Description {
            label: self.label,
            private: self.private,
            modifiable: self.modifiable,
            copyable: self.copyable,
            destroyable: self.destroyable,
            body,
        };
        Ok(Object { id: ObjectId::generate()?, token: self.token, description, secret })
    }
}

//! What a token file holds: JSON that a person can read, in which everything private is sealed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::seal::{MasterKey, NotSealedByThis, PinRecord};
use super::vault::Vault;
use crate::object::key::SecretKey;
use crate::object::{Description, Object, ObjectId};
use crate::refusal::{Answer, Refusal};

/// The content of one `slot-N.token`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Document {
    format: u32,
    notice: String,
    /// 16 hex digits, made anew by every `C_InitToken`.
    pub(crate) serial: String,
    /// The token's label, without the padding.
    pub(crate) label: String,
    /// The security officer's PIN.
    pub(crate) so_pin: PinRecord,
    /// The user's PIN, once the security officer has set it.
    pub(crate) user_pin: Option<PinRecord>,
    /// The token objects, oldest first.
    pub(crate) objects: Vec<ObjectRecord>,
}

/// One object at rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "access", deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum ObjectRecord {
    /// Visible without a login, hence not sealed.
    Public {
        /// The object's name at rest.
        id: ObjectId,
        /// Its attributes.
        description: Description,
    },
    /// Sealed under the master key.
    Private {
        /// The object's name at rest.
        id: ObjectId,
        /// Its attributes: a [`Description`] as JSON, sealed.
        #[serde(with = "hex")]
        description: Vec<u8>,
        /// The private scalar, sealed; empty for objects that have none.
        #[serde(with = "hex")]
        secret: Vec<u8>,
    },
}

/// Which PIN of a token is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The security officer, `CKU_SO`.
    SecurityOfficer,
    /// The user, `CKU_USER`.
    User,
}

impl Document {
    /// A token without objects and without a user PIN.
    pub(crate) fn new(serial: String, label: String, so_pin: &[u8]) -> Answer<Self> {
        let so_pin =
            PinRecord::new(so_pin, &MasterKey::generate()?, &pin_context(&serial, Holder::SecurityOfficer))?;
        Ok(Self {
            format: FORMAT,
            notice: NOTICE.to_owned(),
            serial,
            label,
            so_pin,
            user_pin: None,
            objects: Vec::new(),
        })
    }

    /// Reads what [`Document::to_bytes`] wrote.
    pub(crate) fn parse(bytes: &[u8], vault: &Vault) -> Result<Self, StoreError> {
        let malformed = |source| StoreError::TokenMalformed { path: vault.path().to_owned(), source };
        let document: Self = serde_json::from_slice(bytes).map_err(|error| malformed(error.into()))?;
        if document.format != FORMAT {
            return Err(malformed(format!("format {}, expected {FORMAT}", document.format).into()));
        }
        Ok(document)
    }

    /// The bytes of the token's file.
    pub(crate) fn to_bytes(&self) -> Answer<Vec<u8>> {
        serde_json::to_vec_pretty(self).map_err(|_| Refusal::GeneralError)
    }

    /// The PIN of `holder`, if it is set.
    pub(crate) fn pin(&self, holder: Holder) -> Option<&PinRecord> {
        match holder {
            Holder::SecurityOfficer => Some(&self.so_pin),
            Holder::User => self.user_pin.as_ref(),
        }
    }

    /// The same, to count a try.
    pub(crate) fn pin_mut(&mut self, holder: Holder) -> Option<&mut PinRecord> {
        match holder {
            Holder::SecurityOfficer => Some(&mut self.so_pin),
            Holder::User => self.user_pin.as_mut(),
        }
    }

    /// The master key, if `pin` is the PIN of `holder`.
    pub(crate) fn unwrap(&self, holder: Holder, pin: &[u8]) -> Result<MasterKey, NotSealedByThis> {
        self.pin(holder).ok_or(NotSealedByThis)?.unwrap(pin, &pin_context(&self.serial, holder))
    }

    /// Whether so many objects more fit below a limit.
    ///
    /// # Errors
    /// [`Refusal::DeviceMemory`] when they do not.
    pub(crate) fn check_room(&self, more: usize, limit: Option<u32>) -> Answer<()> {
        let fits = limit.is_none_or(|limit| self.objects.len() + more <= limit as usize);
        if fits { Ok(()) } else { Err(Refusal::DeviceMemory) }
    }

    /// Sets the PIN of `holder`, with all its tries.
    pub(crate) fn set_pin(&mut self, holder: Holder, pin: &[u8], master: &MasterKey) -> Answer<()> {
        let record = PinRecord::new(pin, master, &pin_context(&self.serial, holder))?;
        match holder {
            Holder::SecurityOfficer => self.so_pin = record,
            Holder::User => self.user_pin = Some(record),
        }
        Ok(())
    }
}

impl ObjectRecord {
    /// The object's name at rest.
    pub(crate) fn id(&self) -> ObjectId {
        match self {
            Self::Public { id, .. } | Self::Private { id, .. } => *id,
        }
    }

    /// `object` as it goes into the token `serial`. A private one needs the master key.
    pub(crate) fn new(object: &Object, serial: &str, master: Option<&MasterKey>) -> Answer<Self> {
        let id = object.id;
        if !object.description.private {
            return Ok(Self::Public { id, description: object.description.clone() });
        }
        let master = master.ok_or(Refusal::UserNotLoggedIn)?;
        let description = serde_json::to_vec(&object.description).map_err(|_| Refusal::GeneralError)?;
        let description = master.seal(&description, &object_context(serial, id, "description"))?;
        let secret = match &object.secret {
            Some(secret) => master.seal(&secret.to_bytes(), &object_context(serial, id, "secret"))?,
            None => Vec::new(),
        };
        Ok(Self::Private { id, description, secret })
    }

    /// The object behind the record of token `serial`; `None` for a private one without the master key.
    ///
    /// # Errors
    /// [`Refusal::DeviceError`] when a sealed piece was damaged or exchanged.
    pub(crate) fn open(&self, serial: &str, master: Option<&MasterKey>) -> Answer<Option<Object>> {
        match self {
            Self::Public { id, description } => {
                Ok(Some(Object { id: *id, token: true, description: description.clone(), secret: None }))
            }
            Self::Private { id, description, secret } => {
                let Some(master) = master else { return Ok(None) };
                let open = |sealed: &[u8], purpose| {
                    master
                        .open(sealed, &object_context(serial, *id, purpose))
                        .map_err(|_| Refusal::DeviceError)
                };
                let description: Description = serde_json::from_slice(&open(description, "description")?)
                    .map_err(|_| Refusal::DeviceError)?;
                let secret = match (secret.as_slice(), description.body.key()) {
                    ([], _) => None,
                    (sealed, Some(key)) => {
                        Some(Arc::new(SecretKey::from_bytes(key.curve, &open(sealed, "secret")?)?))
                    }
                    (_, None) => return Err(Refusal::DeviceError),
                };
                Ok(Some(Object { id: *id, token: true, description, secret }))
            }
        }
    }
}

fn pin_context(serial: &str, holder: Holder) -> Vec<u8> {
    let name = match holder {
        Holder::SecurityOfficer => "so",
        Holder::User => "user",
    };
    format!("hsm-sim {serial} pin {name}").into_bytes()
}

fn object_context(serial: &str, id: ObjectId, purpose: &str) -> Vec<u8> {
    format!("hsm-sim {serial} object {id} {purpose}").into_bytes()
}

/// The version of the file's format. A module that knows another one refuses the token.
const FORMAT: u32 = 1;
const NOTICE: &str = "A TEST token of hsm-sim, a simulated HSM. Its keys protect nothing.";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::object::curve::Curve;
    use crate::object::{Body, KeyDescription};

    fn private_key() -> Object {
        let secret = SecretKey::generate(Curve::P256).unwrap();
        let key = KeyDescription {
            id: vec![1],
            subject: Vec::new(),
            derive: false,
            curve: Curve::P256,
            point: secret.public_point(),
            local: true,
        };
        let body = Body::PrivateKey { key, sign: true, always_authenticate: false };
        let description = Description {
            label: "issuing".to_owned(),
            private: true,
            modifiable: true,
            copyable: true,
            destroyable: true,
            body,
        };
        Object { id: ObjectId::generate().unwrap(), token: true, description, secret: Some(Arc::new(secret)) }
    }

    fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
        bytes.windows(wanted.len()).any(|window| window == wanted)
    }

    #[test]
    fn a_private_key_is_nowhere_in_the_bytes() {
        let mut document =
            Document::new("0011223344556677".to_owned(), "bench-ca".to_owned(), b"officer-9041").unwrap();
        let master = document.unwrap(Holder::SecurityOfficer, b"officer-9041").unwrap();
        document.set_pin(Holder::User, b"user-7352", &master).unwrap();
        let object = private_key();
        document.objects.push(ObjectRecord::new(&object, &document.serial, Some(&master)).unwrap());
        let bytes = document.to_bytes().unwrap();

        let scalar = object.secret.as_ref().unwrap().to_bytes();
        // Any eight bytes of it would be too much.
        for part in scalar.windows(8) {
            assert!(!holds(&bytes, part));
            assert!(!holds(&bytes, hex::encode(part).as_bytes()));
        }
        // The whole PINs: four digits of one stand in random hex by chance.
        assert!(
            !holds(&bytes, b"issuing") && !holds(&bytes, b"officer-9041") && !holds(&bytes, b"user-7352")
        );

        let parsed = Document::parse(&bytes, &Vault::new(Path::new("."), 0)).unwrap();
        let opened = parsed.objects[0].open(&parsed.serial, Some(&master)).unwrap().unwrap();
        assert_eq!(opened.secret.unwrap().to_bytes(), scalar);
        assert_eq!(opened.description, object.description);
    }

    #[test]
    fn a_private_object_opens_on_its_own_token_alone() {
        let master = MasterKey::generate().unwrap();
        let record = ObjectRecord::new(&private_key(), "one token", Some(&master)).unwrap();
        assert!(matches!(record.open("one token", None), Ok(None)));
        assert!(matches!(record.open("one token", Some(&master)), Ok(Some(_))));
        assert!(matches!(record.open("another token", Some(&master)), Err(Refusal::DeviceError)));
    }

    #[test]
    fn another_format_is_refused() {
        let document =
            Document::new("0011223344556677".to_owned(), "bench-ca".to_owned(), b"officer-9041").unwrap();
        let text = String::from_utf8(document.to_bytes().unwrap()).unwrap();
        let newer = text.replacen("\"format\": 1", "\"format\": 2", 1);
        assert_ne!(text, newer);
        let parsed = Document::parse(newer.as_bytes(), &Vault::new(Path::new("."), 0));
        assert!(matches!(parsed, Err(StoreError::TokenMalformed { .. })));
    }
}

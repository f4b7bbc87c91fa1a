//! What sessions do with objects: who sees and who changes what.
//!
//! | | public objects | private objects |
//! |---|---|---|
//! | not logged in, security officer | seen; changed in read-write sessions | neither |
//! | user | the same | seen; changed in read-write sessions |
//!
//! The security officer alone says what is trusted. Objects of a session are changed in read-only sessions as well (PKCS#11 2.40 base, section 6.7.1). A private object that is not seen is not there:
//! it is no entry of the contents, so its handle names nothing.

use std::sync::Arc;

use cryptoki_sys as ck;

use super::contents::Origin;
use super::{Caller, Login, Token};
use crate::object::change::Rank;
use crate::object::key_pair::KeyPairRequest;
use crate::object::template::{Attribute, Template};
use crate::object::{Object, ObjectId};
use crate::refusal::{Answer, Refusal};
use crate::store::document::{Document, ObjectRecord};
use crate::store::seal::MasterKey;

impl Token {
    /// The object with this handle, if it can be seen.
    pub(crate) fn object(&self, handle: ck::CK_OBJECT_HANDLE) -> Option<Arc<Object>> {
        self.contents.entry(handle).map(|entry| Arc::clone(&entry.object))
    }

    /// The handles of all objects that can be seen and have the wanted values.
    pub(crate) fn find(&mut self, wanted: &[Attribute]) -> Answer<Vec<ck::CK_OBJECT_HANDLE>> {
        self.refresh()?;
        let found = self.contents.iter().filter(|(_, entry)| entry.object.matches(wanted));
        Ok(found.map(|(handle, _)| handle).collect())
    }

    /// Makes a key pair; the handles of the public and the private key.
    pub(crate) fn generate_pair(
        &mut self,
        request: KeyPairRequest,
        caller: Caller,
    ) -> Answer<(ck::CK_OBJECT_HANDLE, ck::CK_OBJECT_HANDLE)> {
        if !matches!(self.login, Login::User(_)) {
            return Err(Refusal::UserNotLoggedIn);
        }
        if request.on_token() && !caller.read_write {
            return Err(Refusal::SessionReadOnly);
        }
        let (public, private) = request.generate()?;
        let on_token: Vec<&Object> = [&public, &private].into_iter().filter(|object| object.token).collect();
        if !on_token.is_empty() {
            let limit = self.settings.object_limit;
            // One write for the pair: a power cut leaves both keys or none.
            self.change(|document, master| {
                document.check_room(on_token.len(), limit)?;
                for object in on_token {
                    document.objects.push(ObjectRecord::new(object, &document.serial, master)?);
                }
                Ok(())
            })?;
        }
        Ok((self.admit(public, caller)?, self.admit(private, caller)?))
    }

    /// Takes in an object that was made elsewhere; its handle.
    pub(crate) fn create_object(&mut self, object: Object, caller: Caller) -> Answer<ck::CK_OBJECT_HANDLE> {
        if object.is_trusted() && self.rank() != Rank::SecurityOfficer {
            return Err(Refusal::AttributeReadOnly);
        }
        self.take_in(object, caller)
    }

    /// Copies an object; the handle of the copy. An object of a session becomes one of this session.
    pub(crate) fn copy_object(
        &mut self,
        handle: ck::CK_OBJECT_HANDLE,
        changes: &Template,
        caller: Caller,
    ) -> Answer<ck::CK_OBJECT_HANDLE> {
        let object = self.object(handle).ok_or(Refusal::ObjectHandleInvalid)?;
        let copy = object.copy(changes, self.rank())?;
        self.take_in(copy, caller)
    }

    fn take_in(&mut self, object: Object, caller: Caller) -> Answer<ck::CK_OBJECT_HANDLE> {
        if object.description.private && !matches!(self.login, Login::User(_)) {
            return Err(Refusal::UserNotLoggedIn);
        }
        if object.token {
            if !caller.read_write {
                return Err(Refusal::SessionReadOnly);
            }
            let limit = self.settings.object_limit;
            self.change(|document, master| {
                document.check_room(1, limit)?;
                document.objects.push(ObjectRecord::new(&object, &document.serial, master)?);
                Ok(())
            })?;
        }
        self.admit(object, caller)
    }

    fn rank(&self) -> Rank {
        match self.login {
            Login::SecurityOfficer(_) => Rank::SecurityOfficer,
            Login::User(_) | Login::Public => Rank::Anyone,
        }
    }

    /// Changes what may change of an object.
    pub(crate) fn change_object(
        &mut self,
        handle: ck::CK_OBJECT_HANDLE,
        changes: &Template,
        caller: Caller,
    ) -> Answer<()> {
        let object = self.object_to_change(handle, caller)?;
        let description = object.changed(changes, self.rank())?;
        let successor =
            Object { id: object.id, token: object.token, description, secret: object.secret.clone() };
        if !object.token {
            self.contents.replace(handle, successor);
            return Ok(());
        }
        self.change(|document, master| {
            let record = ObjectRecord::new(&successor, &document.serial, master)?;
            *find_record(document, successor.id)? = record;
            Ok(())
        })
    }

    /// Destroys an object.
    pub(crate) fn destroy_object(&mut self, handle: ck::CK_OBJECT_HANDLE, caller: Caller) -> Answer<()> {
        let object = self.object_to_change(handle, caller)?;
        if !object.description.destroyable {
            return Err(Refusal::ActionProhibited);
        }
        if !object.token {
            self.contents.remove(handle);
            return Ok(());
        }
        self.change(|document, _| {
            find_record(document, object.id)?;
            document.objects.retain(|record| record.id() != object.id);
            Ok(())
        })
    }

    /// An object that this session may change, as far as sessions go.
    fn object_to_change(&self, handle: ck::CK_OBJECT_HANDLE, caller: Caller) -> Answer<Arc<Object>> {
        let entry = self.contents.entry(handle).ok_or(Refusal::ObjectHandleInvalid)?;
        if matches!(entry.origin, Origin::Token(_)) && !caller.read_write {
            return Err(Refusal::SessionReadOnly);
        }
        Ok(Arc::clone(&entry.object))
    }

    /// Changes the token's file: what it holds at this moment, under the lock.
    fn change(&mut self, edit: impl FnOnce(&mut Document, Option<&MasterKey>) -> Answer<()>) -> Answer<()> {
        let lock = self.vault.lock()?;
        self.refresh()?;
        let mut document = self.document()?.clone();
        let master = match &self.login {
            Login::User(master) => Some(master),
            Login::Public | Login::SecurityOfficer(_) => None,
        };
        edit(&mut document, master)?;
        self.commit(document, &lock)
    }

    /// The handle of a new object: given by the write for one on the token, given here for one of a session.
    fn admit(&mut self, object: Object, caller: Caller) -> Answer<ck::CK_OBJECT_HANDLE> {
        if object.token {
            self.contents.handle(object.id).ok_or(Refusal::GeneralError)
        } else {
            Ok(self.contents.insert(object, caller.session))
        }
    }
}

/// The record of a token object, unless another process destroyed it meanwhile.
fn find_record(document: &mut Document, id: ObjectId) -> Answer<&mut ObjectRecord> {
    document.objects.iter_mut().find(|record| record.id() == id).ok_or(Refusal::ObjectHandleInvalid)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::store::Settings;
    use crate::store::disk::tests::DyingDisk;
    use crate::store::document::Holder;
    use crate::store::vault::Vault;

    const CALLER: Caller = Caller { session: 1, read_write: true };
    const OFFICER_PIN: &[u8] = b"officer-9041";
    const USER_PIN: &[u8] = b"user-7352";

    fn token(vault: Vault) -> Token {
        Token::new(vault, Settings::default(), Arc::new(AtomicUsize::new(1)))
    }

    /// A token with a user PIN and one key pair.
    fn furnish(directory: &Path) {
        let mut token = token(Vault::new(directory, 0));
        token.initialise("bench-ca", OFFICER_PIN).unwrap();
        token.login(Holder::SecurityOfficer, OFFICER_PIN).unwrap();
        token.initialise_user_pin(USER_PIN).unwrap();
        token.logout().unwrap();
        token.login(Holder::User, USER_PIN).unwrap();
        token.generate_pair(request(), CALLER).unwrap();
    }

    fn request() -> KeyPairRequest {
        let attribute = |kind, value: &[u8]| Attribute { kind, value: value.to_vec() };
        let on_token = attribute(ck::CKA_TOKEN, &[ck::CK_TRUE]);
        let curve = attribute(ck::CKA_EC_PARAMS, &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
        let public = Template::new(vec![on_token.clone(), curve]).unwrap();
        KeyPairRequest::parse(&public, &Template::new(vec![on_token]).unwrap()).unwrap()
    }

    /// What a fresh process finds: how many objects, after logging in with the user's PIN.
    fn objects_found(directory: &Path) -> usize {
        let mut token = token(Vault::new(directory, 0));
        token.login(Holder::User, USER_PIN).unwrap();
        token.find(&[]).unwrap().len()
    }

    #[test]
    fn a_power_cut_leaves_both_keys_of_a_pair_or_none() {
        for operations in 0..=3 {
            let directory = tempfile::tempdir().unwrap();
            furnish(directory.path());
            let mut token = token(Vault::new(directory.path(), 0).on(DyingDisk::after(operations)));
            token.login(Holder::User, USER_PIN).unwrap();
            let outcome = token.generate_pair(request(), CALLER);
            assert_eq!(outcome.is_ok(), operations == 3, "after {operations} operations");
            let expected = if operations < 2 { 2 } else { 4 };
            assert_eq!(objects_found(directory.path()), expected, "after {operations} operations");
        }
    }

    #[test]
    fn a_wrong_pin_that_cannot_be_counted_is_not_answered() {
        let directory = tempfile::tempdir().unwrap();
        furnish(directory.path());
        let mut token = token(Vault::new(directory.path(), 0).on(DyingDisk::after(0)));
        assert_eq!(token.login(Holder::User, b"wrong-pin"), Err(Refusal::DeviceError));
    }

    #[test]
    fn what_fails_to_be_written_has_not_happened() {
        let directory = tempfile::tempdir().unwrap();
        furnish(directory.path());
        let mut token = token(Vault::new(directory.path(), 0).on(DyingDisk::after(0)));
        token.login(Holder::User, USER_PIN).unwrap();
        let keys = token.find(&[]).unwrap();
        assert_eq!(token.destroy_object(keys[0], CALLER), Err(Refusal::DeviceError));
        assert_eq!(token.find(&[]).unwrap(), keys);
    }
}

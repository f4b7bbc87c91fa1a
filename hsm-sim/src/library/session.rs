//! One session, and the calls made in it.
//!
//! The rules for the end of an operation are those of PKCS#11 2.40 base, section 5.2 and the functions' own: the last call of an
//! operation ends it, whether it succeeds or fails, unless it only asked for the result's length or brought too small a buffer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptoki_sys as ck;

use super::Slot;
use super::mechanism::Mechanism;
use super::operation::{Digesting, Finding, Operation, Signing, Stage, Verifying};
use crate::clock::Moment;
use crate::object::key_pair::KeyPairRequest;
use crate::object::template::{Attribute, Template};
use crate::object::{Object, create};
use crate::refusal::{Answer, Refusal};
use crate::store::document::Holder;
use crate::token::Caller;

/// A session with a token.
pub(crate) struct Session {
    caller: Caller,
    slot: Arc<Slot>,
    operation: Mutex<Option<Operation>>,
    activity: Mutex<Activity>,
}

/// What tells whether a session is idle.
struct Activity {
    calls_under_way: usize,
    last: Moment,
}

/// How much room a caller has for a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// No buffer: only the length is wanted.
    LengthOnly,
    /// A buffer of so many bytes.
    Bytes(usize),
}

/// What a caller gets, depending on its [`Room`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The result, which fits.
    Result(Vec<u8>),
    /// Only the length was wanted. It is this.
    Length(usize),
    /// The buffer is too small; the operation goes on. This is what is needed.
    TooSmall(usize),
}

impl Delivery {
    /// The same with a bit of the result flipped, if there is a result.
    pub(crate) fn spoilt(self) -> Self {
        match self {
            Self::Result(mut result) => {
                if let Some(last) = result.last_mut() {
                    *last ^= 1;
                }
                Self::Result(result)
            }
            Self::Length(_) | Self::TooSmall(_) => self,
        }
    }
}

impl Session {
    /// A session that does nothing yet.
    pub(super) fn new(handle: ck::CK_SESSION_HANDLE, slot: Arc<Slot>, read_write: bool) -> Self {
        Self {
            caller: Caller { session: handle, read_write },
            slot,
            operation: Mutex::new(None),
            activity: Mutex::new(Activity { calls_under_way: 0, last: Moment::now() }),
        }
    }

    /// Notes that a call is under way.
    pub(super) fn call_begins(&self) {
        self.activity().calls_under_way += 1;
    }

    /// Notes that it is not any more.
    pub(super) fn call_ends(&self) {
        let mut activity = self.activity();
        activity.calls_under_way = activity.calls_under_way.saturating_sub(1);
        activity.last = Moment::now();
    }

    /// Whether the last call ended that long ago.
    pub(super) fn is_idle_for(&self, time: Duration) -> bool {
        let activity = self.activity();
        activity.calls_under_way == 0 && activity.last.elapsed() >= time
    }

    /// The session's handle.
    pub(super) fn handle(&self) -> ck::CK_SESSION_HANDLE {
        self.caller.session
    }

    /// The slot of its token.
    pub(crate) fn slot(&self) -> &Slot {
        &self.slot
    }

    /// Whether the session may change the token.
    pub(crate) fn read_write(&self) -> bool {
        self.caller.read_write
    }

    /// `CKS_…`.
    pub(crate) fn state(&self) -> Answer<ck::CK_STATE> {
        Ok(self.slot.token()?.state(self.caller.read_write))
    }

    /// `C_Login`.
    pub(crate) fn login(&self, user: ck::CK_USER_TYPE, pin: &[u8]) -> Answer<()> {
        match user {
            ck::CKU_SO => self.slot.token()?.login(Holder::SecurityOfficer, pin),
            ck::CKU_USER => self.slot.token()?.login(Holder::User, pin),
            ck::CKU_CONTEXT_SPECIFIC => self.reauthenticate(pin),
            _ => Err(Refusal::UserTypeInvalid),
        }
    }

    /// `C_InitPIN`.
    pub(crate) fn initialise_user_pin(&self, pin: &[u8]) -> Answer<()> {
        // The security officer has no read-only sessions, so the state is all there is to check.
        self.slot.token()?.initialise_user_pin(pin)
    }

    /// `C_SetPIN`.
    pub(crate) fn change_pin(&self, old: &[u8], new: &[u8]) -> Answer<()> {
        if !self.caller.read_write {
            return Err(Refusal::SessionReadOnly);
        }
        self.slot.token()?.change_pin(old, new)
    }

    /// The object with this handle.
    pub(crate) fn object(&self, handle: ck::CK_OBJECT_HANDLE) -> Answer<Arc<Object>> {
        self.slot.token()?.object(handle).ok_or(Refusal::ObjectHandleInvalid)
    }

    /// The value of an object's attribute: what the token says of it, or what the books say.
    pub(crate) fn attribute(&self, object: &Object, kind: ck::CK_ATTRIBUTE_TYPE) -> Answer<Vec<u8>> {
        self.slot.books.attribute(object, kind).unwrap_or_else(|| object.attribute(kind))
    }

    /// `C_GenerateKeyPair`: the handles of the public and the private key.
    pub(crate) fn generate_pair(
        &self,
        mechanism: Mechanism,
        public: &Template,
        private: &Template,
    ) -> Answer<(ck::CK_OBJECT_HANDLE, ck::CK_OBJECT_HANDLE)> {
        if mechanism != Mechanism::EcKeyPairGeneration {
            return Err(Refusal::MechanismInvalid);
        }
        let request = KeyPairRequest::parse(public, private)?;
        self.slot.token()?.generate_pair(request, self.caller)
    }

    /// `C_CreateObject`.
    pub(crate) fn create_object(&self, template: &Template) -> Answer<ck::CK_OBJECT_HANDLE> {
        self.slot.token()?.create_object(create::object(template)?, self.caller)
    }

    /// `C_CopyObject`.
    pub(crate) fn copy_object(
        &self,
        handle: ck::CK_OBJECT_HANDLE,
        changes: &Template,
    ) -> Answer<ck::CK_OBJECT_HANDLE> {
        self.refuse_changed_books(handle, changes)?;
        self.slot.token()?.copy_object(handle, changes, self.caller)
    }

    /// `C_SetAttributeValue`.
    pub(crate) fn change_object(&self, handle: ck::CK_OBJECT_HANDLE, changes: &Template) -> Answer<()> {
        let object = self.object(handle)?;
        // What the books say is not the caller's to write.
        if changes.attributes().iter().any(|change| self.slot.books.attribute(&object, change.kind).is_some())
        {
            return Err(Refusal::AttributeReadOnly);
        }
        self.slot.token()?.change_object(handle, changes, self.caller)
    }

    /// `C_DestroyObject`.
    pub(crate) fn destroy_object(&self, handle: ck::CK_OBJECT_HANDLE) -> Answer<()> {
        self.slot.token()?.destroy_object(handle, self.caller)
    }

    /// `C_FindObjectsInit`.
    pub(crate) fn find_init(&self, wanted: &[Attribute]) -> Answer<()> {
        self.begin(|| Ok(Operation::Find(Finding::new(self.slot.token()?.find(wanted)?))))
    }

    /// `C_FindObjects`: at most `most` handles.
    pub(crate) fn find(&self, most: usize) -> Answer<Vec<ck::CK_OBJECT_HANDLE>> {
        let mut found = Vec::new();
        self.proceed(|finding: &mut Finding| {
            found = finding.next(most);
            Ok(())
        })?;
        Ok(found)
    }

    /// `C_FindObjectsFinal`.
    pub(crate) fn find_final(&self) -> Answer<()> {
        self.last_call(|_: &mut Finding| Ok(()))
    }

    /// `C_SignInit`.
    pub(crate) fn sign_init(&self, mechanism: Mechanism, key: ck::CK_OBJECT_HANDLE) -> Answer<()> {
        let books = self.slot.books.of_token(|| Ok(self.slot.token()?.info()?.label))?;
        self.begin(|| Ok(Operation::Sign(Signing::new(self.key(key)?, mechanism, books)?)))
    }

    /// `C_Sign`.
    pub(crate) fn sign(&self, message: Answer<&[u8]>, room: Answer<Room>) -> Answer<Delivery> {
        self.deliver(room, |signing: &Signing| signing.length(), |signing| signing.sign(message?))
    }

    /// `C_SignUpdate`.
    pub(crate) fn sign_update(&self, part: Answer<&[u8]>) -> Answer<()> {
        self.proceed(|signing: &mut Signing| signing.update(part?))
    }

    /// `C_SignFinal`.
    pub(crate) fn sign_final(&self, room: Answer<Room>) -> Answer<Delivery> {
        self.deliver(room, |signing: &Signing| signing.length(), |signing| signing.finish())
    }

    /// `C_VerifyInit`.
    pub(crate) fn verify_init(&self, mechanism: Mechanism, key: ck::CK_OBJECT_HANDLE) -> Answer<()> {
        self.begin(|| Ok(Operation::Verify(Verifying::new(&*self.key(key)?, mechanism)?)))
    }

    /// `C_Verify`.
    pub(crate) fn verify(&self, message: Answer<&[u8]>, signature: Answer<&[u8]>) -> Answer<()> {
        self.last_call(|verifying: &mut Verifying| verifying.verify(message?, signature?))
    }

    /// `C_VerifyUpdate`.
    pub(crate) fn verify_update(&self, part: Answer<&[u8]>) -> Answer<()> {
        self.proceed(|verifying: &mut Verifying| verifying.update(part?))
    }

    /// `C_VerifyFinal`.
    pub(crate) fn verify_final(&self, signature: Answer<&[u8]>) -> Answer<()> {
        self.last_call(|verifying: &mut Verifying| verifying.finish(signature?))
    }

    /// `C_DigestInit`.
    pub(crate) fn digest_init(&self, mechanism: Mechanism) -> Answer<()> {
        self.begin(|| Ok(Operation::Digest(Digesting::new(mechanism)?)))
    }

    /// `C_Digest`.
    pub(crate) fn digest(&self, message: Answer<&[u8]>, room: Answer<Room>) -> Answer<Delivery> {
        self.deliver(
            room,
            |digesting: &Digesting| Ok(digesting.length()),
            |digesting| digesting.digest(message?),
        )
    }

    /// `C_DigestUpdate`.
    pub(crate) fn digest_update(&self, part: Answer<&[u8]>) -> Answer<()> {
        self.proceed(|digesting: &mut Digesting| {
            digesting.update(part?);
            Ok(())
        })
    }

    /// `C_DigestFinal`.
    pub(crate) fn digest_final(&self, room: Answer<Room>) -> Answer<Delivery> {
        self.deliver(room, |digesting: &Digesting| Ok(digesting.length()), |digesting| Ok(digesting.finish()))
    }

    /// `C_SessionCancel`: ends what is under way, if it is of a kind that `flags` name (`CKF_SIGN` and so on).
    pub(crate) fn cancel_kinds(&self, flags: ck::CK_FLAGS) -> Answer<()> {
        let mut operation = self.operation()?;
        if operation.as_ref().is_some_and(|operation| flags & operation.flag() != 0) {
            *operation = None;
        }
        Ok(())
    }

    /// Ends whatever is under way.
    pub(crate) fn cancel(&self) -> Answer<()> {
        *self.operation()? = None;
        Ok(())
    }

    /// Ends whatever is under way and leaves the token.
    pub(super) fn close(&self) -> Answer<()> {
        self.cancel()?;
        self.slot.token_wherever()?.detach(self.caller);
        Ok(())
    }

    /// What the books say is not the caller's to write.
    fn refuse_changed_books(&self, handle: ck::CK_OBJECT_HANDLE, changes: &Template) -> Answer<()> {
        let object = self.object(handle)?;
        let kept = |change: &Attribute| self.slot.books.attribute(&object, change.kind).is_some();
        if changes.attributes().iter().any(kept) { Err(Refusal::AttributeReadOnly) } else { Ok(()) }
    }

    fn reauthenticate(&self, pin: &[u8]) -> Answer<()> {
        let mut operation = self.operation()?;
        let Some(Operation::Sign(signing)) = &mut *operation else {
            return Err(Refusal::OperationNotInitialized);
        };
        if !signing.awaits_pin {
            return Err(Refusal::OperationNotInitialized);
        }
        self.slot.token()?.reauthenticate(pin)?;
        signing.awaits_pin = false;
        Ok(())
    }

    fn key(&self, handle: ck::CK_OBJECT_HANDLE) -> Answer<Arc<Object>> {
        self.slot.token()?.object(handle).ok_or(Refusal::KeyHandleInvalid)
    }

    /// The first call of an operation.
    fn begin(&self, operation: impl FnOnce() -> Answer<Operation>) -> Answer<()> {
        // Held until the operation is in place, so that a logout meanwhile finds and ends it.
        let mut current = self.operation()?;
        if current.is_some() {
            return Err(Refusal::OperationActive);
        }
        *current = Some(operation()?);
        Ok(())
    }

    /// A call in the middle of an operation; ends it when it fails.
    fn proceed<S: Stage>(&self, step: impl FnOnce(&mut S) -> Answer<()>) -> Answer<()> {
        let mut current = self.operation()?;
        let outcome = step(stage(&mut current)?);
        if outcome.is_err() {
            *current = None;
        }
        outcome
    }

    /// A call that ends an operation.
    fn last_call<S: Stage>(&self, step: impl FnOnce(&mut S) -> Answer<()>) -> Answer<()> {
        let mut current = self.operation()?;
        let outcome = step(stage(&mut current)?);
        *current = None;
        outcome
    }

    /// A call that ends an operation with a result, unless there is no room for it.
    fn deliver<S: Stage>(
        &self,
        room: Answer<Room>,
        length: impl FnOnce(&S) -> Answer<usize>,
        result: impl FnOnce(&mut S) -> Answer<Vec<u8>>,
    ) -> Answer<Delivery> {
        let mut current = self.operation()?;
        let stage = stage(&mut current)?;
        let length = length(stage)?;
        let outcome = match room {
            Ok(Room::LengthOnly) => return Ok(Delivery::Length(length)),
            Ok(Room::Bytes(room)) if room < length => return Ok(Delivery::TooSmall(length)),
            Ok(Room::Bytes(_)) => result(stage).map(Delivery::Result),
            Err(refusal) => Err(refusal),
        };
        *current = None;
        outcome
    }

    fn operation(&self) -> Answer<MutexGuard<'_, Option<Operation>>> {
        self.operation.lock().map_err(|_| Refusal::GeneralError)
    }

    fn activity(&self) -> MutexGuard<'_, Activity> {
        // A count and a time, sound whatever a panic left.
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The operation under way, if it is of this kind.
fn stage<S: Stage>(current: &mut Option<Operation>) -> Answer<&mut S> {
    current.as_mut().and_then(S::of).ok_or(Refusal::OperationNotInitialized)
}

//! What `C_SetAttributeValue` may change: label, id and subject. All else is fixed when the object is made.

use cryptoki_sys as ck;

use super::{Description, Object, template::Template};
use crate::refusal::{Answer, Refusal};

impl Object {
    /// The description that the object would have after `changes`: all of them or none.
    ///
    /// # Errors
    /// [`Refusal::ActionProhibited`] for an object that is not modifiable, [`Refusal::AttributeReadOnly`] for what is
    /// fixed, [`Refusal::AttributeTypeInvalid`] for what the object does not have.
    pub(crate) fn changed(&self, changes: &Template) -> Answer<Description> {
        if !self.description.modifiable {
            return Err(Refusal::ActionProhibited);
        }
        let mut description = self.description.clone();
        for change in changes.attributes() {
            match change.kind {
                ck::CKA_LABEL => description.label = change.text()?,
                ck::CKA_ID => description.body.key_mut().id.clone_from(&change.value),
                ck::CKA_SUBJECT => description.body.key_mut().subject.clone_from(&change.value),
                kind => {
                    return Err(match self.attribute(kind) {
                        Err(Refusal::AttributeTypeInvalid) => Refusal::AttributeTypeInvalid,
                        _ => Refusal::AttributeReadOnly,
                    });
                }
            }
        }
        Ok(description)
    }
}

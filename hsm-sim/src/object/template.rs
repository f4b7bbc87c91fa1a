//! A caller's list of attributes, after the C boundary and before any meaning.

use cryptoki_sys as ck;

use crate::refusal::{Answer, Refusal};

/// Attributes that a caller wants an object to have.
#[derive(Debug)]
pub(crate) struct Template(Vec<Attribute>);

/// One attribute with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// `CKA_…`.
    pub(crate) kind: ck::CK_ATTRIBUTE_TYPE,
    /// The bytes as the caller gave them.
    pub(crate) value: Vec<u8>,
}

impl Template {
    /// The template of these attributes.
    ///
    /// # Errors
    /// [`Refusal::TemplateInconsistent`] when one stands there twice, even with the same value.
    pub(crate) fn new(attributes: Vec<Attribute>) -> Answer<Self> {
        let repeated = attributes.iter().enumerate().any(|(index, attribute)| {
            attributes[..index].iter().any(|earlier| earlier.kind == attribute.kind)
        });
        if repeated { Err(Refusal::TemplateInconsistent) } else { Ok(Self(attributes)) }
    }

    /// The attributes in the caller's order.
    pub(crate) fn attributes(&self) -> &[Attribute] {
        &self.0
    }
}

impl Attribute {
    /// The value as a `CK_BBOOL`: one byte, 0 or 1.
    pub(crate) fn boolean(&self) -> Answer<bool> {
        match self.value.as_slice() {
            [ck::CK_FALSE] => Ok(false),
            [ck::CK_TRUE] => Ok(true),
            _ => Err(Refusal::AttributeValueInvalid),
        }
    }

    /// The value as a `CK_ULONG`.
    pub(crate) fn number(&self) -> Answer<ck::CK_ULONG> {
        let bytes = self.value.as_slice().try_into().map_err(|_| Refusal::AttributeValueInvalid)?;
        Ok(ck::CK_ULONG::from_ne_bytes(bytes))
    }

    /// The value as text, which PKCS#11 wants in UTF-8.
    pub(crate) fn text(&self) -> Answer<String> {
        String::from_utf8(self.value.clone()).map_err(|_| Refusal::AttributeValueInvalid)
    }

    /// Insists on a `CK_ULONG` that the call itself determines, such as the class of a new key.
    pub(crate) fn must_be(&self, number: ck::CK_ULONG) -> Answer<()> {
        if self.number()? == number { Ok(()) } else { Err(Refusal::TemplateInconsistent) }
    }

    /// Insists on no value, for what is in the standard and not offered.
    pub(crate) fn must_be_empty(&self) -> Answer<()> {
        if self.value.is_empty() { Ok(()) } else { Err(Refusal::AttributeValueInvalid) }
    }

    /// Insists on the only `CK_BBOOL` that this token permits.
    pub(crate) fn must_say(&self, permitted: bool) -> Answer<()> {
        if self.boolean()? == permitted { Ok(()) } else { Err(Refusal::TemplateInconsistent) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(value: &[u8]) -> Attribute {
        Attribute { kind: ck::CKA_TOKEN, value: value.to_vec() }
    }

    #[test]
    fn only_zero_and_one_are_boolean() {
        assert_eq!(attribute(&[0]).boolean(), Ok(false));
        assert_eq!(attribute(&[1]).boolean(), Ok(true));
        for odd in [&[][..], &[2], &[255], &[0, 0], &[1, 0, 0, 0]] {
            assert_eq!(attribute(odd).boolean(), Err(Refusal::AttributeValueInvalid));
        }
    }

    #[test]
    fn numbers_have_one_length() {
        assert_eq!(attribute(&ck::CKO_PRIVATE_KEY.to_ne_bytes()).number(), Ok(ck::CKO_PRIVATE_KEY));
        assert_eq!(attribute(&3_u16.to_ne_bytes()).number(), Err(Refusal::AttributeValueInvalid));
    }

    #[test]
    fn an_attribute_stands_once() {
        let twice = vec![attribute(&[1]), attribute(&[1])];
        assert_eq!(Template::new(twice).err(), Some(Refusal::TemplateInconsistent));
    }
}

//! Texts with placeholders: the payload's template in an order, the captions in a product.
//!
//! A placeholder is a name in braces: `{uid}` (32 digits), `{uuid}` (the same as UUID text),
//! `{order}`, `{product}`. A doubled brace stands for itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use wire::Uid;

use super::LabelError;
use crate::fault::{Coded, FaultCode};

/// What the placeholders stand for.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// The module's id.
    pub uid: Uid,
    /// The id of the order.
    pub order: &'a str,
    /// The id of the product.
    pub product: &'a str,
}

/// The template of the payload: printable ASCII that names the module, by `{uid}` or `{uuid}`.
///
/// ASCII, because nothing in a QR code says how other characters are to be read, and readers differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template(Pieces);

impl Template {
    /// The payload of one module.
    ///
    /// # Errors
    /// When an order or product contains anything but letters, digits, `-`, `.`, `_` and `~`, the
    /// characters that mean nothing special in a URI (RFC 3986 section 2.3).
    pub fn fill(&self, fields: &Fields<'_>) -> Result<String, LabelError> {
        self.0.fill(fields, |placeholder, value| match value.chars().find(|c| !is_unreserved(*c)) {
            Some(character) => Err(LabelError::ValueNotPlain { placeholder: placeholder.name(), character }),
            None => Ok(()),
        })
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let pieces = Pieces::parse(text, |c| matches!(c, ' '..='~'))?;
        let unique = |piece: &Piece| matches!(piece, Piece::Value(Placeholder::Uid | Placeholder::Uuid));
        if pieces.0.iter().any(unique) { Ok(Self(pieces)) } else { Err(TemplateError::SameForAll) }
    }
}

/// A line of text above the human-readable code, of characters that printers' fonts have (ASCII and
/// Latin-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Caption(Pieces);

impl Caption {
    /// The caption on one module's label.
    ///
    /// # Errors
    /// When an order or product contains a character that cannot be printed.
    pub fn fill(&self, fields: &Fields<'_>) -> Result<String, LabelError> {
        self.0.fill(fields, |placeholder, value| match value.chars().find(|c| !is_printable(*c)) {
            Some(character) => {
                Err(LabelError::ValueNotPrintable { placeholder: placeholder.name(), character })
            }
            None => Ok(()),
        })
    }
}

impl FromStr for Caption {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        Pieces::parse(text, is_printable).map(Self)
    }
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("the {brace:?} at character {position} has no partner; a doubled one stands for itself")]
    Brace {
        /// The brace.
        brace: char,
        /// Where it is, counted from 1.
        position: usize,
    },
    /// A character that cannot stand there.
    #[error("the character {character:?} at {position} cannot be used here")]
    Character {
        /// The character.
        character: char,
        /// Where it is, counted from 1.
        position: usize,
    },
    /// A placeholder of no known name.
    #[error("the placeholder {{{name}}} is none of {{uid}}, {{uuid}}, {{order}} and {{product}}")]
    Placeholder {
        /// What stands between the braces.
        name: String,
    },
    /// The label would not tell modules apart.
    #[error("neither {{uid}} nor {{uuid}} occurs, so that all modules would get the same code")]
    SameForAll,
}

impl Coded for TemplateError {
    fn code(&self) -> FaultCode {
        match self {
            Self::Brace { .. } | Self::Character { .. } | Self::Placeholder { .. } | Self::SameForAll => {
                FaultCode::LabelContent
            }
        }
    }
}

/// RFC 3986 section 2.3.
fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_' | '~')
}

/// ASCII and Latin-1 without control characters, and without the soft hyphen, which has no shape.
fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a0}'..='\u{ff}') && character != '\u{ad}'
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pieces(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Value(Placeholder),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placeholder {
    Order,
    Product,
    Uid,
    Uuid,
}

impl Placeholder {
    const ALL: [Self; 4] = [Self::Order, Self::Product, Self::Uid, Self::Uuid];

    fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Product => "product",
            Self::Uid => "uid",
            Self::Uuid => "uuid",
        }
    }

    fn value(self, fields: &Fields<'_>) -> String {
        match self {
            Self::Order => fields.order.to_owned(),
            Self::Product => fields.product.to_owned(),
            Self::Uid => fields.uid.to_string(),
            Self::Uuid => fields.uid.uuid_text().to_string(),
        }
    }
}

impl Pieces {
    fn parse(text: &str, allowed: impl Fn(char) -> bool) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut characters = text.chars().zip(1..).peekable();
        while let Some((character, position)) = characters.next() {
            match character {
                '{' | '}' if characters.next_if(|(next, _)| *next == character).is_some() => {
                    literal.push(character);
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match characters.next() {
                            Some(('}', _)) => break,
                            Some((part, _)) => name.push(part),
                            None => return Err(TemplateError::Brace { brace: '{', position }),
                        }
                    }
                    let known = Placeholder::ALL.into_iter().find(|known| known.name() == name);
                    let placeholder = known.ok_or(TemplateError::Placeholder { name })?;
                    if !literal.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    }
                    pieces.push(Piece::Value(placeholder));
                }
                '}' => return Err(TemplateError::Brace { brace: '}', position }),
                _ if allowed(character) => literal.push(character),
                _ => return Err(TemplateError::Character { character, position }),
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self(pieces))
    }

    fn fill(
        &self,
        fields: &Fields<'_>,
        check: impl Fn(Placeholder, &str) -> Result<(), LabelError>,
    ) -> Result<String, LabelError> {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(literal) => filled.push_str(literal),
                Piece::Value(placeholder) => {
                    let value = placeholder.value(fields);
                    check(*placeholder, &value)?;
                    filled.push_str(&value);
                }
            }
        }
        Ok(filled)
    }
}

/// The text it was parsed from.
impl fmt::Display for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Literal(literal) => f.write_str(&literal.replace('{', "{{").replace('}', "}}")),
            Piece::Value(placeholder) => write!(f, "{{{}}}", placeholder.name()),
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

impl fmt::Display for Caption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Caption {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

impl From<Caption> for String {
    fn from(caption: Caption) -> Self {
        caption.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: Fields<'_> = Fields {
        uid: Uid::from_bytes([0, 1, 2, 3, 4, 5, 0x46, 7, 0x88, 9, 10, 11, 12, 13, 14, 255]),
        order: "PO-2026.1",
        product: "nrf51_module",
    };

    fn fill(template: &str) -> String {
        template.parse::<Template>().unwrap().fill(&FIELDS).unwrap()
    }

    #[test]
    fn placeholders_are_replaced() {
        assert_eq!(
            fill("https://claim.example/{uid}"),
            "https://claim.example/000102030405460788090a0b0c0d0eff"
        );
        assert_eq!(
            fill("{product}/{order}/{uuid}!"),
            "nrf51_module/PO-2026.1/00010203-0405-4607-8809-0a0b0c0d0eff!"
        );
    }

    #[test]
    fn doubled_braces_stand_for_themselves() {
        assert_eq!(fill(r#"{{"uid":"{uid}"}}"#), r#"{"uid":"000102030405460788090a0b0c0d0eff"}"#);
    }

    #[test]
    fn a_template_is_stored_as_written() {
        let text = "{{{uid}}} a {order} }}{{ b {product}";
        let template: Template = text.parse().unwrap();
        assert_eq!(template.to_string(), text);
        let json = serde_json::to_string(&template).unwrap();
        assert_eq!(serde_json::from_str::<Template>(&json).unwrap(), template);
    }

    #[test]
    fn wrong_templates_are_refused() {
        let error = |text: &str| text.parse::<Template>().unwrap_err();
        let brace = |brace, position| TemplateError::Brace { brace, position };
        assert_eq!(error("a {uid"), brace('{', 3));
        assert_eq!(error("a} {uid}"), brace('}', 2));
        assert_eq!(error("{serial}{uid}"), TemplateError::Placeholder { name: "serial".into() });
        assert_eq!(error("{UID}"), TemplateError::Placeholder { name: "UID".into() });
        assert_eq!(error("{}"), TemplateError::Placeholder { name: String::new() });
        assert_eq!(error("ü{uid}"), TemplateError::Character { character: 'ü', position: 1 });
        assert_eq!(error("{uid}\n"), TemplateError::Character { character: '\n', position: 6 });
        assert_eq!(error("https://claim.example/{order}"), TemplateError::SameForAll);
        assert_eq!(error("{{uid}}"), TemplateError::SameForAll);
        assert_eq!(error(""), TemplateError::SameForAll);
    }

    #[test]
    fn wrong_templates_are_refused_at_load() {
        let error = serde_json::from_str::<Template>("\"{serial}\"").unwrap_err();
        assert!(error.to_string().contains("{serial}"), "{error}");
    }

    #[test]
    fn a_value_must_not_change_the_payload_around_it() {
        let template: Template = "https://claim.example/{order}/{uid}".parse().unwrap();
        for order in ["a/b", "a b", "a?b", "a%20b", "ä"] {
            let error = template.fill(&Fields { order, ..FIELDS }).unwrap_err();
            assert!(matches!(error, LabelError::ValueNotPlain { placeholder: "order", .. }), "{order}");
        }
    }

    #[test]
    fn captions_may_leave_ascii() {
        let caption: Caption = "Größe {product}".parse().unwrap();
        assert_eq!(caption.fill(&FIELDS).unwrap(), "Größe nrf51_module");
        assert!("日本".parse::<Caption>().is_err());
        assert!("a\u{ad}b".parse::<Caption>().is_err());
        let error = caption.fill(&Fields { product: "日", ..FIELDS }).unwrap_err();
        assert_eq!(error, LabelError::ValueNotPrintable { placeholder: "product", character: '日' });
    }
}

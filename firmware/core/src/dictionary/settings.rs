//! The keys whose values every restart forgets.

use super::Form;

/// Topics the module keeps, `Topic1` to this.
pub const MAX_TOPIC: u32 = 4;

/// Named shadows the module keeps, `Shadow1` to this.
pub const MAX_SHADOW: u32 = 2;

/// One volatile key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `QoS`.
    QualityOfService,
    /// `EnableShadow`.
    EnableShadow,
    /// `Topic#`, from 0.
    Topic(usize),
    /// `Shadow#`, from 0.
    Shadow(usize),
}

impl Slot {
    /// The slot of a key.
    pub(super) fn find(name: &[u8]) -> Option<Self> {
        match name {
            b"QoS" => Some(Self::QualityOfService),
            b"EnableShadow" => Some(Self::EnableShadow),
            [b'T', b'o', b'p', b'i', b'c', digit] => index(*digit, MAX_TOPIC).map(Self::Topic),
            [b'S', b'h', b'a', b'd', b'o', b'w', digit] => index(*digit, MAX_SHADOW).map(Self::Shadow),
            _ => None,
        }
    }

    /// What the value may be.
    pub fn form(self) -> Form {
        match self {
            Self::QualityOfService | Self::EnableShadow => Form::Switch,
            Self::Topic(_) | Self::Shadow(_) => Form::Any,
        }
    }
}

/// `1` to `count` as an index from 0.
fn index(digit: u8, count: u32) -> Option<usize> {
    let number = u32::from(digit.checked_sub(b'0')?);
    (1..=count).contains(&number).then(|| number as usize - 1)
}

/// The values.
#[derive(Clone, Debug)]
pub struct Settings {
    quality_of_service: Value<1>,
    enable_shadow: Value<1>,
    topics: [Value<128>; MAX_TOPIC as usize],
    shadows: [Value<64>; MAX_SHADOW as usize],
}

/// A value is longer than its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl Settings {
    /// What holds after every start.
    pub const fn new() -> Self {
        Self {
            quality_of_service: Value::of(b"0"),
            enable_shadow: Value::of(b"0"),
            topics: [const { Value::of(b"") }; MAX_TOPIC as usize],
            shadows: [const { Value::of(b"") }; MAX_SHADOW as usize],
        }
    }

    /// The value of a slot.
    pub fn value(&self, slot: Slot) -> &[u8] {
        match slot {
            Slot::QualityOfService => self.quality_of_service.bytes(),
            Slot::EnableShadow => self.enable_shadow.bytes(),
            Slot::Topic(index) => self.topics[index].bytes(),
            Slot::Shadow(index) => self.shadows[index].bytes(),
        }
    }

    /// The topic with this number, from 1; empty when there is none.
    pub fn topic(&self, number: u32) -> &[u8] {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        index.and_then(|index| self.topics.get(index)).map_or(&[], Value::bytes)
    }

    /// Gives a slot a value.
    ///
    /// # Errors
    /// [`TooLong`]; the old value is kept.
    pub fn set(&mut self, slot: Slot, value: &[u8]) -> Result<(), TooLong> {
        match slot {
            Slot::QualityOfService => self.quality_of_service.set(value),
            Slot::EnableShadow => self.enable_shadow.set(value),
            Slot::Topic(index) => self.topics[index].set(value),
            Slot::Shadow(index) => self.shadows[index].set(value),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// Up to `N` bytes, at most 255.
#[derive(Clone, Debug)]
struct Value<const N: usize> {
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> Value<N> {
    #[expect(clippy::cast_possible_truncation, reason = "factory values are one byte or none")]
    const fn of(value: &[u8]) -> Self {
        let mut bytes = [0; N];
        if let Some((&first, _)) = value.split_first() {
            bytes[0] = first;
        }
        Self { bytes, length: value.len() as u8 }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    fn set(&mut self, value: &[u8]) -> Result<(), TooLong> {
        let place = self.bytes.get_mut(..value.len()).ok_or(TooLong)?;
        self.length = u8::try_from(value.len()).map_err(|_| TooLong)?;
        place.copy_from_slice(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_does_not_fit_leaves_the_old_one() {
        let mut settings = Settings::new();
        let slot = Slot::find(b"Topic4").expect("the last topic");
        assert_eq!(settings.set(slot, &[b'x'; 128]), Ok(()));
        assert_eq!(settings.set(slot, &[b'y'; 129]), Err(TooLong));
        assert_eq!(settings.value(slot), [b'x'; 128]);
        assert_eq!(settings.value(Slot::QualityOfService), b"0");
    }
}

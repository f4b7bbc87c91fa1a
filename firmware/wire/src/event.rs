//! Event numbers of the standard, as `AT+EVENT?` reports them.

/// An event this firmware can raise: `OK {number} {parameter} {mnemonic}`.
///
/// The standard's other events belong to features that the module does not have; numbers from 1000 on are
/// free for vendors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum EventNumber {
    /// A message arrived; the parameter is the topic index.
    Message = 1,
    /// The module has started.
    Startup = 2,
    /// The connection is gone.
    ConnectionLost = 3,
    /// A message was dropped for want of space.
    Overrun = 4,
    /// Something about updates changed.
    Ota = 5,
    /// A non-blocking connect has ended; the parameter is 0 or the hint code.
    Connect = 6,
    /// Credentials were entered in configuration mode.
    ConfigurationMode = 7,
    /// A subscription was accepted; the parameter is the topic index.
    SubscribeAccepted = 8,
    /// A subscription was refused; the parameter is the topic index.
    SubscribeRefused = 9,
}

impl EventNumber {
    /// All of them, in ascending order.
    pub const ALL: &[Self] = &[
        Self::Message,
        Self::Startup,
        Self::ConnectionLost,
        Self::Overrun,
        Self::Ota,
        Self::Connect,
        Self::ConfigurationMode,
        Self::SubscribeAccepted,
        Self::SubscribeRefused,
    ];

    /// The number on the line.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The event with this number, if it is one of these.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| u32::from(event.number()) == number)
    }

    /// The word on the line.
    pub const fn mnemonic(self) -> &'static str {
        match self {
            Self::Message => "MSG",
            Self::Startup => "STARTUP",
            Self::ConnectionLost => "CONLOST",
            Self::Overrun => "OVERRUN",
            Self::Ota => "OTA",
            Self::Connect => "CONNECT",
            Self::ConfigurationMode => "CONFMODE",
            Self::SubscribeAccepted => "SUBACK",
            Self::SubscribeRefused => "SUBNACK",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_standard() {
        for (index, event) in EventNumber::ALL.iter().enumerate() {
            assert_eq!(usize::from(event.number()), index + 1);
            assert_eq!(EventNumber::from_number(u32::from(event.number())), Some(*event));
        }
        assert_eq!(EventNumber::from_number(10), None);
    }
}

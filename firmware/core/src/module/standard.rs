//! The commands of the standard, as far as a module without a radio can answer them.

use core::fmt;

use wire::factory::{HardwareFault, STAGING_ENDPOINT};
use wire::{ErrorNumber, EventNumber, Received, Sink, factory, reply};

use super::{Module, Next, Refusal};
use crate::dictionary::{MAX_SHADOW, MAX_TOPIC};
use crate::events::Event;
use crate::platform::Platform;
use crate::store::Tag;

/// Hint code of `ERR14` and of the `CONNECT` event: the network was not reached.
const NETWORK_NOT_REACHED: u16 = 2;

/// The commands that are answered by anything but `ERR3`.
#[derive(Clone, Copy)]
enum Name {
    Attention,
    Configure,
    Configuration,
    ConfigurationMode,
    Connect,
    ConnectLater,
    Connection,
    Diagnose,
    Disconnect,
    Event,
    FactoryReset,
    Get,
    Location,
    Ota,
    OtaState,
    OverTheWire,
    Reset,
    Send,
    Shadow,
    Sleep,
    Subscribe,
    Time,
    Unsubscribe,
}

/// What may follow a command's name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Parameter,
    NumberAndParameter,
}

impl Name {
    fn find(name: &str) -> Option<(Self, Takes)> {
        use Takes::{Nothing, NumberAndParameter, Parameter};
        Some(match name {
            "" => (Self::Attention, Nothing),
            "CONF" => (Self::Configure, Parameter),
            "CONF?" => (Self::Configuration, Parameter),
            "CONFMODE" => (Self::ConfigurationMode, Parameter),
            "CONNECT" => (Self::Connect, Nothing),
            "CONNECT!" => (Self::ConnectLater, Nothing),
            "CONNECT?" => (Self::Connection, Nothing),
            factory::COMMAND => (Self::Diagnose, Parameter),
            "DISCONNECT" => (Self::Disconnect, Nothing),
            "EVENT?" => (Self::Event, Nothing),
            "FACTORY_RESET" => (Self::FactoryReset, Nothing),
            "GET" => (Self::Get, NumberAndParameter),
            "OTA" => (Self::Ota, Parameter),
            "OTA?" => (Self::OtaState, Nothing),
            "OTW" => (Self::OverTheWire, Parameter),
            "RESET" => (Self::Reset, Nothing),
            "SEND" => (Self::Send, NumberAndParameter),
            "SHADOW" => (Self::Shadow, NumberAndParameter),
            "SLEEP" => (Self::Sleep, NumberAndParameter),
            "SUBSCRIBE" => (Self::Subscribe, NumberAndParameter),
            "TIME?" => (Self::Time, Nothing),
            "UNSUBSCRIBE" => (Self::Unsubscribe, NumberAndParameter),
            "WHERE?" => (Self::Location, Nothing),
            _ => return None,
        })
    }
}

impl<P: Platform> Module<P> {
    pub(super) fn run(&mut self, command: Received<'_>, sink: &mut impl Sink) -> Result<Next, Refusal> {
        let Received { name, suffix, parameter } = command;
        let (name, takes) = Name::find(name).ok_or(ErrorNumber::CommandNotFound)?;
        if suffix.is_some() && takes != Takes::NumberAndParameter
            || !parameter.is_empty() && takes == Takes::Nothing
        {
            return Err(ErrorNumber::Parameter.into());
        }
        match name {
            Name::Attention => reply::ok(sink),
            Name::Configure => return self.configure(parameter, sink),
            Name::Configuration => self.configuration(parameter, sink)?,
            Name::ConfigurationMode | Name::OverTheWire => return Err(ErrorNumber::ModeNotAvailable.into()),
            Name::Connect => reply::unable_to_connect(sink, NETWORK_NOT_REACHED.into()),
            Name::ConnectLater => {
                self.events.push(EventNumber::Connect, NETWORK_NOT_REACHED);
                reply::ok(sink);
            }
            Name::Connection => {
                let onboarded =
                    if self.is_staging() { "0 DISCONNECTED STAGING" } else { "1 DISCONNECTED CUSTOMER" };
                reply::ok_text(sink, format_args!("0 {onboarded}"));
            }
            Name::Diagnose => self.factory(parameter, sink)?,
            Name::Disconnect => {
                self.events.push(EventNumber::ConnectionLost, 0);
                reply::ok_text(sink, "0 DISCONNECTED");
            }
            Name::Event => match self.events.pop() {
                Some(event) => reply::ok_text(sink, event),
                None => reply::ok(sink),
            },
            Name::FactoryReset => {
                self.store.reset(&mut self.platform).map_err(|_| HardwareFault::Flash)?;
                reply::ok(sink);
                return Ok(Next::Restart);
            }
            Name::Get => {
                // Without a connection no message ever came.
                if let Some(number) = suffix.filter(|&number| number != 0) {
                    self.topic(number)?;
                }
                reply::ok(sink);
            }
            Name::Location => return Err(ErrorNumber::LocationNotAvailable.into()),
            Name::Ota => return Err(ErrorNumber::HostImageNotAvailable.into()),
            Name::OtaState => reply::ok_text(sink, "0"),
            Name::Reset => {
                reply::ok(sink);
                return Ok(Next::Restart);
            }
            Name::Send | Name::Subscribe | Name::Unsubscribe => {
                self.topic(suffix.ok_or(ErrorNumber::Parameter)?)?;
                return Err(ErrorNumber::NoConnection.into());
            }
            Name::Shadow => {
                let unknown = suffix.is_some_and(|number| number > MAX_SHADOW);
                return Err(if unknown { ErrorNumber::OutOfRange } else { ErrorNumber::Shadow }.into());
            }
            Name::Sleep => self.sleep(parameter, sink)?,
            Name::Time => return Err(ErrorNumber::TimeNotAvailable.into()),
        }
        Ok(Next::Line)
    }

    /// The only mode is 0, in which the serial line goes on working: the module sleeps whenever it has
    /// nothing to do, so falling asleep and waking up show in the events alone.
    fn sleep(&mut self, seconds: &[u8], sink: &mut impl Sink) -> Result<(), Refusal> {
        if !seconds.iter().all(u8::is_ascii_digit) {
            return Err(ErrorNumber::Parameter.into());
        }
        self.events.clear();
        self.events.push(EventNumber::Startup, 0);
        reply::ok_text(sink, "0");
        Ok(())
    }

    /// Whether a topic can be used, by its number.
    fn topic(&self, number: u32) -> Result<(), ErrorNumber> {
        if !(1..=MAX_TOPIC).contains(&number) {
            return Err(ErrorNumber::OutOfRange);
        }
        if self.settings.topic(number).is_empty() {
            return Err(ErrorNumber::ParameterUndefined);
        }
        Ok(())
    }

    fn is_staging(&self) -> bool {
        self.store
            .find(&self.platform, Tag::Endpoint)
            .is_none_or(|value| value == STAGING_ENDPOINT.as_bytes())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.number.number(), self.parameter, self.number.mnemonic())
    }
}

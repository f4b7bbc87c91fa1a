//! The commands of the standard, as far as a module without a radio can answer them.

use core::fmt;

use wire::factory::STAGING_ENDPOINT;
use wire::{ErrorNumber, EventNumber, Received, Sink, factory, reply};

use super::{Module, Next, Refusal};
use crate::dictionary::{MAX_SHADOW, MAX_TOPIC};
use crate::events::Event;
use crate::platform::Platform;
use crate::store::Tag;

/// Hint code of `ERR14` and of the `CONNECT` event: the network was not reached.
const NETWORK_NOT_REACHED: u16 = 2;

impl<P: Platform> Module<P> {
    pub(super) fn run(&mut self, command: Received<'_>, sink: &mut impl Sink) -> Result<Next, Refusal> {
        let Received { name, suffix, parameter } = command;
        let numbered = matches!(name, "SEND" | "GET" | "SUBSCRIBE" | "UNSUBSCRIBE" | "SHADOW" | "SLEEP");
        let with_parameter =
            numbered || matches!(name, "CONF" | "CONF?" | "CONFMODE" | "DIAG" | "OTA" | "OTW");
        if is_known(name) && (suffix.is_some() && !numbered || !parameter.is_empty() && !with_parameter) {
            return Err(ErrorNumber::Parameter.into());
        }
        match name {
            "" => reply::ok(sink),
            "CONF" => return self.configure(parameter, sink),
            "CONF?" => self.configuration(parameter, sink)?,
            factory::COMMAND => self.factory(parameter, sink)?,
            "CONNECT?" => {
                let place =
                    if self.is_staging() { "0 DISCONNECTED STAGING" } else { "1 DISCONNECTED CUSTOMER" };
                reply::ok_text(sink, format_args!("0 {place}"));
            }
            "CONNECT" => reply::unable_to_connect(sink, NETWORK_NOT_REACHED.into()),
            "CONNECT!" => {
                self.events.push(EventNumber::Connect, NETWORK_NOT_REACHED);
                reply::ok(sink);
            }
            "DISCONNECT" => {
                self.events.push(EventNumber::ConnectionLost, 0);
                reply::ok_text(sink, "0 DISCONNECTED");
            }
            "EVENT?" => match self.events.pop() {
                Some(event) => reply::ok_text(sink, event),
                None => reply::ok(sink),
            },
            "SLEEP" => self.sleep(parameter, sink)?,
            "RESET" => {
                reply::ok(sink);
                return Ok(Next::Restart);
            }
            "FACTORY_RESET" => {
                self.store.reset(&mut self.platform).map_err(|_| factory::HardwareFault::Flash)?;
                reply::ok(sink);
                return Ok(Next::Restart);
            }
            "SEND" | "SUBSCRIBE" | "UNSUBSCRIBE" => {
                self.topic(suffix.ok_or(ErrorNumber::Parameter)?)?;
                return Err(ErrorNumber::NoConnection.into());
            }
            "GET" => {
                // Without a connection no message ever came.
                if let Some(number) = suffix.filter(|&number| number != 0) {
                    self.topic(number)?;
                }
                reply::ok(sink);
            }
            "SHADOW" => {
                let unknown = suffix.is_some_and(|number| number > MAX_SHADOW);
                return Err(if unknown { ErrorNumber::OutOfRange } else { ErrorNumber::Shadow }.into());
            }
            "CONFMODE" | "OTW" => return Err(ErrorNumber::ModeNotAvailable.into()),
            "OTA?" => reply::ok_text(sink, "0"),
            "OTA" => return Err(ErrorNumber::HostImageNotAvailable.into()),
            "TIME?" => return Err(ErrorNumber::TimeNotAvailable.into()),
            "WHERE?" => return Err(ErrorNumber::LocationNotAvailable.into()),
            _ => return Err(ErrorNumber::CommandNotFound.into()),
        }
        Ok(Next::Line)
    }

    /// The only mode is 0, in which the serial line goes on working: the module sleeps whenever it has nothing to do,
    /// so falling asleep and waking up show in the events alone.
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

/// Whether the name is answered by anything but `ERR3`.
fn is_known(name: &str) -> bool {
    matches!(
        name,
        "" | "CONF"
            | "CONF?"
            | "CONFMODE"
            | "CONNECT"
            | "CONNECT!"
            | "CONNECT?"
            | "DIAG"
            | "DISCONNECT"
            | "EVENT?"
            | "FACTORY_RESET"
            | "GET"
            | "OTA"
            | "OTA?"
            | "OTW"
            | "RESET"
            | "SEND"
            | "SHADOW"
            | "SLEEP"
            | "SUBSCRIBE"
            | "TIME?"
            | "UNSUBSCRIBE"
            | "WHERE?"
    )
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.number.number(), self.parameter, self.number.mnemonic())
    }
}

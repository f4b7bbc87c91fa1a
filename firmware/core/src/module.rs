//! The module as a whole: a line comes in, a reply goes out.

mod configuration;
mod factory;
mod selftest;
mod standard;

use wire::factory::{CertificateFlaw, HardwareFault, Lifecycle};
use wire::{ErrorNumber, EventNumber, Line, Received, Sink, reply};

use crate::dictionary::Settings;
use crate::entropy::Entropy;
use crate::events::Events;
use crate::identity::Identity;
use crate::platform::Platform;
use crate::store::{Store, Tag};

/// Room for a command line in bytes: the longest certificate the standard asks for, 4 KB of PEM, with its
/// escapes and the command before it.
pub const MAX_LINE: usize = 4096 + 256;

/// What is to be done after a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on with the next line.
    Line,
    /// The next line may be a whole PEM text: [`wire::LineAssembler::expect_pem`].
    Pem,
    /// Let the reply go out, forget what came in, and start again by a reset of the chip.
    Restart,
}

/// The module, from start to restart.
#[derive(Debug)]
pub struct Module<P> {
    platform: P,
    store: Store,
    entropy: Entropy,
    events: Events,
    settings: Settings,
    /// The certificate key that the next line's PEM text is for.
    pasting: Option<Tag>,
}

/// Why a command was not done.
enum Refusal {
    Error(ErrorNumber),
    Certificate(CertificateFlaw),
    Hardware(HardwareFault),
}

impl From<ErrorNumber> for Refusal {
    fn from(error: ErrorNumber) -> Self {
        Self::Error(error)
    }
}

impl From<CertificateFlaw> for Refusal {
    fn from(flaw: CertificateFlaw) -> Self {
        Self::Certificate(flaw)
    }
}

impl From<HardwareFault> for Refusal {
    fn from(fault: HardwareFault) -> Self {
        Self::Hardware(fault)
    }
}

impl<P: Platform> Module<P> {
    /// Starts on what the store holds. A sealed module whose read-back protection is not set, because power
    /// was lost between the two or because it was erased, sets it again.
    pub fn start(mut platform: P) -> Self {
        let store = Store::open(&platform);
        if store.find(&platform, Tag::Sealed).is_some() && !platform.is_locked() {
            // Should it fail, the next start tries again; the lifecycle is sealed in any case.
            let _ = platform.lock();
        }
        let mut events = Events::default();
        events.push(EventNumber::Startup, 0);
        let (entropy, settings) = (Entropy::default(), Settings::new());
        Self { platform, store, entropy, events, settings, pasting: None }
    }

    /// Answers one line. Every line gets exactly one reply.
    pub fn answer(&mut self, line: Line<'_>, sink: &mut impl Sink) -> Next {
        let pasting = self.pasting.take();
        let result = match line {
            Line::Overflow => Err(ErrorNumber::Overflow.into()),
            Line::Complete(line) => match pasting {
                Some(tag) if line.starts_with(b"-----BEGIN ") => self.paste(tag, line, sink),
                _ => {
                    Received::parse(line).map_err(Refusal::Error).and_then(|command| self.run(command, sink))
                }
            },
        };
        match result {
            Ok(next) => return next,
            Err(Refusal::Error(error)) => reply::error(sink, error),
            Err(Refusal::Certificate(flaw)) => {
                reply::error_detail(sink, ErrorNumber::InvalidCertificate, flaw);
            }
            Err(Refusal::Hardware(fault)) => reply::error_detail(sink, ErrorNumber::Configuration, fault),
        }
        Next::Line
    }

    /// How far the module has come.
    pub fn lifecycle(&self) -> Lifecycle {
        let has = |tag| self.store.find(&self.platform, tag).is_some();
        if has(Tag::Sealed) {
            Lifecycle::Sealed
        } else if has(Tag::Certificate) {
            Lifecycle::Certified
        } else if has(Tag::Identity) {
            Lifecycle::Keyed
        } else {
            Lifecycle::Blank
        }
    }

    /// The chip.
    pub fn platform(&self) -> &P {
        &self.platform
    }

    /// The chip, for the next start.
    pub fn into_platform(self) -> P {
        self.platform
    }

    fn identity(&self) -> Option<Identity<'_>> {
        Identity::read(self.store.find(&self.platform, Tag::Identity)?)
    }

    /// Stores a value unless it is there already, to spare the flash.
    fn keep(&mut self, tag: Tag, value: &[u8]) -> Result<(), Refusal> {
        if self.store.find(&self.platform, tag) == Some(value) {
            return Ok(());
        }
        self.store.put(&mut self.platform, tag, &[value]).map_err(|_| HardwareFault::Flash.into())
    }
}

//! A module and the host's end of its line.

use module_core::{MAX_LINE, Module, Next};
use wire::factory::{Info, Request};
use wire::{LineAssembler, Outcome, ReplyReader, Sink};

use crate::chip::Chip;

/// A module and the host's end of its line.
pub(crate) struct Bench {
    module: Option<Module<Chip>>,
    lines: Box<LineAssembler<MAX_LINE>>,
}

/// A reply, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) outcome: Outcome,
    pub(crate) detail: String,
    /// The announced lines, each with LF.
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn is_ok(&self) -> bool {
        self.outcome == Outcome::Ok
    }
}

struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

impl Bench {
    pub(crate) fn start(chip: Chip) -> Self {
        Self { module: Some(Module::start(chip)), lines: Box::default() }
    }

    /// Feeds raw bytes and returns the raw replies. A module that asks for a restart gets one, and what
    /// followed in `input` is lost, as with the chip's reset.
    pub(crate) fn feed(&mut self, input: &[u8]) -> Vec<u8> {
        let mut replies = Bytes(Vec::new());
        let mut input = input;
        while let Some(line) = self.lines.next_line(&mut input) {
            let module = self.module.as_mut().expect("a running module");
            match module.answer(line, &mut replies) {
                Next::Line => {}
                Next::Pem => self.lines.expect_pem(),
                Next::Restart => {
                    self.restart();
                    break;
                }
            }
        }
        replies.0
    }

    /// Sends bytes that hold one command and returns its one reply.
    pub(crate) fn send(&mut self, bytes: impl IntoIterator<Item = u8>) -> Reply {
        let bytes: Vec<u8> = bytes.into_iter().collect();
        let replies = self.feed(&bytes);
        let mut input = replies.as_slice();
        let mut reader = ReplyReader::<16384>::new();
        let reply = reader.next_reply(&mut input).expect("a reply").expect("one that fits");
        assert!(input.is_empty(), "exactly one reply");
        Reply {
            outcome: reply.outcome,
            detail: reply.text().expect("text").to_owned(),
            body: String::from_utf8(reply.body().to_vec()).expect("text"),
        }
    }

    pub(crate) fn command(&mut self, line: &str) -> Reply {
        self.send(format!("{line}\n").into_bytes())
    }

    pub(crate) fn request(&mut self, request: Request<'_>) -> Reply {
        self.send(request.bytes())
    }

    /// What `AT+DIAG INFO` says.
    pub(crate) fn info(&mut self) -> Owned {
        let reply = self.request(Request::Info);
        let info = Info::parse(&reply.detail).expect("INFO always answers");
        Owned { lifecycle: info.lifecycle, uid: info.uid }
    }

    pub(crate) fn chip(&self) -> &Chip {
        self.module.as_ref().expect("a running module").platform()
    }

    /// Cuts power and turns it on again.
    pub(crate) fn restart(&mut self) {
        let mut chip = self.module.take().expect("a running module").into_platform();
        chip.reset();
        *self = Self::start(chip);
    }
}

/// The parts of [`Info`] that tests look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) lifecycle: wire::factory::Lifecycle,
    pub(crate) uid: Option<wire::Uid>,
}

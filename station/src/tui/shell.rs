//! The loop: messages in, the model changed, effects out, the screen drawn when it has changed.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::effect::Effect;
use super::keypad::Keypad;
use super::model::{Model, Setting};
use super::moment::Moment;
use super::msg::Msg;
use super::recording::{Recorder, Recordings};
use super::terminal::Screen;
use super::wedge::Wedge;
use super::{keys, update};
use crate::clock::Clock;

/// How often time passes for the screen.
const TICK: Duration = Duration::from_secs(1);

/// What may wait is drawn so long after the frame before: keys are answered meanwhile, and modules are flashed.
const FRAME: Duration = Duration::from_millis(50);

/// At most so many messages are taken in before the screen is drawn: keys are seen to be answered, however
/// much the slots have to tell.
const AT_ONCE: usize = 256;

/// An open screen. What happens is sent to it; it ends by itself when the line has ended and the operator
/// wants to leave.
#[derive(Debug)]
pub(super) struct Shell {
    inbox: Sender<Msg>,
    ended: tokio::sync::oneshot::Receiver<()>,
}

impl Shell {
    /// Takes the terminal over and shows the line, and keeps what it is told. What the screen wants done
    /// beyond the terminal is given to `act`, on the screen's thread, where it must not wait; what comes of it
    /// is sent to the screen. Where a PIN is wanted of the keys is the keypad.
    ///
    /// # Errors
    /// The terminal cannot be taken over, or no thread be started.
    pub(super) fn open(
        setting: Setting,
        recordings: Recordings,
        clock: Arc<dyn Clock>,
        keypad: Arc<Keypad>,
        act: impl FnMut(Effect, &Sender<Msg>) + Send + 'static,
    ) -> io::Result<Self> {
        let (inbox, messages) = mpsc::channel();
        let (opened, whether) = mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel();
        let (keys, own) = (inbox.clone(), inbox.clone());
        let (wedge, times) = (Wedge::new(setting.scan_end.key()), Arc::clone(&clock));
        let run = move || {
            let screen = match Screen::open() {
                Ok(screen) => screen,
                Err(error) => {
                    // The opener waits for this.
                    let _ = opened.send(Err(error));
                    return;
                }
            };
            let pins = Arc::clone(&keypad);
            let reader = std::thread::Builder::new()
                .name("keys".to_owned())
                .spawn(move || keys::read(&keys, &pins, &*times, wedge));
            let _ = opened.send(reader.map(drop));
            let began = clock.instant();
            let now = Moment { elapsed_ms: 0, now: clock.now() };
            let recorder = Recorder::new(setting.clone(), now, recordings);
            let model = Model::new(setting, now);
            Running { screen: Some(screen), model, recorder, clock, keypad, began, inbox: own, act }
                .run(&messages);
            // Nobody may wait for it any more.
            let _ = end.send(());
        };
        std::thread::Builder::new().name("screen".to_owned()).spawn(run)?;
        whether.recv().map_err(|_| io::Error::other("the screen's thread ended"))??;
        Ok(Self { inbox, ended })
    }

    /// Where to send what the screen is to be told.
    pub(super) fn inbox(&self) -> Sender<Msg> {
        self.inbox.clone()
    }

    /// Waits until the screen is closed and the terminal given back.
    ///
    /// # Errors
    /// The screen's thread panicked.
    pub(super) async fn closed(self) -> io::Result<()> {
        self.ended.await.map_err(|_| io::Error::other("the screen's thread panicked"))
    }
}

struct Running<F> {
    /// None when the terminal is gone.
    screen: Option<Screen>,
    model: Model,
    recorder: Recorder,
    clock: Arc<dyn Clock>,
    keypad: Arc<Keypad>,
    began: Instant,
    inbox: Sender<Msg>,
    act: F,
}

/// What a round of messages asks of the screen itself.
#[derive(Clone, Copy, Debug, Default)]
struct Wanted {
    draw: Drawing,
    /// There is something to be drawn that may wait.
    soon: bool,
    bell: bool,
    leave: bool,
}

/// How much is to be drawn; the most that anybody asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Drawing {
    #[default]
    Nothing,
    Changes,
    Everything,
}

impl<F: FnMut(Effect, &Sender<Msg>)> Running<F> {
    fn run(mut self, messages: &Receiver<Msg>) {
        self.show(Wanted { draw: Drawing::Changes, ..Wanted::default() });
        let mut drawn = self.clock.instant();
        let mut owed = false;
        loop {
            let mut wanted = Wanted::default();
            let rest = FRAME.saturating_sub(self.clock.instant().saturating_duration_since(drawn));
            match messages.recv_timeout(if owed { rest } else { TICK }) {
                Ok(msg) => self.take_in(msg, &mut wanted),
                Err(RecvTimeoutError::Timeout) => {}
                // This thread has a sender of its own.
                Err(RecvTimeoutError::Disconnected) => return,
            }
            for msg in messages.try_iter().take(AT_ONCE) {
                self.take_in(msg, &mut wanted);
            }
            self.take_in(Msg::Tick, &mut wanted);
            owed |= wanted.soon;
            let now = self.clock.instant();
            if owed && now.saturating_duration_since(drawn) >= FRAME {
                wanted.draw = wanted.draw.max(Drawing::Changes);
            }
            if wanted.draw != Drawing::Nothing {
                (owed, drawn) = (false, now);
            }
            self.show(wanted);
            // Without a terminal nobody could ask to leave.
            if wanted.leave || (self.screen.is_none() && self.model.may_be_left()) {
                return;
            }
        }
    }

    fn take_in(&mut self, msg: Msg, wanted: &mut Wanted) {
        let elapsed = self.clock.instant().saturating_duration_since(self.began);
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let now = Moment { elapsed_ms, now: self.clock.now() };
        self.recorder.push(now, &msg, &self.model);
        let (asks, may_wait) = (msg.is_waited_for(), msg.may_wait());
        for effect in update(&mut self.model, now, msg) {
            match effect {
                Effect::Bell => wanted.bell = true,
                Effect::Draw if may_wait => wanted.soon = true,
                Effect::Draw => wanted.draw = wanted.draw.max(Drawing::Changes),
                Effect::Repaint => wanted.draw = Drawing::Everything,
                Effect::Leave => wanted.leave = true,
                Effect::Record => self.recorder.write(&self.inbox),
                Effect::Ask(_)
                | Effect::Count
                | Effect::Retry { .. }
                | Effect::Scanned { .. }
                | Effect::Stop
                | Effect::Transcript(_) => {
                    (self.act)(effect, &self.inbox);
                }
            }
        }
        if asks {
            // The next key is read only now: it may have to be a PIN's.
            self.keypad.entered();
        }
    }

    /// Draws and rings. A terminal that is gone stops the line, which ends after the runs under way.
    fn show(&mut self, wanted: Wanted) {
        let Some(screen) = &mut self.screen else { return };
        let bell = if wanted.bell { screen.bell() } else { Ok(()) };
        let drawn = match wanted.draw {
            Drawing::Nothing => Ok(()),
            Drawing::Changes => screen.draw(&self.model),
            Drawing::Everything => screen.repaint(&self.model),
        };
        if let Err(error) = bell.and(drawn) {
            tracing::error!("the terminal is gone: {error}");
            self.screen = None;
            let mut nothing = Wanted::default();
            self.take_in(Msg::Stop, &mut nothing);
        }
    }
}

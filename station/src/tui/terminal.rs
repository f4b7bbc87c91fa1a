//! The terminal while the screen is open: raw, on its other page, and given back whole whatever happens.
//!
//! It is given back when this is dropped, and by the panic hook before a panic of the screen's own
//! thread is told. A panic on another thread is caught there and becomes a fault; it must not write over
//! the screen, so the hook keeps it to the log.
//!
//! While a PIN is typed, the screen may be closed by a signal, a panic, or the end of the line. Whoever types has
//! not seen it yet, and the rest of the PIN must not be a command of the shell that has the terminal next, shown
//! and kept in its history. So what is typed then is dropped first, until nobody types any more.

use std::io::{self, Stdout, Write};
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::style::Colored;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{ExecutableCommand as _, QueueableCommand as _};
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};

use super::model::Model;
use super::{keypad, theme, view};

/// Whether a screen is open in this process.
static OPEN: AtomicBool = AtomicBool::new(false);

/// Whether what is typed is a PIN.
static SECRET: AtomicBool = AtomicBool::new(false);

/// Whether a screen is open, so that nothing else may write to the terminal.
pub fn is_open() -> bool {
    OPEN.load(Ordering::SeqCst)
}

/// What is typed is a PIN, until this is dropped.
#[derive(Debug)]
pub(super) struct Secret(());

impl Secret {
    pub(super) fn begins() -> Self {
        SECRET.store(true, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        SECRET.store(false, Ordering::SeqCst);
    }
}

type Hook = Box<dyn Fn(&panic::PanicHookInfo<'_>) + Sync + Send + 'static>;

/// The terminal, taken over. Only the thread that took it draws.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    /// What tells of panics when no screen is open.
    hook: Arc<Hook>,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").finish_non_exhaustive()
    }
}

impl Screen {
    /// Takes the terminal over.
    pub(super) fn open() -> io::Result<Self> {
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        let hook: Arc<Hook> = Arc::new(panic::take_hook());
        let (own, before) = (std::thread::current().id(), Arc::clone(&hook));
        panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == own {
                give_back();
            }
            if is_open() {
                tracing::error!("a thread panicked: {info}");
            } else {
                before(info);
            }
        }));
        // From here on dropping this puts everything right again.
        let screen = Self { terminal, hook };
        OPEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        io::stdout().execute(EnterAlternateScreen)?.execute(Hide)?;
        Ok(screen)
    }

    /// Draws what has changed.
    pub(super) fn draw(&mut self, model: &Model) -> io::Result<()> {
        self.draw_with(|frame| view(model, frame))
    }

    /// Draws something else; what has changed is written.
    pub(super) fn draw_with(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let drawn = self.terminal.draw(|frame| {
            draw(frame);
            // crossterm would leave out the numbers of the colours alone, and such a sequence without numbers
            // takes bold and all else away.
            if Colored::ansi_color_disabled_memoized() {
                theme::without_colours(frame.buffer_mut());
            }
        });
        drawn.map(drop)
    }

    /// Draws every cell anew.
    pub(super) fn repaint(&mut self, model: &Model) -> io::Result<()> {
        // `clear` would ask the terminal where its cursor is, and wait for an answer that not every one gives.
        let area = self.terminal.size()?.into();
        self.terminal.resize(area)?;
        self.draw(model)
    }

    /// Rings.
    #[expect(clippy::unused_self, reason = "only who has the terminal may write to it")]
    pub(super) fn bell(&mut self) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(b"\x07")?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
        // While panicking the hook cannot be changed, and has done its work.
        if !std::thread::panicking() {
            let before = Arc::clone(&self.hook);
            panic::set_hook(Box::new(move |info| before(info)));
        }
    }
}

/// Puts the terminal back, once. One that is gone needs nothing back.
fn give_back() {
    // First: with the screen closed nobody reads the PIN any further.
    let is_secret = SECRET.load(Ordering::SeqCst);
    if !OPEN.swap(false, Ordering::SeqCst) {
        return;
    }
    if is_secret {
        keypad::drop_the_rest(&io::stdin());
    }
    let mut out = io::stdout();
    let _ = out.queue(Show).and_then(|out| out.queue(LeaveAlternateScreen)).and_then(Write::flush);
    let _ = disable_raw_mode();
}

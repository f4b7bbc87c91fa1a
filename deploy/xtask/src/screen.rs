//! Every line this program prints.
//!
//! On a terminal there is colour and a moving line while something takes time; without one there are
//! plain lines, so that a log reads well. `NO_COLOR` and `CLICOLOR` are honoured (crate `console`).

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use console::Style;
use indicatif::{ProgressBar, ProgressStyle};

/// Where lines go, and whether they may move and shine.
pub(crate) struct Screen {
    out: Mutex<Box<dyn Write + Send>>,
    moving: bool,
    colour: bool,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen")
            .field("moving", &self.moving)
            .field("colour", &self.colour)
            .finish_non_exhaustive()
    }
}

impl Screen {
    pub(crate) fn of_this_terminal() -> Self {
        let moving = io::stdout().is_terminal() && io::stderr().is_terminal();
        let colour = io::stdout().is_terminal() && console::colors_enabled();
        Self { out: Mutex::new(Box::new(io::stdout())), moving, colour }
    }

    /// On standard error, where standard output is for a program to read.
    pub(crate) fn beside_the_output() -> Self {
        let terminal = io::stderr().is_terminal();
        let colour = terminal && console::colors_enabled_stderr();
        Self { out: Mutex::new(Box::new(io::stderr())), moving: terminal, colour }
    }

    /// One line, as it is.
    pub(crate) fn line(&self, text: &str) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // A reader that closed the pipe early (`| head`) is no reason to stop the work.
        let _ = writeln!(out, "{text}");
        let _ = out.flush();
    }

    /// A heading above a group of lines.
    pub(crate) fn heading(&self, text: &str) {
        self.line(&self.painted(text, &Style::new().bold()));
    }

    /// What is known or was done: a right-aligned word, then the rest.
    pub(crate) fn fact(&self, word: &str, text: &str) {
        self.labelled(word, text, &Style::new().green().bold());
    }

    /// What the reader should know, though it is no failure.
    pub(crate) fn notice(&self, word: &str, text: &str) {
        self.labelled(word, text, &Style::new().yellow().bold());
    }

    /// Something that went wrong.
    pub(crate) fn failure(&self, text: &str) {
        self.line(&format!("{} {text}", self.painted("error:", &Style::new().red().bold())));
    }

    /// Something that takes time: a moving line with a clock on a terminal, else one line now and one at the end.
    pub(crate) fn busy(&self, text: &str) -> Busy<'_> {
        let bar = self.moving.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
                bar.set_style(style);
            }
            bar.set_message(text.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            self.line(&format!("{text} ..."));
        }
        Busy { screen: self, bar, since: Instant::now() }
    }

    /// `text` in `style` where colour is wanted.
    pub(crate) fn painted(&self, text: &str, style: &Style) -> String {
        style.clone().force_styling(self.colour).apply_to(text).to_string()
    }

    fn labelled(&self, word: &str, text: &str, style: &Style) {
        // The width goes on before the colour, whose escapes would be counted as text.
        let word = self.painted(&format!("{word:>12}"), style);
        self.line(&format!("{word} {text}"));
    }
}

/// Something under way; see [`Screen::busy`].
pub(crate) struct Busy<'a> {
    screen: &'a Screen,
    bar: Option<ProgressBar>,
    since: Instant,
}

impl std::fmt::Debug for Busy<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Busy").field("since", &self.since).finish_non_exhaustive()
    }
}

impl Busy<'_> {
    /// Ends the moving line and says what came of it, with the time it took.
    pub(crate) fn done(self, word: &str, text: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.screen.fact(word, &format!("{text} ({})", duration(self.since.elapsed())));
    }

    /// Ends the moving line and says that it did not work.
    pub(crate) fn failed(self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.screen.notice("failed", &format!("{text} (after {})", duration(self.since.elapsed())));
    }
}

/// A duration as people say it: `0.4 s`, `38 s`, `2 min 05 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod test_screen {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::Screen;

    /// What was printed to a screen without a terminal.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Text(Arc<Mutex<Vec<u8>>>);

    impl Text {
        pub(crate) fn take(&self) -> String {
            String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
        }
    }

    impl Write for Text {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Screen {
        pub(crate) fn for_test() -> (Self, Text) {
            let text = Text::default();
            (Self { out: Mutex::new(Box::new(text.clone())), moving: false, colour: false }, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_there_are_plain_lines() {
        let (screen, text) = Screen::for_test();
        screen.fact("found", "openssl");
        screen.busy("Installing qemu").failed("no network");
        let text = text.take();
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert!(
            text.starts_with("       found openssl\nInstalling qemu ...\n      failed no network (after "),
            "{text:?}"
        );
    }

    #[test]
    fn durations_read_well() {
        let shown = [400, 9_940, 38_000, 125_000].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(shown, ["0.4 s", "9.9 s", "38 s", "2 min 05 s"]);
    }
}

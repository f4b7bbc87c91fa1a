//! Who opens the CA when a line starts. It is asked at the terminal before the screen is there, in the language of
//! the screen.

use super::authority::Terminal;
use super::pin::PinSource;
use super::print;
use crate::ceremony::Person as _;
use crate::fault::{Fault, FaultCode};
use crate::hsm::Pin;
use crate::operator::Operator;
use crate::tui::text::before::Before;
use crate::tui::text::{Language, fill};

/// Whoever opens the CA, and the PIN to open it with.
#[derive(Debug)]
pub(super) struct Officer {
    pub(super) name: Operator,
    pub(super) pin: Pin,
}

impl Officer {
    /// Asks for what the command does not say: the name, then the PIN. None if the CA may be left closed and
    /// either is left out.
    pub(super) fn ask(
        named: Option<&Operator>,
        source: &PinSource,
        language: Language,
        may_stay_closed: bool,
    ) -> Result<Option<Self>, Fault> {
        let name = match named {
            Some(name) => Some(name.clone()),
            None => ask_name(language, may_stay_closed)?,
        };
        let Some(name) = name else { return Ok(None) };
        let question = Before::Pin { or_none: may_stay_closed }.says(language);
        let pin = source.read_or_none(question, may_stay_closed)?;
        Ok(pin.map(|pin| Self { name, pin }))
    }
}

/// A name that can stand on record; none, if nothing is typed and nobody need open it.
fn ask_name(language: Language, may_be_none: bool) -> Result<Option<Operator>, Fault> {
    let question = Before::Officer { or_none: may_be_none }.says(language);
    loop {
        let name = Terminal.ask(question);
        let name = name.map_err(|error| Fault::because(FaultCode::OperatorMissing, &error))?;
        match name.parse() {
            Ok(operator) => return Ok(Some(operator)),
            Err(_) if name.is_empty() && may_be_none => return Ok(None),
            Err(_) => {
                let longest = Operator::LONGEST.to_string();
                print::line(fill(Before::NotAName.says(language), &[("n", &longest)]))?;
            }
        }
    }
}

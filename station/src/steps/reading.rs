//! Readings: questions that can be asked as often as one likes.
//!
//! The serial line has no checksum, so that a flipped bit looks like the module's own word. An answer
//! that does not hold is therefore asked for once more before anybody is blamed: a module that means
//! it says the same again. If it says something else, the line is at fault.

use wire::factory::Request;

use crate::fault::{Fault, FaultCode};
use crate::link::{Answer, ExchangeError, Link};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question<'a> {
    /// A factory command that changes nothing.
    Factory(Request<'a>),
    /// A standard command that reads: its name, and what it asks for.
    Standard(&'static str, &'static str),
}

impl Question<'_> {
    async fn ask(self, link: &Link) -> Result<Answer, Fault> {
        let answer: Result<Answer, ExchangeError> = match self {
            Self::Factory(request) => link.factory(request).await,
            Self::Standard(command, parameter) => link.standard(command, parameter).await,
        };
        answer.map_err(|error| Fault::of(&error))
    }
}

/// Asks, and looks at the answer; asks once more if it does not hold.
///
/// # Errors
/// What the line or the second look says; [`FaultCode::LinkGarbage`] when two bad answers differ.
pub(super) async fn read<T>(
    link: &Link,
    question: Question<'_>,
    look: impl Fn(&Answer) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let first = question.ask(link).await?;
    if let Ok(value) = look(&first) {
        return Ok(value);
    }
    let second = question.ask(link).await?;
    look(&second).map_err(|fault| if second == first { fault } else { two_answers(&first, &second) })
}

/// As [`read`], for an answer that is another one each time it is given, such as a signature.
///
/// # Errors
/// What the line or the second look says.
pub(super) async fn read_anew<T>(
    link: &Link,
    question: Question<'_>,
    look: impl Fn(&Answer) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let first = question.ask(link).await?;
    match look(&first) {
        Ok(value) => Ok(value),
        Err(_) => look(&question.ask(link).await?),
    }
}

/// The fault of a line on which the same question got two answers.
pub(super) fn two_answers(first: &Answer, second: &Answer) -> Fault {
    let what = format!("{}; asked again: {}", first.unexpected(), second.unexpected());
    Fault::new(FaultCode::LinkGarbage, what)
}

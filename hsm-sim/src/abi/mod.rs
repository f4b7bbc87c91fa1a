//! The C boundary: the only unsafe code of this crate.
//!
//! | file | what it does |
//! |---|---|
//! | `table` | the function lists, and `C_GetFunctionList` |
//! | `interface` | the interfaces of PKCS#11 3.0, `C_GetInterface` and `C_GetInterfaceList`; with the former all symbols that the library exports |
//! | `pointer` | pointers of the caller: checked, read, written |
//! | `template` | the caller's lists of attributes |
//! | `general` | initialising, information, random numbers |
//! | `slots` | slots, tokens, mechanisms |
//! | `sessions` | sessions, login, PINs |
//! | `objects` | finding, reading, changing, making, destroying |
//! | `operation` | what the operations have in common: a mechanism, parts of a message, a result |
//! | `sign`, `verify`, `digest` | the operations |
//! | `absent` | what the list must hold and this module does not offer |
//!
//! Each function here has the same shape: [`answer`] or [`answer_in`] around it, where scripted faults strike, the caller's pointers checked and copied, one call into
//! safe code, the result copied out.
//!
//! # What is trusted
//! That a pointer which is neither null nor misaligned points to what PKCS#11 says it does, for as long as the call lasts,
//! and that no other thread writes there meanwhile. A C library cannot check this. All else is checked here.
#![expect(unsafe_code, reason = "PKCS#11 is a C interface: its callers pass raw pointers")]

mod absent;
mod digest;
mod general;
mod interface;
mod objects;
mod operation;
mod pointer;
mod sessions;
mod sign;
mod slots;
mod table;
mod template;
mod verify;

use std::panic::{AssertUnwindSafe, catch_unwind};

use cryptoki_sys as ck;

use crate::fault::Function;
use crate::library::session::Session;
use crate::library::{self, faults};
use crate::refusal::Answer;

/// Runs the body of a function, unless a scripted fault decides otherwise, and turns its outcome into a return value.
fn answer(function: Function, body: impl FnOnce() -> Answer<()>) -> ck::CK_RV {
    no_panic(|| faults::run(function, None, |_| body()))
}

/// The same for a function that is called in a session.
fn answer_in(
    session: ck::CK_SESSION_HANDLE,
    function: Function,
    body: impl FnOnce(&Session) -> Answer<()>,
) -> ck::CK_RV {
    no_panic(|| faults::run(function, Some(session), |_| body(&*library::current()?.session(session)?)))
}

/// Turns an outcome into a return value. A panic ends here, as `CKR_GENERAL_ERROR`: unwinding into C would be undefined.
fn no_panic(body: impl FnOnce() -> Answer<()>) -> ck::CK_RV {
    // Unwind safety: what a panic leaves half changed lies behind mutexes, which are poisoned and refuse from then on.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => ck::CKR_OK,
        Ok(Err(refusal)) => refusal.code(),
        Err(_panic) => ck::CKR_GENERAL_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Refusal;

    #[test]
    fn a_panic_does_not_cross_the_boundary() {
        assert_eq!(no_panic(|| panic!("a defect")), ck::CKR_GENERAL_ERROR);
        assert_eq!(no_panic(|| Err(Refusal::PinLocked)), ck::CKR_PIN_LOCKED);
        assert_eq!(no_panic(|| Ok(())), ck::CKR_OK);
    }
}

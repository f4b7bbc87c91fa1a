//! Scripted faults, carried out on slots and sessions. Every function passes here ([`run`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptoki_sys as ck;

use super::device::Busy;
use super::{current, directory};
use crate::clock;
use crate::fault::{Effect, Fault, Function, Script};
use crate::refusal::{Answer, Refusal};

/// What a fault leaves of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    /// As it was made.
    Whole,
    /// With a bit flipped.
    Wrong,
}

/// Runs the body of a function, called in a session or not, or whatever the script makes of this call. The body is given the time that the
/// settings say it takes.
pub(crate) fn run(
    function: Function,
    session: Option<ck::CK_SESSION_HANDLE>,
    body: impl FnOnce(Signature) -> Answer<()>,
) -> Answer<()> {
    let mut signature = Signature::Whole;
    let mut afterwards = None;
    let mut removed_now = false;
    for fault in striking(function)? {
        match fault.effect {
            Effect::Answer(refusal) => return Err(refusal),
            Effect::AnswerAfterwards(refusal) => afterwards = Some(refusal),
            Effect::Delay(delay) => clock::wait(delay),
            Effect::DropSessions => drop_sessions()?,
            Effect::Hang => wait_until_lifted(&fault)?,
            Effect::LogOut => log_out()?,
            Effect::RemoveToken => {
                remove_tokens(fault)?;
                removed_now = true;
            }
            Effect::WrongSignature => signature = Signature::Wrong,
        }
    }
    let busy = take_time(function, session)?;
    let outcome = body(signature);
    drop(busy);
    match afterwards {
        Some(refusal) => Err(refusal),
        // The session was there when the call began.
        None if removed_now && outcome == Err(Refusal::SessionHandleInvalid) => Err(Refusal::DeviceRemoved),
        None => outcome,
    }
}

/// Whether the tokens are in their slots.
pub(crate) fn tokens_are_present() -> bool {
    !REMOVED.load(Ordering::Acquire)
}

/// The script and what it has in force. Outlives `C_Finalize`: neither counts nor a removed token begin anew with it.
struct State {
    script: Script,
    removed_by: Option<Fault>,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

/// Whether the tokens are gone, for those who only want to know that.
static REMOVED: AtomicBool = AtomicBool::new(false);

/// Counts the call; what strikes it.
fn striking(function: Function) -> Answer<Vec<Fault>> {
    let mut state = state();
    if function == Function::Initialize {
        // Without a directory there is no script, and `C_Initialize` itself says what is amiss.
        if let Ok(directory) = directory()
            && !state.as_ref().is_some_and(|state| state.script.is_in(&directory))
        {
            *state = Some(State { script: Script::new(&directory), removed_by: None });
            REMOVED.store(false, Ordering::Release);
        }
    }
    let Some(state) = &mut *state else { return Ok(Vec::new()) };
    if let Some(fault) = &state.removed_by
        && !state.script.holds(fault)?
    {
        // A session that another thread opened in the very moment of the removal is not there any more either.
        drop_sessions()?;
        state.removed_by = None;
        REMOVED.store(false, Ordering::Release);
    }
    state.script.call(function)
}

/// Lets the call take its time. `C_Initialize` does so by itself, since before it there is no device.
fn take_time(function: Function, session: Option<ck::CK_SESSION_HANDLE>) -> Answer<Option<Busy>> {
    let Ok(library) = current() else { return Ok(None) };
    if !library.device.is_slow(function) {
        return Ok(None);
    }
    // While it lasts, the session is not idle.
    let _in_use = session.and_then(|session| library.session(session).ok());
    library.device.take_time(function).map(Some)
}

fn wait_until_lifted(fault: &Fault) -> Answer<()> {
    while is_in_force(fault)? {
        clock::wait(LOOK_AGAIN);
    }
    Ok(())
}

fn is_in_force(fault: &Fault) -> Answer<bool> {
    state().as_mut().map_or(Ok(false), |state| state.script.holds(fault))
}

fn remove_tokens(fault: Fault) -> Answer<()> {
    if let Some(state) = &mut *state() {
        state.removed_by = Some(fault);
    }
    REMOVED.store(true, Ordering::Release);
    drop_sessions()
}

fn drop_sessions() -> Answer<()> {
    // Before `C_Initialize` there are none.
    let Ok(library) = current() else { return Ok(()) };
    library.slot_ids().into_iter().try_for_each(|slot| library.close_all_sessions(slot))
}

fn log_out() -> Answer<()> {
    let Ok(library) = current() else { return Ok(()) };
    for slot in library.slot_ids() {
        match library.log_out_of(slot) {
            Ok(()) | Err(Refusal::UserNotLoggedIn | Refusal::TokenNotPresent) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

fn state() -> MutexGuard<'static, Option<State>> {
    // A panic in here leaves counts, which are sound whatever they are.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How often a call that hangs looks whether it still has to.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

//! Scripted faults, carried out on slots and sessions. Every function passes here ([`run`]).

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptoki_sys as ck;

use super::device::Busy;
use super::{current, directory};
use crate::clock;
use crate::fault::{Effect, Fault, Function, Removal, Script};
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
            Effect::DropSessions => drop_sessions(u64::MAX)?,
            Effect::Hang => wait_until_lifted(&fault)?,
            Effect::LogOut => log_out()?,
            Effect::RemoveToken(removal) => {
                remove_tokens(fault, removal)?;
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

/// Whether the token is in a slot.
pub(crate) fn token_is_present(slot: ck::CK_SLOT_ID) -> bool {
    REMOVED.load(Ordering::Acquire) & slot_bit(slot) == 0
}

/// The script and what it has in force. Outlives `C_Finalize`: neither counts nor a removed token begin anew with it.
struct State {
    script: Script,
    removed: Vec<Removed>,
}

/// Tokens that are away.
struct Removed {
    by: Fault,
    slots: u64,
    calls_left: Option<NonZeroU64>,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

/// Which tokens are gone, a bit for each slot, for those who only want to know that.
static REMOVED: AtomicU64 = AtomicU64::new(0);

/// Counts the call; what strikes it.
fn striking(function: Function) -> Answer<Vec<Fault>> {
    let mut state = state();
    if function == Function::Initialize {
        // Without a directory there is no script, and `C_Initialize` itself says what is amiss.
        if let Ok(directory) = directory()
            && !state.as_ref().is_some_and(|state| state.script.is_in(&directory))
        {
            *state = Some(State { script: Script::new(&directory), removed: Vec::new() });
            REMOVED.store(0, Ordering::Release);
        }
    }
    let Some(state) = &mut *state else { return Ok(Vec::new()) };
    bring_back(state)?;
    state.script.call(function)
}

/// Puts the tokens back whose fault was lifted, or whose calls are over. This call counts.
fn bring_back(state: &mut State) -> Answer<()> {
    let State { script, removed } = state;
    let held = removed.iter().map(|token| script.holds(&token.by)).collect::<Answer<Vec<bool>>>()?;
    let mut held = held.into_iter();
    let mut back = 0;
    removed.retain_mut(|token| {
        let last_call = token.calls_left.is_some_and(|left| left == NonZeroU64::MIN);
        token.calls_left = token.calls_left.and_then(|left| NonZeroU64::new(left.get() - 1));
        let stays = held.next().unwrap_or(false) && !last_call;
        if !stays {
            back |= token.slots;
        }
        stays
    });
    if back != 0 {
        // A session that another thread opened in the very moment of the removal is not there any more either.
        drop_sessions(back)?;
        let away = removed.iter().fold(0, |slots, token| slots | token.slots);
        REMOVED.store(away, Ordering::Release);
    }
    Ok(())
}

fn slot_bit(slot: ck::CK_SLOT_ID) -> u64 {
    // There are at most 64 slots.
    u32::try_from(slot).ok().and_then(|slot| 1_u64.checked_shl(slot)).unwrap_or(0)
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

fn remove_tokens(fault: Fault, removal: Removal) -> Answer<()> {
    let slots = removal.slot.map_or(u64::MAX, |slot| slot_bit(slot.into()));
    if let Some(state) = &mut *state() {
        state.removed.push(Removed { by: fault, slots, calls_left: removal.away_for });
    }
    REMOVED.fetch_or(slots, Ordering::AcqRel);
    drop_sessions(slots)
}

fn drop_sessions(slots: u64) -> Answer<()> {
    // Before `C_Initialize` there are none.
    let Ok(library) = current() else { return Ok(()) };
    let mut struck = library.slot_ids().into_iter().filter(|slot| slots & slot_bit(*slot) != 0);
    struck.try_for_each(|slot| library.close_all_sessions(slot))
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

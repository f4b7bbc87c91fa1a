//! Initialising, information about the module, random numbers.

use std::ptr;

use cryptoki_sys as ck;

use super::pointer::{self, padded};
use super::{answer, answer_in, no_panic};
use crate::fault::Function;
use crate::refusal::{Answer, Refusal};
use crate::{entropy, library};

pub(super) unsafe extern "C" fn initialize(arguments: ck::CK_VOID_PTR) -> ck::CK_RV {
    answer(Function::Initialize, || {
        if !arguments.is_null() {
            // SAFETY: by PKCS#11, the argument is null or such a structure.
            check_locking(unsafe { pointer::read(arguments.cast::<ck::CK_C_INITIALIZE_ARGS>()) }?)?;
        }
        library::start()
    })
}

pub(super) unsafe extern "C" fn finalize(reserved: ck::CK_VOID_PTR) -> ck::CK_RV {
    answer(Function::Finalize, || {
        if !reserved.is_null() {
            return Err(Refusal::ArgumentsBad);
        }
        library::stop()
    })
}

pub(super) unsafe extern "C" fn get_info_2_40(info: ck::CK_INFO_PTR) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this points to room for the structure.
    unsafe { get_info(info, CRYPTOKI_2_40) }
}

pub(super) unsafe extern "C" fn get_info_3_0(info: ck::CK_INFO_PTR) -> ck::CK_RV {
    // SAFETY: by PKCS#11, this points to room for the structure.
    unsafe { get_info(info, CRYPTOKI_3_0) }
}

/// `C_GetInfo`, which tells the version of the list that it stands in.
///
/// # Safety
/// Unless null or misaligned, `info` points to room for the structure.
unsafe fn get_info(info: ck::CK_INFO_PTR, version: ck::CK_VERSION) -> ck::CK_RV {
    answer(Function::GetInfo, || {
        library::current()?;
        let value = ck::CK_INFO {
            cryptokiVersion: version,
            manufacturerID: padded(MANUFACTURER),
            flags: 0,
            libraryDescription: padded("Simulated HSM for TESTS"),
            libraryVersion: VERSION,
        };
        // SAFETY: as for this function.
        unsafe { pointer::write(info, value) }
    })
}

pub(super) unsafe extern "C" fn generate_random(
    session: ck::CK_SESSION_HANDLE,
    data: ck::CK_BYTE_PTR,
    length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::GenerateRandom, |_| {
        pointer::check(data)?;
        let length = pointer::size(length)?;
        let mut block = [0; 1024];
        for offset in (0..length).step_by(block.len()) {
            let part = &mut block[..(length - offset).min(1024)];
            entropy::fill(part)?;
            // SAFETY: by PKCS#11, this points to room for `length` bytes, and the part lies within.
            unsafe { data.add(offset).copy_from(part.as_ptr(), part.len()) };
        }
        Ok(())
    })
}

pub(super) unsafe extern "C" fn seed_random(
    session: ck::CK_SESSION_HANDLE,
    _seed: ck::CK_BYTE_PTR,
    _length: ck::CK_ULONG,
) -> ck::CK_RV {
    answer_in(session, Function::SeedRandom, |_| Err(Refusal::RandomSeedNotSupported))
}

pub(super) unsafe extern "C" fn wait_for_slot_event(
    flags: ck::CK_FLAGS,
    _slot: ck::CK_SLOT_ID_PTR,
    reserved: ck::CK_VOID_PTR,
) -> ck::CK_RV {
    answer(Function::WaitForSlotEvent, || {
        library::current()?;
        if !reserved.is_null() {
            return Err(Refusal::ArgumentsBad);
        }
        // Tokens are removed by scripted faults alone, which nobody is told of; so to wait would be to wait for ever.
        if flags & ck::CKF_DONT_BLOCK == 0 {
            Err(Refusal::FunctionNotSupported)
        } else {
            Err(Refusal::NoEvent)
        }
    })
}

pub(super) unsafe extern "C" fn not_parallel(_session: ck::CK_SESSION_HANDLE) -> ck::CK_RV {
    no_panic(|| {
        library::current()?;
        Err(Refusal::FunctionNotParallel)
    })
}

/// PKCS#11 2.40 base, section 5.4: four mutex functions or none, and whose mutexes are to be used. Here it is always the operating system's.
fn check_locking(arguments: ck::CK_C_INITIALIZE_ARGS) -> Answer<()> {
    if !ptr::eq(arguments.pReserved, ptr::null()) {
        return Err(Refusal::ArgumentsBad);
    }
    let given = [
        arguments.CreateMutex.is_some(),
        arguments.DestroyMutex.is_some(),
        arguments.LockMutex.is_some(),
        arguments.UnlockMutex.is_some(),
    ];
    let own_mutexes = given == [true; 4];
    if !own_mutexes && given != [false; 4] {
        return Err(Refusal::ArgumentsBad);
    }
    if own_mutexes && arguments.flags & ck::CKF_OS_LOCKING_OK == 0 {
        return Err(Refusal::CannotLock);
    }
    Ok(())
}

/// Who claims to have made module, slots and tokens.
pub(super) const MANUFACTURER: &str = "hsm-sim TEST";

/// The version of the standard that callers of `C_GetFunctionList` get.
pub(super) const CRYPTOKI_2_40: ck::CK_VERSION = ck::CK_VERSION { major: 2, minor: 40 };

/// The newest version of the standard, which `C_GetInterface` gives out.
pub(super) const CRYPTOKI_3_0: ck::CK_VERSION = ck::CK_VERSION { major: 3, minor: 0 };

/// The version of everything simulated.
pub(super) const VERSION: ck::CK_VERSION = ck::CK_VERSION { major: 0, minor: 1 };

//! Initialising, slots, tokens, mechanisms, random numbers.
#![expect(unsafe_code, reason = "the C interface itself is tested")]

use cryptoki::context::{CInitializeArgs, CInitializeFlags};
use cryptoki::error::RvError;
use cryptoki::mechanism::{Mechanism, MechanismType};

use crate::support::raw::functions;
use crate::support::{LABEL, OFFICER_PIN, in_own_process, pin, refusal};

#[test]
fn nothing_works_before_initialize_and_twice_is_refused() {
    in_own_process!(nothing_works_before_initialize_and_twice_is_refused, |module| {
        let arguments = || CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        assert_eq!(refusal(module.pkcs11.get_slots_with_token()), RvError::CryptokiNotInitialized);
        assert_eq!(refusal(module.pkcs11.get_library_info()), RvError::CryptokiNotInitialized);
        module.initialize();
        assert_eq!(refusal(module.pkcs11.initialize(arguments())), RvError::CryptokiAlreadyInitialized);
        module.pkcs11.clone().finalize().unwrap();
        assert_eq!(refusal(module.pkcs11.get_slots_with_token()), RvError::CryptokiNotInitialized);
        assert_eq!(refusal(module.pkcs11.clone().finalize()), RvError::CryptokiNotInitialized);
        module.initialize();
    });
}

#[test]
fn the_module_says_what_it_is() {
    in_own_process!(the_module_says_what_it_is, |module| {
        module.initialize();
        let info = module.pkcs11.get_library_info().unwrap();
        // The wrapper takes the newest interface; callers of 2.40 are told 2.40.
        let expected = if module.is_simulator { (3, 0) } else { (2, 40) };
        assert_eq!((info.cryptoki_version().major(), info.cryptoki_version().minor()), expected);
        let mut old = cryptoki_sys::CK_INFO::default();
        // SAFETY: `old` is room for the structure.
        assert_eq!(unsafe { functions().C_GetInfo.unwrap()(&raw mut old) }, cryptoki_sys::CKR_OK);
        assert_eq!((old.cryptokiVersion.major, old.cryptokiVersion.minor), (2, 40));
        if module.is_simulator {
            assert!(info.manufacturer_id().contains("TEST"));
            assert!(info.library_description().contains("TEST"));
        }
    });
}

#[test]
fn a_token_is_blank_until_it_is_initialised() {
    in_own_process!(a_token_is_blank_until_it_is_initialised, |module| {
        module.initialize();
        let slot = module.blank_slot();
        assert!(module.pkcs11.get_slot_info(slot).unwrap().token_present());
        assert!(!module.pkcs11.get_token_info(slot).unwrap().user_pin_initialized());
        assert_eq!(refusal(module.pkcs11.open_rw_session(slot)), RvError::TokenNotRecognized);

        module.pkcs11.init_token(slot, &pin(OFFICER_PIN), LABEL).unwrap();
        let info = module.pkcs11.get_token_info(slot).unwrap();
        assert_eq!(info.label(), LABEL);
        assert!(info.token_initialized() && info.login_required() && info.rng());
        assert!(!info.user_pin_initialized() && !info.write_protected());
        assert_eq!(info.serial_number().len(), 16);
        if module.is_simulator {
            assert!(info.model().contains("TEST") && info.manufacturer_id().contains("TEST"));
        }
    });
}

#[test]
fn slots_that_do_not_exist_are_refused() {
    in_own_process!(slots_that_do_not_exist_are_refused, |module| {
        module.initialize();
        let nowhere = 0x00ab_cdef_u64.try_into().unwrap();
        assert_eq!(refusal(module.pkcs11.get_slot_info(nowhere)), RvError::SlotIdInvalid);
        assert_eq!(refusal(module.pkcs11.get_token_info(nowhere)), RvError::SlotIdInvalid);
        assert_eq!(refusal(module.pkcs11.get_mechanism_list(nowhere)), RvError::SlotIdInvalid);
        assert_eq!(refusal(module.pkcs11.open_ro_session(nowhere)), RvError::SlotIdInvalid);
    });
}

#[test]
fn the_mechanisms_of_a_ca_are_there() {
    in_own_process!(the_mechanisms_of_a_ca_are_there, |module| {
        let slot = module.token();
        let mechanisms = module.pkcs11.get_mechanism_list(slot).unwrap();
        for wanted in [MechanismType::ECC_KEY_PAIR_GEN, MechanismType::ECDSA, MechanismType::SHA256] {
            assert!(mechanisms.contains(&wanted), "{wanted}");
        }
        let generation = module.pkcs11.get_mechanism_info(slot, MechanismType::ECC_KEY_PAIR_GEN).unwrap();
        assert!(generation.generate_key_pair() && generation.ec_from_oid() && !generation.sign());
        for bits in [256, 384] {
            assert!((generation.min_key_size()..=generation.max_key_size()).contains(&bits));
        }
        if module.is_simulator {
            assert_eq!((generation.min_key_size(), generation.max_key_size()), (256, 384));
        }
        let signing = module.pkcs11.get_mechanism_info(slot, MechanismType::ECDSA).unwrap();
        assert!(signing.sign() && signing.verify() && !signing.generate_key_pair());
        let nothing = MechanismType::RSA_PKCS;
        if !mechanisms.contains(&nothing) {
            assert_eq!(refusal(module.pkcs11.get_mechanism_info(slot, nothing)), RvError::MechanismInvalid);
        }
    });
}

#[test]
fn random_numbers_differ_and_need_no_login() {
    in_own_process!(random_numbers_differ_and_need_no_login, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_ro_session(slot).unwrap();
        let (first, second) =
            (session.generate_random_vec(32).unwrap(), session.generate_random_vec(32).unwrap());
        assert_ne!(first, second);
        // Longer than any block inside.
        let long = session.generate_random_vec(5000).unwrap();
        assert!(long.windows(32).all(|window| window != [0; 32]));
        let seeded = session.seed_random(b"seed");
        if module.is_simulator {
            // Stricter: the generator is the operating system's and takes no advice.
            assert_eq!(refusal(seeded), RvError::RandomSeedNotSupported);
        } else {
            seeded.unwrap();
        }
    });
}

#[test]
fn digests_are_sha_256() {
    in_own_process!(digests_are_sha_256, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_ro_session(slot).unwrap();
        // FIPS 180-2, appendix B.1
        let abc = hex::decode("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").unwrap();
        assert_eq!(session.digest(&Mechanism::Sha256, b"abc").unwrap(), abc);
        session.digest_init(&Mechanism::Sha256).unwrap();
        for part in [&b"a"[..], b"", b"bc"] {
            session.digest_update(part).unwrap();
        }
        assert_eq!(session.digest_final().unwrap(), abc);
        assert_eq!(refusal(session.digest_update(b"a")), RvError::OperationNotInitialized);
    });
}

#[test]
fn digests_are_sha_384() {
    in_own_process!(digests_are_sha_384, |module| {
        let slot = module.token();
        let session = module.pkcs11.open_ro_session(slot).unwrap();
        // FIPS 180-2, appendix D.1
        let abc = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed\
                   8086072ba1e7cc2358baeca134c825a7";
        let abc = hex::decode(abc).unwrap();
        assert_eq!(session.digest(&Mechanism::Sha384, b"abc").unwrap(), abc);
        session.digest_init(&Mechanism::Sha384).unwrap();
        for part in [&b"ab"[..], b"c"] {
            session.digest_update(part).unwrap();
        }
        assert_eq!(session.digest_final().unwrap(), abc);
    });
}

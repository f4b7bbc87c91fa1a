//! A simulated HSM: a PKCS#11 module, 2.40 and 3.0, for benches and tests.
//!
//! The shared library `libhsm_sim.so` is loaded like any vendor's module; the caller needs nothing of this crate. It behaves as an HSM for a CA does:
//! private keys are made inside, sign inside, and never leave; PINs lock; what a real token denies is denied.
//! Its keys protect nothing, and it says TEST wherever a token can say something.
//!
//! # Using it
//! ```text
//! cargo build -p hsm-sim                     # target/debug/libhsm_sim.so
//! mkdir -p tokens && touch tokens/hsm-sim.toml
//! export HSM_SIM_DIR=$PWD/tokens
//! pkcs11-tool --module target/debug/libhsm_sim.so --init-token --label bench-ca --so-pin 12345678
//! ```
//! `HSM_SIM_DIR` is the only thing read from the environment, by `C_Initialize`. Without the marker file `hsm-sim.toml` in
//! that directory, or with settings it does not understand, `C_Initialize` answers `CKR_GENERAL_ERROR`. [`store::create`] makes such a directory from Rust;
//! [`store::Settings`] says what can be set.
//!
//! # What it offers
//! | | |
//! |---|---|
//! | interfaces | the function list of 2.40 (`C_GetFunctionList`), and those of 2.40 and 3.0 (`C_GetInterface`) |
//! | slots | as many as the settings say, numbered from 0; in each a token, at first uninitialised |
//! | PINs | 6 to 64 bytes; wrong ones are counted on disk and lock the token; the security officer's `C_InitPIN` unlocks the user |
//! | keys | EC pairs on P-256 and P-384 (`CKM_EC_KEY_PAIR_GEN`), on the token or in a session |
//! | signing | `CKM_ECDSA` (digest of 1 to 64 bytes, in one part), `CKM_ECDSA_SHA256` and `CKM_ECDSA_SHA384` (in one part or many), and verifying the same |
//! | digest | `CKM_SHA256`, `CKM_SHA384` |
//! | objects | X.509 certificates, data, and the public keys of others are brought (`C_CreateObject`); private keys are not: they are made inside |
//! | copies | of all objects that are copyable, never less protected than the original |
//! | random | `C_GenerateRandom` from the operating system; seeds are refused |
//! | sessions | one operation at a time each, searches included; `C_SessionCancel` |
//!
//! The vendor's own attributes of a private key, both `CK_ULONG` and read-only: `CKA_VENDOR_DEFINED | 0x0200`, how many signatures it may
//! make, and `CKA_VENDOR_DEFINED | 0x0201`, how many it made; `CK_UNAVAILABLE_INFORMATION` while the settings limit nothing.
//!
//! How good an HSM it is, the settings say ([`store::Settings`]): latencies, in parallel or one after the other, idle timeouts, limits of
//! sessions, objects and signatures, a clock that may be wrong.
//!
//! And on demand what a real HSM does on bad days ([`fault`]): it hangs, is pulled out and comes back, perhaps as another, loses sessions, answers
//! errors. An audit log
//! ([`store::AUDIT`]) tells what was signed, given out or not.
//!
//! Functions beyond these, those of 3.0 that work message by message among them, are in the lists and answer `CKR_FUNCTION_NOT_SUPPORTED`.
//! Wherever this module is stricter than SoftHSM2, the conformance suite (`tests/conformance`) says so.
//!
//! # How it is built
//! A call passes through the layers downwards; arrows never point up.
//!
//! | layer | knows | does not know |
//! |---|---|---|
//! | `abi` | C pointers, the function lists | what a token is |
//! | `library` | initialisation, slots, sessions, operations under way, faults carried out, time taken | files, but one to lock |
//! | `token` | PINs, login, who sees and changes what | sessions' operations |
//! | `object` | attributes, templates, key pairs, certificates, the curves | tokens |
//! | [`store`] | files, locks, sealing | PKCS#11 |
//! | [`fault`] | which calls the script strikes, and with what | how that is done |
//!
//! `refusal` is how every layer says no; `entropy` is the only source of randomness, `clock` of time. Only `abi` holds unsafe code: it
//! checks what C gives and copies it in and out, so that all behind it is safe Rust.
//!
//! A scripted fault strikes in one place, which every call passes before its body (`library::faults`).
//!
//! Signing waits for no lock but its own session's, and opens no file unless it is to be audited or counted: keys stay decrypted in memory while the
//! user is logged in, and are overwritten when dropped.

#![warn(clippy::undocumented_unsafe_blocks)]

mod abi;
mod clock;
mod entropy;
pub mod fault;
mod library;
mod object;
mod refusal;
pub mod store;
mod token;

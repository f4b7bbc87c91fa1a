//! One suite for several PKCS#11 modules. hsm-sim is held to what a module that many others trust does as well:
//!
//! ```text
//! cargo test -p hsm-sim --test conformance
//! TEST_PKCS11_MODULE=/usr/lib/softhsm/libsofthsm2.so cargo test -p hsm-sim --test conformance
//! ```
//!
//! Every test makes its own tokens in a temporary directory, for SoftHSM2 too; nothing needs to be set up.
//! Where hsm-sim is stricter on purpose, the test says so and looks at [`support::Module::is_simulator`]:
//!
//! | | hsm-sim | SoftHSM2 2.6 |
//! |---|---|---|
//! | wrong PINs | lock the token | are only noted |
//! | `C_SeedRandom` | refused | accepted |
//! | a template that wants an extractable, insensitive, or public private key | refused | followed |
//! | the same attribute twice in a template | refused | the last one counts |
//! | bad arguments to the last call of an operation | end it, as the standard says | leave it active |
//! | sessions of other processes | keep `C_InitToken` from running | are not noticed |
//! | empty input to `CKM_ECDSA` | refused | signed |
//! | a second `C_Logout` | refused | accepted |
//! | `C_Logout` | ends operations at once | leaves them to fail |
//! | `C_SignInit` with a handle that names nothing | `CKR_KEY_HANDLE_INVALID` | `CKR_OBJECT_HANDLE_INVALID` |
//! | a template with another class | `CKR_TEMPLATE_INCONSISTENT` | `CKR_ATTRIBUTE_VALUE_INVALID` |
//! | `CKM_ECDSA_SHA256`, `CKM_ECDSA_SHA384` | offered | not offered: such tests pass over it |
//! | `C_CreateObject` with a private key | refused: keys are made inside | followed |
//! | a certificate without a value, or with one that is no DER | refused | followed |
//! | `CKA_SIGN`, `CKA_VERIFY` | can be withdrawn alone | can be given back |
//! | the interface of PKCS#11 3.0 | offered | not offered: such tests pass over it |
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod attributes;
mod buffers;
mod general;
mod interfaces;
mod keys;
mod objects;
mod pins;
mod sessions;
mod signing;

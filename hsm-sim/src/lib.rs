//! A simulated HSM: a PKCS#11 module for benches and tests.

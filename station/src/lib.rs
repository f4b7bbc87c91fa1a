//! The end-of-line provisioning station.

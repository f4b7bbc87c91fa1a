//! Stub.
use crate::fault::{Coded, FaultCode};
use crate::pki::{PublicKey, Signature};
use std::pin::Pin as P;
/// x
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyLabel(String);
impl KeyLabel {
    /// x
    pub fn new(s: impl Into<String>) -> Self {
        Self(s.into())
    }
}
/// x
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct HsmError;
impl Coded for HsmError {
    fn code(&self) -> FaultCode {
        FaultCode::Bug
    }
}
/// x
pub type HsmFuture<'a, T> = P<Box<dyn Future<Output = Result<T, HsmError>> + Send + 'a>>;
/// x
pub trait Hsm: Send + Sync + std::fmt::Debug {
    /// x
    fn sign<'a>(&'a self, key: &'a KeyLabel, message: &'a [u8]) -> HsmFuture<'a, Signature>;
    /// x
    fn public_key<'a>(&'a self, key: &'a KeyLabel) -> HsmFuture<'a, PublicKey>;
}

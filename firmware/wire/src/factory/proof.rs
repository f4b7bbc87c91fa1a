//! The challenge a module answers to show that it holds the key of its certificate.

use core::fmt;
use core::str::FromStr;

use super::{CHALLENGE_LENGTH, InvalidReply};
use crate::Uid;
use crate::hexadecimal::{self, Hexadecimal, InvalidHexadecimal};

/// What every proof message begins with. TLS 1.3 signs 64 spaces first, TLS 1.2 two random values and curve
/// parameters, and a certificate begins with an ASN.1 sequence: no other protocol's message can be mistaken
/// for this one.
pub const PROOF_DOMAIN: &[u8; 22] = b"module-birth-proof-v1\0";

/// Length of the message in bytes.
pub const PROOF_MESSAGE_LENGTH: usize = PROOF_DOMAIN.len() + 16 + CHALLENGE_LENGTH;

/// The message that is signed by ECDSA with SHA-256: domain, UID, challenge.
pub fn proof_message(uid: &Uid, challenge: &[u8; CHALLENGE_LENGTH]) -> [u8; PROOF_MESSAGE_LENGTH] {
    let mut message = [0; PROOF_MESSAGE_LENGTH];
    let (domain, rest) = message.split_at_mut(PROOF_DOMAIN.len());
    let (identity, end) = rest.split_at_mut(16);
    domain.copy_from_slice(PROOF_DOMAIN);
    identity.copy_from_slice(uid.as_bytes());
    end.copy_from_slice(challenge);
    message
}

/// The signature over a proof message: `r` and `s`, 32 bytes each, big-endian; 128 digits on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof(pub [u8; 64]);

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hexadecimal(&self.0).fmt(f)
    }
}

impl FromStr for Proof {
    type Err = InvalidReply;

    fn from_str(text: &str) -> Result<Self, InvalidReply> {
        hexadecimal::parse(text.as_bytes()).map(Self).map_err(|InvalidHexadecimal| InvalidReply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_domain_uid_challenge() {
        let message = proof_message(&Uid::from_bytes([7; 16]), &[9; 32]);
        assert_eq!(message.len(), 70);
        assert_eq!(&message[..22], b"module-birth-proof-v1\0");
        assert_eq!(message[22..38], [7; 16]);
        assert_eq!(message[38..], [9; 32]);
    }
}

//! What the station asks.

use core::time::Duration;

use super::COMMAND;
use crate::command;
use crate::error::ErrorNumber;
use crate::hexadecimal::{self, InvalidHexadecimal};

/// Length of a proof's challenge in bytes.
pub const CHALLENGE_LENGTH: usize = 32;

/// The verbs, the first word after `AT+DIAG`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Store the birth certificate.
    Certificate,
    /// Ask for a certificate signing request.
    Csr,
    /// Who and what the module is.
    Info,
    /// Make identity and key.
    KeyGen,
    /// How much memory was used.
    Memory,
    /// Sign a challenge.
    Prove,
    /// Lock the module for ever.
    Seal,
    /// Test the hardware.
    SelfTest,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Certificate,
        Self::Csr,
        Self::Info,
        Self::KeyGen,
        Self::Memory,
        Self::Prove,
        Self::Seal,
        Self::SelfTest,
    ];

    /// The word on the line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Certificate => "CERTIFICATE",
            Self::Csr => "CSR",
            Self::Info => "INFO",
            Self::KeyGen => "KEYGEN",
            Self::Memory => "MEMORY",
            Self::Prove => "PROVE",
            Self::Seal => "SEAL",
            Self::SelfTest => "SELFTEST",
        }
    }

    /// How long the module may take from the end of the command's line to the end of its reply.
    ///
    /// A point multiplication on P-256 takes seconds on a Cortex-M0 at 16 MHz; the rest of the time is flash
    /// and the line itself.
    pub const fn time_limit(self) -> Duration {
        match self {
            Self::Info | Self::Memory => Duration::from_secs(2),
            Self::Certificate | Self::Seal => Duration::from_secs(5),
            Self::Csr | Self::KeyGen | Self::Prove | Self::SelfTest => Duration::from_secs(30),
        }
    }
}

/// A factory command with its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// `AT+DIAG CERTIFICATE {pem}`: the certificate as PEM text, its line feeds escaped on the line.
    Certificate(&'a [u8]),
    /// `AT+DIAG CSR`.
    Csr,
    /// `AT+DIAG INFO`.
    Info,
    /// `AT+DIAG KEYGEN`.
    KeyGen,
    /// `AT+DIAG MEMORY`.
    Memory,
    /// `AT+DIAG PROVE {64 digits}`.
    Prove([u8; CHALLENGE_LENGTH]),
    /// `AT+DIAG SEAL`.
    Seal,
    /// `AT+DIAG SELFTEST`.
    SelfTest,
}

impl<'a> Request<'a> {
    /// Reads the parameter of `AT+DIAG`, already without escapes.
    ///
    /// # Errors
    /// [`ErrorNumber::Parameter`] for an unknown verb and for an argument that is missing, unwanted or
    /// unusable.
    pub fn parse(parameter: &'a [u8]) -> Result<Self, ErrorNumber> {
        let (word, argument) = match parameter.iter().position(|&byte| byte == b' ') {
            Some(space) => (&parameter[..space], Some(&parameter[space + 1..])),
            None => (parameter, None),
        };
        let verb = Verb::ALL
            .into_iter()
            .find(|verb| verb.word().as_bytes() == word)
            .ok_or(ErrorNumber::Parameter)?;
        match (verb, argument) {
            (Verb::Certificate, Some(pem)) if !pem.is_empty() => Ok(Self::Certificate(pem)),
            (Verb::Prove, Some(digits)) => hexadecimal::parse(digits)
                .map(Self::Prove)
                .map_err(|InvalidHexadecimal| ErrorNumber::Parameter),
            (Verb::Csr, None) => Ok(Self::Csr),
            (Verb::Info, None) => Ok(Self::Info),
            (Verb::KeyGen, None) => Ok(Self::KeyGen),
            (Verb::Memory, None) => Ok(Self::Memory),
            (Verb::Seal, None) => Ok(Self::Seal),
            (Verb::SelfTest, None) => Ok(Self::SelfTest),
            _ => Err(ErrorNumber::Parameter),
        }
    }

    /// The verb without its argument.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Certificate(_) => Verb::Certificate,
            Self::Csr => Verb::Csr,
            Self::Info => Verb::Info,
            Self::KeyGen => Verb::KeyGen,
            Self::Memory => Verb::Memory,
            Self::Prove(_) => Verb::Prove,
            Self::Seal => Verb::Seal,
            Self::SelfTest => Verb::SelfTest,
        }
    }

    /// The line as the station sends it, escaped and ended by a single LF.
    pub fn bytes(self) -> impl Iterator<Item = u8> + use<'a> {
        let (pem, challenge): (&[u8], _) = match self {
            Self::Certificate(pem) => (pem, None),
            Self::Prove(challenge) => (&[], Some(challenge)),
            _ => (&[], None),
        };
        let digits = challenge.into_iter().flatten().flat_map(hexadecimal::digits);
        let mut argument = pem.iter().copied().chain(digits).peekable();
        let separator = argument.peek().map(|_| b' ');
        command::line(COMMAND, None, self.verb().word().bytes().chain(separator).chain(argument))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::Received;
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn a_wrong_argument_is_a_parameter_error() {
        for wrong in [
            &b""[..],
            b"info",
            b"INFO ",
            b"INFO x",
            b" INFO",
            b"CERTIFICATE",
            b"CERTIFICATE ",
            b"PROVE",
            b"PROVE 00",
            b"UNSEAL",
        ] {
            assert_eq!(Request::parse(wrong), Err(ErrorNumber::Parameter), "{wrong:?}");
        }
    }

    fn request(pem: &[u8]) -> impl Strategy<Value = Request<'_>> {
        prop_oneof![
            Just(Request::Certificate(pem)),
            Just(Request::Csr),
            Just(Request::Info),
            Just(Request::KeyGen),
            Just(Request::Memory),
            any::<[u8; 32]>().prop_map(Request::Prove),
            Just(Request::Seal),
            Just(Request::SelfTest),
        ]
    }

    proptest! {
        #[test]
        fn the_module_reads_what_the_station_sends(
            sent in request(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"),
        ) {
            let mut line: Vec<u8> = sent.bytes().collect();
            prop_assert_eq!(line.pop(), Some(b'\n'));
            let command = Received::parse(&mut line).expect("a well-formed line");
            prop_assert_eq!(command.name, COMMAND);
            prop_assert_eq!(Request::parse(command.parameter), Ok(sent));
        }

        #[test]
        fn no_parameter_panics(parameter: Vec<u8>) {
            let _ = Request::parse(&parameter);
        }
    }
}

//! Where PINs come from: a file descriptor, a systemd credential, or the person at the terminal.
//! Never the command line, the environment or a file of settings.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::station::Station;
use crate::fault::{Fault, FaultCode};
use crate::hsm::{Hsm as _, Pin, PinError, Pkcs11Hsm, TokenAddress};

/// Where the HSM's PIN comes from.
#[derive(Debug, clap::Args)]
pub(super) struct PinSource {
    /// Read the HSM's PIN, one line, from this file descriptor. Without it the systemd credential
    /// `hsm-pin` is taken, or the PIN is asked for.
    #[arg(long, value_name = "N")]
    pin_fd: Option<u32>,
}

impl PinSource {
    /// The HSM, connected and logged in.
    pub(super) async fn open(&self, station: &Station) -> Result<Pkcs11Hsm, Fault> {
        open(station, self.read()?).await
    }

    /// The PIN.
    pub(super) fn read(&self) -> Result<Pin, Fault> {
        self.read_asking("PIN of the HSM: ").map_err(|error| Fault::because(FaultCode::HsmPinMissing, &error))
    }

    /// The PIN; whoever is at the terminal is asked for it so, if it comes from nowhere else. None if they type
    /// none, and that may be.
    pub(super) fn read_or_none(&self, question: &str, may_be_none: bool) -> Result<Option<Pin>, Fault> {
        match self.read_asking(question) {
            Ok(pin) => Ok(Some(pin)),
            Err(NoPin::Typed(PinError::Empty)) if may_be_none => Ok(None),
            Err(error) => Err(Fault::because(FaultCode::HsmPinMissing, &error)),
        }
    }

    fn read_asking(&self, question: &str) -> Result<Pin, NoPin> {
        forbid_core_dumps();
        match (self.pin_fd, credential("hsm-pin")) {
            (Some(descriptor), _) => Pin::from_fd(descriptor).map_err(NoPin::Given),
            (None, Some(file)) => Pin::from_file(file).map_err(NoPin::Given),
            (None, None) if std::io::stdin().is_terminal() => {
                Pin::from_prompt(question).map_err(NoPin::Typed)
            }
            (None, None) => Err(NoPin::NoTerminal),
        }
    }
}

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
enum NoPin {
    /// What a descriptor or a credential has is none.
    #[error(transparent)]
    Given(PinError),
    /// What was typed is none.
    #[error(transparent)]
    Typed(PinError),
    /// It comes from nowhere.
    #[error("no terminal to ask at, no --pin-fd and no credential `hsm-pin`")]
    NoTerminal,
}

/// The HSM, connected and logged in.
pub(super) async fn open(station: &Station, pin: Pin) -> Result<Pkcs11Hsm, Fault> {
    let hsm = with_pin(station, Some(pin));
    hsm.open().await.map_err(|error| Fault::of(&error))?;
    Ok(hsm)
}

/// The HSM, closed, until somebody opens it with a PIN.
pub(super) fn closed(station: &Station) -> Pkcs11Hsm {
    // The PIN is to come, and is to leave no image behind either.
    forbid_core_dumps();
    let hsm = with_pin(station, None);
    hsm.close();
    hsm
}

fn with_pin(station: &Station, pin: Option<Pin>) -> Pkcs11Hsm {
    let settings = station.config.hsm.settings;
    Pkcs11Hsm::with_settings(address(station), pin, settings, Arc::clone(&station.clock))
}

/// From here on a crash leaves no image of the memory behind, in which the PIN would be. Where that cannot be
/// had, the PIN is as safe as the machine's setting for such images.
fn forbid_core_dumps() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
}

/// The token that the settings name.
pub(super) fn address(station: &Station) -> TokenAddress {
    let hsm = &station.config.hsm;
    TokenAddress { module: hsm.module.clone(), token: hsm.token.clone() }
}

/// A credential that systemd has put into place for this program.
#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn credential(name: &str) -> Option<PathBuf> {
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    let file = PathBuf::from(directory).join(name);
    file.exists().then_some(file)
}

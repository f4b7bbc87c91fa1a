//! Where PINs come from: a file descriptor, a systemd credential, or the person at the terminal.
//! Never the command line, the environment or a file of settings.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::station::Station;
use crate::fault::{Fault, FaultCode};
use crate::hsm::{Hsm as _, Pin, Pkcs11Hsm, TokenAddress};

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
        let settings = station.config.hsm.settings;
        let pin = Some(self.read()?);
        let hsm = Pkcs11Hsm::with_settings(address(station), pin, settings, Arc::clone(&station.clock));
        hsm.open().await.map_err(|error| Fault::of(&error))?;
        Ok(hsm)
    }

    /// The PIN.
    pub(super) fn read(&self) -> Result<Pin, Fault> {
        forbid_core_dumps();
        let pin = match (self.pin_fd, credential("hsm-pin")) {
            (Some(descriptor), _) => Pin::from_fd(descriptor),
            (None, Some(file)) => Pin::from_file(file),
            (None, None) if std::io::stdin().is_terminal() => Pin::from_prompt("PIN of the HSM: "),
            (None, None) => {
                return Err(Fault::new(
                    FaultCode::HsmPinMissing,
                    "no terminal to ask at, no --pin-fd and no credential `hsm-pin`",
                ));
            }
        };
        pin.map_err(|error| Fault::because(FaultCode::HsmPinMissing, &error))
    }
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

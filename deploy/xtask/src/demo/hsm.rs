//! The token: hsm-sim or SoftHSM2, and its PINs.
//!
//! The PINs are made once by the kernel's random numbers and kept beside the token, readable by their owner alone. They
//! guard keys that sign nothing but demos. Even so they go to the station as they should in earnest: through a file
//! descriptor, never as an argument or in the environment.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, PipeReader, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use rustix::io::{FdFlags, fcntl_setfd};

use super::place::Place;
use super::programs::{Programs, Station};
use crate::cli::HsmKind;
use crate::screen::Screen;

/// Where distributions put SoftHSM2's module.
const SOFTHSM_MODULES: [&str; 5] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
    "/usr/lib/pkcs11/libsofthsm2.so",
];

/// The token's label.
pub(super) const LABEL: &str = "bench-ca";

/// A token that the station can use.
#[derive(Debug)]
pub(super) struct Token {
    directory: PathBuf,
    /// The PKCS#11 module.
    pub(super) module: PathBuf,
    /// How the module finds its store.
    variable: (&'static str, PathBuf),
}

impl Token {
    /// Prepares the store and the PINs; what is there already is used again.
    pub(super) fn prepare(place: &Place, kind: HsmKind, programs: &Programs) -> Result<Self> {
        // The modules are told absolute paths: how they take others is theirs to decide.
        let directory = std::path::absolute(place.hsm()).context("find out where the token's store is")?;
        remember(&directory.join("kind"), kind)?;
        for role in ["user", "so"] {
            make_pin(&directory.join(format!("{role}-pin")))?;
        }
        let store = directory.join("tokens");
        std::fs::create_dir_all(&store).with_context(|| format!("create {}", store.display()))?;
        let (module, variable) = match kind {
            HsmKind::Sim => {
                // Without its marker hsm-sim refuses to start, so that it cannot be taken for an HSM by mistake.
                let marker = store.join("hsm-sim.toml");
                if !marker.exists() {
                    std::fs::write(&marker, "").with_context(|| format!("write {}", marker.display()))?;
                }
                (programs.hsm_sim(), ("HSM_SIM_DIR", store))
            }
            HsmKind::Softhsm => {
                let settings = directory.join("softhsm2.conf");
                let text = format!(
                    "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
                    store.display()
                );
                std::fs::write(&settings, text).with_context(|| format!("write {}", settings.display()))?;
                (softhsm_module()?, ("SOFTHSM2_CONF", settings))
            }
        };
        Ok(Self { directory, module, variable })
    }

    /// Lets a program find the token's store.
    pub(super) fn attach(&self, command: &mut Command) {
        command.env(self.variable.0, &self.variable.1);
    }

    /// The PIN with which the station logs in.
    pub(super) fn user_pin(&self) -> Result<Pins> {
        Pins::read(&[self.directory.join("user-pin")])
    }

    /// Both PINs, as the station wants them for a new token: the security officer's, then the user's.
    fn both_pins(&self) -> Result<Pins> {
        Pins::read(&[self.directory.join("so-pin"), self.directory.join("user-pin")])
    }
}

/// Initialises the token and makes the CA, unless an earlier demo did.
pub(super) fn establish(screen: &Screen, place: &Place, station: &Station<'_>) -> Result<()> {
    let token = station.token();
    let initialised = token.directory.join("initialised");
    if !initialised.exists() {
        let pins = token.both_pins()?;
        station.call(screen, &["hsm", "init"], Some((&pins, "--pins-fd")), &[])?;
        std::fs::write(&initialised, "").with_context(|| format!("write {}", initialised.display()))?;
    }
    if !place.authority("manifest").exists() {
        station.call_with_pin(screen, &["ca", "init"], &[])?;
    }
    Ok(())
}

/// PINs in a pipe, one a line, to be read by a child.
#[derive(Debug)]
pub(super) struct Pins(PipeReader);

impl Pins {
    fn read(files: &[PathBuf]) -> Result<Self> {
        let (reader, mut writer) = std::io::pipe().context("make a pipe for PINs")?;
        for file in files {
            let pin = std::fs::read(file).with_context(|| format!("read {}", file.display()))?;
            // A few bytes, which the pipe holds until they are read.
            writer.write_all(&pin).context("hand on a PIN")?;
        }
        Ok(Self(reader))
    }

    /// Lets the command's program read the PINs and tells it the descriptor's number by `flag`. They have to stay here
    /// until the program has been started.
    pub(super) fn hand_to(&self, command: &mut Command, flag: &str) -> Result<()> {
        fcntl_setfd(&self.0, FdFlags::empty()).context("let a PIN's descriptor be inherited")?;
        command.arg(flag).arg(self.0.as_raw_fd().to_string());
        Ok(())
    }
}

/// Writes a PIN of eight random digits, unless there is one.
fn make_pin(file: &Path) -> Result<()> {
    let mut open = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        other => other.with_context(|| format!("create {}", file.display()))?,
    };
    let mut random = [0; 8];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .context("read random numbers")?;
    let number = u64::from_le_bytes(random) % 100_000_000;
    writeln!(open, "{number:08}").with_context(|| format!("write {}", file.display()))
}

/// Notes which HSM a directory belongs to, and refuses another: its keys would be absent.
fn remember(file: &Path, kind: HsmKind) -> Result<()> {
    let name = kind.to_string();
    match std::fs::read_to_string(file) {
        Ok(noted) => {
            ensure!(
                noted.trim() == name,
                "this demo was begun with --hsm {}; choose another --out",
                noted.trim()
            );
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            std::fs::write(file, name).with_context(|| format!("write {}", file.display()))
        }
        Err(error) => Err(error).with_context(|| format!("read {}", file.display())),
    }
}

fn softhsm_module() -> Result<PathBuf> {
    match SOFTHSM_MODULES.iter().map(PathBuf::from).find(|file| file.exists()) {
        Some(module) => Ok(module),
        None => {
            bail!("SoftHSM is installed, but libsofthsm2.so is in none of {}", SOFTHSM_MODULES.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn pins_are_made_once_and_for_their_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pin");
        make_pin(&file).unwrap();
        let first = std::fs::read_to_string(&file).unwrap();
        assert_eq!(first.trim_end().len(), 8);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        make_pin(&file).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    }

    #[test]
    fn a_child_reads_the_pins_from_the_descriptor_it_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let files = ["so", "user"].map(|name| directory.path().join(name));
        std::fs::write(&files[0], "11111111\n").unwrap();
        std::fs::write(&files[1], "22222222\n").unwrap();
        let pins = Pins::read(&files).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", r#"test "$1" = --pins-fd && cat "/dev/fd/$2""#, "sh"]);
        pins.hand_to(&mut command, "--pins-fd").unwrap();
        let output = command.output().unwrap();
        assert!(output.status.success());
        assert_eq!(output.stdout, b"11111111\n22222222\n");
    }

    #[test]
    fn a_directory_stays_with_its_hsm() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("kind");
        remember(&file, HsmKind::Sim).unwrap();
        remember(&file, HsmKind::Sim).unwrap();
        assert!(remember(&file, HsmKind::Softhsm).unwrap_err().to_string().contains("--hsm sim"));
    }
}

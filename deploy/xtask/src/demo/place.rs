//! What lies where in the demo's directory.
//!
//! ```text
//! DIR/
//!   hsm/                 the token's store, the PINs (mode 0600), which HSM it is
//!   bench/               the bench: station.toml, sockets, printed labels
//!     station/           the station's data: ledger, ca/, labels/, transcripts/
//!   orders/              product.toml, an order file and an event record for each demo
//!   batches/             what ships to the customer
//! ```

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::cli::{DemoOptions, HsmKind};
use crate::workspace::Workspace;

/// The bench puts a Unix socket below this directory, whose whole path has to fit into 107 bytes (unix(7)).
const LONGEST: usize = 80;

/// The demo's directory.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) root: PathBuf,
}

impl Place {
    /// The product file's name; it lies beside the orders.
    pub(super) const PRODUCT: &str = "product.toml";

    /// Makes the directories that are not there yet.
    pub(super) fn prepare(workspace: &Workspace, options: &DemoOptions) -> Result<Self> {
        let root = match &options.out {
            Some(directory) => std::path::absolute(directory)
                .with_context(|| format!("find out where {} is", directory.display()))?,
            None => workspace.target.join(default_name(options.hsm)),
        };
        let length = root.as_os_str().len();
        ensure!(
            length <= LONGEST,
            "{} is too long for the bench's sockets: {length} of {LONGEST} bytes; choose another with --out",
            root.display()
        );
        let place = Self { root: as_seen_from_here(root) };
        for directory in [place.hsm(), place.orders(), place.batches()] {
            std::fs::create_dir_all(&directory).with_context(|| format!("create {}", directory.display()))?;
        }
        Ok(place)
    }

    pub(super) fn hsm(&self) -> PathBuf {
        self.root.join("hsm")
    }

    pub(super) fn bench(&self) -> PathBuf {
        self.root.join("bench")
    }

    pub(super) fn bench_log(&self) -> PathBuf {
        self.root.join("bench.log")
    }

    pub(super) fn station_config(&self) -> PathBuf {
        self.bench().join("station.toml")
    }

    /// The certificate of the root or the issuing CA, as PEM.
    pub(super) fn authority(&self, role: &str) -> PathBuf {
        self.data().join("ca").join(format!("{role}.pem"))
    }

    pub(super) fn labels(&self) -> PathBuf {
        self.data().join("labels")
    }

    pub(super) fn ledger(&self) -> PathBuf {
        self.data().join("ledger.sqlite")
    }

    pub(super) fn orders(&self) -> PathBuf {
        self.root.join("orders")
    }

    pub(super) fn order(&self, id: &str) -> PathBuf {
        self.orders().join(format!("{id}.toml"))
    }

    pub(super) fn events(&self, order: &str) -> PathBuf {
        self.orders().join(format!("{order}.ndjson"))
    }

    pub(super) fn product(&self) -> PathBuf {
        self.orders().join(Self::PRODUCT)
    }

    pub(super) fn batches(&self) -> PathBuf {
        self.root.join("batches")
    }

    fn data(&self) -> PathBuf {
        self.bench().join("station")
    }
}

/// Relative to the current directory if it lies within: that is how people see it, and can type it.
fn as_seen_from_here(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).map(Path::to_owned).ok());
    below.filter(|below| !below.as_os_str().is_empty()).unwrap_or(path)
}

/// Each HSM has a directory of its own, since a ledger belongs to the keys it was begun with.
fn default_name(hsm: HsmKind) -> &'static Path {
    Path::new(match hsm {
        HsmKind::Sim => "demo",
        HsmKind::Softhsm => "demo-softhsm",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_as_seen_from_here() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(as_seen_from_here(here.join("target/demo")), Path::new("target/demo"));
        assert_eq!(as_seen_from_here(here.clone()), here);
        assert_eq!(as_seen_from_here("/tmp/demo".into()), Path::new("/tmp/demo"));
    }

    #[test]
    fn directories_too_deep_for_sockets_are_refused_before_anything_is_made() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("d".repeat(LONGEST));
        let workspace = Workspace { root: "/".into(), target: "/target".into() };
        let options =
            DemoOptions { units: 1, slots: 1, out: Some(out.clone()), hsm: HsmKind::Sim, screen: false };
        let error = Place::prepare(&workspace, &options).unwrap_err().to_string();
        assert!(error.contains("--out"), "{error}");
        assert!(!out.exists());
    }
}

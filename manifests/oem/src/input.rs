//! Files from disk.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use batch::{Certificate, CertificateError, limits};
use thiserror::Error;

/// Longest CA file that is read.
const CA_BYTES: usize = 1 << 20;

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum InputError {
    #[error("read {path}", path = .path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path} is longer than {limit} bytes", path = .path.display())]
    TooLong { path: PathBuf, limit: usize },
    #[error("read the CA certificates in {path}", path = .path.display())]
    Ca {
        path: PathBuf,
        #[source]
        source: CertificateError,
    },
    #[error("{path} holds no certificate", path = .path.display())]
    NoCa { path: PathBuf },
}

impl InputError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Read { .. } => "Check the name of the file, and that you may read it.",
            Self::TooLong { .. } => "No such file is that long: check that it is the right one.",
            Self::Ca { .. } | Self::NoCa { .. } => {
                "Give --ca the vendor's CA certificate, as PEM (-----BEGIN CERTIFICATE-----) or DER."
            }
        }
    }
}

/// Reads a batch file.
pub(crate) fn manifest(path: &Path) -> Result<Vec<u8>, InputError> {
    read(path, limits::MANIFEST_BYTES)
}

/// Reads the CA certificates that the user trusts.
pub(crate) fn authorities(path: &Path) -> Result<Vec<Certificate>, InputError> {
    let text = read(path, CA_BYTES)?;
    // A batch file holds a ca.pem, stored as it is: with the batch given as its own CA, every forgery
    // would verify.
    let is_text = !text.contains(&0);
    // DER is a SEQUENCE; no PEM text begins with that byte.
    let is_der = text.first() == Some(&0x30);
    if !is_text && !is_der {
        return Err(InputError::NoCa { path: path.to_owned() });
    }
    let certificates = if is_der {
        Certificate::from_der(&text).map(|certificate| vec![certificate])
    } else {
        Certificate::list_from_pem(&text)
    };
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(InputError::NoCa { path: path.to_owned() }),
        Ok(certificates) => Ok(certificates),
        Err(source) => Err(InputError::Ca { path: path.to_owned(), source }),
    }
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>, InputError> {
    let failed = |source| InputError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > limit {
        return Err(InputError::TooLong { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

//! What most commands begin with: the settings and the ledger.

use std::sync::Arc;

use super::Invocation;
use crate::clock::Clock;
use crate::config;
use crate::fault::{Fault, FaultCode};
use crate::files::Files;
use crate::gate::Issuer;
use crate::ledger::{AuthorityRecord, AuthorityRole, Ledger, OrderProgress, Reader, StationName};
use crate::operator::Operator;
use crate::order;
use crate::pki::{Certificate, CertificateError, PublicKey};

/// The settings, the files beside the ledger, and the time.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) config: config::Station,
    pub(super) files: Files,
    pub(super) clock: Arc<dyn Clock>,
}

impl Station {
    /// Reads the settings.
    pub(super) fn load(invocation: &Invocation) -> Result<Self, Fault> {
        let config = config::Station::load(&invocation.config).map_err(|error| Fault::of(&error))?;
        let files = Files::new(&config.data);
        Ok(Self { config, files, clock: Arc::clone(&invocation.clock) })
    }

    /// Opens the ledger for writing; makes it if there is none.
    pub(super) fn ledger(&self, invocation: &Invocation) -> Result<Ledger, Fault> {
        std::fs::create_dir_all(&self.config.data).map_err(|error| {
            let what = format!("cannot make {}: {error}", self.config.data.display());
            Fault::new(FaultCode::LedgerOpen, what)
        })?;
        let name = StationName::new(&self.config.name);
        let ledger = Ledger::open(&self.files.ledger(), Arc::clone(&self.clock), name)
            .map_err(|error| Fault::of(&error))?;
        Ok(ledger.with_operator(invocation.operator.as_ref().map_or("", Operator::as_str)))
    }

    /// Opens the ledger for reading; works beside a running station.
    pub(super) fn reader(&self) -> Result<Reader, Fault> {
        Reader::open(&self.files.ledger()).map_err(|error| Fault::of(&error))
    }

    /// The order that is open.
    pub(super) async fn open_order(&self, ledger: &Ledger) -> Result<OpenOrder, Fault> {
        let record = ledger.query(Reader::open_order).await.map_err(|error| Fault::of(&error))?;
        let record =
            record.ok_or_else(|| Fault::new(FaultCode::OrderMissing, "the ledger has no open order"))?;
        let order = order::of(&record)?;
        Ok(OpenOrder { order, progress: record.progress })
    }

    /// The CA that issues birth certificates.
    pub(super) async fn issuer(&self, ledger: &Ledger) -> Result<Issuer, Fault> {
        let record = authority(ledger, AuthorityRole::Issuing).await?;
        Issuer::try_from(record).map_err(|error| Fault::because(FaultCode::LedgerBroken, &error))
    }

    /// The keys that the vendor has certified for itself.
    pub(super) async fn own_keys(&self, ledger: &Ledger) -> Result<Vec<PublicKey>, Fault> {
        let all = ledger
            .query(|reader| {
                let roles = AuthorityRole::ALL.into_iter();
                roles.map(|role| reader.authorities(role)).collect::<Result<Vec<_>, _>>()
            })
            .await
            .map_err(|error| Fault::of(&error))?;
        let keys =
            all.iter().flatten().map(|record| Ok(*Certificate::from_der(&record.certificate)?.public_key()));
        keys.collect::<Result<_, CertificateError>>()
            .map_err(|error| Fault::because(FaultCode::LedgerBroken, &error))
    }
}

/// The order that is open, and how far it is.
#[derive(Debug)]
pub(super) struct OpenOrder {
    pub(super) order: config::Order,
    pub(super) progress: OrderProgress,
}

/// The authority in this role.
pub(super) async fn authority(ledger: &Ledger, role: AuthorityRole) -> Result<AuthorityRecord, Fault> {
    let record =
        ledger.query(move |reader| reader.authority(role)).await.map_err(|error| Fault::of(&error))?;
    record.ok_or_else(|| {
        Fault::new(FaultCode::AuthorityMissing, format!("the ledger has no {role:?} certificate"))
    })
}

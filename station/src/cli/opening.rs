//! Opening the CA for the line, and closing it: by the officer's PIN, for a time and a number of
//! certificates, on record.

use std::sync::Arc;
use std::time::Duration;

use super::print;
use super::station::Station;
use crate::engine::Issuer;
use crate::fault::Fault;
use crate::gate::Opening;
use crate::hsm::TokenDetails;
use crate::ledger::{AuthorityClosed, AuthorityOpened, Digest, Ledger, OrderProgress};

/// For how long and how many certificates the CA is opened.
#[derive(Debug, clap::Args)]
pub(super) struct Leave {
    /// Close the CA after so many hours: nothing is signed from then on, and the PIN is wiped.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=168))]
    open_hours: u32,
    /// Open the CA for so many certificates; for all that the order may still have, if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    open_certificates: Option<u32>,
}

/// The CA as it was opened.
#[derive(Debug)]
pub(super) struct OpenAuthority {
    pub(super) opening: Arc<Opening>,
    authority: Digest,
}

impl Leave {
    /// Opens the CA, puts it on record and tells it.
    pub(super) async fn open(
        &self,
        station: &Station,
        ledger: &Ledger,
        token: &TokenDetails,
        issuer: &Issuer,
        order: &OrderProgress,
    ) -> Result<OpenAuthority, Fault> {
        let time = Duration::from_hours(self.open_hours.into());
        let left = order.certificates.map_or(u32::MAX, |most| most.saturating_sub(order.reserved));
        // Those reserved before and not signed yet count as signed in this opening.
        let most = self.open_certificates.unwrap_or(left.saturating_add(order.quantity));
        let opening = Opening::new(Arc::clone(&station.clock), time, most);
        let authority = Digest::from_bytes(issuer.certificate.sha256());
        let opened = AuthorityOpened {
            authority,
            token: token.serial.clone(),
            until: opening.until(),
            certificates: most,
            usage: None,
        };
        ledger.append(opened).await.map_err(|error| Fault::of(&error))?;
        print::line(format!("the CA is open until {} for {most} certificates", opening.until()))?;
        Ok(OpenAuthority { opening, authority })
    }
}

impl OpenAuthority {
    /// Closes the CA and puts it on record.
    pub(super) async fn close(self, ledger: &Ledger) -> Result<(), Fault> {
        self.opening.close();
        let closed =
            AuthorityClosed { authority: self.authority, certificates: self.opening.signed(), usage: None };
        ledger.append(closed).await.map(drop).map_err(|error| Fault::of(&error))
    }
}

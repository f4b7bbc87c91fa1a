//! Opening the CA for the line: for a time and a number of certificates.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::print;
use super::station::Station;
use crate::clock::rfc3339;
use crate::fault::Fault;
use crate::gate::{self, Authority, Desk, Issuer, OpenTime};
use crate::ledger::OrderProgress;

/// For how long and how many certificates the CA is opened.
#[derive(Debug, clap::Args)]
pub(super) struct Leave {
    /// Close the CA after so many hours, such as 8 or 0.5: nothing is signed from then on, and the PIN is
    /// wiped.
    #[arg(long, value_name = "N", default_value = "12")]
    open_hours: OpenTime,
    /// Open the CA for so many certificates; for as many as the order may have in all, if not given.
    #[arg(long, value_name = "N")]
    open_certificates: Option<NonZeroU32>,
}

impl Leave {
    /// Opens the CA, and puts it on record.
    pub(super) async fn open(
        &self,
        station: &Station,
        desk: &Desk,
        issuer: &Issuer,
        order: &OrderProgress,
    ) -> Result<Arc<Authority>, Fault> {
        let certificates = self.open_certificates.or(order.certificates.and_then(NonZeroU32::new));
        let leave = gate::Leave { time: self.open_hours, certificates };
        let clock = Arc::clone(&station.clock);
        let authority = Authority::open(desk.clone(), issuer.clone(), clock, leave).await;
        authority.map(Arc::new).map_err(|error| Fault::of(&error))
    }
}

/// Tells for how long and how much the CA is open.
pub(super) fn tell(authority: &Authority) -> Result<(), Fault> {
    let opening = authority.opening();
    let until = rfc3339(opening.until());
    let most = opening.most();
    print::line(format!("the CA is open until {until}: certificates at most {most}"))
}

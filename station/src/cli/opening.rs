//! Opening the CA for the line, and closing it: by the officer's PIN, for a time and a number of
//! certificates, on record.

use std::sync::Arc;
use std::time::Duration;

use super::print;
use super::station::Station;
use crate::fault::{Fault, FaultCode};
use crate::gate::{Desk, Issuer, Opening};
use crate::hsm::Usage;
use crate::ledger::{AuthorityClosed, AuthorityOpened, Digest, OrderProgress};

/// For how long and how many certificates the CA is opened.
#[derive(Debug, clap::Args)]
pub(super) struct Leave {
    /// Close the CA after so many hours, such as 8 or 0.5: nothing is signed from then on, and the PIN is
    /// wiped.
    #[arg(long, value_name = "N", default_value = "12", value_parser = hours)]
    open_hours: Duration,
    /// Open the CA for so many certificates; for as many as the order may have in all, if not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    open_certificates: Option<u32>,
}

/// The CA as it was opened.
#[derive(Debug)]
pub(super) struct OpenAuthority {
    pub(super) opening: Arc<Opening>,
    authority: Digest,
    key: String,
}

impl Leave {
    /// Opens the CA, puts it on record and tells it.
    pub(super) async fn open(
        &self,
        station: &Station,
        desk: &Desk,
        issuer: &Issuer,
        order: &OrderProgress,
    ) -> Result<OpenAuthority, Fault> {
        let token = desk.hsm().open().await.map_err(|error| Fault::of(&error))?;
        let usage = usage(desk, &issuer.key).await?;
        let allowed =
            usage.and_then(Usage::left).map_or(u32::MAX, |left| u32::try_from(left).unwrap_or(u32::MAX));
        if allowed == 0 {
            let what = format!("the HSM lets the key {:?} sign no more", issuer.key);
            return Err(Fault::new(FaultCode::HsmUsageLimit, what));
        }
        // The ledger holds the order to its quota, whatever is said here.
        let wanted = self.open_certificates.or(order.certificates).unwrap_or(u32::MAX);
        let most = wanted.min(allowed);
        let opening = Opening::new(Arc::clone(&station.clock), self.open_hours, most);
        let authority = Digest::from_bytes(issuer.certificate.sha256());
        let opened = AuthorityOpened {
            authority,
            token: token.serial,
            until: opening.until(),
            certificates: most,
            usage: usage.and_then(|usage| usage.count),
        };
        desk.ledger().append(opened).await.map_err(|error| Fault::of(&error))?;
        // With the time over, nobody needs the PIN any more, whatever the line is doing.
        desk.hsm().close_at(tokio::time::Instant::now() + opening.remaining());
        let until = opening.until().replace_nanosecond(0).unwrap_or(opening.until());
        print::line(format!("the CA is open until {until}: certificates at most {most}"))?;
        Ok(OpenAuthority { opening, authority, key: issuer.key.clone() })
    }
}

impl OpenAuthority {
    /// Closes the CA, forgets the PIN, and puts it on record.
    pub(super) async fn close(self, desk: &Desk) -> Result<(), Fault> {
        self.opening.close();
        // The time may be over already, and the token gone: the record needs neither.
        let usage = usage(desk, &self.key).await.unwrap_or_default().and_then(|usage| usage.count);
        desk.hsm().close();
        let certificates = self.opening.signed();
        let closed = AuthorityClosed { authority: self.authority, certificates, usage };
        desk.ledger().append(closed).await.map(drop).map_err(|error| Fault::of(&error))
    }
}

/// More than none, and a week at most.
fn hours(text: &str) -> Result<Duration, String> {
    const LONGEST: Duration = Duration::from_hours(7 * 24);
    let hours: f64 = text.parse().map_err(|error| format!("{error}"))?;
    match Duration::try_from_secs_f64(hours * 3600.0) {
        Ok(time) if !time.is_zero() && time <= LONGEST => Ok(time),
        _ => Err("must be more than 0 and at most 168".to_owned()),
    }
}

/// How often the HSM says that the key has signed and may sign, if it counts.
async fn usage(desk: &Desk, key: &str) -> Result<Option<Usage>, Fault> {
    desk.hsm().usage(key).await.map_err(|error| Fault::of(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ca_is_opened_for_some_time_and_not_for_ever() {
        assert_eq!(hours("12"), Ok(Duration::from_hours(12)));
        assert_eq!(hours("0.5"), Ok(Duration::from_mins(30)));
        assert_eq!(hours("168"), Ok(Duration::from_hours(168)));
        for text in ["0", "-1", "168.5", "1e300", "NaN", "inf", "", "8h"] {
            assert!(hours(text).is_err(), "{text}");
        }
    }
}

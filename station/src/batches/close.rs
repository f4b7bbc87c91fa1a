//! Closing: which modules are in a batch is settled for ever.
//!
//! A batch tells of each module what was true of it when the batch was closed. To make one up takes seconds with
//! thousands of modules, and must not stop the line. So what would change the batch is kept from it as far as it
//! can wait, and the rest is allowed for:
//!
//! | meanwhile | what becomes of it |
//! |---|---|
//! | a deed on a module, or a change of authorities | waits until the batch is closed, and is the next one's |
//! | a module passes that no batch has told of | is the next batch's |
//! | a module passes that was withdrawn and reworked, and that the batch tells of as withdrawn | the ledger refuses the batch, which would tell what is true no longer; it is made up anew, and tells of the pass |
//! | the same, while it is made up anew | waits until the batch is closed, and is the next one's |
//!
//! So a pass waits for no batch but one that a pass has overtaken, and no batch is made up more than twice.

use time::OffsetDateTime;

use super::stage::{self, Stage};
use super::{BatchError, Packing};
use crate::config::Order;
use crate::ledger::{BatchClosed, BatchEntry, BatchId, Digest, LedgerError, Reader, Refusal};
use crate::manifest::{self, Contents, ManifestError};

/// A batch that was made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its id.
    pub batch: BatchId,
    /// How many modules are in it, passed or not.
    pub modules: usize,
}

impl Packing {
    /// Makes up a batch of all that waits for one of an order. Nothing can undo it. While it is being made up,
    /// what people do to modules waits to be recorded. `tell` is told the stages once more when it has to be made
    /// up anew.
    ///
    /// The ledger has the batch on disk then. To have the HSM vouch for that is the caller's, see
    /// [`checkpoint::make`](crate::checkpoint::make): a batch is closed whatever becomes of it.
    ///
    /// # Errors
    /// No module waits, no manifest can be made of those that do, or the ledger fails.
    pub async fn close(
        &self,
        order: &Order,
        tell: impl FnMut(Stage) + Clone + Send + 'static,
    ) -> Result<Closed, BatchError> {
        let _until_closed = self.desk.ledger().hold_batches().await;
        match self.close_once(order, tell.clone()).await {
            Err(BatchError::Ledger(LedgerError::Refused(Refusal::BatchEntry { .. }))) => {
                let _until_closed = self.desk.ledger().hold_passes().await;
                self.close_once(order, tell).await
            }
            closed => closed,
        }
    }

    /// Makes it up as the modules are now, and has the ledger take it if they still are so then.
    async fn close_once(
        &self,
        order: &Order,
        tell: impl FnMut(Stage) + Send + 'static,
    ) -> Result<Closed, BatchError> {
        let ledger = self.desk.ledger();
        let (order, station) = (order.clone(), self.station.clone());
        let created = to_seconds(self.clock.now());
        let closed =
            ledger.query(move |reader| Ok(make_up(reader, &order, &station, created, tell))).await??;
        let done = Closed { batch: closed.batch.clone(), modules: closed.entries.len() };
        ledger.append(closed).await?;
        Ok(done)
    }
}

fn make_up(
    reader: &Reader,
    order: &Order,
    station: &str,
    created: OffsetDateTime,
    tell: impl FnMut(Stage),
) -> Result<BatchClosed, BatchError> {
    let id = order.id.as_str().into();
    let unbatched = reader.unbatched(&id)?;
    if unbatched.is_empty() {
        return Err(BatchError::Empty { order: id });
    }
    let last = reader.last_batch(&order.customer)?;
    let entries: Vec<BatchEntry> =
        unbatched.iter().map(|module| BatchEntry { uid: module.uid, fate: module.fate }).collect();
    drop(unbatched);
    let sequence = last.as_ref().map_or(1, |last| last.sequence + 1);
    let previous = last.map(|last| last.digest);
    let contents = Contents {
        order,
        station,
        batch: None,
        flavour: order.flow,
        sequence,
        previous,
        created,
        entries: &entries,
    };
    let digest = header_digest(reader, &contents, tell)?;
    let batch = BatchId::new(format!("{}-{sequence}", order.id));
    Ok(BatchClosed { batch, order: id, sequence, previous, created, digest, entries })
}

/// The digest by which the next batch will name this one: of the header in the order's own flavour.
fn header_digest(
    reader: &Reader,
    contents: &Contents<'_>,
    tell: impl FnMut(Stage),
) -> Result<Digest, ManifestError> {
    let unsigned = manifest::prepare(reader, contents, stage::reading(contents.entries.len(), tell))?;
    Ok(Digest::from_bytes(*unsigned.header_sha256().as_bytes()))
}

/// A manifest tells the time in whole seconds.
fn to_seconds(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_nanosecond(0).unwrap_or(time)
}

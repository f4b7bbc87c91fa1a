//! Makes up batches, and their files for the customer. The command line and the screen both do it here.
//!
//! | file | what it holds |
//! |---|---|
//! | `close` | which modules are in a batch is settled for ever |
//! | `export` | the signed file of a batch |
//! | `stage` | how far either is |
//! | `error` | why there is no batch, or no file |
//!
//! What needs long, as thousands of modules do, is done beside the runtime's threads: the line goes on
//! meanwhile.

mod close;
mod error;
mod export;
mod stage;

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Order;
use crate::files::Files;
use crate::gate::Desk;
use crate::ledger::OrderId;
use crate::order;

pub use close::Closed;
pub use error::BatchError;
pub use export::{Exported, Wanted};
pub use stage::Stage;

/// What it takes to make up batches.
#[derive(Clone, Debug)]
pub struct Packing {
    /// Where the file is signed; its ledger has the modules.
    pub desk: Desk,
    /// Where the file goes, unless somebody says otherwise.
    pub files: Files,
    /// The station's name, as the manifest has it.
    pub station: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Packing {
    /// An order, as it was when it was opened.
    ///
    /// # Errors
    /// There is none with this id, or the ledger cannot be read.
    pub async fn order(&self, id: &OrderId) -> Result<Order, BatchError> {
        let wanted = id.clone();
        let record = self.desk.ledger().query(move |reader| reader.order(&wanted)).await?;
        let record = record.ok_or_else(|| BatchError::OrderUnknown { order: id.clone() })?;
        order::of(&record).map_err(BatchError::Order)
    }
}

/// Does what takes long without keeping anybody waiting for the thread.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, BatchError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(BatchError::ShutDown),
        },
    }
}

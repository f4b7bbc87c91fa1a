//! Exporting: the signed file of a batch.

use std::convert::Infallible;
use std::path::PathBuf;

use batch::Unsigned;

use super::stage::{self, Stage};
use super::{BatchError, Packing, aside};
use crate::config::{Flow, Order};
use crate::gate::{Request, Signer};
use crate::ledger::{AuthorityRecord, BatchExported, BatchId, BatchRecord, Digest, Reader};
use crate::manifest::{self, Contents};
use crate::pki::purpose::Purpose;
use crate::pki::{Certificate, Signature};

/// Which file is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The batch.
    pub batch: BatchId,
    /// What the file discloses; what the order asks for, if not given.
    pub flavour: Option<Flow>,
    /// Where it goes; into the station's data directory, if not given.
    pub out: Option<PathBuf>,
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The batch.
    pub batch: BatchId,
    /// What the file discloses.
    pub flavour: Flow,
    /// Where it is.
    pub file: PathBuf,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

impl Packing {
    /// Makes the signed file of a batch. The same batch comes out with the same header however often.
    ///
    /// # Errors
    /// There is no such batch, or it does not come out as it was closed; HSM, ledger or disk fail.
    pub async fn export(
        &self,
        wanted: Wanted,
        tell: impl Fn(Stage) + Clone + Send + Sync + 'static,
    ) -> Result<Exported, BatchError> {
        let Wanted { batch, flavour, out } = wanted;
        let ledger = self.desk.ledger();
        let id = batch.clone();
        let record = ledger.query(move |reader| reader.batch(&id)).await?.ok_or(BatchError::Unknown)?;
        let order = self.order(&record.order).await?;
        let flavour = flavour.unwrap_or(order.flow);
        let told = tell.clone();
        let unsigned =
            ledger.query(move |reader| Ok(prepare(reader, &order, &record, flavour, told))).await??;

        tell(Stage::Signing);
        let signature = self.sign(&batch, unsigned.message()).await?;

        tell(Stage::Writing);
        let pack = move || unsigned.sign(|_| Ok::<_, Infallible>(signature.to_bytes().to_vec()));
        let (bytes, sha256) = aside(move || {
            let bytes = pack()?.bytes;
            let sha256 = Digest::of(&bytes);
            Ok((bytes, sha256))
        })
        .await?
        .map_err(BatchError::Pack)?;
        let name = format!("{batch}-{}.zip", flavour.name());
        let file = out.unwrap_or_else(|| self.files.batch(&name));
        let exported = BatchExported {
            batch: batch.clone(),
            flavour: flavour.name().to_owned(),
            file_name: file.file_name().map_or(name, |name| name.to_string_lossy().into_owned()),
            sha256,
        };
        ledger.append(exported).await?;
        let (files, path) = (self.files.clone(), file.clone());
        aside(move || files.write_now(&path, &bytes).map_err(|source| BatchError::File { path, source }))
            .await??;
        Ok(Exported { batch, flavour, file, sha256 })
    }

    async fn sign(&self, batch: &BatchId, message: &[u8]) -> Result<Signature, BatchError> {
        let id = batch.clone();
        let signer =
            self.desk.ledger().query(move |reader| Ok(manifest::signer(reader, Some(&id)))).await??;
        let AuthorityRecord { certificate, key_label, .. } = signer;
        let certificate = Certificate::from_der(&certificate).map_err(BatchError::Signer)?;
        let request = Request {
            key: &key_label,
            signer: Signer::Certified(&certificate),
            purpose: Purpose::Manifest,
            caller: &format!("export of batch {batch}"),
            message,
        };
        self.desk.sign(request).await.map_err(BatchError::Sign)
    }
}

fn prepare(
    reader: &Reader,
    order: &Order,
    record: &BatchRecord,
    flavour: Flow,
    tell: impl FnMut(Stage),
) -> Result<Unsigned, BatchError> {
    let contents = Contents {
        order,
        station: &record.station,
        batch: Some(&record.id),
        flavour,
        sequence: record.sequence,
        previous: record.previous,
        created: record.created,
        entries: &record.entries,
    };
    let unsigned = manifest::prepare(reader, &contents, stage::reading(record.entries.len(), tell))?;
    if flavour == order.flow && unsigned.header_sha256().as_bytes() != record.digest.as_bytes() {
        return Err(BatchError::Changed { batch: record.id.clone() });
    }
    Ok(unsigned)
}

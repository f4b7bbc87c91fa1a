//! Makes all of a manifest but its signature.
//!
//! The key is in an HSM and this crate does no I/O, so the work stops in the middle: [`Batch::prepare`]
//! gives the exact message, the caller has it signed, [`Unsigned::sign`] packs the file. Preparing the
//! same batch again gives the same message, so a crash between the two loses nothing.

mod texts;

use thiserror::Error;

use crate::archive::File;
use crate::certificate::{Certificate, CertificateError};
use crate::chain;
use crate::cms as signature_file;
use crate::contents::{self, BulkError, Row};
use crate::digest::Digest;
use crate::entry::{self, Fate, Id, PassedFacts, Record};
use crate::header::{CertificateName, Counts, Flavour, HashAlgorithm, Header, Kind};
use crate::input::{Batch, Delivery, Module, Passed};
use crate::issuers::Issuers;
use crate::json;
use crate::limits;
use crate::merkle;
use crate::problem::Problem;
use crate::profile;
use crate::sign::Unsigned;
use crate::verify;

/// Why no manifest can be made from a batch.
#[derive(Debug, Error)]
pub enum PrepareError {
    /// A text is empty, too long or not of the characters it may have.
    #[error("{field} {requirement}")]
    Text {
        /// Which text.
        field: &'static str,
        /// What it must be.
        requirement: &'static str,
    },
    /// A certificate is too long for AWS.
    #[error("certificate of {subject} has {characters} characters as PEM, more than AWS IoT takes")]
    CertificateTooLong {
        /// Subject of the certificate.
        subject: String,
        /// Length of its PEM.
        characters: usize,
    },
    /// The manifest would not verify. Nothing was signed.
    #[error("the manifest would not verify: {} problems, first: {}", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Problems(Vec<Problem>),
    /// A certificate cannot be encoded.
    #[error("encode a certificate")]
    Certificate(#[source] CertificateError),
    /// A structure cannot be encoded as DER.
    #[error("encode the signed attributes")]
    Der(#[source] der::Error),
    /// A structure cannot be written as JSON.
    #[error("write JSON")]
    Json(#[source] serde_json::Error),
}

impl From<BulkError> for PrepareError {
    fn from(error: BulkError) -> Self {
        match error {
            BulkError::Certificate(source) => Self::Certificate(source),
            BulkError::Json(source) => Self::Json(source),
        }
    }
}

impl Batch {
    /// Makes everything but the signature, and checks it by the rules a receiver checks it by.
    ///
    /// # Errors
    /// [`PrepareError::Problems`] holds all that a receiver would find wrong; the other variants
    /// concern a single value.
    pub fn prepare(&self) -> Result<Unsigned, PrepareError> {
        texts::check(self)?;
        let mut modules: Vec<(Record, Option<&Passed>)> =
            self.modules.iter().map(|module| self.record(module)).collect::<Result<_, _>>()?;
        modules.sort_by_key(|(record, _)| record.id);
        let (entries, leaves, merkle_root) = write_entries(&modules)?;
        let mut files = vec![
            File::new(contents::README, contents::readme(self.flavour())),
            File::new(contents::CA, contents::pem(&self.chain()).map_err(PrepareError::Certificate)?),
            File::new(contents::ENTRIES, entries),
            File::new(contents::LEAVES, leaves),
        ];
        files.extend(self.flavour_files(&modules)?);
        let counts = Counts::of(modules.iter().map(|(record, _)| record));
        let header = self.header(&files, merkle_root, counts);
        let header_bytes = json::write(&header).map_err(PrepareError::Json)?;
        let between = self.check(&modules, &files, &header)?;
        let attributes =
            signature_file::signed_attributes(&header_bytes, self.created).map_err(PrepareError::Der)?;
        let message = signature_file::message(&attributes).map_err(PrepareError::Der)?;
        Ok(Unsigned {
            header,
            header_bytes,
            files,
            attributes,
            message,
            signer: self.signer.clone(),
            between,
        })
    }

    /// As `ca.pem` has them: the CAs that issued birth certificates, then those above them.
    fn chain(&self) -> Vec<Certificate> {
        let (issuer, above) = self.ca_chain.split_at(self.ca_chain.len().min(1));
        [issuer, &self.further_issuers, above].concat()
    }

    fn issuers(&self) -> Issuers<'_> {
        Issuers::new(self.ca_chain.first().into_iter().chain(&self.further_issuers))
    }

    fn flavour(&self) -> Flavour {
        match self.delivery {
            Delivery::LateBinding { .. } => Flavour::LateBinding,
            Delivery::PreRegistration => Flavour::PreRegistration,
        }
    }

    fn record<'a>(&self, module: &'a Module) -> Result<(Record, Option<&'a Passed>), PrepareError> {
        let id = |uid| match self.flavour() {
            Flavour::LateBinding => Id::Digest(Digest::of_uid(uid)),
            Flavour::PreRegistration => Id::Uid(uid),
        };
        let (uid, fate, notes, passed) = match module {
            Module::Passed(passed) => {
                let certificate = &passed.certificate;
                let facts = PassedFacts {
                    certificate: certificate.sha256(),
                    firmware: passed.firmware.clone(),
                    not_after: certificate.not_after(),
                    not_before: certificate.not_before(),
                    sealed_at: passed.sealed_at,
                    spki: certificate.spki_sha256().map_err(PrepareError::Der)?,
                };
                (passed.uid, Fate::Passed(facts), &passed.notes, Some(passed))
            }
            Module::Void(void) => {
                let fate = Fate::Void { reason: void.reason.clone(), certificate: void.certificate };
                (void.uid, fate, &void.notes, None)
            }
            Module::Withdrawn(withdrawn) => {
                let reason = withdrawn.reason.clone();
                let fate = Fate::Withdrawn { reason, certificate: withdrawn.certificate };
                (withdrawn.uid, fate, &withdrawn.notes, None)
            }
        };
        Ok((Record { id: id(uid), fate, notes: notes.clone() }, passed))
    }

    fn flavour_files(
        &self,
        modules: &[(Record, Option<&Passed>)],
    ) -> Result<Vec<File<'static>>, PrepareError> {
        Ok(match &self.delivery {
            Delivery::LateBinding { endpoint } => vec![
                File::new(contents::JITP_TEMPLATE, contents::JITP_TEMPLATE_TEXT),
                File::new(contents::POLICY, contents::POLICY_TEXT),
                File::new(
                    contents::CLAIM_MESSAGE,
                    contents::claim_message(endpoint.as_deref()).map_err(PrepareError::Json)?,
                ),
                File::new(contents::CLAIM_README, contents::CLAIM_README_TEXT),
            ],
            Delivery::PreRegistration => {
                let rows = rows(modules);
                let certificates = rows.iter().map(|row| row.certificate);
                let issuers = self.issuers();
                for certificate in certificates.clone().chain(issuers.certificates()) {
                    check_length(certificate)?;
                }
                let bulk = contents::bulk(&issuers, &rows)?;
                vec![
                    File::new(
                        contents::CERTIFICATES,
                        contents::pem(certificates).map_err(PrepareError::Certificate)?,
                    ),
                    File::new(contents::TABLE, contents::table(&rows).map_err(PrepareError::Certificate)?),
                    File::new(contents::BULK, bulk),
                    File::new(contents::BULK_TEMPLATE, contents::BULK_TEMPLATE_TEXT),
                    File::new(contents::POLICY, contents::POLICY_TEXT),
                ]
            }
        })
    }

    fn header(&self, files: &[File<'_>], merkle_root: Digest, counts: Counts) -> Header {
        Header {
            counts,
            created: self.created,
            customer: self.customer.clone(),
            files: files.iter().map(verify::describe).collect(),
            flavour: self.flavour(),
            format: Header::format_for(self.further_issuers.len()),
            further_issuers: self.further_issuers.iter().map(CertificateName::from).collect(),
            hash: HashAlgorithm::Sha256,
            issuer: self.ca_chain.first().map_or(
                CertificateName { sha256: Digest::of(b""), subject: String::new() },
                CertificateName::from,
            ),
            kind: Kind::BatchManifest,
            merkle_root,
            order: self.order.clone(),
            previous: self.previous,
            product: self.product.clone(),
            sequence: self.sequence,
            signer: CertificateName::from(&self.signer),
            station: self.station.clone(),
        }
    }

    /// Checks by the rules of the receiver, who trusts the root. Returns the CAs between it and the signer.
    fn check(
        &self,
        modules: &[(Record, Option<&Passed>)],
        files: &[File<'static>],
        header: &Header,
    ) -> Result<Vec<Certificate>, PrepareError> {
        let mut problems = Vec::new();
        let ca_chain = self.chain();
        let root = ca_chain.last().map(std::slice::from_ref).unwrap_or_default();
        let between = chain::find(&self.signer, &ca_chain, root, self.created);
        let faults = profile::manifest_signer(&self.signer, self.created);
        problems.extend(faults.into_iter().map(|fault| Problem::SignerUnfit { fault }));
        verify::check_trust(header, &ca_chain, root, &mut problems);
        // A late-binding manifest does not hold the certificates, so nobody else can check them.
        if self.flavour() == Flavour::LateBinding {
            let issuers = self.issuers();
            for (record, passed) in modules {
                if let (Some(facts), Some(Passed { uid, certificate, .. })) = (record.passed(), passed) {
                    let id = Id::Uid(*uid);
                    problems.extend(verify::unfitness(id, *uid, facts, certificate, &issuers));
                }
            }
        }
        let placeholders = [File::new(contents::HEADER, ""), File::new(contents::SIGNATURE, "")];
        let archive: Vec<_> = placeholders.into_iter().chain(files.iter().cloned()).collect();
        verify::check_contents(&archive, header, &ca_chain, &mut problems);
        match between {
            Ok(between) if problems.is_empty() => Ok(between.into_iter().cloned().collect()),
            Ok(_) => Err(PrepareError::Problems(problems)),
            Err(fault) => {
                problems.push(Problem::SignerUntrusted { fault });
                Err(PrepareError::Problems(problems))
            }
        }
    }
}

/// The entries, the list of leaves and the root over them.
fn write_entries(modules: &[(Record, Option<&Passed>)]) -> Result<(Vec<u8>, String, Digest), PrepareError> {
    let mut entries = Vec::new();
    let mut leaves = String::new();
    let mut hashes = Vec::with_capacity(modules.len());
    for (record, _) in modules {
        let line = record.to_line().map_err(PrepareError::Json)?;
        leaves.push_str(&entry::leaf_line(record.id, &line));
        hashes.push(merkle::leaf(&line));
        entries.extend_from_slice(&line);
        entries.push(b'\n');
    }
    Ok((entries, leaves, merkle::root(&hashes)))
}

fn rows<'a>(modules: &'a [(Record, Option<&'a Passed>)]) -> Vec<Row<'a>> {
    let row = |(record, passed): &'a (Record, Option<&'a Passed>)| {
        let Passed { uid, certificate, .. } = passed.as_ref()?;
        Some(Row { uid: *uid, facts: record.passed()?, certificate })
    };
    modules.iter().filter_map(row).collect()
}

/// A certificate is one parameter of a registration task, and AWS limits those.
fn check_length(certificate: &Certificate) -> Result<(), PrepareError> {
    let characters = certificate.to_pem().map_err(PrepareError::Certificate)?.len();
    if characters > limits::AWS_PARAMETER_CHARACTERS {
        return Err(PrepareError::CertificateTooLong { subject: certificate.subject(), characters });
    }
    Ok(())
}

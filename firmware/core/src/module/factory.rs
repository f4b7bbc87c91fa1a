//! The factory commands, each only in the lifecycle it belongs to.

use wire::factory::{CertificateFlaw, HardwareFault, Info, Lifecycle, Proof, Request, proof_message};
use wire::{ErrorNumber, PROTOCOL_VERSION, Sink, reply};

use super::{Module, Refusal};
use crate::dictionary::VERSION;
use crate::identity;
use crate::pki::{certificate, pem, request};
use crate::platform::Platform;
use crate::store::Tag;

impl<P: Platform> Module<P> {
    pub(super) fn factory(&mut self, parameter: &mut [u8], sink: &mut impl Sink) -> Result<(), Refusal> {
        let lifecycle = self.lifecycle();
        let request = Request::parse(parameter)?;
        if !is_allowed(&request, lifecycle) {
            return Err(ErrorNumber::NotAllowed.into());
        }
        match request {
            Request::Info => self.info(lifecycle, sink),
            Request::SelfTest => reply::ok_text(sink, self.self_test()),
            Request::KeyGen => self.generate_key(sink)?,
            Request::Csr => self.signing_request(sink)?,
            Request::Certificate(pem) => {
                let start = parameter.len() - pem.len();
                self.install(lifecycle, &mut parameter[start..], sink)?;
            }
            Request::Prove(challenge) => self.prove(&challenge, sink)?,
            Request::Seal => self.seal(sink)?,
            Request::Memory => reply::ok_text(sink, self.platform.usage()),
        }
        Ok(())
    }

    fn info(&self, lifecycle: Lifecycle, sink: &mut impl Sink) {
        let uid = self.identity().map(|identity| identity.uid);
        let info = Info { protocol: PROTOCOL_VERSION, lifecycle, chip: P::CHIP, version: VERSION, uid };
        reply::ok_text(sink, info);
    }

    /// The record is on flash before the UID is told, so a UID that the station has heard never changes.
    fn generate_key(&mut self, sink: &mut impl Sink) -> Result<(), Refusal> {
        let record =
            identity::generate(&mut self.entropy, &mut self.platform).map_err(|_| HardwareFault::Rng)?;
        self.store
            .put(&mut self.platform, Tag::Identity, &[record.as_slice()])
            .map_err(|_| HardwareFault::Flash)?;
        let identity = self.identity().ok_or(HardwareFault::Flash)?;
        reply::ok_text(sink, identity.uid);
        Ok(())
    }

    fn signing_request(&self, sink: &mut impl Sink) -> Result<(), Refusal> {
        let identity = self.identity().ok_or(HardwareFault::Flash)?;
        let mut buffer = [0; request::MAX_REQUEST];
        let der = request::build(&mut buffer, &identity).ok_or(HardwareFault::Flash)?;
        pem::reply(sink, pem::CERTIFICATE_REQUEST, der);
        Ok(())
    }

    fn install(
        &mut self,
        lifecycle: Lifecycle,
        text: &mut [u8],
        sink: &mut impl Sink,
    ) -> Result<(), Refusal> {
        let certificate =
            pem::decode_in_place(text, pem::CERTIFICATE).map_err(|_| CertificateFlaw::Malformed)?;
        if lifecycle == Lifecycle::Certified {
            // The station may repeat itself after a crash; another certificate for the same key is refused.
            if self.store.find(&self.platform, Tag::Certificate) != Some(certificate) {
                return Err(ErrorNumber::NotAllowed.into());
            }
        } else {
            let identity = self.identity().ok_or(HardwareFault::Flash)?;
            certificate::check(certificate, &identity.uid, identity.public_key)?;
            self.keep(Tag::Certificate, certificate)?;
        }
        reply::ok(sink);
        Ok(())
    }

    fn prove(&self, challenge: &[u8; 32], sink: &mut impl Sink) -> Result<(), Refusal> {
        let identity = self.identity().ok_or(HardwareFault::Flash)?;
        let signature =
            identity.sign(&proof_message(&identity.uid, challenge)).ok_or(HardwareFault::Flash)?;
        reply::ok_text(sink, Proof(signature.to_bytes().into()));
        Ok(())
    }

    /// The record comes first: from then on the module refuses factory commands, and each start sees to the
    /// lock. The other way round, a loss of power would leave a locked module that still takes them.
    fn seal(&mut self, sink: &mut impl Sink) -> Result<(), Refusal> {
        self.keep(Tag::Sealed, &[])?;
        self.platform.lock().map_err(|_| HardwareFault::Lock)?;
        reply::ok(sink);
        Ok(())
    }
}

fn is_allowed(request: &Request<'_>, lifecycle: Lifecycle) -> bool {
    match request {
        Request::Info => true,
        Request::SelfTest | Request::Memory => lifecycle != Lifecycle::Sealed,
        Request::KeyGen => lifecycle == Lifecycle::Blank,
        Request::Csr | Request::Certificate(_) => {
            matches!(lifecycle, Lifecycle::Keyed | Lifecycle::Certified)
        }
        // A sealed module still proves who it is: whoever takes it back has nothing else to go by, since
        // its certificate is public. What is signed is set apart from everything that TLS signs.
        Request::Prove(_) => lifecycle >= Lifecycle::Certified,
        Request::Seal => lifecycle == Lifecycle::Certified,
    }
}

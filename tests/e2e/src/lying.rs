//! A module that lies: behind a pseudo-terminal, it answers as a good module would, up to what its
//! script says.
//!
//! Its keys and requests are made by the `openssl` program, whose view of PKCS #10 is not ours.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::Signature;
use serialport::{SerialPort as _, TTYPort};
use wire::factory::{Info, Lifecycle, Proof, Request, STAGING_ENDPOINT, SelfTest, proof_message};
use wire::{ErrorNumber, Line, LineAssembler, Received, Sink, Uid, reply};

/// What the module says instead of the truth.
#[derive(Clone, Copy, Debug)]
pub enum Lie {
    /// These lines, with `{uid}` and `{uuid}` filled in.
    Says(&'static str),
    /// The beginning of a line, and then nothing.
    Stops(&'static str),
    /// A request with a flaw.
    Request(Flaw),
    /// A certificate that it signed itself.
    OwnCertificate,
    /// A signature by its key, but of another challenge.
    OtherChallenge,
    /// A signature of the challenge, but by another key.
    OtherKey,
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug)]
pub enum Flaw {
    /// Its last bytes are missing.
    Cut,
    /// A byte of its signature is another.
    Signature,
    /// Its key is on P-384.
    Curve,
    /// It is for this subject.
    Subject(&'static str),
    /// It asks for this extension.
    Extension(&'static str),
    /// It is by this private key, 32 bytes in hex.
    Key(&'static str),
}

/// When it lies, and what it says then: a verb or the name of a setting, and after it the state in
/// which it lies, unless it always does: `INFO SEALED`.
pub type Script = Vec<(&'static str, Lie)>;

/// A module in software, not in any slot.
#[derive(Debug)]
pub struct LyingModule {
    uid: Uid,
    lifecycle: Lifecycle,
    key: PathBuf,
    certificate: String,
    /// What it asks with, if not with a request of its own.
    request: Option<String>,
    script: Script,
}

impl LyingModule {
    /// A blank module that will choose this UID, and has its key in this directory.
    ///
    /// # Errors
    /// OpenSSL makes no key.
    pub fn new(directory: &Path, uid: Uid) -> Result<Self> {
        let key = directory.join(format!("{uid}.key"));
        make_key("P-256", &key)?;
        let (certificate, request) = (String::new(), None);
        Ok(Self { uid, lifecycle: Lifecycle::Blank, key, certificate, request, script: Script::new() })
    }

    /// Who it is.
    pub fn uid(&self) -> Uid {
        self.uid
    }

    /// A blank module with the same UID and another key.
    ///
    /// # Errors
    /// OpenSSL makes no key.
    pub fn with_other_key(self) -> Result<Self> {
        make_key("P-256", &self.key)?;
        Ok(Self { lifecycle: Lifecycle::Blank, ..self })
    }

    /// A blank module with the same key and another UID.
    #[must_use]
    pub fn with_other_uid(self, uid: Uid) -> Self {
        Self { lifecycle: Lifecycle::Blank, uid, ..self }
    }

    /// The same module, sealed, with a certificate that it found somewhere.
    #[must_use]
    pub fn with_certificate(self, pem: &str) -> Self {
        Self { certificate: pem.to_owned(), lifecycle: Lifecycle::Sealed, ..self }
    }

    /// A good request, DER.
    ///
    /// # Errors
    /// OpenSSL makes none.
    pub fn own_request(&self) -> Result<Vec<u8>> {
        request_for(&self.key, &self.subject(), &[])
    }

    /// The same module, with a request that somebody else made, PEM.
    #[must_use]
    pub fn with_request(self, pem: String) -> Self {
        Self { request: Some(pem), ..self }
    }

    /// Connects it to a serial line, where it answers by the script.
    ///
    /// # Errors
    /// There is no pseudo-terminal.
    pub fn connect(mut self, script: Script) -> Result<Connected> {
        self.script = script;
        let (near, far) = TTYPort::pair()?;
        let port = far.name().context("a pseudo-terminal without a name")?;
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            self.serve(near, &told)?;
            // The far end stays open until here, so that the line outlives a station that closes it.
            drop(far);
            Ok(self)
        });
        Ok(Connected { port, stop, thread })
    }

    fn serve(&mut self, mut line: TTYPort, stop: &AtomicBool) -> Result<()> {
        line.set_timeout(Duration::from_millis(20))?;
        let mut assembler = LineAssembler::<8192>::new();
        let mut chunk = [0; 512];
        while !stop.load(Ordering::Relaxed) {
            let count = match line.read(&mut chunk) {
                Ok(count) => count,
                Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let mut input = chunk.get(..count).context("more than was asked for")?;
            while let Some(found) = assembler.next_line(&mut input) {
                let Line::Complete(found) = found else { bail!("the station sends an overlong line") };
                let command =
                    Received::parse(found).map_err(|error| anyhow!("the station's line: {error}"))?;
                line.write_all(&self.answer(&command)?)?;
            }
        }
        Ok(())
    }

    fn answer(&mut self, command: &Received<'_>) -> Result<Vec<u8>> {
        let mut out = Buffer(Vec::new());
        let request = (command.name == wire::factory::COMMAND)
            .then(|| Request::parse(command.parameter))
            .transpose()
            .map_err(|error| anyhow!("the station's request: {error}"))?;
        let asked = match &request {
            Some(request) => request.verb().word(),
            None if command.parameter.is_empty() => command.name,
            None => str::from_utf8(command.parameter)?,
        };
        match (self.lie(asked), request) {
            (Some(lie), request) => self.tell(lie, request, &mut out)?,
            (None, Some(request)) => self.obey(request, &mut out)?,
            (None, None) => self.read_setting(asked, &mut out)?,
        }
        Ok(out.0)
    }

    fn lie(&self, asked: &str) -> Option<Lie> {
        let now = format!("{asked} {}", self.lifecycle);
        self.script.iter().find(|(when, _)| *when == asked || *when == now).map(|(_, lie)| *lie)
    }

    fn tell(&self, lie: Lie, request: Option<Request<'_>>, out: &mut Buffer) -> Result<()> {
        let fill = |text: &str| {
            text.replace("{uid}", &self.uid.to_string()).replace("{uuid}", self.uid.uuid_text().as_str())
        };
        match (lie, request) {
            (Lie::Says(text), _) => fill(text).lines().for_each(|line| reply::line(out, line.as_bytes())),
            (Lie::Stops(text), _) => out.put(fill(text).as_bytes()),
            (Lie::Request(flaw), _) => {
                pem_lines(out, &self.once(&format!("{flaw:?}"), || self.flawed_request(flaw))?);
            }
            (Lie::OwnCertificate, _) => {
                let made = self.once("own-certificate", || {
                    let words = ["req", "-x509", "-key", &text(&self.key), "-subj", &self.subject()];
                    Ok(String::from_utf8(openssl(&words, b"")?)?)
                })?;
                pem_lines(out, &made);
            }
            (Lie::OtherChallenge, _) => reply::ok_text(out, sign(&self.key, &self.uid, &[0; 32])?),
            (Lie::OtherKey, Some(Request::Prove(challenge))) => {
                let other = self.key.with_extension("other");
                make_key("P-256", &other)?;
                reply::ok_text(out, sign(&other, &self.uid, &challenge)?);
            }
            (Lie::OtherKey, request) => bail!("nothing is signed in answer to {request:?}"),
        }
        Ok(())
    }

    /// What it says stays what it says: whoever asks again is told the same.
    fn once(&self, what: &str, make: impl FnOnce() -> Result<String>) -> Result<String> {
        let kept = self.key.with_extension(hex::encode(what));
        if let Ok(said) = fs::read_to_string(&kept) {
            return Ok(said);
        }
        let said = make()?;
        fs::write(kept, &said)?;
        Ok(said)
    }

    /// What a good module does.
    fn obey(&mut self, request: Request<'_>, out: &mut Buffer) -> Result<()> {
        use Lifecycle::{Blank, Certified, Keyed, Sealed};

        match (request, self.lifecycle) {
            (Request::Info, lifecycle) => {
                let uid = (lifecycle != Blank).then_some(self.uid);
                let protocol = wire::PROTOCOL_VERSION;
                reply::ok_text(out, Info { protocol, lifecycle, chip: "nrf51822", version: "0.1.0", uid });
            }
            (Request::SelfTest, Blank | Keyed | Certified) => {
                reply::ok_text(out, SelfTest { flash: true, ram: true, rng: true, p256: true });
            }
            (Request::KeyGen, Blank) => {
                self.lifecycle = Keyed;
                reply::ok_text(out, self.uid);
            }
            (Request::Csr, Keyed | Certified) => {
                let own = || Ok(pem(&self.own_request()?));
                pem_lines(out, &self.request.clone().map_or_else(own, Ok::<_, anyhow::Error>)?);
            }
            (Request::Certificate(pem), Keyed) => {
                self.certificate = String::from_utf8(pem.to_vec())?;
                self.lifecycle = Certified;
                reply::ok(out);
            }
            (Request::Prove(challenge), Certified | Sealed) => {
                reply::ok_text(out, sign(&self.key, &self.uid, &challenge)?);
            }
            (Request::Seal, Certified) => {
                self.lifecycle = Sealed;
                reply::ok(out);
            }
            _ => reply::error(out, ErrorNumber::NotAllowed),
        }
        Ok(())
    }

    fn read_setting(&self, name: &str, out: &mut Buffer) -> Result<()> {
        match name {
            "Certificate pem" => pem_lines(out, &self.certificate),
            "ThingName" => reply::ok_text(out, self.uid.uuid_text()),
            "Endpoint" => reply::ok_text(out, STAGING_ENDPOINT),
            "CONNECT?" => reply::ok_text(out, "0 0 DISCONNECTED STAGING"),
            _ => bail!("the station asks for {name:?}"),
        }
        Ok(())
    }

    fn subject(&self) -> String {
        format!("/CN={}", self.uid.uuid_text())
    }

    fn flawed_request(&self, flaw: Flaw) -> Result<String> {
        let good = || self.own_request();
        let der = match flaw {
            Flaw::Cut => {
                let mut der = good()?;
                der.truncate(der.len() - 9);
                der
            }
            Flaw::Signature => {
                let mut der = good()?;
                *der.last_mut().context("an empty request")? ^= 1;
                der
            }
            Flaw::Curve => {
                let key = self.key.with_extension("p384");
                make_key("P-384", &key)?;
                request_for(&key, &self.subject(), &[])?
            }
            Flaw::Subject(subject) => {
                request_for(&self.key, &subject.replace("{uuid}", self.uid.uuid_text().as_str()), &[])?
            }
            Flaw::Key(private) => {
                let key = self.key.with_extension("known");
                write_key(private, &key)?;
                request_for(&key, &self.subject(), &[])?
            }
            Flaw::Extension(extension) => request_for(&self.key, &self.subject(), &["-addext", extension])?,
        };
        Ok(pem(&der))
    }
}

/// A module on a serial line.
#[derive(Debug)]
pub struct Connected {
    port: String,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<LyingModule>>,
}

impl Connected {
    /// Where the station finds it.
    pub fn port(&self) -> &str {
        &self.port
    }

    /// Takes it off the line.
    ///
    /// # Errors
    /// It could not answer as it should have, or was asked what the protocol does not know.
    pub fn disconnect(self) -> Result<LyingModule> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow!("the module's thread panicked"))?
    }
}

struct Buffer(Vec<u8>);

impl Sink for Buffer {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// A PEM text as a reply.
fn pem_lines(out: &mut Buffer, pem: &str) {
    reply::ok_lines(out, u32::try_from(pem.lines().count()).unwrap_or(u32::MAX), "pem");
    pem.lines().for_each(|line| reply::line(out, line.as_bytes()));
}

/// A request as a module tells it.
pub fn pem(der: &[u8]) -> String {
    let digits = STANDARD.encode(der);
    let mut pem = "-----BEGIN CERTIFICATE REQUEST-----\n".to_owned();
    for line in digits.as_bytes().chunks(64) {
        pem.extend(line.iter().copied().map(char::from));
        pem.push('\n');
    }
    pem + "-----END CERTIFICATE REQUEST-----\n"
}

fn make_key(curve: &str, file: &Path) -> Result<()> {
    let curve = format!("ec_paramgen_curve:{curve}");
    fs::write(file, openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", &curve], b"")?)?;
    Ok(())
}

/// Writes a key that is known: `ECPrivateKey` with nothing but the number and the curve (RFC 5915 section 3),
/// to which OpenSSL adds the rest.
fn write_key(private: &str, file: &Path) -> Result<()> {
    let der = hex::decode(format!("30310201010420{private}a00a06082a8648ce3d030107"))?;
    fs::write(file, openssl(&["ec", "-inform", "DER"], &der)?)?;
    Ok(())
}

fn request_for(key: &Path, subject: &str, more: &[&str]) -> Result<Vec<u8>> {
    let key = text(key);
    let mut arguments =
        vec!["req", "-new", "-batch", "-outform", "DER", "-sha256", "-key", &key, "-subj", subject];
    arguments.extend(more);
    openssl(&arguments, b"")
}

fn sign(key: &Path, uid: &Uid, challenge: &[u8; 32]) -> Result<Proof> {
    let der = openssl(&["dgst", "-sha256", "-sign", &text(key)], &proof_message(uid, challenge))?;
    Ok(Proof(Signature::from_der(&der)?.to_bytes().into()))
}

fn openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // A program that does not read its input is judged by how it ends.
    let _ = child.stdin.take().context("no input")?.write_all(input);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "openssl {}: {}", arguments.join(" "), crate::rig::text(&output));
    Ok(output.stdout)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

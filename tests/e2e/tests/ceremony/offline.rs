//! The root is elsewhere: OpenSSL plays it.

use std::fs;

use anyhow::{Result, ensure};
use e2e::rig::{USER_PIN, refused_with, text};

use crate::vault::Vault;

/// Extensions as the keeper of a root would write them down.
const EXTENSIONS: &str = "\
[issuing]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[manifest]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[revocation]
basicConstraints = critical,CA:FALSE
keyUsage = critical,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[careless]
basicConstraints = CA:TRUE
keyUsage = critical,keyCertSign,cRLSign,digitalSignature
extendedKeyUsage = clientAuth
nameConstraints = critical,permitted;DNS:example.com
subjectKeyIdentifier = hash
";

/// A root by OpenSSL, and the first half of the ceremony: the requests are in `data/ceremony/requests`.
fn asked() -> Result<Vault> {
    let vault = Vault::new()?;
    vault.plan("offline-root.toml")?;
    vault.write("extensions.cnf", EXTENSIONS)?;
    vault.openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 10000 \
         -subj /CN=Offline -addext basicConstraints=critical,CA:TRUE,pathlen:1 \
         -addext keyUsage=critical,keyCertSign,cRLSign",
    )?;
    let output = vault.ceremony("offline-root.toml", &[])?;
    ensure!(output.status.code() == Some(4), "{}", text(&output));
    Ok(vault)
}

/// Has OpenSSL sign a request, with a section of the extensions.
fn sign(vault: &Vault, role: &str, section: &str, days: u32) -> Result<()> {
    fs::create_dir_all(vault.file("back"))?;
    vault.openssl(&format!(
        "x509 -req -in data/ceremony/requests/{role}.csr.pem -CA root.pem -CAkey root.key -days {days} -sha256 \
         -extfile extensions.cnf -extensions {section} -out back/{role}.pem"
    ))?;
    Ok(())
}

#[test]
fn what_comes_back_from_the_root_is_checked_and_works() -> Result<()> {
    let vault = asked()?;
    // The requests prove their keys and ask for what the certificates shall have.
    for role in ["issuing", "manifest", "revocation"] {
        let request = format!("data/ceremony/requests/{role}.csr.pem");
        let told = vault.openssl(&format!("req -in {request} -verify -noout -text"))?;
        ensure!(told.contains("Requested Extensions"), "{told}");
        ensure!(told.contains("X509v3 Basic Constraints: critical"), "{told}");
        sign(&vault, role, role, 6000)?;
    }
    ensure!(!vault.file("data/ca/issuing.pem").exists(), "nothing is on record before");
    let output = vault.ceremony("offline-root.toml", &["--certificates", "back"])?;
    ensure!(output.status.success(), "{}", text(&output));
    let transcript = vault.read("transcript.md")?;
    ensure!(transcript.contains("kept elsewhere") && transcript.contains("path length 0"), "{transcript}");
    // What it made is there, and is not made twice.
    let again = vault.ceremony("offline-root.toml", &["--certificates", "back"])?;
    ensure!(again.status.success(), "{}", text(&again));
    ensure!(vault.read("transcript.md")?.matches("is on record already").count() == 3);

    // The key for lists has the CA's name and signs for it.
    vault.succeed(&["ca", "crl", "--pin-fd", "0", "--out", "void.crl"], USER_PIN)?;
    let told = vault.openssl("crl -in void.crl -noout -issuer -nameopt RFC2253")?;
    ensure!(told.trim() == "issuer=CN=Example Modules Issuing CA 1,O=Example Modules,C=CH", "{told}");
    vault.openssl("crl -in void.crl -noout -CAfile data/ca/revocation.pem")?;
    vault.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

#[test]
fn everything_that_is_wrong_is_told_at_once() -> Result<()> {
    let vault = asked()?;
    for (role, section) in [("issuing", "careless"), ("manifest", "careless"), ("revocation", "revocation")] {
        sign(&vault, role, section, 3650)?;
    }
    let output = vault.ceremony("offline-root.toml", &["--certificates", "back"])?;
    refused_with("careless certificates", &output, "H-411")?;
    let said = text(&output);
    for sentence in [
        "Its basic constraints must be critical and say CA, path length 0.",
        "Its basic constraints must say that it is no CA.",
        "Its key usage must be critical and say keyCertSign and cRLSign, no more and no less.",
        "Its key usage must be critical and say digitalSignature, no more and no less.",
        "It must have no extended key usage.",
        "Its extended key usage must say emailProtection and nothing else.",
        "It must have no name constraints.",
        "15 years from now is",
        "the revocation certificate is not what was asked for",
    ] {
        ensure!(said.contains(sentence), "{sentence:?} is not in {said}");
    }
    ensure!(!vault.file("data/ca").exists(), "nothing of it is on record");
    ensure!(vault.read("transcript.md")?.contains("failed: H-411"), "the transcript says how it ended");

    // A certificate for another key is none of ours; another root's is refused as such.
    fs::remove_dir_all(vault.file("back"))?;
    sign(&vault, "manifest", "manifest", 6000)?;
    let output = vault.ceremony("offline-root.toml", &["--certificates", "back"])?;
    refused_with("not all came back", &output, "H-411")?;
    vault.openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out other.pem -days 10000 \
         -subj /CN=Offline -addext basicConstraints=critical,CA:TRUE,pathlen:1 \
         -addext keyUsage=critical,keyCertSign,cRLSign",
    )?;
    let ours = vault.read("root.pem")?;
    fs::copy(vault.file("other.pem"), vault.file("root.pem"))?;
    for role in ["issuing", "manifest", "revocation"] {
        sign(&vault, role, role, 6000)?;
    }
    vault.write("root.pem", &ours)?;
    let output = vault.ceremony("offline-root.toml", &["--certificates", "back"])?;
    refused_with("another root of the same name", &output, "H-411")?;
    ensure!(text(&output).contains("The root did not sign it."), "{}", text(&output));
    Ok(())
}

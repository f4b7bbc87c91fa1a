//! A key's life by `pkcs11-tool`: made, listed, used, given a certificate, deleted.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Bench, said, text};

/// One key's life; OpenSSL checks the signature with the public key that `export` puts into a file.
fn life_of_a_key(curve: &str, digest: &str, mechanism: &str, export: impl Fn(&Bench, &Path)) {
    let bench = Bench::new();
    let made = bench.user_tool(&["--keypairgen", "--key-type", curve, "--label", "issuing", "--id", "01"]);
    assert!(made.contains("Private Key Object; EC") && made.contains("Public Key Object; EC"), "{made}");
    let listed = bench.user_tool(&["--list-objects"]);
    assert!(listed.contains("sensitive, always sensitive, never extractable, local"), "{listed}");

    let message = bench.file("message", b"to be signed");
    let (signature, key) = (bench.path("signature"), bench.path("public.der"));
    let key_of = ["--label", "issuing"];
    export(&bench, &key);
    let sign = ["--sign", "--signature-format", "openssl", "--input-file", text(&message)];
    bench.user_tool(
        &[&sign[..], &["--output-file", text(&signature), "--mechanism", mechanism], &key_of].concat(),
    );
    let verified = said(
        Command::new("openssl")
            .args(["dgst", digest, "-keyform", "DER", "-verify", text(&key), "-signature", text(&signature)])
            .arg(&message),
    );
    assert!(verified.contains("Verified OK"), "{verified}");

    // A certificate from elsewhere lies beside its key.
    let (pem, der, back) = (bench.path("ca.pem"), bench.path("ca.der"), bench.path("back.der"));
    said(
        Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
            .args([
                "-nodes",
                "-subj",
                "/CN=TEST",
                "-keyout",
                text(&bench.path("other.key")),
                "-out",
                text(&pem),
            ]),
    );
    said(Command::new("openssl").args(["x509", "-in", text(&pem), "-outform", "DER", "-out", text(&der)]));
    let certificate = ["--type", "cert", "--label", "issuing"];
    bench.user_tool(&[&["--write-object", text(&der), "--id", "01"][..], &certificate].concat());
    bench.tool(&[&["--read-object", "--output-file", text(&back)][..], &certificate].concat());
    assert_eq!(fs::read(&der).unwrap(), fs::read(&back).unwrap());
    let listed = bench.tool(&["--list-objects", "--type", "cert"]);
    assert!(listed.contains("subject:    DN: CN=TEST"), "{listed}");

    for kind in ["cert", "pubkey", "privkey"] {
        bench.user_tool(&["--delete-object", "--type", kind, "--label", "issuing"]);
    }
    assert!(!bench.user_tool(&["--list-objects"]).contains("issuing"));
}

#[test]
#[ignore = "needs opensc"]
fn the_life_of_a_key_on_p256() {
    life_of_a_key("EC:prime256v1", "-sha256", "ECDSA-SHA256", |bench, file| {
        let read = ["--read-object", "--type", "pubkey", "--label", "issuing", "--output-file", text(file)];
        bench.user_tool(&read);
    });
}

/// `OpenSC` 0.23 cannot write public keys on P-384, whatever the module; so the point is taken from its list.
#[test]
#[ignore = "needs opensc"]
fn the_life_of_a_key_on_p384() {
    life_of_a_key("EC:secp384r1", "-sha384", "ECDSA-SHA384", |bench, file| {
        let listed = bench.tool(&["--list-objects", "--type", "pubkey"]);
        // After the OCTET STRING's two bytes.
        let point = listed.split("EC_POINT:").nth(1).unwrap().split_whitespace().next().unwrap();
        let info = format!("3076301006072a8648ce3d020106052b81040022036200{}", &point[4..]);
        fs::write(file, hex::decode(info).unwrap()).unwrap();
    });
}

#[test]
#[ignore = "needs opensc"]
fn a_private_key_from_outside_is_refused() {
    let bench = Bench::new();
    let key = bench.path("key.der");
    said(Command::new("openssl").args(["ecparam", "-name", "prime256v1", "-genkey", "-noout"]).args([
        "-outform",
        "DER",
        "-out",
        text(&key),
    ]));
    let output = bench
        .program("pkcs11-tool")
        .arg("--module")
        .arg(crate::module())
        .args(["--login", "--pin", crate::USER_PIN, "--write-object", text(&key), "--type", "privkey"])
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && printed.contains("CKR_TEMPLATE_INCONSISTENT"), "{printed}");
}

#[test]
#[ignore = "needs opensc"]
fn what_is_offered_is_told() {
    let bench = Bench::new();
    let mechanisms = bench.tool(&["--list-mechanisms"]);
    for line in [
        "ECDSA, keySize={256,384}, sign, verify, EC F_P, EC OID, EC uncompressed",
        "ECDSA-SHA384, keySize={256,384}, sign, verify",
        "ECDSA-KEY-PAIR-GEN, keySize={256,384}, generate_key_pair",
        "SHA384, digest",
    ] {
        assert!(mechanisms.contains(line), "{line}\n{mechanisms}");
    }
}

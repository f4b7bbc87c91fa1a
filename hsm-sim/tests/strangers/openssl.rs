//! A certificate signing request whose key never leaves the token, signed by OpenSSL through its PKCS#11 engine.

use std::process::Command;

use crate::{Bench, LABEL, USER_PIN, module, said, text};

#[test]
#[ignore = "needs opensc and libengine-pkcs11-openssl"]
fn openssl_signs_a_request_with_a_key_on_the_token() {
    for (curve, digest) in [("EC:prime256v1", "-sha256"), ("EC:secp384r1", "-sha384")] {
        let bench = Bench::new();
        bench.user_tool(&["--keypairgen", "--key-type", curve, "--label", "issuing", "--id", "01"]);
        let configuration = format!(
            "openssl_conf = start\n[start]\nengines = engines\n[engines]\npkcs11 = pkcs11\n\
             [pkcs11]\nengine_id = pkcs11\nMODULE_PATH = {}\ninit = 0\n\
             [req]\ndistinguished_name = name\n[name]\n",
            module().display()
        );
        let configuration = bench.file("openssl.cnf", configuration.as_bytes());
        let request = bench.path("request.pem");
        let key = format!("pkcs11:token={LABEL};object=issuing;type=private;pin-value={USER_PIN}");
        let subject = "/O=hsm-sim/CN=TEST issuing CA";
        let mut openssl = bench.program("openssl");
        openssl
            .env("OPENSSL_CONF", configuration)
            .args(["req", "-new", "-engine", "pkcs11", "-keyform", "engine"]);
        said(openssl.args([digest, "-key", &key, "-subj", subject, "-out", text(&request)]));
        let verified =
            said(Command::new("openssl").args(["req", "-verify", "-noout", "-subject", "-in"]).arg(&request));
        assert!(verified.contains("self-signature verify OK"), "{verified}");
        assert!(verified.contains("TEST issuing CA"), "{verified}");
    }
}

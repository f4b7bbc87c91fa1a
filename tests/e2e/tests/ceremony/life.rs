//! From the first CA to its successor, and what customers are told.

use std::fs;

use anyhow::{Result, ensure};
use e2e::rig::{SO_PIN, USER_PIN, refused_with, text};

use crate::vault::Vault;

#[test]
fn the_people_present_can_stop_it_and_it_goes_on_where_it_stopped() -> Result<()> {
    let vault = Vault::new()?;
    vault.plan("first.toml")?;
    let arguments =
        ["ca", "ceremony", "--plan", "first.toml", "--pin-fd", "0", "--transcript", "transcript.md"];
    // The root's key and certificate, the manifest's key, and then no.
    let answers = format!("{USER_PIN}\nyes\nyes\nwhat?\nyes\nno\n");
    let output = vault.station(&arguments, &answers)?;
    ensure!(output.status.code() == Some(1), "{}", text(&output));
    ensure!(
        vault.read("transcript.md")?.contains("stopped by the people present, before: have the root sign")
    );
    // As if the program had ended before it wrote what is on record.
    fs::remove_dir_all(vault.file("data/ca"))?;
    // The manifest's key is there, and the plan does not say that it may be used.
    let output = vault.ceremony("first.toml", &[])?;
    refused_with("a key that is there", &output, "H-406")?;
    let plan =
        vault.read("first.toml")?.replace("root = \"here\"\n", "root = \"here\"\nexisting-keys = true\n");
    vault.write("first.toml", &plan)?;
    let output = vault.ceremony("first.toml", &[])?;
    ensure!(output.status.success(), "{}", text(&output));
    let transcript = vault.read("transcript.md")?;
    for told in
        ["The root certificate is on record already", "found in the token", "| witness | Cleo Witness |"]
    {
        ensure!(transcript.contains(told), "{told} is not in {transcript}");
    }
    ensure!(text(&output).contains(&vault.openssl("dgst -sha256 -r transcript.md")?[..64]));
    ensure!(!transcript.contains(USER_PIN), "the PIN is in the transcript");
    for role in ["issuing", "manifest"] {
        vault.openssl(&format!(
            "verify -x509_strict -check_ss_sig -CAfile data/ca/root.pem data/ca/{role}.pem"
        ))?;
    }
    // Another plan with the same labels is not this one.
    let plan = vault.read("first.toml")?;
    vault.write(
        "other.toml",
        &plan.replace("organization = \"Example Modules\"", "organization = \"Others\""),
    )?;
    let output = vault.ceremony("other.toml", &[])?;
    refused_with("another plan", &output, "H-414")?;
    ensure!(
        text(&output).contains("its subject is") && text(&output).contains("O=Others"),
        "{}",
        text(&output)
    );
    vault.write("transcript.md", &transcript)?;
    // With all of it on record there is nothing left to ask, and the transcript before is not written over.
    let output = vault.station(&arguments, USER_PIN)?;
    ensure!(output.status.success(), "{}", text(&output));
    ensure!(vault.read("transcript.md")? == transcript);
    ensure!(vault.read("transcript-2.md")?.matches("is on record already").count() == 3);
    // A machine that nobody sits at is no consent.
    let alone = Vault::new()?;
    alone.plan("first.toml")?;
    refused_with("nobody there", &alone.station(&arguments, USER_PIN)?, "F-512")?;
    Ok(())
}

#[test]
fn a_plan_is_refused_with_all_its_problems() -> Result<()> {
    let vault = Vault::new()?;
    vault.plan("first.toml")?;
    let plan = vault
        .read("first.toml")?
        .replace("years = 25", "years = 35")
        .replace("key = \"manifest\"", "key = \"root\"\ncolour = \"blue\"")
        .replace("root = \"here\"", "root = \"offline\"");
    vault.write("first.toml", &plan)?;
    let output = vault.ceremony("first.toml", &[])?;
    refused_with("a plan with problems", &output, "F-501")?;
    for problem in ["manifest.colour", "root-certificate", "root-ca"] {
        ensure!(text(&output).contains(problem), "{problem} is not in {}", text(&output));
    }
    Ok(())
}

#[test]
fn years_that_do_not_fit_are_refused_before_the_first_key() -> Result<()> {
    let vault = Vault::new()?;
    for (option, years, named) in [
        ("--root-years", "10", "--issuing-years"),
        ("--root-years", "25", "--issuing-years"),
        ("--root-years", "0", "--root-years"),
        ("--issuing-years", "10", "--issuing-years"),
        ("--organization", "", "--organization"),
    ] {
        let output = vault.station(&["ca", "init", option, years, "--pin-fd", "0"], USER_PIN)?;
        refused_with("years that do not fit", &output, "F-501")?;
        ensure!(text(&output).contains(named), "{option} {years}: {}", text(&output));
        refused_with("nothing on record", &vault.station(&["ca", "show"], "")?, "H-410")?;
    }
    let made = ["ca", "init", "--root-years", "12", "--issuing-years", "11", "--pin-fd", "0"];
    vault.succeed(&made, USER_PIN)?;
    Ok(())
}

#[test]
fn a_successor_is_not_activated_without_its_key() -> Result<()> {
    let vault = Vault::new()?;
    vault.plan("first.toml")?;
    vault.plan("successor.toml")?;
    for plan in ["first.toml", "successor.toml"] {
        ensure!(vault.ceremony(plan, &[])?.status.success());
    }
    let (first, next) = (vault.digest("issuing", "active")?, vault.digest("issuing", "announced")?);
    let activate = ["--operator", "Ana", "ca", "activate", &next, "--reason", "registered", "--pin-fd", "0"];
    // Another token has none of the keys, and then one of the same label.
    let settings = vault.read("station.toml")?.replace("'vendor'", "'other'");
    vault.write("station.toml", &settings)?;
    vault.succeed(&["hsm", "init", "--pins-fd", "0"], &format!("{SO_PIN}\n{USER_PIN}\n"))?;
    refused_with("no key", &vault.station(&activate, USER_PIN)?, "H-405")?;
    let elsewhere = settings.replace("'data'", "'elsewhere'").replace("'issuing'", "'issuing-2'");
    vault.write("station.toml", &elsewhere)?;
    vault.succeed(&["ca", "init", "--pin-fd", "0"], USER_PIN)?;
    vault.write("station.toml", &settings)?;
    refused_with("another key", &vault.station(&activate, USER_PIN)?, "H-411")?;
    ensure!(vault.digest("issuing", "active")? == first, "it was activated");
    Ok(())
}

#[test]
fn a_successor_is_announced_registered_and_then_takes_its_place() -> Result<()> {
    let vault = Vault::new()?;
    vault.plan("first.toml")?;
    vault.plan("successor.toml")?;
    let output = vault.ceremony("successor.toml", &[])?;
    refused_with("a successor of nothing", &output, "H-410")?;
    ensure!(vault.ceremony("first.toml", &[])?.status.success());
    let output = vault.ceremony("first.toml", &[])?;
    ensure!(output.status.success(), "all of it is there: {}", text(&output));

    let same_name = vault.read("successor.toml")?.replace("Issuing CA 2", "Issuing CA 1");
    vault.write("same-name.toml", &same_name)?;
    refused_with("the same name", &vault.ceremony("same-name.toml", &[])?, "H-414")?;
    let output = vault.ceremony("successor.toml", &[])?;
    ensure!(output.status.success(), "{}", text(&output));
    ensure!(vault.read("transcript.md")?.contains("it waits to be activated"));
    let next = vault.digest("issuing", "announced")?;
    let first = vault.digest("issuing", "active")?;
    let shown = vault.succeed(&["ca", "show"], "")?;
    ensure!(shown.contains("issuing (announced, to be registered)"), "{shown}");
    ensure!(shown.contains("SNI_ONLY") && shown.contains("get-registration-code"), "{shown}");
    ensure!(vault.succeed(&["ca", "show", "--pem"], "")?.matches("BEGIN CERTIFICATE").count() == 4);

    // Nobody does it namelessly or for no reason, and there is no such thing as a CA of that name.
    let activate = ["ca", "activate", &next[..12], "--reason", "registered by all", "--pin-fd", "0"];
    refused_with("nobody", &vault.station(&activate, USER_PIN)?, "F-512")?;
    let stranger =
        ["--operator", "Ana", "ca", "activate", "0123456789", "--reason", "why not", "--pin-fd", "0"];
    refused_with("a stranger", &vault.station(&stranger, USER_PIN)?, "H-410")?;
    vault.succeed(&[&["--operator", "Ana"][..], &activate].concat(), USER_PIN)?;
    ensure!(vault.digest("issuing", "active")? == next && vault.digest("issuing", "retired")? == first);
    vault.openssl("verify -CAfile data/ca/root.pem data/ca/issuing.pem")?;
    let subject = vault.openssl("x509 -in data/ca/issuing.pem -noout -subject -nameopt RFC2253")?;
    ensure!(subject.contains("Issuing CA 2"), "{subject}");

    // The one before still signs its list, with its own key and its own numbers.
    for number in 1..=2 {
        let arguments = ["ca", "crl", "--pin-fd", "0", "--issuer", &first, "--json", "--out", "old.crl"];
        let made: serde_json::Value = serde_json::from_str(&vault.succeed(&arguments, USER_PIN)?)?;
        ensure!(made[0]["number"] == number && made[0]["issuer"] == first.as_str(), "{made}");
    }
    let told = vault.openssl("crl -in old.crl -noout -issuer -nameopt RFC2253")?;
    ensure!(told.contains("Issuing CA 1"), "{told}");
    vault.succeed(&["ledger", "verify"], "")?;
    Ok(())
}

#[test]
fn aws_gets_its_verification_certificate() -> Result<()> {
    let vault = Vault::new()?;
    vault.succeed(&["ca", "init", "--pin-fd", "0"], USER_PIN)?;
    let code = "0123456789abcdef".repeat(4);
    let arguments = ["ca", "aws-verification", "--code", &code, "--pin-fd", "0", "--out", "verification.pem"];
    let said = vault.succeed(&arguments, USER_PIN)?;
    ensure!(said.contains("SNI_ONLY"), "{said}");
    vault.openssl(
        "verify -x509_strict -CAfile data/ca/root.pem -untrusted data/ca/issuing.pem verification.pem",
    )?;
    let subject = vault.openssl("x509 -in verification.pem -noout -subject -nameopt RFC2253")?;
    ensure!(subject.trim() == format!("subject=CN={code}"), "{subject}");
    let as_client = vault.openssl(
        "verify -purpose sslclient -CAfile data/ca/root.pem -untrusted data/ca/issuing.pem verification.pem",
    );
    ensure!(as_client.is_err_and(|said| said.to_string().contains("certificate purpose")));
    let output = vault.station(&["ca", "aws-verification", "--code", "abc", "--pin-fd", "0"], USER_PIN)?;
    ensure!(output.status.code() == Some(2), "{}", text(&output));
    Ok(())
}

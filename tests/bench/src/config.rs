//! The station's configuration for this bench.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::slot::Slot;

/// Where the station finds its HSM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hsm {
    /// The PKCS#11 module.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Station<'a> {
    name: &'static str,
    data: &'static str,
    hsm: HsmSection<'a>,
    slot: Vec<SlotSection<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct HsmSection<'a> {
    module: &'a Path,
    token: &'a str,
    issuing_key: &'static str,
    root_key: &'static str,
    manifest_key: &'static str,
}

#[derive(Serialize)]
struct SlotSection<'a> {
    name: &'a str,
    probe: String,
    port: String,
    printer: String,
    scanner: String,
}

/// The file's text, for all slots.
pub(crate) fn text(slots: &[Slot], hsm: &Hsm) -> io::Result<String> {
    let sections = slots.iter().map(|slot| section(&slot.name, slot.probe, slot.printer, slot.scanner));
    render(sections.collect(), hsm)
}

fn render(slot: Vec<SlotSection<'_>>, hsm: &Hsm) -> io::Result<String> {
    let hsm = HsmSection {
        module: &hsm.module,
        token: &hsm.token,
        issuing_key: "issuing",
        root_key: "root",
        manifest_key: "manifest",
    };
    toml::to_string(&Station { name: "virtual-bench", data: "station", hsm, slot }).map_err(io::Error::other)
}

fn section(name: &str, probe: SocketAddr, printer: SocketAddr, scanner: SocketAddr) -> SlotSection<'_> {
    SlotSection {
        name,
        probe: selector(probe),
        port: format!("slot-{name}/uart"),
        printer: format!("tcp://{printer}"),
        scanner: format!("tcp://{scanner}"),
    }
}

/// The selector under which probe-rs finds a Black Magic Probe at a network address.
pub(crate) fn selector(probe: SocketAddr) -> String {
    format!("1d50:6018:{probe}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_station_reads_what_it_expects() {
        let hsm = Hsm { module: "/opt/libhsm_sim.so".into(), token: "bench-ca".to_owned() };
        let address = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let text = render(vec![section("1", address(4001), address(9101), address(9201))], &hsm).unwrap();
        assert_eq!(
            text,
            r#"name = "virtual-bench"
data = "station"

[hsm]
module = "/opt/libhsm_sim.so"
token = "bench-ca"
issuing-key = "issuing"
root-key = "root"
manifest-key = "manifest"

[[slot]]
name = "1"
probe = "1d50:6018:127.0.0.1:4001"
port = "slot-1/uart"
printer = "tcp://127.0.0.1:9101"
scanner = "tcp://127.0.0.1:9201"
"#
        );
    }
}

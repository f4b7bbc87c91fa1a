//! The firmware on the emulated chip: its memory over a whole run.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use e2e::Rig;
use e2e::rig::{Order, text};
use station::config;
use station::engine::SlotDevices;
use station::probe::Image;
use wire::Uid;
use wire::factory::{Memory, Request};

/// RAM of the chip, in bytes.
const RAM: u32 = 16 * 1024;
/// What must never be touched, in bytes.
const RESERVE: u32 = 1024;

/// The firmware paints its stack when it starts, and tells before the seal how deep it ever was.
#[tokio::test]
async fn variables_and_the_deepest_stack_of_a_whole_run_leave_a_kilobyte() -> Result<()> {
    let rig = Rig::new(1)?;
    rig.open_order(&Order::default())?;
    rig.bench()?.put_fresh("1")?;
    let order = config::Order::load(&rig.path().join("order.toml"))?;
    let settings = config::Station::load(&rig.config())?;
    let slot = SlotDevices::all(&settings.slots).remove(0);
    let image = Image::load(&order.product.firmware)?;
    slot.probe.flash(&order.product.chip, &image, |_| {}).await?;
    slot.link.factory(Request::Info).await?;
    slot.link.factory(Request::SelfTest).await?;
    let uid: Uid = slot.link.factory(Request::KeyGen).await?.detail.parse().ok().context("a UID")?;
    let request = slot.link.factory(Request::Csr).await?.body;
    let certificate = openssl_issues(&rig, uid, &request)?;
    slot.link.factory(Request::Certificate(certificate.as_bytes())).await?;
    slot.link.standard("CONF?", "Certificate pem").await?;
    slot.link.standard("CONF?", "Certificate").await?;
    slot.link.factory(Request::Prove([7; 32])).await?;
    let memory: Memory = slot.link.factory(Request::Memory).await?.parse(str::parse)?;
    let Memory { static_bytes, stack_bytes, free_bytes } = memory;
    ensure!(static_bytes + stack_bytes + free_bytes == RAM, "{memory:?} is not the whole RAM");
    ensure!(stack_bytes > 1024, "{memory:?}: a signature takes more stack than that");
    ensure!(free_bytes >= RESERVE, "{memory:?}");
    Ok(())
}

/// A certificate made by a stranger for the module's request.
fn openssl_issues(rig: &Rig, uid: Uid, request: &str) -> Result<String> {
    fs::write(rig.path().join("module.csr"), request)?;
    let script = format!(
        "printf basicConstraints=critical,CA:FALSE > extensions
         openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt \
             -subj /CN=Stranger -days 5000
         openssl x509 -req -in module.csr -CA ca.crt -CAkey ca.key -sha256 -extfile extensions \
             -set_serial 0x{uid} -days 4000 -out module.crt"
    );
    let output = Command::new("sh").args(["-ec", &script]).current_dir(rig.path()).output()?;
    ensure!(output.status.success(), "{}", text(&output));
    Ok(fs::read_to_string(rig.path().join("module.crt"))?)
}

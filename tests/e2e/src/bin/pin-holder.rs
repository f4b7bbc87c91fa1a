//! A process that holds a PIN, for a test that looks into its memory.
//!
//! `pin-holder init MODULE` reads the officer's PIN and the user's, a line each, and makes a token;
//! `pin-holder hold MODULE` reads the user's, signs with it, says `open`, and with the next line closes
//! the HSM and says `closed`. Nothing here but the station's library ever has a PIN in its hands.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use e2e::trial::{KEY, TOKEN};
use station::hsm::{self, Hsm as _, Pin, Pkcs11Hsm, TokenAddress};

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().context("init or hold")?;
    let module = PathBuf::from(arguments.next().context("a module")?);
    let address = TokenAddress { module, token: TOKEN.to_owned() };
    match command.as_str() {
        "init" => Ok(hsm::init(address, Pin::from_fd(0)?, Pin::from_fd(0)?).await?),
        "hold" => hold(address).await,
        other => bail!("{other:?} is neither init nor hold"),
    }
}

async fn hold(address: TokenAddress) -> Result<()> {
    let hsm = Pkcs11Hsm::new(address, Some(Pin::from_fd(0)?));
    let key = hsm.generate(KEY).await?;
    key.verify(b"bytes", &hsm.sign(KEY, b"bytes").await?)?;
    writeln!(std::io::stdout(), "open")?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    hsm.close();
    writeln!(std::io::stdout(), "closed")?;
    // Until it was looked at.
    std::io::stdin().read_line(&mut line)?;
    Ok(())
}

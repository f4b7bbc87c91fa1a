//! The label printer: ZPL II over TCP, labels as PNG files.
//!
//! Commands come out of the byte stream in [`command`], a label format is carried out by [`mod@format`] on a
//! [`canvas`], `~HS` is answered by [`status`], and the [`engine`] prints one label after the other.
//!
//! Understood are `^XA ^XZ ^PW ^LL ^LH ^FO ^FT ^A0 ^CF ^BQ ^FD ^FH ^FS ^GB ^CI ^PQ ^FX` and `~HS ~JA ~PP ~PS`;
//! other commands are ignored, as a printer does.
//!
//! Source: Zebra's "ZPL II Programming Guide".

mod canvas;
mod command;
mod engine;
mod format;
mod status;
mod symbol;
mod text;

use std::{io, path::Path, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use self::{
    command::{Command, Commands},
    engine::Engine,
    format::Format,
};
use crate::{fault::Faults, slot::Common};

/// One slot's printer.
#[derive(Debug, Clone)]
pub(crate) struct Printer {
    engine: Arc<Engine>,
    faults: Faults,
    dots_per_mm: u32,
}

impl Printer {
    /// A printer that puts its labels into `slot`'s directory and onto the module that is in the slot.
    pub(crate) fn new(
        slot: &Path,
        common: &Common,
        occupant: Arc<std::sync::Mutex<Option<String>>>,
        faults: Faults,
    ) -> io::Result<Self> {
        let engine = Arc::new(Engine::new(slot, common, occupant, faults.clone())?);
        tokio::spawn(Arc::clone(&engine).run());
        Ok(Self { engine, faults, dots_per_mm: common.dots_per_mm })
    }

    /// Serves one host until it leaves.
    pub(crate) async fn serve(self, mut stream: TcpStream) {
        let mut commands = Commands::default();
        let mut format = Format::new(self.dots_per_mm);
        let mut buffer = [0; 4096];
        // Bytes of the label that has begun.
        let mut label: Option<u64> = None;
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            for &byte in &buffer[..count] {
                label = label.map(|bytes| bytes + 1);
                if label.zip(self.faults.label_cut()).is_some_and(|(bytes, limit)| bytes > limit) {
                    return;
                }
                let Some(command) = commands.push(byte) else { continue };
                match command.name() {
                    "^XA" => label = Some("^XA".len() as u64),
                    "^XZ" => label = None,
                    _ => {}
                }
                let answered = self.execute(command, &mut format, &mut stream).await;
                if answered.is_err() {
                    return;
                }
            }
        }
    }

    async fn execute(&self, command: Command, format: &mut Format, stream: &mut TcpStream) -> io::Result<()> {
        match command.name() {
            "~HS" => {
                let status = status::answer(&self.engine.state(), &self.faults, format.length());
                stream.write_all(status.as_bytes()).await?;
            }
            "~JA" => self.engine.cancel(),
            "~PP" => self.engine.pause(true),
            "~PS" => self.engine.pause(false),
            _ => {
                if let Some(job) = format.execute(&command) {
                    self.engine.enqueue(job);
                }
            }
        }
        Ok(())
    }
}

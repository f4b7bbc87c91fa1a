//! The part's memory bus, through QEMU's test channel (`-qtest`).
//!
//! Source: the protocol comment in QEMU's `softmmu/qtest.c`. Lines of text; every answer begins with `OK`.
//! Reads and writes are dispatched like the core's own, so flash obeys its controller: a write without
//! `NVMC.CONFIG = WEN` changes nothing.

use std::io;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use super::{EmulatorError, in_time};

const SOCKET: &str = "qtest";

/// The client's end of the test channel.
#[derive(Debug)]
pub(super) struct Bus {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    line: String,
}

impl Bus {
    pub(super) fn new(stream: UnixStream) -> Self {
        let (reader, writer) = stream.into_split();
        Self { reader: BufReader::new(reader), writer, line: String::new() }
    }

    pub(super) async fn read(&mut self, address: u32, length: usize) -> Result<Vec<u8>, EmulatorError> {
        if length == 0 {
            return Ok(Vec::new());
        }
        let answer = self.request(format!("read {address:#x} {length:#x}\n")).await?;
        answer
            .strip_prefix("0x")
            .filter(|digits| digits.len() == 2 * length)
            .and_then(|digits| hex::decode(digits).ok())
            .ok_or_else(|| unexpected(answer))
    }

    pub(super) async fn read_word(&mut self, address: u32) -> Result<u32, EmulatorError> {
        let answer = self.request(format!("readl {address:#x}\n")).await?;
        answer
            .strip_prefix("0x")
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
            .and_then(|value| u32::try_from(value).ok())
            .ok_or_else(|| unexpected(answer))
    }

    pub(super) async fn write(&mut self, address: u32, data: &[u8]) -> Result<(), EmulatorError> {
        if data.is_empty() {
            return Ok(());
        }
        let line = format!("write {address:#x} {:#x} 0x{}\n", data.len(), hex::encode(data));
        self.request(line).await.map(drop)
    }

    pub(super) async fn write_word(&mut self, address: u32, value: u32) -> Result<(), EmulatorError> {
        self.request(format!("writel {address:#x} {value:#x}\n")).await.map(drop)
    }

    /// Sends one line and returns what follows `OK` in the answer.
    async fn request(&mut self, request: String) -> Result<&str, EmulatorError> {
        self.writer.write_all(request.as_bytes()).await.map_err(broken)?;
        self.line.clear();
        let read = async { self.reader.read_line(&mut self.line).await.map_err(broken) };
        if in_time(read, SOCKET).await? == 0 {
            return Err(broken(io::ErrorKind::UnexpectedEof.into()));
        }
        let answer = self.line.trim();
        answer.strip_prefix("OK").map(str::trim).ok_or_else(|| unexpected(answer))
    }
}

fn broken(source: io::Error) -> EmulatorError {
    EmulatorError::Broken { socket: SOCKET, source }
}

fn unexpected(answer: &str) -> EmulatorError {
    EmulatorError::Answer { socket: SOCKET, answer: answer.chars().take(80).collect() }
}

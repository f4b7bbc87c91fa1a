//! The fixed-mount code reader: looks at the label on the module in the slot when triggered.
//!
//! The trigger is 0x16 `T` 0x0D. The answer is what the code says and CR LF, or `NR` CR LF when there is
//! nothing to read.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::spawn_blocking,
};

use crate::{
    fault::{Fault, Faults},
    slot::lock,
    tray::{Label, Tray},
};

const TRIGGER: [u8; 3] = [0x16, b'T', 0x0D];
const NO_READ: &str = "NR";

/// One slot's scanner.
#[derive(Debug, Clone)]
pub(crate) struct Scanner {
    tray: Arc<Mutex<Tray>>,
    occupant: Arc<Mutex<Option<String>>>,
    faults: Faults,
}

impl Scanner {
    pub(crate) fn new(tray: Arc<Mutex<Tray>>, occupant: Arc<Mutex<Option<String>>>, faults: Faults) -> Self {
        Self { tray, occupant, faults }
    }

    /// Serves one host until it leaves.
    pub(crate) async fn serve(self, mut stream: TcpStream) {
        let mut trigger = Trigger::default();
        let mut buffer = [0; 64];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            for &byte in &buffer[..count] {
                if !trigger.push(byte) {
                    continue;
                }
                let mut answer = format!("{}\r\n", self.read().await);
                if self.faults.has(&Fault::ScannerReadsTwice) {
                    answer.push_str(&answer.clone());
                }
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    }

    async fn read(&self) -> String {
        if let Some(text) = self.faults.scanned_text() {
            return text;
        }
        let occupant = lock(&self.occupant).clone();
        let label = occupant.and_then(|name| lock(&self.tray).module(&name)?.label.clone());
        let Some(label) = label else { return NO_READ.to_owned() };
        // A panic in the decoder is a picture that it cannot read.
        let decoded = spawn_blocking(move || decode(&label)).await;
        decoded.ok().flatten().unwrap_or_else(|| NO_READ.to_owned())
    }
}

/// Recognises the trigger in a stream of bytes.
#[derive(Debug, Default)]
struct Trigger {
    matched: usize,
}

impl Trigger {
    fn push(&mut self, byte: u8) -> bool {
        self.matched =
            if byte == TRIGGER[self.matched] { self.matched + 1 } else { usize::from(byte == TRIGGER[0]) };
        let complete = self.matched == TRIGGER.len();
        if complete {
            self.matched = 0;
        }
        complete
    }
}

/// The text of the first code in the picture that can be read.
fn decode(label: &Label) -> Option<String> {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(label.width, label.height, |x, y| {
        label.dots[y * label.width + x]
    });
    image.detect_grids().iter().find_map(|grid| Some(grid.decode().ok()?.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trigger_is_found_in_any_stream() {
        let count = |bytes: &[u8]| {
            let mut trigger = Trigger::default();
            bytes.iter().filter(|&&byte| trigger.push(byte)).count()
        };
        assert_eq!(count(b"\x16T\r"), 1);
        assert_eq!(count(b"\x16\x16T\r\x16T\r"), 2);
        assert_eq!(count(b"T\r\x16U\r\x16T"), 0);
    }

    #[test]
    fn a_label_without_a_code_is_not_read() {
        let label = Label { width: 50, height: 50, dots: vec![255; 2500], file: "x.png".into() };
        assert_eq!(decode(&label), None);
    }
}

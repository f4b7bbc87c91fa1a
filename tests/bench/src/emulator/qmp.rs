//! QEMU's monitor, for the one thing that only it can do: reset the machine.

use std::io;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
};

use super::{EmulatorError, in_time};

const SOCKET: &str = "qmp";

/// The client's end of the monitor.
#[derive(Debug)]
pub(super) struct Qmp {
    writer: OwnedWriteHalf,
    messages: mpsc::UnboundedReceiver<Message>,
    /// How many resets QEMU has reported so far.
    resets: u64,
}

/// What of QEMU's stream is of interest.
#[derive(Debug, PartialEq)]
enum Message {
    Greeting,
    /// With the machine's state, if that is what was asked for.
    Returned(Option<String>),
    Failed(String),
    /// The machine has been reset.
    Reset,
}

impl Qmp {
    /// Takes over the socket. Events arrive at any time and have to be read, so a task does that.
    pub(super) fn new(stream: UnixStream) -> Self {
        let (reader, writer) = stream.into_split();
        let (sender, messages) = mpsc::unbounded_channel();
        tokio::spawn(read(reader, sender));
        Self { writer, messages, resets: 0 }
    }

    /// Answers QEMU's greeting, after which it takes commands.
    pub(super) async fn negotiate(&mut self) -> Result<(), EmulatorError> {
        while in_time(self.message(), SOCKET).await? != Message::Greeting {}
        self.execute("qmp_capabilities", json!({})).await.map(drop)
    }

    /// Resets the machine and returns when that is done. For this one reset the rule that a reset only stops
    /// the machine is lifted.
    pub(super) async fn reset(&mut self) -> Result<(), EmulatorError> {
        self.execute("set-action", json!({ "reboot": "reset" })).await?;
        let before = self.resets;
        self.execute("system_reset", json!({})).await?;
        while self.resets == before {
            in_time(self.message(), SOCKET).await?;
        }
        self.execute("set-action", json!({ "reboot": "shutdown" })).await.map(drop)
    }

    /// Whether the machine stands still because the firmware asked for a reset.
    pub(super) async fn awaits_reset(&mut self) -> Result<bool, EmulatorError> {
        Ok(self.execute("query-status", json!({})).await?.as_deref() == Some("shutdown"))
    }

    async fn execute(&mut self, command: &str, arguments: Value) -> Result<Option<String>, EmulatorError> {
        let line = format!("{}\n", json!({ "execute": command, "arguments": arguments }));
        let written = self.writer.write_all(line.as_bytes()).await;
        written.map_err(|source| EmulatorError::Broken { socket: SOCKET, source })?;
        loop {
            if let Message::Returned(status) = in_time(self.message(), SOCKET).await? {
                return Ok(status);
            }
        }
    }

    async fn message(&mut self) -> Result<Message, EmulatorError> {
        match self.messages.recv().await {
            Some(Message::Failed(answer)) => Err(EmulatorError::Answer { socket: SOCKET, answer }),
            Some(message) => {
                self.resets += u64::from(message == Message::Reset);
                Ok(message)
            }
            None => {
                let source = io::ErrorKind::UnexpectedEof.into();
                Err(EmulatorError::Broken { socket: SOCKET, source })
            }
        }
    }
}

async fn read(reader: OwnedReadHalf, sender: mpsc::UnboundedSender<Message>) {
    let mut lines = BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(message) = parse(&line)
            && sender.send(message).is_err()
        {
            return;
        }
    }
}

fn parse(line: &str) -> Option<Message> {
    let value: Value = serde_json::from_str(line).ok()?;
    if value.get("QMP").is_some() {
        Some(Message::Greeting)
    } else if let Some(returned) = value.get("return") {
        Some(Message::Returned(returned.get("status").and_then(Value::as_str).map(str::to_owned)))
    } else if let Some(error) = value.get("error") {
        Some(Message::Failed(error.to_string()))
    } else if value.get("event")?.as_str()? == "RESET" {
        Some(Message::Reset)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_and_the_reset_event_count() {
        assert_eq!(parse(r#"{"QMP": {"version": {}}}"#), Some(Message::Greeting));
        assert_eq!(parse(r#"{"return": {}}"#), Some(Message::Returned(None)));
        assert_eq!(parse(r#"{"event": "RESET", "data": {"guest": false}}"#), Some(Message::Reset));
        assert_eq!(parse(r#"{"event": "STOP"}"#), None);
        assert_eq!(parse("not json"), None);
        assert!(matches!(parse(r#"{"error": {"class": "GenericError"}}"#), Some(Message::Failed(_))));
    }
}

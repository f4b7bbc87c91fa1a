//! A device for tests, which does what a script says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::Address;

/// One step of a script.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Reads until these bytes have come.
    Await(&'static [u8]),
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Does nothing for a while.
    Pause(Duration),
    /// Does nothing, and keeps the connection open until the other side closes it.
    Hang,
}

/// A device that plays one script a connection, in the order of connections; then it closes them.
#[derive(Debug)]
pub(crate) struct Device {
    address: Address,
    heard: Arc<Mutex<Vec<u8>>>,
    playing: JoinHandle<()>,
}

impl Device {
    pub(crate) async fn start(scripts: Vec<Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap()).parse().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let playing = tokio::spawn(async move {
            let mut plays = JoinSet::new();
            for script in scripts {
                let (stream, _) = listener.accept().await.unwrap();
                // Each on its own, so that a client which opens two at a time is found out.
                plays.spawn(play(stream, script, Arc::clone(&ear)));
            }
            plays.join_all().await;
        });
        Self { address, heard, playing }
    }

    pub(crate) fn address(&self) -> Address {
        self.address.clone()
    }

    /// Waits until every script was played, and returns all bytes that came, of all connections, in
    /// the order in which they came.
    pub(crate) async fn played(self) -> String {
        self.playing.await.unwrap();
        String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned()
    }
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("tcp://{}", listener.local_addr().unwrap()).parse().unwrap()
}

async fn play(mut stream: TcpStream, script: Vec<Act>, heard: Arc<Mutex<Vec<u8>>>) {
    let mut pending = Vec::new();
    for act in script {
        match act {
            Act::Await(wanted) => loop {
                if let Some(at) = pending.windows(wanted.len()).position(|window| window == wanted) {
                    pending.drain(..at + wanted.len());
                    break;
                }
                if !hear(&mut stream, &mut pending, &heard).await {
                    return;
                }
            },
            // The other side may have gone, which is its right.
            Act::Send(bytes) => drop(stream.write_all(&bytes).await),
            Act::Pause(time) => tokio::time::sleep(time).await,
            Act::Hang => while hear(&mut stream, &mut pending, &heard).await {},
        }
    }
}

async fn hear(stream: &mut TcpStream, pending: &mut Vec<u8>, heard: &Mutex<Vec<u8>>) -> bool {
    let before = pending.len();
    let more = matches!(stream.read_buf(pending).await, Ok(count) if count > 0);
    heard.lock().unwrap().extend_from_slice(&pending[before..]);
    more
}

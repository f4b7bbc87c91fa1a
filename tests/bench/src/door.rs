//! A TCP service that can be there or not.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::fault::Faults;

/// How soon a port is tried again that another program took while the door was shut.
const RETRY: Duration = Duration::from_millis(200);

/// How long a guest may wait for the one before to be gone: its leaving is noticed a little later than it leaves.
const CHANGE_OVER: Duration = Duration::from_millis(300);

/// How many hosts may be served at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guests {
    /// As a serial device: while one is served, others are turned away.
    One,
    Many,
}

/// A listening address whose service fails on demand.
#[derive(Debug)]
pub(crate) struct Door {
    listener: TcpListener,
    address: SocketAddr,
    guests: Guests,
}

impl Door {
    /// Takes a free port of the loopback interface.
    pub(crate) async fn open(guests: Guests) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, guests })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the runtime ends. While `shut` holds, connections are broken and new ones refused.
    pub(crate) async fn serve<S, F>(self, faults: Faults, shut: fn(&Faults) -> bool, service: S)
    where
        S: Fn(TcpStream) -> F,
        F: Future<Output = ()> + Send + 'static,
    {
        let Self { mut listener, address, guests } = self;
        loop {
            let mut sessions = JoinSet::new();
            tokio::select! {
                () = welcome(&listener, guests, &mut sessions, &service) => {}
                () = faults.until(shut) => {}
            }
            // Dropping the listener is what makes connecting fail, dropping the sessions what breaks them.
            drop(listener);
            drop(sessions);
            faults.until(|faults| !shut(faults)).await;
            listener = reopen(address).await;
        }
    }
}

async fn welcome<S, F>(listener: &TcpListener, guests: Guests, sessions: &mut JoinSet<()>, service: &S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    if guests == Guests::One && !sessions.is_empty() {
                        let _left_or_not = timeout(CHANGE_OVER, sessions.join_next()).await;
                        if !sessions.is_empty() {
                            continue;
                        }
                    }
                    // Requests and answers are small and wait for each other.
                    let _slower = stream.set_nodelay(true);
                    sessions.spawn(service(stream));
                }
                // Out of file descriptors, most likely; there is no one to tell but the next guest.
                Err(_) => sleep(RETRY).await,
            },
            Some(_ended) = sessions.join_next() => {}
        }
    }
}

async fn reopen(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) => {
                tracing::warn!(%address, error = &error as &dyn std::error::Error, "the port is taken");
                sleep(RETRY).await;
            }
        }
    }
}

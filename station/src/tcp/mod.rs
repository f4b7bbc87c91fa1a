//! Devices that are reached over TCP: where they are, and a connection to one.

mod connection;
#[cfg(test)]
pub(crate) mod script;

pub use connection::TcpError;
pub(crate) use connection::{Connection, Ending};

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a device listens, as the configuration writes it: `tcp://host:port`.
///
/// The host is a name, an IPv4 address, or an IPv6 address in brackets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    host: String,
    port: u16,
}

/// A text that is no [`Address`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not of the form tcp://host:port")]
pub struct InvalidAddress {
    text: String,
}

impl Address {
    /// Host and port, as the resolver takes them.
    fn endpoint(&self) -> (&str, u16) {
        (&self.host, self.port)
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        parse(text).ok_or_else(|| InvalidAddress { text: text.to_owned() })
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "tcp://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "tcp://{}:{}", self.host, self.port)
        }
    }
}

fn parse(text: &str) -> Option<Address> {
    let (host, port) = text.strip_prefix("tcp://")?.rsplit_once(':')?;
    let port = port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok())??;
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').filter(|inner| inner.parse::<Ipv6Addr>().is_ok())?,
        None => Some(host).filter(|name| name.bytes().all(is_host_byte))?,
    };
    (port != 0 && !host.is_empty()).then(|| Address { host: host.to_owned(), port })
}

/// What names and IPv4 addresses are made of.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_back_as_written() {
        for text in ["tcp://127.0.0.1:9101", "tcp://printer-3.line.example:9100", "tcp://[::1]:9100"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "127.0.0.1:9100",
            "udp://host:9100",
            "tcp://host",
            "tcp://:9100",
            "tcp://host:0",
            "tcp://host:+9100",
            "tcp://host:65536",
            "tcp://host:9100/",
            "tcp://::1:9100",
            "tcp://[::1:9100",
            "tcp://[host]:9100",
            "tcp://a host:9100",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}

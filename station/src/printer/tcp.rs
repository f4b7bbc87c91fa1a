//! A ZPL printer that listens on a TCP port, mostly 9100.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::status::InvalidStatus;
use super::{Printer, PrinterError, PrinterFuture, Status};
use crate::boundary;
use crate::tcp::{Address, Connection, Ending};

/// Asks for the host status.
const HOST_STATUS: &[u8] = b"~HS\r\n";

/// Cancels all labels that are not yet printed.
const CANCEL_ALL: &[u8] = b"~JA\r\n";

/// More than this is no host status.
const LONGEST_ANSWER: usize = 512;

/// How long to wait for a printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, and for each answer.
    pub answer: Duration,
    /// For a label to be printed, with whatever the printer still had to print before.
    pub label: Duration,
    /// Between two questions whether it is printed.
    pub poll: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(3),
            label: Duration::from_secs(20),
            poll: Duration::from_millis(50),
        }
    }
}

/// A printer on the network. It is connected for one job at a time, so that it can be switched off
/// and on between two.
#[derive(Debug)]
pub struct TcpPrinter {
    address: Address,
    patience: Patience,
    /// Held by whoever talks to the printer.
    turn: Mutex<()>,
}

impl TcpPrinter {
    /// The printer at `address`, which is not contacted yet.
    pub fn new(address: Address, patience: Patience) -> Self {
        Self { address, patience, turn: Mutex::new(()) }
    }

    async fn print(&self, zpl: &str) -> Result<(), PrinterError> {
        let _turn = self.turn.lock().await;
        let mut connection = Connection::open(&self.address, self.patience.answer).await?;
        let mut sent = false;
        let job = async {
            // What an earlier, interrupted job left behind comes out first, not between.
            self.finish(&mut connection).await?;
            sent = true;
            connection.send(zpl.as_bytes()).await?;
            self.finish(&mut connection).await
        };
        let outcome = timeout(self.patience.label, job).await.unwrap_or_else(|_| {
            Err(PrinterError::NotPrinted { address: self.address.clone(), deadline: self.patience.label })
        });
        if outcome.is_err() && sent {
            // The fault that is being reported says more than a failure to cancel would.
            let _ = connection.send(CANCEL_ALL).await;
        }
        outcome
    }

    /// Waits until the printer has nothing left to print, or is in trouble.
    async fn finish(&self, connection: &mut Connection) -> Result<(), PrinterError> {
        loop {
            let status = self.ask(connection).await?;
            if let Some(trouble) = status.trouble() {
                return Err(PrinterError::Trouble { address: self.address.clone(), trouble });
            }
            if status.is_idle() {
                return Ok(());
            }
            sleep(self.patience.poll).await;
        }
    }

    async fn ask(&self, connection: &mut Connection) -> Result<Status, PrinterError> {
        connection.send(HOST_STATUS).await?;
        let answer = connection.receive(LONGEST_ANSWER, Status::is_whole).await?;
        let status = match answer.ending {
            Ending::Complete => Status::parse(&answer.bytes),
            Ending::TooLong => Err(InvalidStatus::Framing),
            Ending::Closed | Ending::Overdue => Err(InvalidStatus::CutOff),
        };
        status.map_err(|source| PrinterError::Answer {
            address: self.address.clone(),
            answer: answer.bytes.escape_ascii().to_string(),
            source,
        })
    }
}

impl Printer for TcpPrinter {
    fn print<'a>(&'a self, zpl: &'a str) -> PrinterFuture<'a, ()> {
        Box::pin(boundary::across("printer", "print", self.print(zpl)))
    }

    fn status(&self) -> PrinterFuture<'_, Status> {
        Box::pin(async {
            let _turn = self.turn.lock().await;
            let mut connection = Connection::open(&self.address, self.patience.answer).await?;
            self.ask(&mut connection).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Trouble;
    use super::super::status::tests::answer;
    use super::*;
    use crate::fault::{Coded, FaultCode};
    use crate::tcp::TcpError;
    use crate::tcp::script::{Act, Device, nobody};

    const LABEL: &str = "^XA^FDx^FS^XZ\n";
    const ASK: Act = Act::Await(HOST_STATUS);
    const TAKE: Act = Act::Await(b"^XZ");

    const QUICK: Patience = Patience {
        answer: Duration::from_secs(1),
        label: Duration::from_secs(3),
        poll: Duration::from_millis(5),
    };

    const IDLE: Status = Status {
        paper_out: false,
        paused: false,
        head_open: false,
        ribbon_out: false,
        partial_format: false,
        formats_waiting: 0,
        labels_remaining: 0,
    };
    const WAITING: Status = Status { formats_waiting: 1, ..IDLE };
    const PRINTING: Status = Status { labels_remaining: 1, ..IDLE };

    fn tell(status: Status) -> Act {
        Act::Send(answer(status))
    }

    async fn printer(script: Vec<Act>) -> (TcpPrinter, Device) {
        let device = Device::start(vec![script]).await;
        (TcpPrinter::new(device.address(), QUICK), device)
    }

    #[tokio::test]
    async fn a_label_is_printed_when_nothing_is_left_to_print() {
        let (printer, device) = printer(vec![
            ASK,
            tell(IDLE),
            TAKE,
            ASK,
            tell(WAITING),
            ASK,
            tell(PRINTING),
            ASK,
            tell(IDLE),
            Act::Hang,
        ])
        .await;
        printer.print(LABEL).await.unwrap();
        assert_eq!(device.played().await, format!("~HS\r\n{LABEL}~HS\r\n~HS\r\n~HS\r\n"));
    }

    #[tokio::test]
    async fn what_is_still_printing_comes_out_first() {
        let (printer, device) =
            printer(vec![ASK, tell(PRINTING), ASK, tell(IDLE), TAKE, ASK, tell(IDLE), Act::Hang]).await;
        printer.print(LABEL).await.unwrap();
        assert_eq!(device.played().await, format!("~HS\r\n~HS\r\n{LABEL}~HS\r\n"));
    }

    const TROUBLES: [(Status, Trouble, FaultCode); 4] = [
        (Status { head_open: true, paused: true, ..IDLE }, Trouble::HeadOpen, FaultCode::PrinterOpen),
        (Status { paper_out: true, paused: true, ..IDLE }, Trouble::PaperOut, FaultCode::PrinterPaper),
        (Status { ribbon_out: true, ..IDLE }, Trouble::RibbonOut, FaultCode::PrinterPaper),
        (Status { paused: true, ..IDLE }, Trouble::Paused, FaultCode::PrinterPaused),
    ];

    #[tokio::test]
    async fn nothing_is_sent_to_a_printer_in_trouble() {
        for (status, expected, code) in TROUBLES {
            let (printer, device) = printer(vec![ASK, tell(status), Act::Hang]).await;
            let error = printer.print(LABEL).await.unwrap_err();
            assert!(matches!(error, PrinterError::Trouble { trouble, .. } if trouble == expected), "{error}");
            assert_eq!(error.code(), code);
            assert_eq!(device.played().await, "~HS\r\n");
        }
    }

    #[tokio::test]
    async fn a_label_that_meets_trouble_is_cancelled() {
        for (status, expected, _) in TROUBLES {
            let stuck = Status { labels_remaining: 1, ..status };
            let (printer, device) =
                printer(vec![ASK, tell(IDLE), TAKE, ASK, tell(PRINTING), ASK, tell(stuck), Act::Hang]).await;
            let error = printer.print(LABEL).await.unwrap_err();
            assert!(matches!(error, PrinterError::Trouble { trouble, .. } if trouble == expected), "{error}");
            assert!(device.played().await.ends_with("~HS\r\n~JA\r\n"));
        }
    }

    #[tokio::test]
    async fn a_printer_that_never_finishes_is_given_up() {
        let rounds = (0..10_000).flat_map(|_| [ASK, tell(PRINTING)]);
        let (printer, device) = printer([ASK, tell(IDLE), TAKE].into_iter().chain(rounds).collect()).await;
        let error = printer.print(LABEL).await.unwrap_err();
        assert!(matches!(error, PrinterError::NotPrinted { .. }), "{error}");
        assert!(device.played().await.ends_with("~JA\r\n"));
    }

    #[tokio::test]
    async fn a_status_is_asked_for_alone() {
        let (printer, device) = printer(vec![ASK, tell(TROUBLES[0].0), Act::Hang]).await;
        assert_eq!(printer.status().await.unwrap(), TROUBLES[0].0);
        assert_eq!(device.played().await, "~HS\r\n");
    }

    #[tokio::test]
    async fn a_printer_that_is_off_is_told_from_one_that_is_silent() {
        let off = TcpPrinter::new(nobody().await, QUICK).status().await.unwrap_err();
        assert!(matches!(off, PrinterError::Connection(TcpError::Connect { .. })), "{off}");

        let (printer, _device) = printer(vec![Act::Hang]).await;
        let silent = printer.status().await.unwrap_err();
        assert!(matches!(silent, PrinterError::Connection(TcpError::Silent { .. })), "{silent}");
        assert_eq!([off.code(), silent.code()], [FaultCode::PrinterOff; 2]);
    }

    #[tokio::test]
    async fn a_dropped_connection_is_reported() {
        let (printer, _device) = printer(vec![ASK]).await;
        let error = printer.status().await.unwrap_err();
        assert!(matches!(error, PrinterError::Connection(TcpError::Closed { .. })), "{error}");
    }

    #[tokio::test]
    async fn a_connection_dropped_after_the_label_is_reported() {
        let (printer, _device) = printer(vec![ASK, tell(IDLE), TAKE, ASK]).await;
        let error = printer.print(LABEL).await.unwrap_err();
        assert!(matches!(error, PrinterError::Connection(TcpError::Closed { .. })), "{error}");
    }

    #[tokio::test]
    async fn half_an_answer_is_no_status() {
        let half = || Act::Send(answer(IDLE)[..40].to_vec());
        for script in [vec![ASK, half()], vec![ASK, half(), Act::Hang]] {
            let (printer, _device) = printer(script).await;
            let error = printer.status().await.unwrap_err();
            let cut_off = matches!(error, PrinterError::Answer { source: InvalidStatus::CutOff, .. });
            assert!(cut_off, "{error}");
            assert_eq!(error.code(), FaultCode::PrinterAnswer);
        }
    }

    #[tokio::test]
    async fn garbage_is_no_status() {
        let endless = vec![b'?'; 100_000];
        for garbage in [b"220 mail.example ESMTP\r\n\r\n\r\n".to_vec(), endless] {
            let (printer, _device) = printer(vec![ASK, Act::Send(garbage), Act::Hang]).await;
            let error = printer.status().await.unwrap_err();
            let framing = matches!(error, PrinterError::Answer { source: InvalidStatus::Framing, .. });
            assert!(framing, "{error}");
        }
    }

    #[tokio::test]
    async fn an_answer_may_come_slowly() {
        let dribble = answer(IDLE)
            .chunks(20)
            .flat_map(|part| [Act::Send(part.to_vec()), Act::Pause(Duration::from_millis(10))])
            .collect::<Vec<_>>();
        let (printer, _device) = printer([vec![ASK], dribble].concat()).await;
        assert_eq!(printer.status().await.unwrap(), IDLE);
    }

    #[tokio::test]
    async fn slots_that_share_a_printer_take_turns() {
        let job = || {
            let slow = Act::Pause(Duration::from_millis(30));
            vec![ASK, slow.clone(), tell(IDLE), TAKE, ASK, slow, tell(IDLE), Act::Hang]
        };
        let device = Device::start(vec![job(), job(), job()]).await;
        let printer = TcpPrinter::new(device.address(), QUICK);
        let labels = ["^XA1^XZ", "^XA2^XZ", "^XA3^XZ"];
        let (first, second, third) =
            tokio::join!(printer.print(labels[0]), printer.print(labels[1]), printer.print(labels[2]));
        first.and(second).and(third).unwrap();
        let expected = labels.map(|label| format!("~HS\r\n{label}~HS\r\n")).concat();
        assert_eq!(device.played().await, expected);
    }

    #[tokio::test]
    async fn a_print_that_is_given_up_lets_the_next_one_in() {
        let device = Device::start(vec![vec![ASK, Act::Hang], vec![ASK, tell(IDLE), Act::Hang]]).await;
        let printer = TcpPrinter::new(device.address(), QUICK);
        assert!(timeout(Duration::from_millis(50), printer.print(LABEL)).await.is_err());
        assert_eq!(printer.status().await.unwrap(), IDLE);
    }
}

//! Printer and scanner: labels as pictures, status, and what the scanner reads from the module in the slot.
//!
//! Run with `cargo test -p virtual-bench -- --ignored` on a machine with QEMU and zbarimg.
#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use support::{TestBench, bench};
use virtual_bench::fault::Fault;

fn printer(bench: &TestBench) -> TcpStream {
    let address = bench.client().unwrap().status().unwrap().slots[0].printer.clone();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

fn host_status(printer: &mut TcpStream) -> [String; 3] {
    printer.write_all(b"~HS").unwrap();
    let mut reader = BufReader::new(printer);
    [(); 3].map(|()| {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line
    })
}

fn scan(bench: &TestBench) -> String {
    let address = bench.client().unwrap().status().unwrap().slots[0].scanner.clone();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"\x16T\r").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer
}

fn label(text: &str) -> Vec<u8> {
    format!("^XA^CI28^PW400^LL240^FO20,20^BQN,2,4^FDMA,{text}^FS^FO200,30^A0N,28,28^FD{text}^FS^XZ")
        .into_bytes()
}

fn picture(bench: &TestBench, number: u32) -> PathBuf {
    bench.directory().join(format!("slot-1/labels/{number:04}.png"))
}

fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
#[ignore = "needs QEMU and zbarimg"]
fn a_label_is_a_picture_that_a_strange_reader_reads() {
    for dots_per_mm in [8, 12] {
        let bench = bench(|options| options.dots_per_mm = dots_per_mm);
        printer(&bench).write_all(&label("https://example.com/c/6f1c2d")).unwrap();
        let picture = picture(&bench, 1);
        wait_for("no label", || picture.exists());
        let output = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&picture).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "https://example.com/c/6f1c2d\n");
        assert_eq!(scan(&bench), "https://example.com/c/6f1c2d\r\n");
    }
}

#[test]
#[ignore = "needs QEMU"]
fn a_label_goes_with_its_module() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    assert_eq!(scan(&bench), "NR\r\n");
    printer(&bench).write_all(&label("first")).unwrap();
    wait_for("no label", || picture(&bench, 1).exists());
    wait_for("the label is not read", || scan(&bench) == "first\r\n");
    client.take("1").unwrap();
    assert_eq!(scan(&bench), "NR\r\n", "an empty slot");
    client.put_fresh("1").unwrap();
    assert_eq!(scan(&bench), "NR\r\n", "a module without a label");
    printer(&bench).write_all(&label("second")).unwrap();
    wait_for("the label is not read", || scan(&bench) == "second\r\n");
    client.take("1").unwrap();
    client.put_module("1", "m0001").unwrap();
    assert_eq!(scan(&bench), "first\r\n");
    client.fault("1", Fault::ScannerReads { text: "another".to_owned() }).unwrap();
    assert_eq!(scan(&bench), "another\r\n");
}

#[test]
#[ignore = "needs QEMU"]
fn without_paper_labels_wait_and_the_status_says_so() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    let mut printer = printer(&bench);
    assert_eq!(host_status(&mut printer)[0], "\x02030,0,0,0400,000,0,0,0,000,0,0,0\x03\r\n");

    client.fault("1", Fault::PaperOut).unwrap();
    printer.write_all(&label("waiting")).unwrap();
    wait_for("the format is not taken", || host_status(&mut printer)[0].contains(",1,0,0240,001,"));
    client.fault("1", Fault::HeadOpen).unwrap();
    let status = host_status(&mut printer);
    assert!(status[1].starts_with("\x02001,0,1,"), "{status:?}");
    assert!(status[1].contains(",1,00000001,"), "{status:?}");
    assert!(!picture(&bench, 1).exists());

    client.clear("1").unwrap();
    wait_for("no label", || picture(&bench, 1).exists());
    assert!(host_status(&mut printer)[0].contains(",0,0,0240,000,"));
}

#[test]
#[ignore = "needs QEMU"]
fn cancelled_labels_are_not_printed() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    let mut printer = printer(&bench);
    client.fault("1", Fault::PaperOut).unwrap();
    printer.write_all(&label("cancelled")).unwrap();
    printer.write_all(b"~JA").unwrap();
    assert!(host_status(&mut printer)[0].contains(",000,0,0,0,000,"));
    client.clear("1").unwrap();
    printer.write_all(&label("printed")).unwrap();
    wait_for("the label is not read", || scan(&bench) == "printed\r\n");
    assert_eq!(fs::read_dir(bench.directory().join("slot-1/labels")).unwrap().count(), 1);
}

#[test]
#[ignore = "needs QEMU"]
fn a_printer_that_is_off_refuses_and_comes_back() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    let mut connected = printer(&bench);
    client.fault("1", Fault::PrinterOff).unwrap();
    assert_eq!(connected.read(&mut [0; 8]).unwrap_or(0), 0, "the connection is broken");
    let address = client.status().unwrap().slots[0].printer.clone();
    wait_for("the printer still answers", || TcpStream::connect(&address).is_err());
    client.clear("1").unwrap();
    wait_for("the printer does not come back", || TcpStream::connect(&address).is_ok());
    host_status(&mut printer(&bench));
}

#[test]
#[ignore = "needs QEMU"]
fn a_label_that_is_cut_is_not_printed() {
    let bench = bench(|_| {});
    let mut client = bench.client().unwrap();
    client.fault("1", Fault::LabelCut { after_bytes: 60 }).unwrap();
    let mut cut = printer(&bench);
    host_status(&mut cut);
    cut.write_all(&label("cut")).unwrap();
    // The rest of the label may be lost with the connection, or break it.
    assert!(matches!(cut.read(&mut [0; 64]), Ok(0) | Err(_)));
    assert!(host_status(&mut printer(&bench))[1].contains(",00000000,"), "nothing is left to print");
    assert!(!picture(&bench, 1).exists());
    client.clear("1").unwrap();
    printer(&bench).write_all(&label("whole")).unwrap();
    wait_for("no label", || picture(&bench, 1).exists());
    assert_eq!(scan(&bench), "whole\r\n");
}

#[test]
#[ignore = "needs QEMU"]
fn a_scanner_can_answer_twice() {
    let bench = bench(|_| {});
    bench.client().unwrap().fault("1", Fault::ScannerReadsTwice).unwrap();
    let address = bench.client().unwrap().status().unwrap().slots[0].scanner.clone();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"\x16T\r").unwrap();
    let mut answer = [0; 8];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"NR\r\nNR\r\n");
}

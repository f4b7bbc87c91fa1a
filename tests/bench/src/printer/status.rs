//! The answer to `~HS`, host status return: three strings between STX and ETX.
//!
//! Source: "ZPL II Programming Guide", command `~HS`, from which the field letters are.

use super::engine::State;
use crate::fault::{Fault, Faults};

/// The whole answer. `length` is the label length in dots.
pub(super) fn answer(state: &State, faults: &Faults, length: u32) -> String {
    let flag = |set: bool| u8::from(set);
    let paper_out = flag(faults.has(&Fault::PaperOut));
    let head_open = flag(faults.has(&Fault::HeadOpen));
    let paused = flag(state.paused);
    let formats = state.formats.min(999);
    let labels = state.labels.min(99_999_999);
    let waiting = flag(state.labels > 0 && (state.paused || faults.printer_stuck()));
    let length = length.min(9999);
    // aaa,b,c,dddd,eee,f,g,h,iii,j,k,l: interface 030 (8 bits, no parity); paper out; pause; label length;
    // formats in the buffer; buffer full; diagnostic mode; partial format; unused; RAM lost; under and over
    // temperature.
    let first = format!("030,{paper_out},{paused},{length:04},{formats:03},0,0,0,000,0,0,0");
    // mmm,n,o,p,q,r,s,t,uuuuuuuu,v,www: function settings; unused; head up; ribbon out; thermal transfer;
    // print mode (2, tear-off); print width mode; label waiting; labels left; always 1; graphics stored.
    let second = format!("001,0,{head_open},0,0,2,6,{waiting},{labels:08},1,000");
    // xxxx,y: password; no static RAM.
    let third = "1234,0";
    format!("\u{2}{first}\u{3}\r\n\u{2}{second}\u{3}\r\n\u{2}{third}\u{3}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_printer() {
        let status = answer(&State::default(), &Faults::none(), 240);
        assert_eq!(
            status,
            "\x02030,0,0,0240,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,0,2,6,0,00000000,1,000\x03\r\n\
             \x021234,0\x03\r\n"
        );
    }

    #[test]
    fn trouble_shows_in_its_flags() {
        let faults = Faults::none();
        faults.set(Fault::PaperOut);
        faults.set(Fault::HeadOpen);
        let status = answer(&State { paused: true, formats: 2, labels: 5 }, &faults, 240);
        let lines: Vec<&str> = status.split("\r\n").collect();
        assert_eq!(lines[0], "\x02030,1,1,0240,002,0,0,0,000,0,0,0\x03");
        assert_eq!(lines[1], "\x02001,0,1,0,0,2,6,1,00000005,1,000\x03");
    }
}

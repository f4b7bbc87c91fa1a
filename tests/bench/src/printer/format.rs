//! Carries out the commands of a label format, `^XA` to `^XZ`.

use super::{
    canvas::Canvas,
    command::Command,
    symbol,
    text::{self, Font},
};

/// Label size of a printer that was never told, in millimetres.
const DEFAULT_WIDTH_MM: u32 = 104;
const DEFAULT_LENGTH_MM: u32 = 50;
const DEFAULT_FONT: Font = Font { height: 20, width: 20 };
/// Largest height and width of a font, in dots.
const LARGEST_FONT: u32 = 1000;
/// Largest magnification of a QR code.
const LARGEST_CELL: u32 = 100;
/// What `^PQ` takes.
const MOST_COPIES: u32 = 99_999_999;

/// A label to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) canvas: Canvas,
    pub(super) copies: u32,
}

/// The settings that last from label to label of a connection, and the format begun.
#[derive(Debug)]
pub(super) struct Format {
    width: u32,
    length: u32,
    home: (u32, u32),
    font: Font,
    utf8: bool,
    label: Option<Job>,
    field: Field,
}

/// What has been said of a field before its `^FS`.
#[derive(Debug, Default)]
struct Field {
    left: u32,
    top: u32,
    /// `top` is the base line, or the lower edge, instead.
    typeset: bool,
    kind: Kind,
    data: Vec<u8>,
    /// The byte before two hexadecimal digits, when `^FH` has set one.
    escape: Option<u8>,
}

#[derive(Debug, Default)]
enum Kind {
    /// Text in the default font.
    #[default]
    Plain,
    Text(Font),
    QrCode {
        cell: u32,
    },
    Box {
        width: u32,
        height: u32,
        thickness: u32,
        black: bool,
    },
}

impl Format {
    pub(super) fn new(dots_per_mm: u32) -> Self {
        Self {
            width: DEFAULT_WIDTH_MM * dots_per_mm,
            length: DEFAULT_LENGTH_MM * dots_per_mm,
            home: (0, 0),
            font: DEFAULT_FONT,
            utf8: false,
            label: None,
            field: Field::default(),
        }
    }

    /// Label length in dots.
    pub(super) fn length(&self) -> u32 {
        self.length
    }

    /// Carries out one command; the one that ends a format returns the label.
    pub(super) fn execute(&mut self, command: &Command) -> Option<Job> {
        match command.name() {
            "^XA" => {
                self.field = Field::default();
                self.label = Some(Job { canvas: self.blank(), copies: 1 });
            }
            "^XZ" => return self.label.take(),
            "^PW" => self.resize(command.number(0).unwrap_or(self.width), self.length),
            "^LL" => self.resize(self.width, command.number(0).unwrap_or(self.length)),
            "^LH" => self.home = (number(command, 0), number(command, 1)),
            "^CF" => self.font = font(command, self.font),
            "^CI" => self.utf8 = command.number(0) == Some(28),
            "^FO" | "^FT" => {
                self.field.left = number(command, 0);
                self.field.top = number(command, 1);
                self.field.typeset = command.name() == "^FT";
            }
            "^A0" => self.field.kind = Kind::Text(font(command, self.font)),
            "^BQ" => {
                let cell = command.number(2).unwrap_or(2).clamp(1, LARGEST_CELL);
                self.field.kind = Kind::QrCode { cell };
            }
            "^GB" => self.field.kind = rectangle(command),
            "^FH" => self.field.escape = Some(command.data().first().copied().unwrap_or(b'_')),
            "^FD" => self.field.data = command.data().to_vec(),
            "^FS" => self.end_field(),
            "^PQ" => {
                if let Some(label) = &mut self.label {
                    label.copies = command.number(0).unwrap_or(1).clamp(1, MOST_COPIES);
                }
            }
            // Comments, and everything this printer does not know.
            _ => {}
        }
        None
    }

    fn blank(&self) -> Canvas {
        Canvas::new(self.width as usize, self.length as usize)
    }

    /// Width and length come before the first field; a label under way begins again.
    fn resize(&mut self, width: u32, length: u32) {
        (self.width, self.length) = (width, length);
        let blank = self.blank();
        if let Some(label) = &mut self.label {
            label.canvas = blank;
        }
    }

    fn end_field(&mut self) {
        let field = std::mem::take(&mut self.field);
        let data = unescape(&field.data, field.escape);
        let Some(label) = &mut self.label else { return };
        let canvas = &mut label.canvas;
        let left = i64::from(field.left) + i64::from(self.home.0);
        let top = i64::from(field.top) + i64::from(self.home.1);
        let raised = |height: u32| if field.typeset { top - i64::from(height) } else { top };
        match field.kind {
            Kind::Plain => {
                let text = decode(&data, self.utf8);
                text::draw(canvas, left, raised(self.font.ascent()), self.font, &text);
            }
            Kind::Text(font) => {
                text::draw(canvas, left, raised(font.ascent()), font, &decode(&data, self.utf8));
            }
            Kind::QrCode { cell } => {
                if let Some(symbol) = symbol::encode(&data) {
                    let top = raised(cell * u32::from(symbol.side));
                    canvas.stamp(left, top, cell, symbol.side.into(), &symbol.cells);
                }
            }
            Kind::Box { width, height, thickness, black } => {
                let top = raised(height);
                let (width, height, line) = (i64::from(width), i64::from(height), i64::from(thickness));
                canvas.fill(left, top, width, line, black);
                canvas.fill(left, top + height - line, width, line, black);
                canvas.fill(left, top, line, height, black);
                canvas.fill(left + width - line, top, line, height, black);
            }
        }
    }
}

fn number(command: &Command, index: usize) -> u32 {
    command.number(index).unwrap_or_default()
}

/// `^A0` and `^CF` have an orientation or a name first, then height and width; either follows from the other.
fn font(command: &Command, default: Font) -> Font {
    let given = |index| command.number(index).filter(|&dots| dots > 0).map(|dots| dots.min(LARGEST_FONT));
    match (given(1), given(2)) {
        (Some(height), Some(width)) => Font { height, width },
        (Some(side), None) | (None, Some(side)) => Font { height: side, width: side },
        (None, None) => default,
    }
}

fn rectangle(command: &Command) -> Kind {
    let thickness = command.number(2).unwrap_or(1).max(1);
    Kind::Box {
        width: number(command, 0).max(thickness),
        height: number(command, 1).max(thickness),
        thickness,
        black: !command.text(3).eq_ignore_ascii_case("W"),
    }
}

/// Replaces the escape byte and two hexadecimal digits by the byte they mean.
fn unescape(data: &[u8], escape: Option<u8>) -> Vec<u8> {
    let mut plain = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (Some(byte) == escape).then(|| hex::decode(after.get(..2)?).ok()).flatten();
        if let Some(bytes) = escaped {
            plain.extend(bytes);
            rest = &after[2..];
        } else {
            plain.push(byte);
            rest = after;
        }
    }
    plain
}

fn decode(data: &[u8], utf8: bool) -> String {
    if utf8 {
        String::from_utf8_lossy(data).into_owned()
    } else {
        data.iter().copied().map(char::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::command::Commands, *};

    fn print(zpl: &[u8]) -> Vec<Job> {
        let mut commands = Commands::default();
        let mut format = Format::new(8);
        let commands: Vec<Command> = zpl.iter().filter_map(|&byte| commands.push(byte)).collect();
        commands.iter().filter_map(|command| format.execute(command)).collect()
    }

    fn read_code(job: &Job) -> Option<String> {
        let (width, dots) = (job.canvas.width(), job.canvas.clone().into_dots());
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, job.canvas.height(), |x, y| {
            dots[y * width + x]
        });
        Some(image.detect_grids().first()?.decode().ok()?.1)
    }

    fn black(job: &Job) -> usize {
        job.canvas.clone().into_dots().iter().map(|&dot| usize::from(dot == 0)).sum()
    }

    #[test]
    fn a_label_with_a_code_reads_back() {
        let jobs = print(
            b"^XA^CI28^PW400^LL240^FX a comment^FO20,20^BQN,2,5^FDQA,urn:uuid:6f1c^FS\
              ^FO220,30^A0N,28,28^FD6f1c^FS^PQ2^XZ",
        );
        assert_eq!(jobs.len(), 1);
        assert_eq!((jobs[0].canvas.width(), jobs[0].canvas.height(), jobs[0].copies), (400, 240, 2));
        assert_eq!(read_code(&jobs[0]).as_deref(), Some("urn:uuid:6f1c"));
    }

    #[test]
    fn codes_and_text_stand_on_a_typeset_line() {
        let origin = print(b"^XA^PW300^LL300^FO20,20^BQN,2,4^FDQA,HELLO^FS^XZ");
        // Version 1 has 21 cells: 84 dots.
        let typeset = print(b"^XA^PW300^LL300^FT20,104^BQN,2,4^FDQA,HELLO^FS^XZ");
        assert_eq!(origin, typeset);
        let origin = print(b"^XA^PW300^LL300^FO20,20^A0N,20,20^FDHELLO^FS^XZ");
        let typeset = print(b"^XA^PW300^LL300^FT20,36^A0N,20,20^FDHELLO^FS^XZ");
        assert_eq!(origin, typeset);
        assert!(black(&origin[0]) > 50);
    }

    #[test]
    fn hexadecimal_escapes_become_utf8() {
        let escaped = print(b"^XA^PW300^LL60^CI28^FO0,0^A0N,20,20^FH^FDM_c3_bcnchen_^FS^XZ");
        let plain = print("^XA^PW300^LL60^CI28^FO0,0^A0N,20,20^FDMünchen_^FS^XZ".as_bytes());
        assert_eq!(escaped, plain);
        let other = print(b"^XA^PW300^LL60^CI28^FO0,0^A0N,20,20^FH\\^FDM\\C3\\BCnchen_^FS^XZ");
        assert_eq!(other, plain);
    }

    #[test]
    fn boxes_have_borders_and_home_moves_everything() {
        let frame = print(b"^XA^PW100^LL100^LH10,10^FO0,0^GB20,10,2^FS^XZ");
        assert_eq!(black(&frame[0]), 20 * 10 - 16 * 6);
        let dots = frame[0].canvas.clone().into_dots();
        assert_eq!((dots[10 * 100 + 9], dots[10 * 100 + 10]), (255, 0));
        let line = print(b"^XA^PW100^LL100^FO0,0^GB50,0,3^FS^XZ");
        assert_eq!(black(&line[0]), 150);
    }

    #[test]
    fn settings_last_and_fields_outside_a_format_do_nothing() {
        let jobs = print(b"^FO0,0^GB10,10,10^FS^XA^PW50^LL40^XZ^XA^XZ^XZ");
        assert_eq!(jobs.len(), 2);
        assert_eq!((jobs[1].canvas.width(), jobs[1].canvas.height()), (50, 40));
        assert_eq!(black(&jobs[0]), 0);
    }

    proptest! {
        #[test]
        fn no_bytes_can_break_the_printer(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            print(&[b"^XA^PW100^LL100".as_slice(), &bytes, b"^FS^XZ"].concat());
        }

        #[test]
        fn no_parameters_can_break_the_printer(
            name in "[A-Z][A-Z0-9]",
            parameters in prop::collection::vec(0_u32.., 0..5),
            data in "[HQML][AM],.{0,20}",
        ) {
            prop_assume!(name != "PW" && name != "LL");
            let parameters: Vec<String> = parameters.iter().map(ToString::to_string).collect();
            let zpl = format!("^XA^PW100^LL100^FO5,5^{name}{}^FD{data}^FS^XZ", parameters.join(","));
            print(zpl.as_bytes());
        }
    }
}

//! Labels as a printer and as a reader of codes see them.
//!
//! `golden/label` holds what is printed for a few labels. When a change of the layout is meant, the
//! new files are taken from where the failing test says it put them, and looked at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use station::label::{Design, Fields, Label, Template, png, zpl};
use wire::Uid;

const UID: Uid = Uid::from_bytes([0, 1, 2, 3, 4, 5, 0x46, 7, 0x88, 9, 10, 11, 12, 13, 14, 255]);

/// A file of `golden/label`, and what it shows.
struct Example {
    name: &'static str,
    template: &'static str,
    design: &'static str,
}

const EXAMPLES: [Example; 5] = [
    Example {
        name: "wide",
        template: "https://claim.example/{uid}",
        design: "stock = { width-mm = 40, height-mm = 15, dots-per-mm = 12 }",
    },
    Example {
        name: "captions",
        template: "https://claim.example/{order}/{uuid}",
        design: r#"
            captions = ["Größe {product}", "Order {order} ~ ^_"]
            stock = { width-mm = 50, height-mm = 25, margin-mm = 1.5, dots-per-mm = 8 }
        "#,
    },
    Example {
        name: "high",
        template: "https://claim.example/{uid}",
        design: "stock = { width-mm = 18, height-mm = 25, dots-per-mm = 12 }",
    },
    Example {
        name: "special",
        template: r#"{{"id":"{uid}","for":"~^_\\,"}}"#,
        design: r#"
            stock = { width-mm = 60, height-mm = 40, margin-mm = 0, dots-per-mm = 6 }
            qr = { error-correction = "high", square-mm = [0.3, 1] }
            text = { height-mm = [1.6, 4] }
        "#,
    },
    Example {
        name: "tiny",
        template: "{uid}",
        design: r#"
            stock = { width-mm = 12, height-mm = 6, margin-mm = 0.5, dots-per-mm = 24 }
            qr = { error-correction = "low", square-mm = [0.12, 0.2] }
            text = { height-mm = [0.6, 1] }
        "#,
    },
];

impl Example {
    fn label(&self, uid: Uid) -> Label {
        let design: Design = toml::from_str(self.design).unwrap();
        let template: Template = self.template.parse().unwrap();
        Label::new(&Fields { uid, order: "A-2026.1", product: "nrf51" }, &template, &design).unwrap()
    }
}

/// A picture, row by row, `true` for a dark dot.
#[derive(PartialEq)]
struct Dots {
    width: usize,
    height: usize,
    dark: Vec<bool>,
    per_metre: u32,
}

impl Dots {
    fn read(file: &[u8]) -> Self {
        let mut decoder = ::png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(::png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let info = reader.info();
        Self {
            width: info.width as usize,
            height: info.height as usize,
            dark: pixels.into_iter().map(|grey| grey < 128).collect(),
            per_metre: info.pixel_dims.unwrap().xppu,
        }
    }

    fn is_dark(&self, x: u32, y: u32) -> bool {
        self.dark[y as usize * self.width + x as usize]
    }

    fn codes(&self) -> Vec<String> {
        let grey = |x: usize, y: usize| if self.dark[y * self.width + x] { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, grey);
        image.detect_grids().into_iter().map(|grid| grid.decode().unwrap().1).collect()
    }
}

/// The fields of a label, as a printer reads them: command, position, data.
fn read_zpl(zpl: &str) -> Vec<(String, (u32, u32), String)> {
    let zpl = zpl.replace('\n', "");
    let mut fields = Vec::new();
    let (mut place, mut kind, mut sunk_by) = ((0, 0), "", 10);
    for command in zpl.split('^').skip(1) {
        let (name, parameters) = command.split_at(2);
        match name {
            "BY" => sunk_by = parameters.rsplit(',').next().unwrap().parse().unwrap(),
            "FO" => {
                let (x, y) = parameters.split_once(',').unwrap();
                place = (x.parse().unwrap(), y.parse().unwrap());
            }
            "A0" => kind = command,
            "BQ" => {
                place.1 += sunk_by;
                kind = command;
            }
            "FD" => fields.push((kind.to_owned(), place, unescape(parameters))),
            "XA" | "CI" | "PW" | "LL" | "LH" | "FH" | "FS" | "PQ" | "XZ" => {}
            _ => panic!("a command that the printer may not know: {command}"),
        }
    }
    fields
}

fn unescape(data: &str) -> String {
    let mut parts = data.split('_');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Compares what each example gives with the golden file of this ending. What differs is put where a
/// person can look at it and take it over.
fn compare(ending: &str, render: impl Fn(&Label) -> Vec<u8>, is_same: impl Fn(&[u8], &[u8]) -> bool) {
    let mut changed = Vec::new();
    for example in EXAMPLES {
        let name = format!("{}.{ending}", example.name);
        let new = render(&example.label(UID));
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/label").join(&name);
        if !std::fs::read(golden).is_ok_and(|old| is_same(&old, &new)) {
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
            std::fs::write(&path, new).unwrap();
            changed.push(path);
        }
    }
    assert!(changed.is_empty(), "these have changed: {changed:?}");
}

#[test]
fn labels_are_printed_as_before() {
    compare("zpl", |label| zpl::render(label).into_bytes(), |old, new| old == new);
}

/// The dots are compared and not the bytes: how they are compressed is no business of ours.
#[test]
fn pictures_are_drawn_as_before() {
    compare("png", |label| png::render(label).unwrap(), |old, new| Dots::read(old) == Dots::read(new));
}

#[test]
fn picture_and_print_show_the_same_at_the_same_place() {
    for example in EXAMPLES {
        let label = example.label(UID);
        let dots = Dots::read(&png::render(&label).unwrap());
        let fields = read_zpl(&zpl::render(&label));
        let (code, lines) = fields.split_first().unwrap();

        let (kind, (x, y), data) = code;
        assert!(kind.starts_with("BQN,2,"), "{kind}");
        assert_eq!(data.split_at(3).1, label.payload());
        // The corner of a QR code is the corner of a dark ring, seven squares wide.
        let square: u32 = kind.split(',').nth(2).unwrap().parse().unwrap();
        for offset in 0..7 * square {
            assert!(dots.is_dark(x + offset, *y) && dots.is_dark(*x, y + offset), "{}", example.name);
            assert!(!dots.is_dark(x + offset, y - 1) && !dots.is_dark(x - 1, y + offset), "{}", example.name);
        }

        assert!(lines.iter().map(|(_, _, text)| text.as_str()).eq(label.lines()));
        for (kind, (x, y), text) in lines {
            let height: u32 = kind.split(',').nth(1).unwrap().parse().unwrap();
            let right = u32::try_from(dots.width).unwrap();
            let ink = (*y..y + height).flat_map(|row| (*x..right).map(move |column| (column, row)));
            assert!(ink.filter(|(x, y)| dots.is_dark(*x, *y)).count() > text.len(), "{text}");
        }
    }
}

#[test]
fn the_picture_is_as_large_as_the_stock() {
    let dots = Dots::read(&png::render(&EXAMPLES[0].label(UID)).unwrap());
    assert_eq!((dots.width, dots.height, dots.per_metre), (480, 180, 12_000));
}

/// Templates of any printable characters, with a placeholder somewhere.
fn any_template() -> impl Strategy<Value = String> {
    let literal = "[ -~]{0,20}".prop_map(|text| text.replace('{', "{{").replace('}', "}}"));
    let placeholder = prop::sample::select(vec!["{uid}", "{uuid}"]);
    let more = prop::sample::select(vec!["", "{order}", "{product}", "{uid}"]);
    (literal.clone(), placeholder, literal.clone(), more, literal)
        .prop_map(|(a, first, b, second, c)| format!("{a}{first}{b}{second}{c}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_payload_reads_back(
        uid: [u8; 16],
        template in any_template(),
        density in prop::sample::select(vec![8u32, 12, 24]),
        correction in prop::sample::select(vec!["low", "medium", "quartile", "high"]),
    ) {
        let design: Design = toml::from_str(&format!(
            "captions = [\"{{product}}\"]\n\
             stock = {{ width-mm = 60, height-mm = 40, dots-per-mm = {density} }}\n\
             qr = {{ error-correction = \"{correction}\", square-mm = [0.25, 0.5] }}"
        )).unwrap();
        let template: Template = template.parse().unwrap();
        let fields = Fields { uid: Uid::from_bytes(uid), order: "A-2026.1", product: "nrf51" };
        let label = Label::new(&fields, &template, &design).unwrap();
        prop_assert_eq!(label.payload(), template.fill(&fields).unwrap());

        prop_assert_eq!(Dots::read(&png::render(&label).unwrap()).codes(), [label.payload()]);
        let fields = read_zpl(&zpl::render(&label));
        prop_assert_eq!(&fields[0].2[3..], label.payload());
    }
}

#[test]
#[ignore = "needs zbar-tools"]
fn a_stranger_reads_the_pictures() {
    let directory = tempfile::tempdir().unwrap();
    for example in EXAMPLES {
        for uid in [UID, Uid::from_bytes([0; 16]), Uid::from_bytes([0xff; 16])] {
            let label = example.label(uid);
            let path = directory.path().join("label.png");
            std::fs::write(&path, png::render(&label).unwrap()).unwrap();
            let output = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&path).output().unwrap();
            let read = String::from_utf8(output.stdout).unwrap();
            assert_eq!(read.trim_end_matches('\n'), label.payload(), "{}", example.name);
        }
    }
}

//! Product and order: the examples of this project, with the digest of the image that was just built.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};
use toml::{Table, Value};

use super::place::Place;

const PRODUCT: &str = include_str!("../../../products/nrf51822.toml");
const ORDER: &str = include_str!("../../../orders/late-binding.toml");

/// An order that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) file: PathBuf,
}

/// Writes the product file and a new order for `quantity` modules.
pub(super) fn write(place: &Place, image: &Path, quantity: u32) -> Result<Order> {
    let bytes = std::fs::read(image).with_context(|| format!("read {}", image.display()))?;
    write_toml(&place.product(), &product(image, &bytes)?)?;
    let id = next_id(place);
    let file = place.order(&id);
    write_toml(&file, &order(&id, quantity)?)?;
    Ok(Order { id, file })
}

fn product(image: &Path, bytes: &[u8]) -> Result<Table> {
    let mut product: Table = PRODUCT.parse().context("read the example product")?;
    let firmware = product.get_mut("firmware").and_then(Value::as_table_mut);
    let firmware = firmware.context("the example product has no firmware")?;
    firmware.insert("file".into(), image.display().to_string().into());
    firmware.insert("sha256".into(), hexadecimal(&Sha256::digest(bytes)).into());
    // All packages of this project have one version, and the firmware answers with it.
    firmware.insert("version".into(), env!("CARGO_PKG_VERSION").into());
    // The example shows that there may be hours without certificates. A demo works on a Sunday night too.
    product.remove("policy");
    Ok(product)
}

fn order(id: &str, quantity: u32) -> Result<Table> {
    let mut order: Table = ORDER.parse().context("read the example order")?;
    order.insert("id".into(), id.into());
    // Paths in an order are relative to it.
    order.insert("product".into(), Place::PRODUCT.into());
    order.insert("quantity".into(), i64::from(quantity).into());
    Ok(order)
}

/// The first number that no earlier demo took.
fn next_id(place: &Place) -> String {
    let mut number = 1_u32;
    loop {
        let id = format!("DEMO-{number:04}");
        if !place.order(&id).exists() {
            return id;
        }
        number += 1;
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn write_toml(file: &Path, table: &Table) -> Result<()> {
    std::fs::write(file, table.to_string()).with_context(|| format!("write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Place) {
        let directory = tempfile::tempdir().unwrap();
        let place = Place { root: directory.path().to_owned() };
        std::fs::create_dir_all(place.orders()).unwrap();
        (directory, place)
    }

    #[test]
    fn product_names_the_image_and_its_digest() {
        let (_directory, place) = place();
        let image = place.root.join("image");
        std::fs::write(&image, "abc").unwrap();
        write(&place, &image, 4).unwrap();
        let product: Table = std::fs::read_to_string(place.product()).unwrap().parse().unwrap();
        let firmware = product["firmware"].as_table().unwrap();
        // FIPS 180-2, appendix B.1.
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(firmware["sha256"].as_str(), Some(digest));
        assert_eq!(firmware["file"].as_str(), image.to_str());
    }

    #[test]
    fn demo_works_at_any_hour() {
        let (_directory, place) = place();
        let example: Table = PRODUCT.parse().unwrap();
        assert!(example["policy"].get("hours").is_some(), "the example shows what can be said");
        let image = place.root.join("image");
        std::fs::write(&image, "abc").unwrap();
        write(&place, &image, 4).unwrap();
        let product: Table = std::fs::read_to_string(place.product()).unwrap().parse().unwrap();
        assert!(product.get("policy").is_none(), "{product}");
    }

    #[test]
    fn every_demo_opens_an_order_of_its_own() {
        let (_directory, place) = place();
        let image = place.root.join("image");
        std::fs::write(&image, "abc").unwrap();
        let ids = [4, 7].map(|quantity| write(&place, &image, quantity).unwrap().id);
        assert_eq!(ids, ["DEMO-0001", "DEMO-0002"]);
        let second: Table = std::fs::read_to_string(place.order("DEMO-0002")).unwrap().parse().unwrap();
        assert_eq!(second["quantity"].as_integer(), Some(7));
        assert_eq!(second["product"].as_str(), Some("product.toml"));
    }
}

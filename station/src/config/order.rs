//! `order.toml`: a work order.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::reader::Reader;
use super::{ConfigError, Product, beside};
use crate::label::Template;

/// A work order, together with the product it asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// The order's number.
    pub id: String,
    /// Whom the modules ship to.
    pub customer: String,
    /// How many modules have to pass.
    pub quantity: u32,
    /// How many certificates may be issued beyond the quantity, for modules that do not pass.
    #[serde(default = "fewest_spares")]
    pub spare_certificates: u32,
    /// How the customer gets them into their account.
    pub flow: Flow,
    /// What the label's code says.
    pub label: Template,
    /// The customer's endpoint, for the claim message of late binding.
    pub endpoint: Option<String>,
    /// Where the product file is.
    pub product_file: PathBuf,
    /// The product.
    pub product: Product,
}

/// How many certificates an order has to spare if it does not say: a tenth of its quantity, or this.
const FEWEST_SPARES: u32 = 5;

const fn fewest_spares() -> u32 {
    FEWEST_SPARES
}

/// How modules get into the customer's cloud account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// The customer registers every certificate before the modules are sold.
    PreRegistration,
    /// End users claim their module by the code on its label.
    LateBinding,
}

impl Flow {
    /// The flow's name, in files and in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreRegistration => "pre-registration",
            Self::LateBinding => "late-binding",
        }
    }

    /// The flow of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::PreRegistration, Self::LateBinding].into_iter().find(|flow| flow.name() == name)
    }

    /// The flow that this one is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::PreRegistration => Self::LateBinding,
            Self::LateBinding => Self::PreRegistration,
        }
    }
}

impl Order {
    /// How many certificates may be issued for the order in all.
    pub const fn certificates(&self) -> u32 {
        self.quantity.saturating_add(self.spare_certificates)
    }

    /// Reads `order.toml` and the product file it names.
    ///
    /// # Errors
    /// A file cannot be read, or everything that is wrong with one.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let mut reader = Reader::open(file)?;
        let id = reader.required::<String>("id");
        let customer = reader.required::<String>("customer");
        let quantity = reader.required::<u32>("quantity");
        let spare_certificates = reader.optional::<u32>("spare-certificates");
        let flow = reader.required::<Flow>("flow");
        let label = reader.required::<Template>("label");
        let endpoint = reader.optional::<String>("endpoint");
        let product_file = reader.required::<PathBuf>("product").map(|path| beside(file, path));
        for (key, text) in [("id", &id), ("customer", &customer)] {
            if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
                reader.problem(key, "is empty");
            }
        }
        if quantity == Some(0) {
            reader.problem("quantity", "must be at least 1");
        }
        match (flow, &endpoint) {
            (Some(Flow::LateBinding), None) => {
                reader.problem("endpoint", "is missing: late binding needs the customer's endpoint");
            }
            (Some(Flow::PreRegistration), Some(_)) => {
                reader.problem("endpoint", "contradicts the flow: pre-registration has no claim message");
            }
            _ => {}
        }
        let product = product_file.as_deref().and_then(|path| match Product::load(path) {
            Ok(product) => Some(product),
            Err(error) => {
                for line in error.lines() {
                    reader.problem("product", &line);
                }
                None
            }
        });
        let order = (|| {
            Some(Self {
                id: id?,
                customer: customer?,
                quantity: quantity?,
                spare_certificates: spare_certificates
                    .unwrap_or_else(|| FEWEST_SPARES.max(quantity.unwrap_or(0) / 10)),
                flow: flow?,
                label: label?,
                endpoint,
                product_file: product_file?,
                product: product?,
            })
        })();
        reader.finish(file, order)
    }
}

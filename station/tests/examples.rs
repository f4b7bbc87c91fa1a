//! The examples that come with the documentation are read as the program reads them.

use std::path::{Path, PathBuf};

use station::config::{AuditLog, Order};
use station::gate::Policy;

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

/// The blocks of a page that are marked as TOML.
fn toml_blocks(page: &str) -> Vec<toml::Table> {
    let text = std::fs::read_to_string(deploy().join("docs").join(page)).expect("the page");
    text.split("```toml\n")
        .skip(1)
        .map(|rest| {
            let block = rest.split("```").next().expect("an end");
            block.parse().unwrap_or_else(|error| panic!("{page}: {error}\n{block}"))
        })
        .collect()
}

#[test]
fn the_orders_and_their_products_are_accepted() {
    let mut seen = 0;
    for entry in std::fs::read_dir(deploy().join("orders")).expect("the folder") {
        let file = entry.expect("an entry").path();
        let order = Order::load(&file).unwrap_or_else(|error| panic!("{}", error.lines().join("\n")));
        assert!(order.certificates() > order.quantity, "{}", file.display());
        seen += 1;
    }
    assert!(seen >= 2, "{seen} orders");
}

#[test]
fn what_the_officer_s_page_says_of_settings_is_understood() {
    let (mut policies, mut logs) = (0, 0);
    for block in toml_blocks("officer.md") {
        if let Some(policy) = block.get("policy") {
            let policy: Policy = policy.clone().try_into().expect("a policy");
            assert!(policy.hours.is_some());
            policies += 1;
        }
        if let Some(audit) = block.get("hsm").and_then(|hsm| hsm.get("audit")) {
            let _: AuditLog = audit.clone().try_into().expect("an audit log");
            logs += 1;
        }
    }
    assert_eq!((policies, logs), (1, 1));
}

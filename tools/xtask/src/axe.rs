//! axe-core, which finds what keeps people with disabilities from using a page.

use crate::packages::{NODE, Package};

/// Under the Mozilla Public License, which is fine here: it is fetched for the tests and is no part of what is built.
pub(crate) const PACKAGE: Package = Package {
    name: "axe-core",
    language: &NODE,
    folder: "tests/e2e/axe",
    pins: &["package.json", "package-lock.json"],
};

/// Its one script, in the folder it is installed in.
pub(crate) const SCRIPT: &str = "node_modules/axe-core/axe.min.js";

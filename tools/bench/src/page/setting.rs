//! Where, when and with which versions was measured.

use std::path::Path;

use anyhow::Context;
use bench::report::provenance;
use serde_json::Value;

/// The packages whose versions matter to the figures.
const PACKAGES: [&str; 7] = [
    "vue",
    "vue-router",
    "react",
    "react-dom",
    "react-router",
    "axios",
    "vite",
];

/// What stands above the tables.
pub(crate) struct Setting {
    pub(crate) runs: u32,
    /// Date, commit, processor, cores, memory.
    pub(crate) provenance: String,
    /// Browser and packages with their versions.
    pub(crate) versions: String,
}

impl Setting {
    /// This machine, now, with the versions of `packages`, a package.json.
    ///
    /// # Errors
    /// When `packages` cannot be read or lacks one.
    pub(crate) fn here(chromium: String, packages: &Path, runs: u32) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(packages)
            .with_context(|| format!("cannot read {}", packages.display()))?;
        let manifest: Value = serde_json::from_str(&text)?;
        let mut versions = vec![chromium.replace('/', " ")];
        for name in PACKAGES {
            let version = manifest["dependencies"][name]
                .as_str()
                .with_context(|| format!("{} has no {name}", packages.display()))?;
            versions.push(format!("{name} {version}"));
        }
        Ok(Self {
            runs,
            provenance: provenance::here(),
            versions: versions.join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_those_of_the_committed_packages() {
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("page/package.json");
        let setting = Setting::here("Chrome/1.2".to_owned(), &packages, 9).unwrap();
        assert!(
            setting.versions.starts_with("Chrome 1.2, vue 3."),
            "{}",
            setting.versions
        );
        // Exact ones: a range would be measured one way today and another way tomorrow.
        assert!(
            !setting.versions.contains(['^', '~', '*']),
            "{}",
            setting.versions
        );
    }
}

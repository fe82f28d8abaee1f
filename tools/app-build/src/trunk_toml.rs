//! What `Trunk.toml` says about building the app. It is trunk's file, and trunk builds what is delivered: what this
//! does not know it refuses, instead of building something else than trunk would.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The file, by sections; those of `trunk serve` are not looked into.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrunkToml {
    pub(crate) build: Build,
    #[serde(default)]
    pub(crate) hooks: Vec<Hook>,
    #[serde(default)]
    pub(crate) watch: Watch,
    #[serde(default)]
    #[expect(dead_code, reason = "what serves is the development server")]
    serve: Option<IgnoredAny>,
    #[serde(default)]
    pub(crate) proxy: Vec<Proxy>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Build {
    /// The page.
    pub(crate) target: String,
    #[expect(dead_code, reason = "the caller says where")]
    dist: Option<IgnoredAny>,
    pub(crate) pattern_script: String,
    /// Only none at all, which is what an empty text stands for.
    #[expect(dead_code, reason = "there is nothing to do")]
    pub(crate) pattern_preload: Nothing,
    #[serde(default)]
    pub(crate) pattern_params: BTreeMap<String, String>,
}

/// An empty text.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Nothing;

impl TryFrom<String> for Nothing {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() {
            Ok(Nothing)
        } else {
            Err("only an empty text is known here")
        }
    }
}

/// A program that runs before everything else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hook {
    #[expect(dead_code, reason = "there is one stage alone")]
    stage: Stage,
    pub(crate) command: String,
    #[serde(default)]
    pub(crate) command_arguments: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    PreBuild,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Watch {
    #[serde(default)]
    pub(crate) watch: Vec<String>,
}

/// What `trunk serve` passes on.
#[derive(Debug, Deserialize)]
pub(crate) struct Proxy {
    pub(crate) backend: String,
}

/// Reads it.
///
/// # Errors
/// Whatever this does not know, with its place.
pub(crate) fn parse(text: &str) -> Result<TrunkToml, String> {
    toml::from_str(text).map_err(|error| {
        let place = error.span().map_or(1, |span| {
            let before = text.get(..span.start).unwrap_or_default();
            before.matches('\n').count().saturating_add(1)
        });
        format!("Trunk.toml, line {place}: {}", error.message())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str =
        "[build]\ntarget = \"index.html\"\npattern_script = \"\"\npattern_preload = \"\"\n";

    #[test]
    fn our_own_file_is_understood() {
        let own = parse(include_str!("../../../Trunk.toml")).unwrap();
        assert_eq!(own.build.target, "index.html");
        assert_eq!(own.hooks.len(), 1);
        assert!(own.watch.watch.contains(&"frontend".to_owned()));
        parse(SMALLEST).unwrap();
    }

    #[test]
    fn what_only_trunk_knows_is_named_with_its_line() {
        for (more, said) in [
            ("minify = \"always\"", "line 5: unknown field `minify`"),
            (
                "[tools]\nsass = \"1.69.5\"",
                "line 5: unknown field `tools`",
            ),
            (
                "[[hooks]]\nstage = \"post_build\"\ncommand = \"sh\"",
                "line 6: unknown variant `post_build`",
            ),
        ] {
            let error = parse(&format!("{SMALLEST}{more}\n")).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let preload = SMALLEST.replace("preload = \"\"", "preload = \"<link>\"");
        let error = parse(&preload).unwrap_err();
        assert!(error.contains("line 4: only an empty text"), "{error}");
    }
}

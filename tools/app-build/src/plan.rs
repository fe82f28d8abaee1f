//! What has to be done for a page, found out before anything is compiled.

use std::path::{Component, Path};

use crate::tags::{self, Tag};
use crate::trunk_toml::{self, TrunkToml};

/// A page and what stands in it for trunk, in its order.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) trunk: TrunkToml,
    pub(crate) html: String,
    pub(crate) parts: Vec<(std::ops::Range<usize>, Part)>,
}

/// What stands in its place in the built page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The base of all addresses.
    Base,
    /// What loads the app.
    Rust(Crate),
    /// A file's text between these two.
    Inline(String, &'static str, &'static str),
    /// Nothing; a file or a folder beside the page.
    Copy { from: String, into: String },
    /// A link to a file whose name has its hash: what it begins with, and its other attributes.
    Link {
        from: String,
        into: String,
        begin: &'static str,
        attributes: String,
    },
}

/// The app's own crate, and how it is compiled.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Crate {
    pub(crate) manifest: String,
    pub(crate) bin: String,
    /// Profile and features, as cargo takes them.
    pub(crate) arguments: Vec<String>,
    pub(crate) keep_debug: bool,
    pub(crate) no_demangle: bool,
}

impl Plan {
    /// For the page that `Trunk.toml` names in this folder.
    ///
    /// # Errors
    /// What this does not know.
    pub(crate) fn of(root: &Path, release: bool) -> Result<Plan, String> {
        let read = |path: &str| {
            let text = std::fs::read_to_string(root.join(path));
            text.map_err(|error| format!("cannot read {path}: {error}"))
        };
        let trunk = trunk_toml::parse(&read("Trunk.toml")?)?;
        let page = &trunk.build.target;
        let html = read(page)?;
        let mut parts = Vec::new();
        for tag in tags::opening(&html) {
            let line = html[..tag.place.start].matches('\n').count() + 1;
            let part = part(&tag, release);
            if let Some(part) = part.map_err(|why| format!("{page}, line {line}: {why}"))? {
                parts.push((tag.place, part));
            }
        }
        let apps = parts.iter().filter(|(_, it)| matches!(it, Part::Rust(_)));
        if apps.count() != 1 {
            return Err(format!("{page} has not exactly one rel=\"rust\""));
        }
        Ok(Plan { trunk, html, parts })
    }

    /// The crate.
    pub(crate) fn app(&self) -> Option<&Crate> {
        self.parts.iter().find_map(|(_, part)| match part {
            Part::Rust(app) => Some(app),
            _ => None,
        })
    }

    /// The files and folders that make a difference.
    pub(crate) fn sources(&self) -> Vec<&str> {
        let build = &self.trunk.build;
        let mut sources = vec!["Trunk.toml", &build.target];
        sources.extend(self.trunk.watch.watch.iter().map(String::as_str));
        sources.extend(self.parts.iter().filter_map(|(_, part)| match part {
            Part::Inline(from, ..) | Part::Copy { from, .. } | Part::Link { from, .. } => {
                Some(from.as_str())
            }
            Part::Base | Part::Rust(_) => None,
        }));
        sources.sort_unstable();
        sources.dedup();
        sources
    }
}

/// What a tag stands for; nothing where it is none of trunk's.
fn part(tag: &Tag<'_>, release: bool) -> Result<Option<Part>, String> {
    if tag.name == "base" && tag.get("data-trunk-public-url").is_some() {
        return match tag.attributes[..] {
            [_] => Ok(Some(Part::Base)),
            _ => Err("<base data-trunk-public-url> has other attributes".to_owned()),
        };
    }
    if tag.get("data-trunk").is_none() {
        return Ok(None);
    }
    if tag.name != "link" {
        return Err(format!("<{} data-trunk>", tag.name));
    }
    let rel = tag.get("rel").unwrap_or_default();
    let from = tag.get("href").unwrap_or_default().to_owned();
    if from.is_empty() || !is_inside(&from) {
        return Err(format!("rel=\"{rel}\" with href=\"{from}\""));
    }
    let into = tag.get("data-target-path").unwrap_or_default();
    if !is_inside(into) {
        return Err(format!("data-target-path=\"{into}\""));
    }
    let into = into.trim_end_matches('/').to_owned();
    // What the browser is told stays, in the order of its names.
    let mut others = tag.attributes.clone();
    others.retain(|(name, _)| !name.starts_with("data-") && !["rel", "href"].contains(name));
    others.sort_unstable();
    let known: &[&str] = match rel {
        "rust" => &[],
        "inline" => &["type"],
        "css" | "icon" => &["data-target-path", "data-integrity", "data-no-minify"],
        _ => &["data-target-path"],
    };
    let is_known = |name: &str| {
        ["data-trunk", "rel", "href"].contains(&name)
            || known.contains(&name)
            || rel == "css" && !name.starts_with("data-")
    };
    if rel != "rust"
        && let Some((name, _)) = tag.attributes.iter().find(|(name, _)| !is_known(name))
    {
        return Err(format!("{name} on rel=\"{rel}\""));
    }
    Ok(Some(match rel {
        "rust" => Part::Rust(app(tag, from, release)?),
        "inline" => {
            let ending = from.rsplit('.').next().unwrap_or_default();
            let (begin, end) = match tag.get("type").unwrap_or(ending) {
                "html" | "svg" => ("", ""),
                "css" => ("<style>", "</style>"),
                "js" => ("<script>", "</script>"),
                "mjs" | "module" => ("<script type=\"module\">", "</script>"),
                other => return Err(format!("rel=\"inline\" of type {other}")),
            };
            Part::Inline(from, begin, end)
        }
        "copy-file" | "copy-dir" => Part::Copy { from, into },
        "css" | "icon" => {
            let attributes = others.iter().map(|(name, value)| match *value {
                "" => format!(" {name}"),
                value => format!(" {name}=\"{value}\""),
            });
            Part::Link {
                attributes: attributes.collect(),
                begin: match rel {
                    "css" => "<link rel=\"stylesheet\" href=\"",
                    _ => "<link rel=\"icon\" href=\"",
                },
                from,
                into,
            }
        }
        other => return Err(format!("rel=\"{other}\"")),
    }))
}

/// Whether this path, seen from a folder, is nowhere else.
fn is_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    parts.all(|it| matches!(it, Component::Normal(_)))
}

fn app(tag: &Tag<'_>, href: String, release: bool) -> Result<Crate, String> {
    let mut app = Crate {
        manifest: match href.ends_with("Cargo.toml") {
            true => href,
            false => format!("{href}/Cargo.toml"),
        },
        ..Crate::default()
    };
    let mut profile = release.then_some("release");
    for (name, value) in &tag.attributes {
        let option = |option: &str| vec![option.to_owned(), (*value).to_owned()];
        match *name {
            // The last three are about what is loaded beside the script of Trunk.toml, or after a release build.
            "data-trunk"
            | "rel"
            | "href"
            | "data-weak-refs"
            | "data-reference-types"
            | "data-wasm-opt"
            | "data-wasm-no-import" => {}
            "data-integrity" if *value == "none" => {}
            "data-bin" => app.bin = (*value).to_owned(),
            "data-keep-debug" => app.keep_debug = true,
            "data-no-demangle" => app.no_demangle = true,
            "data-cargo-features" => app.arguments.extend(option("--features")),
            "data-cargo-all-features" => app.arguments.push("--all-features".to_owned()),
            "data-cargo-no-default-features" => {
                app.arguments.push("--no-default-features".to_owned());
            }
            "data-cargo-profile-release" if release => profile = Some(value),
            "data-cargo-profile-dev" if !release => profile = Some(value),
            "data-cargo-profile-release" | "data-cargo-profile-dev" => {}
            other => return Err(format!("{other} on rel=\"rust\"")),
        }
    }
    if app.bin.is_empty() {
        return Err("rel=\"rust\" without data-bin".to_owned());
    }
    let profile = profile.map(|it| ["--profile".to_owned(), it.to_owned()]);
    app.arguments.extend(profile.into_iter().flatten());
    Ok(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(html: &str) -> Result<Vec<Part>, String> {
        let tags = tags::opening(html);
        let parts = tags.iter().filter_map(|tag| part(tag, false).transpose());
        parts.collect()
    }

    #[test]
    fn our_own_page_is_understood() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        for release in [false, true] {
            let plan = Plan::of(root, release).unwrap();
            let app = plan.app().unwrap();
            assert_eq!(app.bin, "wechat-login-frontend");
            assert_eq!(app.arguments.contains(&"wasm-release".to_owned()), release);
            assert!(plan.sources().contains(&"frontend/boot.js"));
        }
    }

    #[test]
    fn everything_that_is_left_to_trunk_is_named() {
        for (html, named) in [
            ("<link data-trunk rel=sass href=a.scss>", "rel=\"sass\""),
            ("<link data-trunk rel=tailwind-css href=a.css>", "tailwind"),
            ("<script data-trunk src=a.js>", "<script data-trunk>"),
            ("<link data-trunk rel=inline href=../a.js>", "../a.js"),
            ("<link data-trunk rel=inline href=a.txt>", "type txt"),
            (
                "<link data-trunk rel=copy-dir href=a data-target-path=../b>",
                "data-target-path=\"../b\"",
            ),
            (
                "<link data-trunk rel=css href=a.css data-target-path=/b>",
                "data-target-path=\"/b\"",
            ),
            ("<link data-trunk rel=copy-file href=a b>", "b on rel"),
            ("<link data-trunk rel=copy-file>", "href=\"\""),
            (
                "<link data-trunk rel=rust href=a data-bin=b data-type=worker>",
                "data-type",
            ),
            ("<link data-trunk rel=rust href=a>", "data-bin"),
            (
                "<base data-trunk-public-url target=_top>",
                "other attributes",
            ),
        ] {
            let error = parts(html).unwrap_err();
            assert!(error.contains(named), "{html}: {error}");
        }
    }

    #[test]
    fn links_keep_what_the_browser_is_told() {
        let html = "<link rel=icon href=x><link data-trunk rel=css href=a.css media=print id=b data-integrity=none>";
        let [
            Part::Link {
                begin, attributes, ..
            },
        ] = &parts(html).unwrap()[..]
        else {
            panic!("{html}");
        };
        assert_eq!(*begin, "<link rel=\"stylesheet\" href=\"");
        assert_eq!(attributes, " id=\"b\" media=\"print\"");
    }
}

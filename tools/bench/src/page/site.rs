//! A built page as it is served: its head as a variant has it, and everything compressed.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

/// Starts the request for the proxy's first answer beside the scripts.
const PRELOAD: &str = r#"<link rel="preload" as="fetch" href="/api/bootstrap" crossorigin />"#;
/// How the scripts of our app's first stage begin, and how in them the app's module, its size, and the stage's own module.
const STAGE: &str = "var wechatLoginFiles = {";
const MODULE: &str = "module: '";
const SIZE: &str = "size: ";
const FIRST: &str = "wechatLogin.run('";
/// What our app does with its half-loaded module when it leaves.
const LEAVE: &str = r#"data-leave="worker hold""#;

/// What is done to an `index.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    AsBuilt,
    /// The style sheet is put in the place of the link to it.
    StyleInlined,
    /// That, and the proxy's first answer is preloaded: what our app's `index.html` did while it had one stage.
    LikeTheApp,
    /// Of our app: this is done with its half-loaded module when it leaves.
    Leaving(&'static str),
    /// Of our app: without its first stage.
    WithoutStage,
    /// The style sheet is inlined, and our app's first stage is in the page.
    WithStage,
}

/// A copy of a build with its head changed, every file beside itself compressed at the highest quality. Our app's
/// build is in the folder `app` beside it.
pub(crate) fn prepared(build: &Path, head: Head) -> anyhow::Result<TempDir> {
    let site = tempfile::tempdir()?;
    if head == Head::WithStage {
        let worker = build.with_file_name("app").join("sw.js");
        std::fs::copy(worker, site.path().join("sw.js")).context("this app has no worker")?;
    }
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        std::fs::create_dir_all(site.path().join(&folder))?;
        for entry in std::fs::read_dir(build.join(&folder))? {
            let file = folder.join(entry?.file_name());
            let ending = file.extension().unwrap_or_default();
            if build.join(&file).is_dir() {
                folders.push(file);
            } else if ending != "br" && ending != "gz" {
                let mut content = std::fs::read(build.join(&file))?;
                if file == Path::new("index.html") {
                    content = changed(String::from_utf8(content)?, head, build)?.into();
                }
                std::fs::write(site.path().join(&file), &content)?;
                let compressed = site.path().join(format!("{}.br", file.display()));
                File::create(compressed)?.write_all(&brotli(&content)?)?;
                // What WebKit on Linux takes over plain http.
                let compressed = site.path().join(format!("{}.gz", file.display()));
                let mut gzip = GzEncoder::new(File::create(compressed)?, Compression::best());
                gzip.write_all(&content)?;
                gzip.finish()?;
            }
        }
    }
    Ok(site)
}

/// A page with a head like this.
fn changed(index: String, head: Head, build: &Path) -> anyhow::Result<String> {
    match head {
        Head::AsBuilt => Ok(index),
        Head::StyleInlined => style_inlined(&index, build),
        Head::LikeTheApp => {
            let inlined = style_inlined(&index, build)?;
            Ok(inlined.replacen("<title>", &format!("{PRELOAD}\n    <title>"), 1))
        }
        Head::Leaving(how) => {
            anyhow::ensure!(index.contains(LEAVE), "index.html has no {LEAVE}");
            Ok(index.replacen(LEAVE, &format!(r#"data-leave="{how}""#), 1))
        }
        Head::WithoutStage => {
            let script = stage(&index).context("index.html has no first stage")?;
            Ok(index.replacen(script, "", 1))
        }
        Head::WithStage => with_stage(
            &style_inlined(&index, build)?,
            build,
            &build.with_file_name("app"),
        ),
    }
}

/// The content of the one style sheet is in the place of its link.
fn style_inlined(index: &str, build: &Path) -> anyhow::Result<String> {
    let parts = index.split_once("<link rel=\"stylesheet\"");
    let parts = parts.and_then(|(before, rest)| {
        let (link, after) = rest.split_once('>')?;
        let (_, path) = link.split_once("href=\"/")?;
        Some((before, path.split_once('"')?.0, after))
    });
    let (before, path, after) = parts.context("index.html has no style sheet")?;
    let style = std::fs::read_to_string(build.join(path)).with_context(|| format!("no {path}"))?;
    Ok(format!("{before}<style>{style}</style>{after}"))
}

/// What stands between the two.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(begin)?.1.split_once(end)?.0)
}

/// The scripts of a page's first stage, tags included.
fn stage(index: &str) -> Option<&str> {
    let begin = index[..index.find(STAGE)?].rfind("<script")?;
    let module = begin + index[begin..].find(FIRST)?;
    let end = index[module..].find("</script>")? + "</script>".len();
    Some(&index[begin..module + end])
}

/// The module in it: each byte is a character, or `\x` and two digits.
fn stage_module(stage: &str) -> Option<Vec<u8>> {
    let mut parts = between(stage, FIRST, "'")?.split("\\x");
    let plain = |text: &str| {
        text.chars()
            .map(u8::try_from)
            .collect::<Result<Vec<u8>, _>>()
            .ok()
    };
    let mut module = plain(parts.next()?)?;
    for part in parts {
        module.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        module.extend(plain(part.get(2..)?)?);
    }
    Some(module)
}

/// A page of Vite's with our app's first stage, which begins to load its script and has it run once the page stays.
fn with_stage(index: &str, build: &Path, app: &Path) -> anyhow::Result<String> {
    let ours = std::fs::read_to_string(app.join("index.html"))?;
    let stage = stage(&ours).context("this app has no first stage")?;
    let link = between(&ours, "<link id=\"api-bootstrap\"", ">").context("no api-bootstrap")?;
    let (before, rest) = index
        .split_once("<script type=\"module\"")
        .context("no script")?;
    let (script, after) = rest
        .split_once("</script>")
        .context("no end of the script")?;
    let path = between(script, "src=\"", "\"").context("no address of the script")?;
    let size = build.join(path.trim_start_matches('/')).metadata()?.len();
    let module = between(stage, MODULE, "'").context("no module")?;
    let old_size = between(stage, SIZE, " ").context("no size")?;
    let stage = stage
        .replacen(&format!("{MODULE}{module}"), &format!("{MODULE}{path}"), 1)
        .replacen(&format!("{SIZE}{old_size}"), &format!("{SIZE}{size}"), 1);
    let start = format!(
        "<script type=\"module\">\nconst loaded = window.wechatLogin && wechatLogin.module.then((it) => it.text());\n\
         Promise.resolve(loaded).then(() => import('{path}'));\n</script>"
    );
    Ok(format!(
        "{before}<link id=\"api-bootstrap\"{link}>{stage}{start}{after}"
    ))
}

/// What the first stage of a built app weighs after brotli: its module alone, and all that it adds to `index.html`;
/// `None` if there is none.
pub(crate) fn stage_weight(build: &Path) -> anyhow::Result<Option<(f64, f64)>> {
    let index = std::fs::read_to_string(build.join("index.html"))?;
    let Some(script) = stage(&index) else {
        return Ok(None);
    };
    let module = stage_module(script).context("the first stage has no module")?;
    let without = index.replacen(script, "", 1);
    let weight = |bytes: &[u8]| anyhow::Ok(brotli(bytes)?.len() as f64);
    let added = weight(index.as_bytes())? - weight(without.as_bytes())?;
    Ok(Some((weight(&module)?, added)))
}

fn brotli(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 22);
    compressor.write_all(content)?;
    Ok(compressor.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of this head, from a build with this `index.html`.
    fn page(index: &str, head: Head) -> anyhow::Result<String> {
        let build = tempfile::tempdir()?;
        std::fs::create_dir(build.path().join("a"))?;
        for (name, text) in [
            ("index.html", index),
            ("a/b.css", "p{}"),
            ("a/b.css.br", "old"),
        ] {
            std::fs::write(build.path().join(name), text)?;
        }
        let site = prepared(build.path(), head)?;
        assert!(site.path().join("index.html.br").is_file());
        let style = std::fs::read(site.path().join("a/b.css.br"))?;
        assert!(!style.is_empty() && style != b"old");
        Ok(std::fs::read_to_string(site.path().join("index.html"))?)
    }

    #[test]
    fn a_head_like_ours_has_the_style_and_the_preload_and_everything_is_compressed() {
        let built = "<title>t</title><link rel=\"stylesheet\" crossorigin href=\"/a/b.css\">";
        let inlined = "<title>t</title><style>p{}</style>";
        assert_eq!(page(built, Head::AsBuilt).unwrap(), built);
        assert_eq!(page(built, Head::StyleInlined).unwrap(), inlined);
        let like_ours = page(built, Head::LikeTheApp).unwrap();
        assert_eq!(like_ours, format!("{PRELOAD}\n    {inlined}"));
        assert!(page("<title>t</title>", Head::StyleInlined).is_err());
    }

    #[test]
    fn our_page_leaves_otherwise_or_has_no_first_stage() {
        let script = format!(
            "<script>\n{STAGE} module: '/a.wasm', size: 7 }};\n</script>\n\
             <script>\nwechatLogin.run('\\x00asm\\x5cÿ');\n</script>"
        );
        let built = format!("<script>a</script>{script}<link {LEAVE}><script>b</script>");
        let held = page(&built, Head::Leaving("hold")).unwrap();
        assert_eq!(held, built.replace("worker hold", "hold"));
        let alone = page(&built, Head::WithoutStage).unwrap();
        assert_eq!(alone, built.replace(&script, ""));
        assert_eq!(
            stage_module(stage(&built).unwrap()).unwrap(),
            b"\0asm\\\xff"
        );
        for head in [Head::Leaving(""), Head::WithoutStage, Head::WithStage] {
            assert!(page("<title>t</title>", head).is_err());
        }

        let builds = tempfile::tempdir().unwrap();
        let link = "<link id=\"api-bootstrap\" href=\"/api/bootstrap\">";
        let vite =
            "<title>t</title><script type=\"module\" crossorigin src=\"/a/b.js\"></script><p>";
        let write = |name: &str, text: &str| {
            let path = builds.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("app/index.html", &format!("{link}{script}"));
        write("vue/a/b.js", "0123456789");
        let (vue, app) = (builds.path().join("vue"), builds.path().join("app"));
        let staged = with_stage(vite, &vue, &app).unwrap();
        let begin =
            format!("<title>t</title>{link}<script>\n{STAGE} module: '/a/b.js', size: 10 }};");
        assert!(staged.starts_with(&begin), "{staged}");
        assert!(
            staged.ends_with("import('/a/b.js'));\n</script><p>"),
            "{staged}"
        );
    }
}

//! What the documents tell page developers is what is compiled: their code stands in files of this repository, and their
//! tables name every function of `use_auth()`.

use std::path::{Path, PathBuf};

/// The chapters with code of pages; those of one language have the same names as the other's.
const CHAPTERS: [&str; 2] = ["pages.md", "existing-apps.md"];
const README: &str = "crates/leptos-wechat-login/README.md";

/// Where `Auth` has its functions.
const AUTH: [&str; 2] = [
    "crates/leptos-wechat-login/src/auth.rs",
    "crates/leptos-wechat-login/src/jssdk/error.rs",
];

/// What shows code in [`README`], which no tool puts together.
const SHOWN: [&str; 2] = [
    "examples/tea-house/src/main.rs",
    "examples/tea-house/src/parcel.rs",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn chapters() -> Vec<PathBuf> {
    let of = |language| CHAPTERS.map(|name| Path::new("docs").join(language).join(name));
    ["en", "zh"].into_iter().flat_map(of).collect()
}

/// The blocks of code of this kind, without what they are indented by.
fn blocks(text: &str, kind: &str) -> Vec<Vec<String>> {
    let fence = format!("```{kind}");
    let mut lines = text.lines().map(str::trim);
    let mut found = Vec::new();
    while lines.any(|line| line == fence) {
        let block = lines.by_ref().take_while(|line| *line != "```");
        found.push(block.map(str::to_owned).collect());
    }
    found
}

/// The names of public functions that take `self`.
fn functions(source: &str) -> Vec<&str> {
    let functions = source.split("    pub fn ").skip(1);
    functions
        .filter(|it| {
            it.split_once('(')
                .is_some_and(|it| it.1.trim_start().starts_with("self"))
        })
        .map(|it| it.split(['(', '<']).next().unwrap())
        .collect()
}

#[test]
fn chapters_show_no_rust_but_that_of_files_which_are_compiled() {
    let mut shown = 0;
    for chapter in chapters() {
        let text = read(&chapter);
        // Only the first line of what is included would be indented, and a list would end in the middle of it.
        assert!(!text.contains(" {{#include"), "{}", chapter.display());
        for block in blocks(&text, "rust") {
            let what = || format!("{}: {block:#?}", chapter.display());
            let [line] = &block[..] else {
                panic!("{} is typed, not included", what());
            };
            let included = line
                .strip_prefix("{{#include ")
                .and_then(|it| it.strip_suffix("}}"));
            let included = included.unwrap_or_else(|| panic!("{} is typed, not included", what()));
            let (file, anchor) = included.split_once(':').unwrap_or((included, ""));
            let source = read(chapter.parent().unwrap().join(file));
            let [begin, end] = ["ANCHOR", "ANCHOR_END"].map(|it| format!("// {it}: {anchor}\n"));
            let is_there =
                file.ends_with(".rs") && source.contains(&begin) && source.contains(&end);
            assert!(is_there || anchor.is_empty(), "{} is not there", what());
            shown += 1;
        }
    }
    assert!(shown >= 5, "{shown} blocks");
}

#[test]
fn what_the_crates_readme_shows_without_compiling_it_stands_in_the_example() {
    let lines =
        |text: &str| -> Vec<String> { text.lines().map(|it| it.trim().to_owned()).collect() };
    let sources = SHOWN.map(|file| lines(&read(file)));
    let blocks = blocks(&read(README), "rust,ignore");
    assert!(blocks.len() >= 4);
    for block in blocks {
        let stands_in = |source: &Vec<String>| source.windows(block.len()).any(|it| it == block);
        assert!(
            sources.iter().any(stands_in),
            "no example has\n{}",
            block.join("\n")
        );
    }
}

#[test]
fn tables_name_every_function_of_use_auth() {
    let sources = AUTH.map(read);
    let names: Vec<&str> = sources.iter().flat_map(|it| functions(it)).collect();
    assert!(
        names.len() >= 18 && names.contains(&"explain_jssdk"),
        "{names:?}"
    );
    let readme = read(README);
    let missing = names
        .iter()
        .filter(|name| !readme.contains(&format!("`{name}(")));
    assert_eq!(missing.collect::<Vec<_>>(), [&""; 0], "in {README}");
    let mut told = 0;
    for chapter in chapters() {
        let text = read(&chapter);
        if !text.contains("## `use_auth()`") {
            continue;
        }
        told += 1;
        let missing = names
            .iter()
            .filter(|name| !text.contains(&format!("`auth.{name}(")));
        assert_eq!(
            missing.collect::<Vec<_>>(),
            [&""; 0],
            "in {}",
            chapter.display()
        );
    }
    assert!(told > 0, "no chapter has a table of use_auth()");
}

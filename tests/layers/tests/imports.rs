//! No file of a crate uses another one that uses it, be it over many others; and the proxy's floors use only those below.
//!
//! What counts as a use: every path that begins with `crate`, `super`, `self` or a module of the file's own, through
//! re-exports to the file that has the item. What does not: `mod x;`, `pub use`, and what is only there for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The proxy's floors, from the lowest. Its roots, `lib.rs` and `main.rs`, stand outside.
const FLOORS: [&str; 5] = ["config", "login", "metrics", "http", "commands"];

type Name = Vec<String>;
type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

#[derive(Default)]
struct Module {
    file: PathBuf,
    /// What its `use` lines call things.
    aliases: BTreeMap<String, Name>,
    /// Paths in it that may lead to other files.
    uses: Vec<Name>,
}

#[derive(Default)]
struct Crate(BTreeMap<Name, Module>);

impl Crate {
    fn read(&mut self, file: &Path, name: &Name) {
        let text = std::fs::read_to_string(file).unwrap();
        let tokens: TokenStream = text.parse().unwrap();
        let is_folders = ["lib.rs", "main.rs", "mod.rs"].map(|it| file.ends_with(it));
        let folder = match file.parent() {
            Some(parent) if is_folders.contains(&true) => parent.to_owned(),
            _ => file.with_extension(""),
        };
        self.read_items(tokens, file, &folder, name);
    }

    fn read_items(&mut self, tokens: TokenStream, file: &Path, folder: &Path, name: &Name) {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_end = |token: &TokenTree| {
            let is_body = |it: &proc_macro2::Group| it.delimiter() == Delimiter::Brace;
            token.to_string() == ";" || matches!(token, TokenTree::Group(it) if is_body(it))
        };
        for item in tokens.split_inclusive(is_end) {
            let text = TokenStream::from_iter(item.iter().cloned()).to_string();
            if text.contains("cfg (test") || text.contains("# [test]") {
                continue;
            }
            // Counted from the end, for attributes and comments stand before.
            let word = |index: usize| item.get(index).map(ToString::to_string);
            let is_mod = item.len() > 2 && word(item.len() - 3).as_deref() == Some("mod");
            if let Some(child) = item.len().checked_sub(2).and_then(word).filter(|_| is_mod) {
                let (below, name) = (folder.join(&child), [&name[..], &[child]].concat());
                let files = [below.with_extension("rs"), below.join("mod.rs")];
                match (item.last(), files.iter().find(|file| file.is_file())) {
                    (Some(TokenTree::Group(body)), _) => {
                        self.read_items(body.stream(), file, &below, &name);
                    }
                    (_, Some(file)) => self.read(file, &name),
                    _ => panic!("no file of {} beside {}", name.join("::"), file.display()),
                }
                continue;
            }
            let mut paths = Vec::new();
            read_paths(item, &Name::new(), &mut paths);
            let use_at = item.iter().position(|token| token.to_string() == "use");
            let before = use_at.and_then(|at| word(at.checked_sub(1)?));
            if use_at.is_some() {
                let named = paths.iter().filter_map(|path| Some((path.last()?, path)));
                let named = named.map(|(last, path)| (last.clone(), path.clone()));
                module.aliases.extend(named);
            }
            if !before.is_some_and(|it| it == "pub" || it.starts_with('(')) {
                module.uses.append(&mut paths);
            }
        }
        self.0.insert(name.clone(), module);
    }

    /// The module that has what this path, seen from `from`, leads to.
    fn resolve(&self, from: &Name, path: &[String]) -> Option<&Module> {
        let (mut at, mut is_first) = (from.clone(), true);
        for (index, word) in path.iter().enumerate() {
            let child = [&at[..], std::slice::from_ref(word)].concat();
            match word.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()?),
                _ if self.0.contains_key(&child) => at = child,
                _ if is_first => return None,
                _ => {
                    let alias = self.0[&at].aliases.get(word);
                    let alias = alias.filter(|alias| at != *from && alias.len() > 1);
                    let inside = alias
                        .and_then(|alias| self.resolve(&at, &[alias, &path[index + 1..]].concat()));
                    // Whatever comes from outside the crate is the module's own word.
                    return inside.or(self.0.get(&at));
                }
            }
            is_first = false;
        }
        self.0.get(&at)
    }
}

/// Every `a::b::c` and `a::{b, c}`, those in macros included.
fn read_paths(tokens: &[TokenTree], before: &Name, found: &mut Vec<Name>) {
    let (mut path, mut colons) = (before.clone(), 2);
    for token in tokens {
        let (is_part, word) = (colons == 2, token.to_string());
        match token {
            TokenTree::Punct(_) if word == ":" => colons = if is_part { 1 } else { colons + 1 },
            TokenTree::Ident(_) => {
                if !is_part {
                    found.push(std::mem::take(&mut path));
                }
                path.push(word);
                colons = 0;
            }
            TokenTree::Group(group) => {
                let before = match is_part {
                    true => std::mem::take(&mut path),
                    false => Name::new(),
                };
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                read_paths(&inside, &before, found);
                found.push(std::mem::take(&mut path));
                colons = 0;
            }
            _ => {
                // In a list behind `a::` the next one begins there, too.
                found.push(std::mem::replace(&mut path, before.clone()));
                colons = 2;
            }
        }
    }
    // What stands before a list is no path of its own, also behind its last comma.
    if path != *before {
        found.push(path);
    }
    found.retain(|path| path.len() > 1);
}

/// Which file uses which.
fn imports(root: &Path) -> Imports {
    let mut all = Crate::default();
    all.read(root, &Name::new());
    let mut imports = Imports::new();
    for (name, module) in &all.0 {
        let used = module
            .uses
            .iter()
            .filter_map(|path| all.resolve(name, path));
        let used = used
            .map(|it| it.file.clone())
            .filter(|it| *it != module.file);
        imports.entry(module.file.clone()).or_default().extend(used);
    }
    imports
}

/// All that a file leads to; itself only in a circle.
fn reachable(imports: &Imports, from: &Path) -> BTreeSet<PathBuf> {
    let (mut seen, mut rest) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(file) = rest.pop() {
        rest.extend(
            imports[&file]
                .iter()
                .filter(|it| seen.insert((*it).clone()))
                .cloned(),
        );
    }
    seen
}

fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// `src/lib.rs` and `src/main.rs` of all crates.
fn roots(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            let files = ["src/lib.rs", "src/main.rs"].map(|it| path.join(it));
            found.extend(files.into_iter().filter(|it| it.is_file()));
            roots(&path, found);
        }
    }
}

#[test]
fn no_files_of_a_crate_use_one_another_in_a_circle() {
    let mut all = Vec::new();
    roots(&workspace(), &mut all);
    assert!(all.len() > 8, "{all:?}");
    let mut told = String::new();
    for root in all {
        let imports = imports(&root);
        for (file, used) in &imports {
            let back = |it: &&PathBuf| reachable(&imports, it).contains(file);
            for used in used.iter().filter(back) {
                let short = |it: &Path| it.strip_prefix(workspace()).unwrap().display().to_string();
                let line = format!("{} uses {}\n", short(file), short(used));
                told.push_str(&line);
            }
        }
    }
    assert!(told.is_empty(), "in a circle:\n{told}");
}

#[test]
fn the_proxys_floors_use_only_those_below() {
    let source = workspace().join("proxy/src");
    let floor_of = |file: &Path| {
        let inside = file.strip_prefix(&source).unwrap();
        FLOORS.iter().position(|floor| inside.starts_with(floor))
    };
    let mut seen = BTreeSet::new();
    for (file, used) in imports(&source.join("lib.rs")) {
        seen.insert(floor_of(&file));
        let above = used.iter().find(|it| floor_of(it) > floor_of(&file));
        assert_eq!(above, None, "{} stands below it", file.display());
    }
    assert_eq!(seen.len(), FLOORS.len() + 1);
}

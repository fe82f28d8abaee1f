//! What the module's bytes are spent on: code by crate, the largest functions, data and everything else.
//!
//! A function counts for the crate whose source it is, however it was instantiated: `Vec<Order>::push` is `alloc`'s,
//! a component's `view!` is ours, and the `rebuild` of a tuple of tachys is tachys'.

use std::collections::BTreeMap;
use std::ops::Range;

use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// Functions that are shown by name.
const LARGEST: usize = 40;

/// A module whose names were kept; the one that is shipped has the same code.
#[derive(Default)]
pub(crate) struct Sizes {
    /// Bytes of each function with its mangled name.
    functions: Vec<(String, usize)>,
    /// Bytes of the sections that are no code, by name.
    others: Vec<(&'static str, usize)>,
}

/// # Errors
/// When it is no module, or has no names.
pub(crate) fn of(module: &[u8]) -> anyhow::Result<Sizes> {
    let mut sizes = Sizes::default();
    let mut imported = 0;
    let mut bodies = Vec::new();
    let mut names = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::CodeSectionEntry(body) => bodies.push(body.range().len()),
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    for subsection in subsections {
                        if let Name::Function(functions) = subsection? {
                            for naming in functions {
                                let naming = naming?;
                                names.insert(naming.index, naming.name);
                            }
                        }
                    }
                }
                continue;
            }
            _ => {}
        }
        if let Some((name, range)) = section(&payload) {
            sizes.others.push((name, range.len()));
        }
    }
    anyhow::ensure!(!bodies.is_empty(), "the module has no code");
    anyhow::ensure!(
        !names.is_empty(),
        "the module has no names, it was stripped"
    );
    for (index, bytes) in (imported..).zip(bodies) {
        // wasm-bindgen's own functions have none.
        let name = names.get(&index).copied().unwrap_or_default();
        sizes.functions.push((name.to_owned(), bytes));
    }
    Ok(sizes)
}

/// A section besides the code and those of names, which are not shipped.
fn section(payload: &Payload<'_>) -> Option<(&'static str, Range<usize>)> {
    Some(match payload {
        Payload::DataSection(it) => ("data (texts, tables, panics)", it.range()),
        Payload::ImportSection(it) => ("imports (JavaScript's names)", it.range()),
        Payload::ExportSection(it) => ("exports", it.range()),
        Payload::ElementSection(it) => ("functions called by address", it.range()),
        Payload::FunctionSection(it) => ("types of functions", it.range()),
        _ => return None,
    })
}

impl Sizes {
    /// The whole report.
    pub(crate) fn print(&self) {
        let code: usize = self.functions.iter().map(|(_, bytes)| bytes).sum();
        let mut crates: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (name, bytes) in &self.functions {
            let (sum, count) = crates.entry(crate_of(name)).or_default();
            *sum += bytes;
            *count += 1;
        }
        let mut crates: Vec<_> = crates.into_iter().collect();
        crates.sort_by_key(|(_, (bytes, _))| std::cmp::Reverse(*bytes));
        println!("      bytes  functions  crate");
        for (name, (bytes, count)) in crates {
            println!("  {bytes:>9}  {count:>9}  {name}");
        }
        println!("  {code:>9}  {:>9}  code in all", self.functions.len());
        for (name, bytes) in &self.others {
            println!("  {bytes:>9}             {name}");
        }
        let mut functions: Vec<_> = self.functions.iter().collect();
        functions.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        println!("\n      bytes  the {LARGEST} largest functions");
        for (name, bytes) in functions.into_iter().take(LARGEST) {
            let readable = format!("{:#}", rustc_demangle::demangle(name));
            let short: String = readable.chars().take(150).collect();
            println!("  {bytes:>9}  {short}");
        }
    }
}

/// The crate a function's source is in, by its name in rustc's mangling, version 0: that begins with the path of the
/// source, and a path with its crate (`C`, a hash, and the name with its length before it). Only a trait's own method
/// (`Y`) begins with the type it was instantiated for.
fn crate_of(mangled: &str) -> String {
    const NOT_RUST: &str = "(not Rust)";
    let Some(path) = mangled.strip_prefix("_R") else {
        return NOT_RUST.to_owned();
    };
    if path.starts_with("NvY") || path.starts_with("INvY") {
        let readable = format!("{:#}", rustc_demangle::demangle(mangled));
        if let Some(name) = crate_of_trait(&readable) {
            return name;
        }
    }
    first_crate(path).unwrap_or(NOT_RUST).to_owned()
}

/// Of `<some::Type as a_crate::Trait>::method`, `a_crate`; types have such pairs inside.
fn crate_of_trait(readable: &str) -> Option<String> {
    let mut depth = 0;
    for (index, c) in readable.char_indices() {
        match c {
            '<' => depth += 1,
            // Not that of `->`.
            '>' if !readable[..index].ends_with('-') => depth -= 1,
            ' ' if depth == 1 => {
                if let Some(path) = readable[index..].strip_prefix(" as ") {
                    return path.split("::").next().map(str::to_owned);
                }
            }
            _ => {}
        }
    }
    None
}

/// `C`, perhaps `s`, a number in letters and digits and `_`, then the length of the name and the name.
fn first_crate(path: &str) -> Option<&str> {
    path.match_indices('C').find_map(|(index, _)| {
        let rest = &path[index + 1..];
        let rest = rest.strip_prefix('s')?;
        let (hash, rest) = rest.split_once('_')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let length: usize = rest[..digits].parse().ok()?;
        let name = rest[digits..].strip_prefix('_').unwrap_or(&rest[digits..]);
        let is_hash = hash.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_hash.then(|| name.get(..length)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_counts_for_the_crate_of_its_source() {
        for (mangled, name) in [
            // core::ptr::drop_in_place::<tachys::A>
            (
                "_RINvNtCsfjKABjmAvDq_4core3ptr13drop_in_placeNtCs1234_6tachys1AECs9_8frontend",
                "core",
            ),
            // <tachys::A as core::clone::Clone>::clone: written in tachys.
            (
                "_RNvXs_Cs1234_6tachysNtB2_1ANtNtCsfjKABjmAvDq_4core5clone5Clone5clone",
                "tachys",
            ),
            // <alloc::vec::Vec<frontend::A>>::push
            (
                "_RNvMs_NtCsabc_5alloc3vecINtB2_3VecNtCs9_8frontend1AE4push",
                "alloc",
            ),
            // A closure of frontend::f.
            ("_RNCNvCs9_8frontend1f0B3_", "frontend"),
            // <frontend::A as core::iter::Iterator>::map: written in core.
            (
                "_RNvYNtCs9_8frontend1ANtNtCsfjKABjmAvDq_4core4iter8Iterator3map",
                "core",
            ),
            ("__wbindgen_malloc", "(not Rust)"),
        ] {
            assert_eq!(crate_of(mangled), name, "{mangled}");
        }
    }

    #[test]
    fn a_module_without_names_is_refused() {
        use wasm_encoder::{CodeSection, Function, FunctionSection, Module, TypeSection};
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut code = CodeSection::new();
        let mut function = Function::new([]);
        function.instruction(&wasm_encoder::Instruction::End);
        code.function(&function);
        module.section(&types).section(&functions).section(&code);
        assert!(of(&module.finish()).is_err());
        assert!(of(&Module::new().finish()).is_err());
    }
}

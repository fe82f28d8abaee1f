//! Shorter names for what the WASM imports from its script, and nothing in either that only people read.
//!
//! wasm-bindgen calls an import `__wbg_toLocaleDateString_a28e82885ff6f01a`, once in the module and once in the script.
//! Hashes do not compress: together with the comments they are one byte in twenty of what a phone loads.

use anyhow::Context;
use wasm_encoder::{EntityType, ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload, TypeRef};

/// Module and script that belong together.
pub(crate) struct App {
    /// The WASM.
    pub(crate) module: Vec<u8>,
    /// What wasm-bindgen wrote for it.
    pub(crate) script: String,
}

/// The same app in fewer bytes; an error where this is not what wasm-bindgen is known to write: better no app than one
/// whose imports are mixed up.
pub(crate) fn shorten(app: &App) -> anyhow::Result<App> {
    let mut module = Module::new();
    // In a template of several lines a line could look like a comment, and blanks would matter.
    let is_odd = |line: &&str| !line.matches('`').count().is_multiple_of(2);
    if let Some(line) = app.script.lines().find(is_odd) {
        anyhow::bail!("a template of several lines in the script: {line}");
    }
    // The blank is what stands before a property's name.
    let mut script = lines(&app.script).collect::<Vec<_>>().join("\n ");
    for payload in Parser::new(0).parse_all(&app.module) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(imports) => {
                let mut short = ImportSection::new();
                let mut from = None;
                for (number, import) in imports.clone().into_imports().enumerate() {
                    let import = import?;
                    let TypeRef::Func(signature) = import.ty else {
                        anyhow::bail!("{} is imported and no function", import.name);
                    };
                    anyhow::ensure!(
                        *from.get_or_insert(import.module) == import.module,
                        "imports come from several modules"
                    );
                    let name = short_name(number);
                    let property = format!(" {}: ", import.name);
                    replace_only(&mut script, &property, &format!(" {name}: "))?;
                    short.import(MODULE, &name, EntityType::Function(signature));
                }
                if let Some(from) = from {
                    replace_only(
                        &mut script,
                        &format!("\"{from}\": import0"),
                        &format!("\"{MODULE}\": import0"),
                    )?;
                }
                module.section(&short);
            }
            // Names, and which tools made it.
            Payload::CustomSection(_) => {}
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    module.section(&RawSection {
                        id,
                        data: app.module.get(range).context("a section ends early")?,
                    });
                }
            }
        }
    }
    Ok(App {
        module: module.finish(),
        script: script.replace("\n ", "\n"),
    })
}

/// What imports come from.
const MODULE: &str = "w";

/// `a` to `z`, `aa` to `zz` and so on: letters only, so that none is a number and each is a property's name.
fn short_name(number: usize) -> String {
    let mut rest = number;
    let mut name = Vec::new();
    loop {
        name.push(char::from(
            b'a' + u8::try_from(rest % 26).unwrap_or_default(),
        ));
        match (rest / 26).checked_sub(1) {
            None => return name.into_iter().rev().collect(),
            Some(next) => rest = next,
        }
    }
}

fn replace_only(script: &mut String, from: &str, to: &str) -> anyhow::Result<()> {
    let mut places = script.match_indices(from).map(|(place, _)| place);
    match (places.next(), places.next()) {
        (Some(place), None) => {
            script.replace_range(place..place + from.len(), to);
            Ok(())
        }
        _ => anyhow::bail!("the script has {from:?} not exactly once"),
    }
}

/// What is more than a comment, without indents.
pub(crate) fn lines(script: &str) -> impl Iterator<Item = &str> {
    let lines = script.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "\
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        // A comment.
        __wbg_first_0123456789abcdef: function(arg0) { return 1; },
        __wbg_second_0123456789abcdef: Math.random,
    };
    return {
        __proto__: null,
        \"./app_bg.js\": import0,
    };
}
const page = `https://page`;
";

    fn app(imports: &[&str], script: &str) -> App {
        let import = |name: &&str| format!("(import \"./app_bg.js\" \"{name}\" (func))");
        let imports: String = imports.iter().map(import).collect();
        let module = format!("(module {imports} (func call 1) (@custom \"producers\" \"us\"))");
        App {
            module: wat::parse_str(module).unwrap(),
            script: script.to_owned(),
        }
    }

    const BOTH: [&str; 2] = [
        "__wbg_second_0123456789abcdef",
        "__wbg_first_0123456789abcdef",
    ];

    #[test]
    fn module_and_script_still_mean_the_same() {
        let short = shorten(&app(&BOTH, SCRIPT)).unwrap();
        assert_eq!(
            short.script,
            "function __wbg_get_imports() {\nconst import0 = {\n__proto__: null,\n\
             b: function(arg0) { return 1; },\na: Math.random,\n};\nreturn {\n__proto__: null,\n\
             \"w\": import0,\n};\n}\nconst page = `https://page`;"
        );
        let expected =
            "(module (import \"w\" \"a\" (func)) (import \"w\" \"b\" (func)) (func call 1))";
        assert_eq!(short.module, wat::parse_str(expected).unwrap());
        crate::instruction_set::check(&short.module).unwrap();
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let one_more = [BOTH[0], BOTH[1], "__wbg_third_0123456789abcdef"];
        let template = format!("{SCRIPT}const text = `\n  // no comment`;");
        for (imports, script) in [
            (&one_more[..], SCRIPT),
            (&BOTH[1..], &SCRIPT.replace("second", "first")),
            (&BOTH, &SCRIPT.replace("./app_bg.js", "./other_bg.js")),
            // Of several lines.
            (&BOTH, &template),
        ] {
            assert!(shorten(&app(imports, script)).is_err(), "{script}");
        }
    }

    #[test]
    fn no_two_imports_get_the_same_name() {
        let names: std::collections::BTreeSet<String> = (0..2_000).map(short_name).collect();
        assert_eq!(names.len(), 2_000);
        let some = [0, 25, 26, 701, 702].map(short_name);
        assert_eq!(some, ["a", "z", "aa", "zz", "aaa"]);
    }
}

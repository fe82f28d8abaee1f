//! No names for what the WASM imports from its script, and nothing in either that only people read.
//!
//! wasm-bindgen calls an import `__wbg_toLocaleDateString_a28e82885ff6f01a`, once in the module and once in the script.
//! Hashes do not compress: together with the comments they are one byte in twenty of what a phone loads. Here the script
//! has a list, and the module's imports are called by their place in it: `0`, `1` and so on.

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
    let mut script = lines(&app.script).collect::<Vec<_>>().join("\n");
    for payload in Parser::new(0).parse_all(&app.module) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(imports) => {
                let mut short = ImportSection::new();
                let mut names = Vec::new();
                let mut from = None;
                for import in imports.clone().into_imports() {
                    let import = import?;
                    let TypeRef::Func(signature) = import.ty else {
                        anyhow::bail!("{} is imported and no function", import.name);
                    };
                    anyhow::ensure!(
                        *from.get_or_insert(import.module) == import.module,
                        "imports come from several modules"
                    );
                    let place = names.len().to_string();
                    short.import(MODULE, &place, EntityType::Function(signature));
                    names.push(import.name);
                }
                if let Some(from) = from {
                    script = with_list(&script, &names)?;
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
    for (function, call) in [
        ("makeClosure", "f(state.a, state.b, ...args)"),
        ("makeMutClosure", "f(a, state.b, ...args)"),
    ] {
        if script.contains(&format!("function {function}(")) {
            let call = format!("return {call};\n}} ");
            replace_only(&mut script, &call, &format!("{call}{RETHROW}"))?;
        }
    }
    Ok(App {
        module: module.finish(),
        script,
    })
}

/// Where the page calls the app. Of what WebAssembly throws, Chromium tells a page no more than "Script error.", as if it
/// were another site's (116 and before; 156 does not); of what a script of the page's throws it tells everything.
const RETHROW: &str = "catch (error) {\nthrow error;\n} ";

/// What imports come from.
const MODULE: &str = "w";

/// The script with the functions of these names as a list in their order, in the place of an object.
fn with_list(script: &str, names: &[&str]) -> anyhow::Result<String> {
    let object = script.split_once("const import0 = {\n__proto__: null,\n");
    let (before, rest) = object.context("the script has no object of imports")?;
    let object = rest.split_once("\n};\nreturn {\n");
    let (properties, behind) = object.context("the object of imports has no end")?;
    // In the order of the script; what wasm-bindgen imports begins with this, and no other line does.
    let mut functions: Vec<(&str, String)> = Vec::new();
    for line in properties.lines() {
        match (line.split_once(": "), functions.last_mut()) {
            (Some((name, line)), _) if name.starts_with("__wb") => {
                functions.push((name, line.to_owned()));
            }
            (_, Some((_, function))) => {
                function.push('\n');
                function.push_str(line);
            }
            (_, None) => anyhow::bail!("the object of imports begins with {line:?}"),
        }
    }
    anyhow::ensure!(
        functions.len() == names.len(),
        "the script has {} imports, the module {}",
        functions.len(),
        names.len()
    );
    let mut list = String::new();
    for name in names {
        let mut of_name = functions.iter().filter(|(it, _)| it == name);
        let (Some((_, function)), None) = (of_name.next(), of_name.next()) else {
            anyhow::bail!("the script has {name} not exactly once");
        };
        anyhow::ensure!(function.ends_with(','), "{name} ends with {function:?}");
        list.push_str(function);
        list.push('\n');
    }
    Ok(format!(
        "{before}const import0 = [\n{list}];\nreturn {{\n{behind}"
    ))
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
function makeMutClosure(
return f(a, state.b, ...args);
} finally {
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
            "function __wbg_get_imports() {\nconst import0 = [\nMath.random,\n\
             function(arg0) { return 1; },\n];\nreturn {\n__proto__: null,\n\
             \"w\": import0,\n};\n}\nconst page = `https://page`;\n\
             function makeMutClosure(\nreturn f(a, state.b, ...args);\n} catch (error) {\nthrow error;\n} finally {"
        );
        let expected =
            "(module (import \"w\" \"0\" (func)) (import \"w\" \"1\" (func)) (func call 1))";
        assert_eq!(short.module, wat::parse_str(expected).unwrap());
        crate::instruction_set::check(&short.module).unwrap();
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let one_more = [BOTH[0], BOTH[1], "__wbg_third_0123456789abcdef"];
        let template = format!("{SCRIPT}const text = `\n  // no comment`;");
        for (imports, script) in [
            (&one_more[..], SCRIPT),
            (&BOTH[1..], SCRIPT),
            (&BOTH, &SCRIPT.replace("second", "first")),
            (&BOTH, &SCRIPT.replace("__wbg_first", "first")),
            (&BOTH, &SCRIPT.replace("./app_bg.js", "./other_bg.js")),
            (&BOTH, &SCRIPT.replace("f(a, ", "f(b, ")),
            // Of several lines.
            (&BOTH, &template),
        ] {
            assert!(shorten(&app(imports, script)).is_err(), "{script}");
        }
    }
}

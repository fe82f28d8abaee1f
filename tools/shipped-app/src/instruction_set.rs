//! What a browser engine must know to run the module: WebAssembly's first version, mutable globals and sign extension, which are
//! Chrome 74 and iOS 14.5, and nothing newer.
//!
//! The standard library is rebuilt for that, but one crate with instructions of its own, a newer wasm-bindgen or another
//! toolchain would silently lock old phones out, and no browser of a developer would notice.

use anyhow::Context;
use wasmparser::{
    ExternalKind, Parser, Payload, TypeRef, ValType, Validator, WasmFeatures, types::TypesRef,
};

/// What LLVM calls the two, in the section where it notes what it made use of.
const NOTED: [&str; 2] = ["mutable-globals", "sign-ext"];

/// Fails when the module needs anything else, with the place in the file.
pub(crate) fn check(module: &[u8]) -> anyhow::Result<()> {
    let features = WasmFeatures::WASM1 | WasmFeatures::SIGN_EXTENSION;
    let types = Validator::new_with_features(features)
        .validate_all(module)
        .context("needs more than mutable globals and sign extension")?;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::CustomSection(section) if section.name() == "target_features" => {
                check_notes(section.data())?;
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    if let TypeRef::Func(index) = import.ty {
                        let id = types.as_ref().core_type_at_in_module(index);
                        check_signature(types.as_ref(), id, import.name)?;
                    }
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        let id = types.as_ref().core_function_at(export.index);
                        check_signature(types.as_ref(), id, export.name)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A 64-bit integer crosses to JavaScript as a BigInt, which is Chrome 85; older ones throw when the function is called.
/// No validator minds.
fn check_signature(
    types: TypesRef<'_>,
    id: wasmparser::types::CoreTypeId,
    name: &str,
) -> anyhow::Result<()> {
    let signature = types[id].unwrap_func();
    let mut values = signature.params().iter().chain(signature.results());
    anyhow::ensure!(
        !values.any(|value| *value == ValType::I64),
        "{name} passes a 64-bit integer between WebAssembly and JavaScript, which needs Chrome 85"
    );
    Ok(())
}

/// The section is a count, then for each feature `+` for used, and its name.
fn check_notes(section: &[u8]) -> anyhow::Result<()> {
    let mut reader = wasmparser::BinaryReader::new(section, 0);
    for _ in 0..reader.read_var_u32()? {
        let is_used = reader.read_u8()? == b'+';
        let name = reader.read_string()?;
        anyhow::ensure!(
            !is_used || NOTED.contains(&name),
            "the compiler notes that it used {name}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> anyhow::Result<()> {
        check(&wat::parse_str(text).unwrap())
    }

    #[test]
    fn what_the_engines_know_is_taken() {
        for module in [
            "(module (func (result i32) i32.const 1 i32.extend8_s))",
            // Inside the module 64 bits are part of the first version.
            "(module (func (param i64)))",
            "(module (table 1 funcref))",
            "(module (import \"\" \"it\" (global (mut i32))))",
            "(module (import \"\" \"it\" (func (param f64))))",
            "(module (@custom \"target_features\" \"\\01+\\08sign-ext\"))",
            "(module (@custom \"target_features\" \"\\01-\\07simd128\"))",
        ] {
            checked(module).unwrap();
        }
    }

    #[test]
    fn what_is_newer_is_refused() {
        for module in [
            "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill))",
            "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy))",
            "(module (func ref.null extern drop))",
            "(module (func f32.const 1 i32.trunc_sat_f32_s drop))",
            "(module (func (result i32 i32) i32.const 0 i32.const 0))",
            "(module (table 1 externref))",
            "(module (table 1 funcref) (table 1 funcref))",
            "(module (@custom \"target_features\" \"\\02+\\08sign-ext+\\0bbulk-memory\"))",
        ] {
            assert!(checked(module).is_err(), "{module}");
        }
        assert!(check(b"<!DOCTYPE html>").is_err());
    }

    #[test]
    fn a_64_bit_integer_does_not_cross_to_javascript() {
        for module in [
            "(module (import \"\" \"it\" (func (param i64))))",
            "(module (func (export \"it\") (result i64) i64.const 1))",
        ] {
            let refusal = checked(module).unwrap_err().to_string();
            assert!(refusal.contains("Chrome 85"), "{refusal}");
        }
    }
}

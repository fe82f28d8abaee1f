//! What a kernel must know to run the module: WebAssembly's first version, mutable globals and sign extension, which are
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

/// # Errors
/// When the module needs anything else, with the place in the file.
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
    use std::borrow::Cow;

    use wasm_encoder::{
        CodeSection, CustomSection, EntityType, Function, FunctionSection, GlobalSection,
        GlobalType, ImportSection, Instruction, MemorySection, MemoryType, Module, RefType,
        TableSection, TableType, TypeSection, ValType,
    };

    use super::*;

    /// A module with a memory and one function.
    fn module(
        parameters: &[ValType],
        results: &[ValType],
        body: &[Instruction<'static>],
    ) -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types
            .ty()
            .function(parameters.iter().copied(), results.iter().copied());
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut code = CodeSection::new();
        let mut function = Function::new([]);
        for instruction in body {
            function.instruction(instruction);
        }
        function.instruction(&Instruction::End);
        code.function(&function);
        module
            .section(&types)
            .section(&functions)
            .section(&memories)
            .section(&code);
        module.finish()
    }

    #[test]
    fn what_the_kernels_know_is_taken() {
        use Instruction::{I32Const, I32Extend8S};
        check(&module(&[], &[ValType::I32], &[I32Const(1), I32Extend8S])).unwrap();
        // Inside the module 64 bits are part of the first version.
        check(&module(&[ValType::I64], &[], &[])).unwrap();
    }

    #[test]
    fn newer_instructions_are_refused() {
        use Instruction::{
            Drop, F32Const, I32Const, I32TruncSatF32S, MemoryCopy, MemoryFill, RefNull,
        };
        let three = [I32Const(0), I32Const(0), I32Const(0)];
        let fill = [&three[..], &[MemoryFill(0)]].concat();
        let copy = [
            &three[..],
            &[MemoryCopy {
                src_mem: 0,
                dst_mem: 0,
            }],
        ]
        .concat();
        let reference = [RefNull(wasm_encoder::HeapType::EXTERN), Drop];
        let conversion = [F32Const(1.0.into()), I32TruncSatF32S, Drop];
        for (name, body) in [
            ("bulk memory", &fill[..]),
            ("bulk memory", &copy[..]),
            ("reference types", &reference[..]),
            ("saturating conversions", &conversion[..]),
        ] {
            assert!(check(&module(&[], &[], body)).is_err(), "{name}");
        }
    }

    #[test]
    fn several_results_are_refused() {
        let body = [Instruction::I32Const(0), Instruction::I32Const(0)];
        assert!(check(&module(&[], &[ValType::I32], &body[..1])).is_ok());
        assert!(check(&module(&[], &[ValType::I32, ValType::I32], &body)).is_err());
    }

    #[test]
    fn two_tables_or_a_table_of_javascript_values_are_refused() {
        let with = |elements: &[RefType]| {
            let mut module = Module::new();
            let mut tables = TableSection::new();
            for element_type in elements {
                tables.table(TableType {
                    element_type: *element_type,
                    table64: false,
                    minimum: 1,
                    maximum: None,
                    shared: false,
                });
            }
            module.section(&tables);
            check(&module.finish())
        };
        assert!(with(&[RefType::FUNCREF]).is_ok());
        assert!(with(&[RefType::EXTERNREF]).is_err());
        assert!(with(&[RefType::FUNCREF, RefType::FUNCREF]).is_err());
    }

    #[test]
    fn a_mutable_global_may_come_from_outside_and_a_64_bit_function_may_not() {
        let importing = |import: EntityType, parameter: ValType| {
            let mut module = Module::new();
            let mut types = TypeSection::new();
            types.ty().function([parameter], []);
            let mut imports = ImportSection::new();
            imports.import("", "it", import);
            module.section(&types).section(&imports);
            check(&module.finish())
        };
        let global = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        assert!(importing(EntityType::Global(global), ValType::I32).is_ok());
        assert!(importing(EntityType::Function(0), ValType::F64).is_ok());
        let refusal = importing(EntityType::Function(0), ValType::I64).unwrap_err();
        assert!(refusal.to_string().contains("Chrome 85"), "{refusal}");
    }

    #[test]
    fn a_feature_that_the_compiler_noted_is_refused() {
        let noting = |data: &'static [u8]| {
            let mut module = Module::new();
            module.section(&GlobalSection::new());
            module.section(&CustomSection {
                name: "target_features".into(),
                data: Cow::Borrowed(data),
            });
            check(&module.finish())
        };
        assert!(noting(b"\x01+\x08sign-ext").is_ok());
        assert!(noting(b"\x01-\x07simd128").is_ok());
        assert!(noting(b"\x02+\x08sign-ext+\x0bbulk-memory").is_err());
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(check(b"<!DOCTYPE html>").is_err());
    }
}

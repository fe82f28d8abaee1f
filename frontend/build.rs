//! Makes `Texts` of `src/text.toml`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/text.toml");
    let file: BTreeMap<String, Vec<[String; 3]>> = toml::from_str(include_str!("src/text.toml"))?;
    let [mut fields, mut chinese, mut english] = <[String; 3]>::default();
    for [name, in_chinese, in_english] in &file["texts"] {
        fields += &format!("pub(crate) {name}: &'static str,\n");
        chinese += &format!("{name}: {in_chinese:?},\n");
        english += &format!("{name}: {in_english:?},\n");
    }
    let code = format!(
        "/// The words of one language.
        pub(crate) struct Texts {{ {fields} }}
        static CHINESE: Texts = Texts {{ {chinese} }};
        static ENGLISH: Texts = Texts {{ {english} }};"
    );
    let path = Path::new(&std::env::var("OUT_DIR")?).join("text.rs");
    Ok(std::fs::write(path, code)?)
}

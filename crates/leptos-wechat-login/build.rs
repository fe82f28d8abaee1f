//! Makes `Words` of `src/words.toml`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

const STRUCT: &str = "/// The words of one language.
///
/// Some of one's own: `Words { sign_in: \"进店\", ..Words::CHINESE }`. A later version may have more of them.
#[derive(Debug, Clone, Copy)]
pub struct Words {";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/words.toml");
    let file: BTreeMap<String, Vec<[String; 4]>> = toml::from_str(include_str!("src/words.toml"))?;
    let [mut fields, mut chinese, mut english] = <[String; 3]>::default();
    // Words of a feature are in no page without it.
    let is_meant = |list: &str| {
        let feature = format!("CARGO_FEATURE_{}", list.to_uppercase());
        list == "words" || std::env::var_os(feature).is_some()
    };
    let meant = file.iter().filter(|(list, _)| is_meant(list));
    for [name, purpose, in_chinese, in_english] in meant.flat_map(|(_, words)| words) {
        fields += &format!("#[doc = {purpose:?}]\npub {name}: &'static str,\n");
        chinese += &format!("{name}: {in_chinese:?},\n");
        english += &format!("{name}: {in_english:?},\n");
    }
    let code = format!(
        "{STRUCT}{fields}}}
        impl Words {{
            /// 中文。
            pub const CHINESE: Self = Self {{ {chinese} }};
            /// English.
            pub const ENGLISH: Self = Self {{ {english} }};
        }}"
    );
    let path = Path::new(&std::env::var("OUT_DIR")?).join("words.rs");
    Ok(std::fs::write(path, code)?)
}

//! What is written once, beside the thing itself: remarks of the seed file and comments of the Rust code, read for the
//! documents.

/// Something of the code with its comment.
pub(super) struct Variant {
    /// As in JSON.
    pub(super) name: String,
    /// In one line.
    pub(super) doc: String,
    /// The names of its fields.
    pub(super) fields: Vec<String>,
}

/// The settings of the seed file, all of them remarks: name, default, what it does.
pub(super) fn settings(seed: &str) -> Vec<[String; 3]> {
    let (_, section) = seed.split_once("[settings]\n").unwrap();
    let lines = section.lines().take_while(|line| line.starts_with("# "));
    let read = |line: &str| {
        let (name, rest) = line.strip_prefix("# ")?.split_once(" = ")?;
        let (default, what) = rest.split_once(" #")?;
        Some([name, default.trim(), what.trim()].map(str::to_owned))
    };
    lines.map(|line| read(line).expect(line)).collect()
}

/// The remarks on fields before the first of `[[…]]`: name and meaning. Lines that begin with blanks go on.
pub(super) fn fields(seed: &str, before: &str) -> Vec<[String; 2]> {
    let (above, _) = seed.split_once(&format!("\n{before}")).unwrap();
    let remarks: Vec<&str> = above
        .lines()
        .rev()
        .skip_while(|line| line.is_empty())
        .map_while(|line| line.strip_prefix("# "))
        .collect();
    let mut found: Vec<[String; 2]> = Vec::new();
    for line in remarks.into_iter().rev() {
        match line
            .trim()
            .split_once("  ")
            .filter(|_| !line.starts_with(' '))
        {
            Some((name, what)) => found.push([name, what.trim()].map(str::to_owned)),
            None => {
                let last = found.last_mut().expect(line);
                last[1] = format!("{}{}", last[1], line.trim());
            }
        }
    }
    found
}

/// The variants of an enum of the code, as serde writes them in snake case.
pub(super) fn variants(code: &str, name: &str) -> Vec<Variant> {
    let mut found: Vec<Variant> = Vec::new();
    let mut renamed = None;
    let mut doc = String::new();
    for line in body(code, &format!("pub enum {name} {{\n")) {
        let depth = line.len() - line.trim_start().len();
        let line = line.trim();
        if let Some(text) = line.strip_prefix("///") {
            doc = format!("{doc} {}", text.trim()).trim().to_owned();
        } else if let Some(attribute) = line.strip_prefix("#[serde(rename = \"") {
            renamed = attribute.strip_suffix("\")]").map(str::to_owned);
        } else if let Some((field, _)) = line.split_once(": ").filter(|_| depth > 4) {
            let variant = found.last_mut().unwrap();
            variant.fields.push(field.to_owned());
            doc.clear();
        } else if line.starts_with(|c: char| c.is_ascii_uppercase()) {
            let written = line.trim_end_matches(['{', ',', ' ']);
            found.push(Variant {
                name: renamed.take().unwrap_or_else(|| snake_case(written)),
                doc: std::mem::take(&mut doc),
                fields: Vec::new(),
            });
        }
    }
    assert!(!found.is_empty() && found.iter().all(|it| !it.doc.is_empty()));
    found
}

/// The public fields of a struct of the code.
pub(super) fn members(code: &str, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut doc = String::new();
    for line in body(code, &format!("pub struct {name} {{\n")) {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("///") {
            doc = format!("{doc} {}", text.trim()).trim().to_owned();
        } else if let Some(field) = line.strip_prefix("pub ") {
            let (field, _) = field.split_once(": ").expect(line);
            found.push((field.to_owned(), std::mem::take(&mut doc)));
        }
    }
    assert!(!found.is_empty() && found.iter().all(|it| !it.1.is_empty()));
    found
}

/// The lines between the braces.
fn body<'a>(code: &'a str, opening: &str) -> impl Iterator<Item = &'a str> {
    let (_, rest) = code.split_once(opening).expect(opening);
    rest.lines().take_while(|line| *line != "}")
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for (position, c) in name.char_indices() {
        if c.is_uppercase() && position > 0 {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

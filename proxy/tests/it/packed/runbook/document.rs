//! The runbook as a list of what is typed.

/// What stands under a heading.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Without its marks.
    pub(super) heading: String,
    /// Each block of commands.
    pub(super) blocks: Vec<String>,
}

/// The sections with commands, in order.
pub(super) fn sections(markdown: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut block: Option<String> = None;
    for line in markdown.lines() {
        match (&mut block, line) {
            (None, "```sh") => block = Some(String::new()),
            (Some(_), "```") => {
                let section = sections.last_mut().expect("a command before all headings");
                section.blocks.extend(block.take());
            }
            (Some(block), line) => *block += &format!("{line}\n"),
            (None, line) => {
                if let Some(heading) = line.strip_prefix("## ").or(line.strip_prefix("### ")) {
                    sections.push(Section {
                        heading: heading.to_owned(),
                        blocks: Vec::new(),
                    });
                }
            }
        }
    }
    sections.retain(|it| !it.blocks.is_empty());
    sections
}

/// The commands without what explains them, which is in the document's language.
pub(super) fn without_remarks(block: &str) -> String {
    let code = block.lines().map(|line| line.split("    #").next());
    let code: Vec<&str> = code.flatten().map(str::trim_end).collect();
    code.join("\n")
}

/// The commands so that they end where one fails, which nobody would go on from, also where it begins a list; and fail where
/// whoever goes on in the same shell would find it in another folder, or with another umask.
pub(super) fn strictly(block: &str) -> String {
    let mut within = false;
    let mut strict = String::new();
    for line in block.lines() {
        strict += &format!("{line}\n");
        within = (within || line.ends_with("<<'END'")) && line != "END";
        if !within {
            strict += "[ $? = 0 ] || exit\n";
        }
    }
    strict + "[ \"$PWD $(umask)\" = \"/root 0077\" ]"
}

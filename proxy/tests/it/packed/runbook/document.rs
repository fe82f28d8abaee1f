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

/// What is typed: the commands, and then what the last of them is told, if it asks.
///
/// The shell ends where a command fails, which nobody would go on from, also where it begins a list. It fails where a
/// command has swallowed those behind it, and where whoever goes on in the same shell would find it in another folder, or
/// with another umask.
pub(super) fn strictly(block: &str, told: Option<&str>) -> String {
    let (mut within, mut lines) = (false, 0);
    let mut strict = String::new();
    let mut check = String::new();
    for line in block.lines() {
        strict += &format!("{check}{line}\n");
        check.clear();
        within = (within || line.ends_with("<<'END'")) && line != "END";
        if !within && !line.ends_with("&&") {
            lines += 1;
            check = format!("[ $? = 0 ] || exit; seen={lines}\n");
        }
    }
    // Nothing but the answer may follow a question.
    strict += &told.map_or(check, |told| {
        lines -= 1;
        format!("{told}\n")
    });
    let at_the_end = format!("[ \"$seen $PWD $(umask)\" = \"{lines} /root 0077\" ] || exit 1");
    format!("seen=0; trap '{at_the_end}' EXIT\n{strict}")
}

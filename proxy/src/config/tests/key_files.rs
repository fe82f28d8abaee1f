//! Files and variables of session keys: one key a line, whoever writes them.

use super::super::*;
use super::KEY;
use super::secrets::{OTHER_KEY, parse_in, problems, usual};

/// What is told of a file of session keys, and of a variable, with this content.
fn told_of_keys(content: &str) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("keys"), content).unwrap();
    let own = format!("session_keys = [\"{KEY}\"]");
    let toml = usual("").replace(&own, "session_keys_credential = \"keys\"");
    let by_file = parse_in(Some(folder.path()), &toml);
    let variable = ("WECHAT_LOGIN__SESSION_KEYS".to_owned(), content.to_owned());
    let by_variable = Config::parse(&usual(""), [variable]);
    [by_file, by_variable].map(|it| match it {
        Ok(config) => {
            let keys = config.session_keys.iter().map(SessionKey::expose);
            keys.collect::<Vec<_>>().join("|")
        }
        Err(problems) => problems.to_string(),
    })
}

#[test]
fn a_file_of_keys_is_one_key_a_line_and_never_a_list() {
    let (new, old) = (KEY, OTHER_KEY);
    let both = format!("{new}|{old}");
    for lines in [
        format!("{new}\n{old}"),
        format!("\u{feff}{new}\r\n\r\n {old} \r\n"),
    ] {
        assert_eq!(told_of_keys(&lines)[0], both, "{lines:?}");
    }
    assert_eq!(told_of_keys(&format!("{new},{old}"))[1], both);
    for list in [
        format!("[\"{new}\", \"{old}\"]"),
        format!("[\n  \"{new}\",\n  \"{old}\",\n]\n"),
        format!("[{new}, {old}]"),
        format!("{new} {old}"),
        format!("{new}\t{old}"),
        format!("{new};{old}"),
        format!("\"{new}\"\n\"{old}\""),
        format!("'{new}'"),
        format!("“{new}”"),
        format!("session_keys = [\"{new}\"]"),
        format!("session_keys={new}"),
        format!("WECHAT_LOGIN__SESSION_KEYS={new}"),
        format!("- {new}\n- {old}"),
        format!("new: {new}"),
        format!("# made on Friday by openssl rand -hex 32\n{new}"),
    ] {
        for (told, how) in told_of_keys(&list).iter().zip(["one key a line", "comma"]) {
            assert!(told.contains("looks like a list"), "{list:?}: {told}");
            assert!(
                told.contains(how) && told.contains("the new one first"),
                "{told}"
            );
            assert_eq!(told.lines().count(), 1, "{told}");
            assert!(
                !told.contains(&new[..8]) && !told.contains(&old[..8]),
                "{told}"
            );
        }
    }
    // A mark of Windows' at the beginning of the old file, below the new key.
    let rotated = format!("{new}\n\u{feff}{old}\r\n");
    assert_eq!(told_of_keys(&rotated)[0], both);
    for list in [
        format!("{new},\n{old},"),
        format!("{new},\n{old}"),
        format!("{new};\n{old};"),
        format!("//the-new-key-of-january-2027-------\n{new}"),
    ] {
        let told = &told_of_keys(&list)[0];
        assert!(told.contains("one key a line"), "{list:?}: {told}");
    }
    let comma = &told_of_keys(&format!("{new}, {old}"))[0];
    assert!(comma.contains("one key a line"), "{comma}");
    let inside = usual("").replace(KEY, &format!("{new}, {old}"));
    assert!(problems(&inside).starts_with("session_keys: looks like a list"));
    // Blanks and commas of a key's own.
    for key in [
        "a sentence, of sixteen words or so, that somebody made up",
        "aGVsbG8gd29ybGQsIHRoaXMgaXMgYSBrZXk=",
        "[q7w.J@x0!mB{p2)Kz^L9~Rf4&wE8(tY\"",
        "Vq7;J@x0!mB{p2)Kz^L9~Rf4&wE8(tY1*uH6+oC3,dS5=gN7%iA0#jX2?kP9<lQ4",
    ] {
        assert_eq!(told_of_keys(key)[0], key);
    }
}

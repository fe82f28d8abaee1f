//! The committed configurations: what they say is right, and nothing is missing.

use super::super::read;
use super::super::reader::Reader;
use super::super::sources::Sources;
use super::{KEY, SECRET, parse, parse_with};

pub(super) const PRODUCTION: &str = include_str!("../../../proxy.example.toml");
/// What an operator gives in the environment.
pub(super) const SECRETS: [(&str, &str); 2] = [
    ("WECHAT_LOGIN__SESSION_KEYS", KEY),
    ("WECHAT_LOGIN__ACCOUNTS__SHOP__SECRET", SECRET),
];

#[test]
fn the_committed_samples_are_in_order() {
    let development = parse(include_str!("../../../dev.toml")).unwrap();
    assert_eq!(development.accounts.len(), 3);
    assert_eq!(development.wechat.api_base.port(), Some(8082));
    let production = parse_with(PRODUCTION, &SECRETS).unwrap();
    assert!(production.public_url.is_https());
}

#[test]
fn what_the_sample_for_production_shows_in_comments_is_right_too() {
    // Those name files of a server; the keys' own tests are elsewhere.
    let needs_a_server = [
        "_file =",
        "_credential =",
        "static_dir",
        "follow_qr",
        "website_appid",
        "proxy_user",
    ];
    let is_setting = |line: &str| {
        let key = line.split(" = ").next().filter(|key| *key != line);
        key.is_some_and(|key| {
            key.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
    };
    let mut uncommented = 0;
    let mut toml = String::new();
    for line in PRODUCTION.lines() {
        let inside = line.strip_prefix("# ").unwrap_or_default();
        let is_ours = !needs_a_server.iter().any(|it| inside.contains(it));
        if is_setting(inside) && is_ours && !inside.starts_with("session_keys") {
            uncommented += 1;
            toml.push_str(inside);
        } else {
            toml.push_str(line);
        }
        toml.push('\n');
    }
    // The other way to name the database.
    let toml = toml.replace(
        "database_url = \"sqlite:/var/lib/wechat-login/proxy.sqlite\"",
        "",
    );
    parse_with(&toml, &SECRETS).unwrap();
    assert!(uncommented > 15, "{uncommented}");
}

#[test]
fn the_sample_for_production_has_every_key_there_is() {
    let mut reader = Reader::new(Sources::read("", PRODUCTION, []).unwrap());
    let _ = read::read(&mut reader);
    let lines: Vec<&str> = PRODUCTION
        .lines()
        .map(|line| line.trim_start_matches("# "))
        .collect();
    let is_there = |key: &str| {
        let name = key.rsplit('.').next().unwrap_or(key);
        // Each secret is there in one of its three ways, as the head of the sample says.
        let name = name.trim_end_matches("_file");
        let name = name.trim_end_matches("_credential");
        ["", "_file", "_credential"].iter().any(|way| {
            let front = format!("{name}{way} = ");
            lines.iter().any(|line| line.starts_with(&front))
        })
    };
    let missing: Vec<&str> = reader.known_keys().filter(|key| !is_there(key)).collect();
    assert_eq!(missing, [""; 0]);
    assert!(reader.known_keys().count() > 20);
}

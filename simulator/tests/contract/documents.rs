//! The tables of the documents, made of what the simulator itself is made of: `docs/generated/`, in both languages.

mod control;
mod options;
mod source;

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use test_support::document::{compare, translated};
use toml::Table;
use wechat_simulator::{Effect, Endpoint, Person, Platform, Settings};

const FIDELITY: &str = include_str!("../../src/fidelity.toml");
const FAULTS: &str = include_str!("../../src/platform/fault.rs");

#[derive(Deserialize)]
struct Fidelity {
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    title: String,
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    rule: String,
    status: String,
    source: String,
    test: Option<String>,
}

fn groups() -> Vec<Group> {
    let table: Fidelity = toml::from_str(FIDELITY).unwrap();
    table.group
}

/// The seed file, by its keys.
fn seed(key: &str) -> Vec<Table> {
    let mut seed: Table = toml::from_str(Platform::DEFAULT_SEED).unwrap();
    seed.remove(key).unwrap().try_into().unwrap()
}

/// A table with these columns.
fn table<const N: usize>(
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut text = format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(N));
    for row in rows {
        assert!(
            row.iter().all(|cell| !cell.contains(['|', '\n'])),
            "{row:?}"
        );
        writeln!(text, "| {} |", row.join(" | ")).unwrap();
    }
    text
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Writes or compares both languages of a table that is written in Chinese.
fn in_chinese(name: &str, text: &str, english: &str) {
    compare(&format!("{name}.zh.md"), text);
    compare(&format!("{name}.en.md"), &translated(text, english));
}

#[test]
fn what_is_imitated_and_what_is_not() {
    let mut text = String::new();
    for Group { title, rule } in groups() {
        let rows = rule.into_iter().map(|rule| {
            let status = match &*rule.status {
                "imitated" => "已模拟",
                "guess" => "猜测",
                "not_imitated" => "不模拟",
                other => panic!("no such status: {other}"),
            };
            let test = rule.test.as_deref().map(code).unwrap_or_default();
            [rule.rule, status.to_owned(), rule.source, test]
        });
        let rows = table(["规则", "情况", "依据", "契约测试"], rows);
        write!(text, "### {title}\n\n{rows}\n").unwrap();
    }
    in_chinese(
        "fidelity",
        &text,
        include_str!("documents/fidelity.en.toml"),
    );
}

#[test]
fn every_imitated_rule_has_a_contract_test_and_every_named_test_exists() {
    let mut contract = String::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "rs") {
            contract.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let groups = groups();
    assert!(groups.iter().all(|group| !group.rule.is_empty()) && !groups.is_empty());
    for rule in groups.iter().flat_map(|group| &group.rule) {
        let imitated = rule.status == "imitated";
        assert!(!imitated || rule.test.is_some(), "no test: {}", rule.rule);
        if let Some(test) = &rule.test {
            let declaration = format!("fn {test}(");
            assert!(contract.contains(&declaration), "no such test: {test}");
        }
    }
}

#[test]
fn the_accounts() {
    let rows = seed("account").into_iter().map(|account| {
        let text = |key: &str| account.get(key).and_then(toml::Value::as_str);
        let is = |key: &str| account.get(key).and_then(toml::Value::as_bool) == Some(true);
        let kind = match text("kind").unwrap_or("service") {
            "service" => "服务号",
            "test" => "测试号：没有关注的人得到 10006",
            "website" => "网站应用：`/connect/qrconnect`、`snsapi_login`",
            "miniprogram" => "小程序",
            "mobile" => "移动应用",
            other => panic!("no such kind: {other}"),
        };
        let mut what = vec![kind.to_owned()];
        let remarks = [
            (is("banned"), "被封禁：10004"),
            (is("https_only"), "只接受 https：10039"),
            (is("component"), "没有授权第三方平台：10015"),
            (
                account.contains_key("scopes"),
                "没有认证，什么 scope 都不能用：10005",
            ),
        ];
        what.extend(remarks.iter().filter(|it| it.0).map(|it| it.1.to_owned()));
        let platform = text("open_platform").map(code).unwrap_or_default();
        [
            code(text("appid").unwrap()),
            code(text("secret").unwrap()),
            code(text("title").unwrap()),
            what.join("<br>"),
            platform,
        ]
    });
    let columns = [
        "`appid`",
        "`secret`",
        "名称",
        "是什么",
        "开放平台（unionid）",
    ];
    in_chinese(
        "simulator-accounts",
        &table(columns, rows),
        include_str!("documents/accounts.en.toml"),
    );
}

#[test]
fn the_people() {
    let rows = seed("person").into_iter().map(|person| {
        let text = |key: &str| person.get(key).and_then(toml::Value::as_str).unwrap_or("");
        // What no editor and no browser shows.
        let shown = |c: char| match c {
            '\u{e000}'..='\u{f8ff}' => c.escape_unicode().to_string(),
            c if c.is_control() => c.escape_unicode().to_string(),
            c => c.to_string(),
        };
        let nickname: String = text("nickname").chars().map(shown).collect();
        let nickname = match &*nickname {
            "" => nickname,
            _ => code(&nickname),
        };
        [code(text("id")), nickname, text("note").to_owned()]
    });
    in_chinese(
        "simulator-people",
        &table(["`id`", "昵称", "用来测什么"], rows),
        include_str!("documents/people.en.toml"),
    );
}

#[test]
fn the_settings_and_the_fields_of_a_seed_file() {
    let settings = source::settings(Platform::DEFAULT_SEED);
    let defaults = serde_json::to_value(Settings::default()).unwrap();
    let named: Vec<&String> = defaults.as_object().unwrap().keys().collect();
    let written: Vec<&String> = settings.iter().map(|[name, ..]| name).collect();
    let sorted = |mut names: Vec<&String>| {
        names.sort();
        format!("{names:?}")
    };
    assert_eq!(sorted(named), sorted(written));
    for [name, default, _] in &settings {
        let default: Value = serde_json::from_str(default).unwrap();
        assert_eq!(defaults[name], default, "{name}");
    }
    let rows = settings
        .into_iter()
        .map(|[name, default, what]| [code(&name), code(&default), what]);
    in_chinese(
        "simulator-settings",
        &table(["设置", "默认", "做什么"], rows),
        include_str!("documents/settings.en.toml"),
    );

    let [accounts, people] =
        ["[[account]]", "[[person]]"].map(|before| source::fields(Platform::DEFAULT_SEED, before));
    let known = serde_json::to_value(Person::new("a", "")).unwrap();
    let names: Vec<&str> = people.iter().flat_map(|it| it[0].split('、')).collect();
    for name in known.as_object().unwrap().keys() {
        assert!(
            names.contains(&&**name),
            "{name} is not in the seed file's remarks"
        );
    }
    for (name, fields, english) in [
        (
            "account",
            accounts,
            include_str!("documents/account-fields.en.toml"),
        ),
        (
            "person",
            people,
            include_str!("documents/person-fields.en.toml"),
        ),
    ] {
        let rows = fields.into_iter().map(|[name, what]| {
            let names: Vec<String> = name.split('、').map(code).collect();
            [names.join("<br>"), what]
        });
        in_chinese(
            &format!("simulator-{name}-fields"),
            &table(["字段", "含义"], rows),
            english,
        );
    }
}

#[test]
fn the_faults() {
    let endpoints = source::variants(FAULTS, "Endpoint");
    let rows = endpoints.into_iter().map(|variant| {
        let endpoint: Endpoint = serde_json::from_value(variant.name.clone().into()).unwrap();
        assert!(variant.doc.contains(endpoint.path()), "{}", variant.name);
        [code(&variant.name), variant.doc]
    });
    let endpoints = table(["`endpoint`", "where"], rows);

    let rows = source::variants(FAULTS, "Effect")
        .into_iter()
        .map(|variant| {
            let mut sent = serde_json::json!({ "kind": variant.name });
            for field in &variant.fields {
                sent[field] = if field == "errmsg" {
                    "x".into()
                } else {
                    500.into()
                };
            }
            serde_json::from_value::<Effect>(sent).expect(&variant.name);
            let fields: Vec<String> = variant.fields.iter().map(|it| code(it)).collect();
            [code(&variant.name), fields.join("<br>"), variant.doc]
        });
    let effects = table(["`effect.kind`", "with", "what happens"], rows);
    let rows = source::members(FAULTS, "Fault")
        .into_iter()
        .map(|(name, doc)| [code(&name), doc]);
    let rules = table(["field", "meaning"], rows);

    let text = format!("{rules}\n{endpoints}\n{effects}");
    compare("simulator-faults.en.md", &text);
    let chinese = translated(&text, include_str!("documents/faults.zh.toml"));
    compare("simulator-faults.zh.md", &chinese);
}

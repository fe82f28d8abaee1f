//! `[accounts.<name>]`, right and wrong.

use super::*;

#[test]
fn a_secret_comes_from_one_place() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "  from-the-file\n").unwrap();
    let secret_line = format!("secret = \"{SECRET}\"");
    let file_line = format!("secret_file = {:?}", file.path());

    let from_file = parse(&sample().replace(&secret_line, &file_line)).unwrap();
    assert_eq!(from_file.accounts["shop"].secret.expose(), "from-the-file");

    let both = sample().replace(&secret_line, &format!("{secret_line}\n{file_line}"));
    assert_only_problem(&both, "accounts.shop.secret: given twice");

    let missing_file = "secret_file = \"/nonexistent/secret\"";
    assert_only_problem(
        &sample().replace(&secret_line, missing_file),
        "accounts.shop.secret_file: cannot be read",
    );
}

#[test]
fn account_names_are_short_and_plain() {
    let with = |name: &str| sample().replace("[accounts.shop]", &format!("[accounts.{name}]"));
    assert!(parse(&with(&"a".repeat(32))).is_ok());
    assert!(parse(&with("a_b_9")).is_ok());
    for wrong in [
        "a".repeat(33),
        "Shop".into(),
        "\"书店\"".into(),
        "a-b".into(),
        "a__b".into(),
    ] {
        assert_eq!(problems(&with(&wrong)).len(), 1, "{wrong}");
    }
}

#[test]
fn the_default_account_must_exist_and_be_named_where_there_are_several() {
    let second =
        "\n[accounts.cafe]\nappid = \"wx00000000000000a2\"\nsecret = \"s\"\ntitle = \"t\"\n";
    let two = sample() + second;
    assert_only_problem(&two, "default_account: missing; choose one of cafe, shop");
    assert_only_problem(
        &format!("default_account = \"bar\"\n{two}"),
        "default_account: \"bar\" is not the name",
    );
    let config = parse(&format!("default_account = \"cafe\"\n{two}")).unwrap();
    assert_eq!(config.default_account, "cafe");
}

#[test]
fn an_appid_has_one_name() {
    let second =
        "\n[accounts.cafe]\nappid = \"wx00000000000000a1\"\nsecret = \"s\"\ntitle = \"t\"\n";
    let toml = format!("default_account = \"shop\"\n{}{second}", sample());
    assert_only_problem(
        &toml,
        "accounts.shop.appid: the same as accounts.cafe.appid",
    );
}

#[test]
fn a_configuration_without_accounts_is_refused() {
    let toml = &sample()[..sample().find("[accounts").unwrap()];
    assert_only_problem(toml, "accounts: no official account");
}

#[test]
fn an_empty_account_section_is_not_passed_over() {
    let toml = format!("{}\n[accounts.cafe]\n", sample());
    assert_only_problem(&toml, "accounts.cafe: an empty section");
}

#[test]
fn a_website_application_needs_appid_and_secret_and_an_appid_of_its_own() {
    let with = |lines: &str| format!("{}{lines}", sample());
    let whole = "website_appid = \"wx00000000000000d1\"\nwebsite_secret = \"s\"\n";
    let website = parse(&with(whole)).unwrap().accounts["shop"]
        .website
        .clone();
    assert_eq!(website.unwrap().appid.as_str(), "wx00000000000000d1");
    assert_only_problem(
        &with("website_appid = \"wx00000000000000d1\"\n"),
        "accounts.shop.website_secret: missing",
    );
    assert_only_problem(
        &with("website_secret = \"s\"\n"),
        "accounts.shop.website_appid: missing",
    );
    assert_only_problem(
        &with("website_appid = \"wx00000000000000a1\"\nwebsite_secret = \"s\"\n"),
        "accounts.shop.website_appid: the same as accounts.shop.appid",
    );
}

#[test]
fn verify_files_are_names_of_the_console_or_named_as_wrong() {
    let with = |names: &str| sample() + &format!("verify_files = {names}\n");
    let config = parse(&with(r#"["MP_verify_a1.txt", "MP_verify_b2.txt"]"#)).unwrap();
    let file = |name| VerifyFile::parse(name).unwrap();
    assert!(config.has_verify_file(&file("MP_verify_b2.txt")));
    assert!(!config.has_verify_file(&file("MP_verify_c3.txt")));
    let problems = problems(&with(r#"["MP_verify_a1.txt", "x/MP_verify_b.txt", "a1"]"#));
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("accounts.shop.verify_files: \"x/"));
}

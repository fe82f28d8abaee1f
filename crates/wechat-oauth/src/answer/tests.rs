//! Bodies in the shapes WeChat's documentation and published logs show, with made-up values.

use super::*;

const OPENID: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";

fn openid() -> OpenId {
    OpenId::parse(OPENID).unwrap()
}

fn grant(body: &str) -> Grant {
    Grant::from_body(body.as_bytes()).unwrap()
}

fn user_info(body: &str) -> UserInfo {
    UserInfo::from_body(body.as_bytes(), &openid()).unwrap()
}

fn refusal(body: &str) -> (i64, Option<String>) {
    match Grant::from_body(body.as_bytes()) {
        Err(Error::Refused { errcode, rid, .. }) => (errcode, rid),
        other => panic!("not a refusal: {other:?}"),
    }
}

fn unusable(body: &[u8]) -> &'static str {
    match Grant::from_body(body) {
        Err(Error::Unusable { reason, .. }) => reason,
        other => panic!("not unusable: {other:?}"),
    }
}

fn picture(headimgurl: &str) -> String {
    user_info(&serde_json::json!({ "headimgurl": headimgurl }).to_string()).headimgurl
}

#[test]
fn todays_token_answer_is_read() {
    let grant = grant(
        r#"{"access_token":"86_tOkEn-_x","expires_in":7200,"refresh_token":"86_y","openid":"oABCdefGHIjklMNOpqrSTUvwxYZ0","scope":"snsapi_userinfo","unionid":"oUVWxyz0123456789abcdefghijk"}"#,
    );
    assert_eq!(grant.openid, openid());
    assert_eq!(grant.token.expose(), "86_tOkEn-_x");
    assert_eq!(
        grant.unionid,
        UnionId::parse("oUVWxyz0123456789abcdefghijk").ok()
    );
    assert_eq!(grant.scope, Scope::Userinfo);
    assert!(!grant.snapshot);
}

#[test]
fn the_token_answer_of_2016_without_unionid_is_read() {
    let grant = grant(
        r#"{"access_token":"OezXcEiiBSKSxW0eoylIeA","expires_in":7200,"refresh_token":"OezXcEiiBSKSxW0eoylIeB","openid":"oABCdefGHIjklMNOpqrSTUvwxYZ0","scope":"snsapi_userinfo"}"#,
    );
    assert_eq!(grant.unionid, None);
}

#[test]
fn a_base_login_has_neither_unionid_nor_userinfo() {
    let grant = grant(&format!(
        r#"{{"access_token":"t","openid":"{OPENID}","scope":"snsapi_base","unionid":""}}"#
    ));
    assert_eq!((grant.scope, grant.unionid), (Scope::Base, None));
}

#[test]
fn granted_scope_is_found_in_a_list_and_only_as_a_whole_word() {
    for (listed, scope) in [
        ("snsapi_base,snsapi_userinfo", Scope::Userinfo),
        ("snsapi_base, snsapi_userinfo", Scope::Userinfo),
        ("snsapi_userinfo_x", Scope::Base),
        ("snsapi_login", Scope::Login),
        ("", Scope::Base),
    ] {
        let body = format!(r#"{{"access_token":"t","openid":"{OPENID}","scope":"{listed}"}}"#);
        assert_eq!(grant(&body).scope, scope, "{listed:?}");
    }
}

#[test]
fn snapshot_user_is_recognised_as_number_text_or_bool() {
    for (value, snapshot) in [
        ("1", true),
        (r#""1""#, true),
        ("true", true),
        ("0", false),
        (r#""0""#, false),
        ("false", false),
        ("null", false),
    ] {
        let body =
            format!(r#"{{"access_token":"t","openid":"{OPENID}","is_snapshotuser":{value}}}"#);
        assert_eq!(grant(&body).snapshot, snapshot, "{value}");
    }
}

#[test]
fn errcode_comes_before_any_field() {
    let body = format!(
        r#"{{"access_token":"t","openid":"{OPENID}","errcode":40163,"errmsg":"code been used"}}"#
    );
    assert_eq!(refusal(&body), (40163, None));
}

#[test]
fn errcode_zero_is_success() {
    let body = format!(r#"{{"errcode":0,"errmsg":"ok","access_token":"t","openid":"{OPENID}"}}"#);
    assert_eq!(grant(&body).openid, openid());
}

#[test]
fn errcode_may_be_text() {
    assert_eq!(
        refusal(
            r#"{"errcode":"40029","errmsg":"invalid code","rid":"66f0c1d2-1a2b3c4d-5e6f7081"}"#
        ),
        (40029, Some("66f0c1d2-1a2b3c4d-5e6f7081".to_owned()))
    );
    assert_eq!(refusal(r#"{"errcode":"-1"}"#), (-1, None));
}

#[test]
fn rid_is_taken_from_the_end_of_errmsg() {
    assert_eq!(
        refusal(
            r#"{"errcode":40125,"errmsg":"invalid appsecret, rid: 6206378a-793424c0-2e4091cc"}"#
        ),
        (40125, Some("6206378a-793424c0-2e4091cc".to_owned()))
    );
}

#[test]
fn what_is_not_a_rid_is_not_repeated() {
    for errmsg in [
        "invalid code, hints: [ req_id: AbCdEf ]",
        "invalid code, rid: 041mCi1007RPWO1Ywe400hiNY53mCi1a",
        "rid: 6206378a-793424c0-2e4091cg",
        "rid:",
    ] {
        let body = serde_json::json!({ "errcode": 40029, "errmsg": errmsg }).to_string();
        assert_eq!(refusal(&body), (40029, None), "{errmsg}");
    }
}

#[test]
fn garbage_is_unusable() {
    assert_eq!(unusable(b""), "empty body");
    assert_eq!(unusable(b" \r\n"), "empty body");
    assert_eq!(
        unusable(b"<html>502 Bad Gateway</html>"),
        "not a JSON object"
    );
    assert_eq!(
        unusable(br#"{"access_token":"t","open"#),
        "not a JSON object"
    );
    assert_eq!(unusable(br#"["access_token"]"#), "not a JSON object");
    assert_eq!(unusable(b"null"), "not a JSON object");
    assert_eq!(unusable(b"\xff\xfe\x00"), "not a JSON object");
    assert_eq!(unusable("[".repeat(60_000).as_bytes()), "not a JSON object");
    assert_eq!(
        unusable(br#"{"errcode":"busy"}"#),
        "errcode is not a number"
    );
    assert_eq!(unusable(br#"{"errcode":null}"#), "errcode is not a number");
    assert_eq!(unusable(b"{}"), "no usable access_token");
    assert_eq!(
        unusable(br#"{"access_token":""}"#),
        "no usable access_token"
    );
    assert_eq!(unusable(br#"{"access_token":"t"}"#), "no usable openid");
    assert_eq!(
        unusable(br#"{"access_token":"t","openid":7}"#),
        "no usable openid"
    );
    assert_eq!(
        unusable(br#"{"access_token":"t","openid":"a/../b"}"#),
        "no usable openid"
    );
}

#[test]
fn byte_order_mark_is_tolerated() {
    let body = format!("\u{feff}{{\"access_token\":\"t\",\"openid\":\"{OPENID}\"}}\n");
    assert_eq!(grant(&body).openid, openid());
}

#[test]
fn todays_user_info_with_escaped_slashes_is_read() {
    let info = user_info(
        r#"{"openid":"oABCdefGHIjklMNOpqrSTUvwxYZ0","nickname":"小明","sex":0,"language":"","city":"","province":"","country":"","headimgurl":"https:\/\/thirdwx.qlogo.cn\/mmopen\/vi_32\/abc\/132","privilege":[],"unionid":"oUVWxyz0123456789abcdefghijk"}"#,
    );
    assert_eq!(info.nickname, "小明");
    assert_eq!(
        info.headimgurl,
        "https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132"
    );
    assert_eq!(
        info.unionid,
        UnionId::parse("oUVWxyz0123456789abcdefghijk").ok()
    );
}

#[test]
fn the_user_info_of_2016_gets_an_https_picture() {
    let info = user_info(
        r#"{"openid":"oABCdefGHIjklMNOpqrSTUvwxYZ0","nickname":"n","sex":1,"language":"zh_CN","city":"海淀","province":"北京","country":"中国","headimgurl":"http:\/\/wx.qlogo.cn\/mmopen\/abc\/0","privilege":["chinaunicom"]}"#,
    );
    assert_eq!(info.headimgurl, "https://wx.qlogo.cn/mmopen/abc/0");
    assert_eq!(info.unionid, None);
}

#[test]
fn emoji_names_survive_raw_and_escaped() {
    assert_eq!(user_info(r#"{"nickname":"🌸阿花🌸"}"#).nickname, "🌸阿花🌸");
    assert_eq!(user_info(r#"{"nickname":"\ud83c\udf38"}"#).nickname, "🌸");
}

#[test]
fn empty_and_missing_names_and_pictures_are_empty_text() {
    for body in [
        "{}",
        r#"{"nickname":"","headimgurl":""}"#,
        r#"{"nickname":null}"#,
    ] {
        let info = user_info(body);
        assert_eq!(info.nickname, "");
        assert_eq!(info.headimgurl, "");
    }
}

#[test]
fn control_characters_are_dropped_from_names() {
    assert_eq!(
        user_info("{\"nickname\":\"a\u{1}b\u{8}c\"}").nickname,
        "abc"
    );
    assert_eq!(user_info(r#"{"nickname":"a\u0001b\nc"}"#).nickname, "abc");
}

#[test]
fn half_an_emoji_in_a_name_does_not_lose_the_answer() {
    for (written, read) in [
        (r"ab\ud83d", "ab\u{fffd}"),
        (r"\udc00b", "\u{fffd}b"),
        (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
        (r"\\ud83d\ud83d", "\\ud83d\u{fffd}"),
        (r"茶\ud83d茶\", "茶\u{fffd}茶\""),
    ] {
        let written = written
            .strip_suffix('\\')
            .map_or(written.to_owned(), |it| format!(r#"{it}\""#));
        let info = user_info(&format!(r#"{{"nickname":"{written}","unionid":"o9"}}"#));
        assert_eq!(info.nickname, read, "{written}");
    }
}

#[test]
fn broken_utf8_in_a_name_does_not_lose_the_answer() {
    let info = UserInfo::from_body(b"{\"nickname\":\"a\xf0\x9f\"}", &openid()).unwrap();
    assert_eq!(info.nickname, "a\u{fffd}");
}

#[test]
fn names_are_cut_at_128_characters() {
    let name = |length: usize| format!(r#"{{"nickname":"{}"}}"#, "花".repeat(length));
    assert_eq!(user_info(&name(128)).nickname, "花".repeat(128));
    assert_eq!(user_info(&name(129)).nickname, "花".repeat(128));
}

#[test]
fn pictures_are_web_addresses_of_at_most_1024_bytes() {
    let address = |length: usize| format!("https://h.example/{}", "a".repeat(length - 18));
    assert_eq!(picture(&address(1024)), address(1024));
    assert_eq!(picture(&address(1025)), "");
    for refused in [
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "/132",
        "https://u@h/132",
    ] {
        assert_eq!(picture(refused), "", "{refused}");
    }
}

#[test]
fn a_simulators_picture_keeps_its_http() {
    for address in [
        "http://127.0.0.1:8082/a/132",
        "http://localhost:1/a",
        "http://[::1]:1/a",
    ] {
        assert_eq!(picture(address), address);
    }
    assert_eq!(
        picture("http://127.0.0.1.example/a"),
        "https://127.0.0.1.example/a"
    );
}

#[test]
fn user_info_about_somebody_else_is_unusable() {
    let answer = UserInfo::from_body(br#"{"openid":"oSomebodyElse","nickname":"n"}"#, &openid());
    assert!(matches!(answer, Err(Error::Unusable { .. })));
}

#[cfg(feature = "client")]
#[test]
fn only_an_errcode_of_zero_says_that_a_token_is_good() {
    let read = |body: &str| json::read_ok(Endpoint::Auth, body.as_bytes());
    assert_eq!(read(r#"{"errcode":0,"errmsg":"ok"}"#), Ok(()));
    for body in ["{}", r#"{"errcode":40003}"#, "ok", ""] {
        assert!(read(body).is_err(), "{body}");
    }
}

#[test]
fn what_is_written_is_read_again_in_wechats_order() {
    let mut fields = TokenFields {
        access_token: "t".into(),
        expires_in: 7200,
        refresh_token: "r".into(),
        openid: OPENID.into(),
        scope: "snsapi_base".into(),
        ..TokenFields::default()
    };
    let written = serde_json::to_string(&fields).unwrap();
    assert_eq!(
        written,
        format!(
            r#"{{"access_token":"t","expires_in":7200,"refresh_token":"r","openid":"{OPENID}","scope":"snsapi_base"}}"#
        )
    );
    fields.unionid = "u".into();
    fields.is_snapshotuser = true;
    let written = serde_json::to_string(&fields).unwrap();
    assert!(
        written.ends_with(r#","unionid":"u","is_snapshotuser":1}"#),
        "{written}"
    );
    let grant = grant(&written);
    assert!(grant.snapshot && grant.unionid.is_some());
}

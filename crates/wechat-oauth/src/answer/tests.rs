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

/// A token answer with these fields besides the indispensable ones.
fn grant_with(fields: &str) -> Grant {
    grant(&format!(
        r#"{{"access_token":"t","openid":"{OPENID}",{fields}}}"#
    ))
}

#[test]
fn token_answers_of_today_and_of_2016_are_read() {
    let today = grant(
        r#"{"access_token":"86_tOkEn-_x","expires_in":7200,"refresh_token":"86_y","openid":"oABCdefGHIjklMNOpqrSTUvwxYZ0","scope":"snsapi_userinfo","unionid":"oUVWxyz0123456789abcdefghijk"}"#,
    );
    assert_eq!(today.openid, openid());
    assert_eq!(today.token.expose(), "86_tOkEn-_x");
    let unionid = UnionId::parse("oUVWxyz0123456789abcdefghijk").ok();
    assert_eq!((today.unionid, today.scope), (unionid, Scope::Userinfo));
    assert!(!today.snapshot);
    let of_2016 = grant(
        r#"{"access_token":"OezXcEiiBSKSxW0eoylIeA","expires_in":7200,"refresh_token":"OezXcEiiBSKSxW0eoylIeB","openid":"oABCdefGHIjklMNOpqrSTUvwxYZ0","scope":"snsapi_userinfo"}"#,
    );
    assert_eq!((of_2016.unionid, of_2016.scope), (None, Scope::Userinfo));
}

#[test]
fn granted_scope_is_found_in_a_list_and_only_as_a_whole_word() {
    for (listed, scope) in [
        ("snsapi_base", Scope::Base),
        ("snsapi_base,snsapi_userinfo", Scope::Userinfo),
        ("snsapi_base, snsapi_userinfo", Scope::Userinfo),
        ("snsapi_userinfo_x", Scope::Base),
        ("snsapi_login", Scope::Login),
        ("", Scope::Base),
    ] {
        let grant = grant_with(&format!(r#""scope":"{listed}","unionid":"""#));
        assert_eq!((grant.scope, grant.unionid), (scope, None), "{listed:?}");
    }
}

#[test]
fn snapshot_user_is_recognised_as_number_text_or_bool() {
    for (values, snapshot) in [
        (["1", r#""1""#, "true"].as_slice(), true),
        (&["0", r#""0""#, "false", "null"], false),
    ] {
        for value in values {
            let grant = grant_with(&format!(r#""is_snapshotuser":{value}"#));
            assert_eq!(grant.snapshot, snapshot, "{value}");
        }
    }
}

#[test]
fn an_errcode_comes_first_and_only_what_is_a_rid_is_repeated() {
    let rid = "6206378a-793424c0-2e4091cc";
    for (rid, bodies) in [
        (
            Some(rid),
            [
                r#"{"errcode":"40029","errmsg":"invalid code","rid":"6206378a-793424c0-2e4091cc"}"#,
                r#"{"errcode":40029,"errmsg":"invalid code, rid: 6206378a-793424c0-2e4091cc"}"#,
            ]
            .as_slice(),
        ),
        (
            None,
            &[
                r#"{"access_token":"t","openid":"o","errcode":40029}"#,
                r#"{"errcode":40029,"errmsg":"invalid code, hints: [ req_id: AbCdEf ]"}"#,
                r#"{"errcode":40029,"errmsg":"x, rid: 041mCi1007RPWO1Ywe400hiNY53mCi1a"}"#,
                r#"{"errcode":40029,"errmsg":"rid: 6206378a-793424c0-2e4091cg"}"#,
                r#"{"errcode":40029,"errmsg":"rid:"}"#,
            ],
        ),
    ] {
        for body in bodies {
            let error = Grant::from_body(body.as_bytes()).unwrap_err();
            assert_eq!((error.errcode(), error.rid()), (Some(40029), rid), "{body}");
        }
    }
    let busy = Grant::from_body(br#"{"errcode":"-1"}"#).unwrap_err();
    assert_eq!(busy.errcode(), Some(-1));
    assert_eq!(grant_with(r#""errcode":0,"errmsg":"ok""#).openid, openid());
}

#[test]
fn garbage_is_unusable() {
    let deep = "[".repeat(60_000);
    for (expected, bodies) in [
        ("empty body", [b"".as_slice(), b" \r\n"].as_slice()),
        (
            "not a JSON object",
            &[
                b"<html>502 Bad Gateway</html>",
                br#"{"access_token":"t","open"#,
                br#"["access_token"]"#,
                b"null",
                b"\xff\xfe\x00",
                deep.as_bytes(),
            ],
        ),
        (
            "errcode is not a number",
            &[br#"{"errcode":"busy"}"#, br#"{"errcode":null}"#],
        ),
        (
            "no usable access_token",
            &[b"{}", br#"{"access_token":""}"#],
        ),
        (
            "no usable openid",
            &[
                br#"{"access_token":"t"}"#,
                br#"{"access_token":"t","openid":7}"#,
                br#"{"access_token":"t","openid":"a/../b"}"#,
            ],
        ),
    ] {
        for body in bodies {
            match Grant::from_body(body) {
                Err(Error::Unusable { reason, .. }) => assert_eq!(reason, expected),
                other => panic!("not unusable: {other:?}"),
            }
        }
    }
}

#[test]
fn byte_order_mark_is_tolerated() {
    let body = format!("\u{feff}{{\"access_token\":\"t\",\"openid\":\"{OPENID}\"}}\n");
    assert_eq!(grant(&body).openid, openid());
}

#[test]
fn user_infos_of_today_and_of_2016_are_read() {
    let today = user_info(
        r#"{"openid":"oABCdefGHIjklMNOpqrSTUvwxYZ0","nickname":"小明","sex":0,"language":"","city":"","province":"","country":"","headimgurl":"https:\/\/thirdwx.qlogo.cn\/mmopen\/vi_32\/abc\/132","privilege":[],"unionid":"oUVWxyz0123456789abcdefghijk"}"#,
    );
    assert_eq!(today.nickname, "小明");
    let picture = "https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132";
    assert_eq!(today.headimgurl, picture);
    let unionid = UnionId::parse("oUVWxyz0123456789abcdefghijk").ok();
    assert_eq!(today.unionid, unionid);
    let of_2016 = user_info(
        r#"{"openid":"oABCdefGHIjklMNOpqrSTUvwxYZ0","nickname":"n","sex":1,"language":"zh_CN","city":"海淀","province":"北京","country":"中国","headimgurl":"http:\/\/wx.qlogo.cn\/mmopen\/abc\/0","privilege":["chinaunicom"]}"#,
    );
    assert_eq!(of_2016.headimgurl, "https://wx.qlogo.cn/mmopen/abc/0");
    assert_eq!(of_2016.unionid, None);
}

#[test]
fn names_survive_whatever_wechat_does_to_them() {
    let name = |length| format!(r#""{}""#, "花".repeat(length));
    for (written, read) in [
        (r#""🌸阿花🌸""#, "🌸阿花🌸"),
        (r#""\ud83c\udf38""#, "🌸"),
        (r#""""#, ""),
        ("null", ""),
        // Control characters, raw and escaped, are dropped.
        ("\"a\u{1}b\u{8}c\"", "abc"),
        (r#""a\u0001b\nc""#, "abc"),
        // Half an emoji.
        (r#""ab\ud83d""#, "ab\u{fffd}"),
        (r#""\udc00b""#, "\u{fffd}b"),
        (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
        (r#""\\ud83d\ud83d""#, "\\ud83d\u{fffd}"),
        (r#""茶\ud83d茶\"""#, "茶\u{fffd}茶\""),
        // At most 128 characters.
        (&name(128), &"花".repeat(128)),
        (&name(129), &"花".repeat(128)),
    ] {
        let info = user_info(&format!(r#"{{"nickname":{written},"unionid":"o9"}}"#));
        assert_eq!(info.nickname, read, "{written}");
        assert_eq!(info.unionid, UnionId::parse("o9").ok());
    }
    let info = UserInfo::from_body(b"{\"nickname\":\"a\xf0\x9f\"}", &openid()).unwrap();
    assert_eq!(info.nickname, "a\u{fffd}");
    let nothing = user_info("{}");
    assert_eq!((nothing.nickname, nothing.headimgurl), Default::default());
}

#[test]
fn pictures_are_web_addresses_of_at_most_1024_bytes() {
    let address = |length: usize| format!("https://h.example/{}", "a".repeat(length - 18));
    for (written, read) in [
        (&*address(1024), &*address(1024)),
        (&address(1025), ""),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("data:image/png;base64,AA", ""),
        ("/132", ""),
        ("https://u@h/132", ""),
        // A simulator's picture keeps its http.
        ("http://127.0.0.1:8082/a/132", "http://127.0.0.1:8082/a/132"),
        ("http://localhost:1/a", "http://localhost:1/a"),
        ("http://[::1]:1/a", "http://[::1]:1/a"),
        ("http://127.0.0.1.example/a", "https://127.0.0.1.example/a"),
    ] {
        let body = serde_json::json!({ "headimgurl": written }).to_string();
        assert_eq!(user_info(&body).headimgurl, read, "{written}");
    }
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

//! Names that want to be something else than a name.

use serde_json::{Value, json};

use crate::helpers::{TestProxy, VERIFIER, session_of, token_body, user_info_body};
use crate::upstream::{Reply, Upstream};

/// The name a session shows for this one of WeChat's.
async fn shown(nickname: &str) -> String {
    let mut info: Value = serde_json::from_str(&user_info_body()).unwrap();
    info["nickname"] = nickname.into();
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Body(info.to_string()),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let session = session_of(proxy.sign_in("code", VERIFIER).await).await;
    session.profile.unwrap().nickname
}

/// `\u{202e}` and its relatives make what stands behind them read from right to left: "002 owes ¥" says something else.
#[actix_web::test]
async fn a_name_does_not_turn_the_line_around_it() {
    for turner in [
        '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}',
        '\u{2068}', '\u{2069}', '\u{2028}', '\u{2029}', '\u{85}', '\u{0}', '\u{7f}', '\u{9b}',
        '\u{1b}', '\n',
    ] {
        let name = format!("小{turner}明{turner}");
        assert_eq!(shown(&name).await, "小明", "{turner:?}");
    }
    // Joiners make one picture of several, and languages are written in both directions.
    for name in ["👨‍👩‍👧", "שלום", "مرحبا", "नमस्ते", "小明"] {
        assert_eq!(shown(name).await, name);
    }
}

#[actix_web::test]
async fn a_name_that_is_a_script_or_a_query_is_kept_as_text() {
    for name in [
        "<script>alert(1)</script>",
        "'; DROP TABLE identity; --",
        "{{7*7}}${7*7}#{7*7}",
        "%s%n%x",
        "../../etc/passwd",
        "=cmd|' /C calc'!A0",
        &json!({ "errcode": 40029 }).to_string(),
    ] {
        assert_eq!(shown(name).await, name);
    }
}

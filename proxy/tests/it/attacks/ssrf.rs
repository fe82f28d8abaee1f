//! Making the proxy fetch what only it can reach.

use super::Inside;
use crate::support::*;

#[actix_web::test]
async fn a_picture_inside_the_network_is_never_fetched() {
    let inside = Inside::open();
    let url = format!("http://{}", inside.address());
    for address in [
        format!("{url}/latest/meta-data/"),
        url.replace("127.0.0.1", "localhost"),
        url.replace("127.0.0.1", "[::ffff:127.0.0.1]"),
        url.replace("127.0.0.1", "2130706433"),
        url.replace("http://", "gopher://"),
        url.replace("http://", "http://u:p@"),
        "file:///etc/passwd".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        let info = Reply::Body(user_info_with("headimgurl", &address));
        let (upstream, proxy) = scripted([granted("snsapi_userinfo"), info]).await;
        let session = proxy.sign_in("code", VERIFIER).await.session().await;
        let picture = session.profile.unwrap().headimgurl;
        let is_kept = picture.starts_with("http");
        assert!(is_kept || picture.is_empty(), "{picture}");
        for path in [
            "/api/session",
            "/api/bootstrap",
            "/api/auth",
            "/api/records",
        ] {
            assert!(proxy.get(path).await.status().is_success(), "{path}");
        }
        inside.assert_silent(&address);
        assert_eq!(upstream.targets().len(), 2, "{:?}", upstream.targets());
    }
}

#[actix_web::test]
async fn nothing_a_browser_sends_chooses_whom_the_proxy_asks() {
    let inside = Inside::open();
    let (upstream, proxy) = scripted([]).await;
    let host = &*inside.address().to_string();
    let url = format!("http://{host}");
    for body in [
        json!({ "account": url, "code": "c", "verifier": VERIFIER }),
        json!({ "account": "shop", "code": "c", "verifier": VERIFIER, "api_base": url }),
        json!({ "account": "shop", "code": "c", "verifier": VERIFIER, "wechat": { "api_base": url } }),
        json!({ "account": "shop", "code": format!("@{host}/"), "verifier": VERIFIER }),
        json!({ "account": "shop", "code": format!("{url}/?"), "verifier": VERIFIER }),
        json!({ "account": "shop", "code": format!("../../..//{host}"), "verifier": VERIFIER }),
        json!({ "account": "shop", "code": "a&appid=wx1#", "verifier": VERIFIER }),
    ] {
        for name in [
            "Host",
            "X-Forwarded-Host",
            "Forwarded",
            "X-Api-Base",
            "Referer",
        ] {
            let headers = [JSON, (name, host)];
            let answer = proxy
                .send("POST /api/session", &headers, body.to_string())
                .await;
            assert!(!answer.status().is_success(), "{body}");
        }
        inside.assert_silent(&body.to_string());
    }
    let beginning = "/sns/oauth2/access_token?appid=wx00000000000000a1&secret=";
    for target in upstream.targets() {
        assert!(target.starts_with(beginning), "{target}");
        assert_eq!(target.matches("appid=").count(), 1, "{target}");
    }
}

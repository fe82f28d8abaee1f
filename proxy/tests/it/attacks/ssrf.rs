//! Making the proxy fetch what only it can reach.

use std::net::TcpListener;

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{TestProxy, VERIFIER, session_of, token_body, user_info_body};
use crate::upstream::{Reply, Upstream};

/// A server inside that must never hear from anybody.
struct Inside(TcpListener);

impl Inside {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    fn assert_silent(&self, after: &str) {
        assert!(self.0.accept().is_err(), "{after} was fetched");
    }
}

#[actix_web::test]
async fn a_picture_inside_the_network_is_never_fetched() {
    let inside = Inside::open();
    for address in [
        format!("{}/latest/meta-data/", inside.url()),
        inside.url().replace("127.0.0.1", "localhost"),
        inside.url().replace("127.0.0.1", "[::ffff:127.0.0.1]"),
        inside.url().replace("127.0.0.1", "2130706433"),
        inside.url().replace("http://", "gopher://"),
        inside.url().replace("http://", "http://u:p@"),
        "file:///etc/passwd".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        let mut info: Value = serde_json::from_str(&user_info_body()).unwrap();
        info["headimgurl"] = address.clone().into();
        let upstream = Upstream::start([
            Reply::Body(token_body("snsapi_userinfo")),
            Reply::Body(info.to_string()),
        ])
        .await;
        let proxy = TestProxy::start(&upstream.base_url()).await;
        let session = session_of(proxy.sign_in("code", VERIFIER).await).await;
        let picture = session.profile.unwrap().headimgurl;
        assert!(
            picture.is_empty() || picture.starts_with("http"),
            "{picture}"
        );
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
    let upstream = Upstream::start([]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let url = inside.url();
    let host = url.trim_start_matches("http://");
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
            let request = proxy.request(Method::POST, "/api/session").json(&body);
            let answer = request.header(name, host).send().await.unwrap();
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

//! The back end of `examples/express-behind-nginx`, behind nginx as it is documented and behind the server of `make dev`,
//! and people who log in.
//!
//! `WECHAT_LOGIN_EXPRESS` is the folder its packages are installed in.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::fronts::Kind;
use crate::support::*;

const SERVER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/express-behind-nginx/server.js"
);
const TEA: &str = "GET /backend/tea";
const DRINK: &str = "POST /backend/tea";
const FORGED: [(&str, &str); 2] = [
    ("X-Wechat-Appid", APPID),
    ("X-Wechat-Openid", "oForgedForgedForgedForgedFor"),
];

/// The back end, ended when dropped.
struct Express {
    process: Child,
    address: SocketAddr,
}

impl Express {
    fn start() -> Self {
        let packages = std::env::var_os("WECHAT_LOGIN_EXPRESS").expect(
            "WECHAT_LOGIN_EXPRESS says where Express is; `make test` installs it, and so does `npm ci` in its folder",
        );
        let mut node = Command::new("node");
        node.env("NODE_PATH", PathBuf::from(packages).join("node_modules"));
        node.env("PORT", "0").arg(SERVER).stdout(Stdio::piped());
        let mut process = node.spawn().unwrap();
        let mut greeting = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut greeting).unwrap();
        let address = greeting.trim().strip_prefix("http://");
        let address = address.unwrap_or_else(|| panic!("{greeting:?}"));
        Self {
            address: address.parse().unwrap(),
            process,
        }
    }
}

impl Drop for Express {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[actix_web::test]
#[ignore = "needs Node and Express, which `make test` installs"]
async fn a_back_end_on_express_knows_who_has_logged_in_and_believes_nobody_else() {
    for kind in Kind::BOTH {
        known_and_not_fooled(kind).await;
    }
}

async fn known_and_not_fooled(kind: Kind) {
    let (simulator, proxy) = simulated().await;
    let express = Express::start();
    let front = kind.start(proxy.address, express.address);

    // Nobody, and nobody who claims to be somebody, at nginx and past it.
    let nobody = front.visitor();
    for headers in [&[][..], &FORGED] {
        let refused = nobody.ask(TEA, headers).await;
        assert_eq!(refused.status(), 401);
        let error: Value = serde_json::from_str(&refused.string().await).unwrap();
        assert_eq!(error["error"]["code"], "unauthorized");
    }
    let past = Caller::new(format!("http://{}", express.address), None);
    assert_eq!(past.ask(TEA, &[]).await.status(), 401);
    assert_eq!(past.ask(TEA, &FORGED[1..]).await.status(), 401);
    let doubled = [FORGED[0], FORGED[1], FORGED[1]];
    assert_eq!(past.ask(TEA, &doubled).await.status(), 401);

    // Two people, each with the own cups, whatever they write into the headers.
    for (person, forged, cups) in [
        ("xiaoming", &[][..], 1),
        ("xiaoming", &FORGED, 3),
        ("xiaohong", &[], 1),
    ] {
        let user = front.visitor();
        let session = user.log_in(&simulator, person, Base).await;
        let drunk: Value = user.ask(DRINK, forged).await.object().await;
        assert_eq!(drunk["cups"], cups, "{person}");
        let tea: Value = user.ask(TEA, forged).await.object().await;
        assert_eq!(tea["greeting"], format!("你好，{}", session.openid));
        assert_eq!(tea["cups"], cups, "{person}");
        for site in ["cross-site", "same-site", "none"] {
            let headers = [("Sec-Fetch-Site", site)];
            assert_eq!(user.ask(DRINK, &headers).await.status(), 403, "{site}");
        }
        // Engines that do not know that header yet.
        for origin in [
            "https://evil.example",
            "https://127.0.0.1.evil.example:1",
            "null",
        ] {
            let headers = [("Origin", origin)];
            assert_eq!(user.ask(DRINK, &headers).await.status(), 403, "{origin}");
        }
        let own = [("Sec-Fetch-Site", "same-origin")];
        assert_eq!(user.ask(TEA, &own).await.object::<Value>().await, tea);
        let own = format!("http://{}", front.address);
        let drunk: Value = user.ask(DRINK, &[("Origin", &own)]).await.object().await;
        assert_eq!(drunk["cups"], cups + 1, "{person}");
    }
}

//! The documented web servers with the app below a path, beside another application at the root of the host.

use std::path::Path;

use actix_web::http::StatusCode;
use tempfile::TempDir;
use wechat_login_proxy::commands::headers::{Format, for_page};
use wechat_login_proxy::config::PageOrigins;

use crate::recorder::{BODY, Recorder};
use crate::support::*;

const SUBPATH: &str = include_str!("../../../docs/deploy/nginx-subpath.conf");
const REPLICAS: &str = include_str!("../../../docs/deploy/nginx-replicas.conf");
const FORWARD_AUTH: &str = include_str!("../../../docs/deploy/nginx-forward-auth.conf");

const PAGE: &str = "<!doctype html><base href=\"/\" /><title>app</title>";
const MOVED: &str = "<!doctype html><base href=\"/h5/\" /><title>app</title>";
const SCRIPT: &str = "app-0123456789abcdef.js";
const NAME: &str = "MP_verify_AbCdEf0123456789.txt";

/// A web server, and what is behind it.
struct Site {
    nginx: Nginx,
    simulator: Simulator,
    /// The application at the root.
    other: Recorder,
    _proxy: TestProxy,
    _folder: TempDir,
}

impl Site {
    /// The web server that `start` makes of the app's folder, the proxy's address and the other application's.
    async fn start(start: impl FnOnce(&Path, String, String) -> Nginx) -> Self {
        let folder = folder_of(&[("index.html", PAGE), (SCRIPT, "export {};")]);
        // As `make build` leaves it; never sent, because it says another path.
        add_files(folder.path(), &[("index.html.gz", "as it was built")]);
        let simulator = Simulator::start().await.unwrap();
        let settings = [
            ("PUBLIC_URL", "http://127.0.0.1:8080/h5"),
            ("STATIC_DIR", folder.path().to_str().unwrap()),
            ("ACCOUNTS__SHOP__VERIFY_FILES", NAME),
        ];
        let config = config_with(&simulator.base_url(), &settings);
        let proxy = TestProxy::start_with(config).await;
        let other = Recorder::start(StatusCode::OK);
        let server = |it: std::net::SocketAddr| format!("server {it};");
        Self {
            nginx: start(folder.path(), server(proxy.address), server(other.address)),
            simulator,
            other,
            _proxy: proxy,
            _folder: folder,
        }
    }

    /// Somebody at this web server.
    fn browser(&self) -> Caller {
        Caller::new(format!("http://{}", self.nginx.address), None)
    }

    async fn sign_in(&self, browser: &Caller) {
        let code = self.simulator.issue_code(APPID, "xiaoming", Base);
        let body = json!({ "account": "shop", "code": code, "verifier": VERIFIER });
        let line = "POST /h5/api/session";
        let answer = browser.send(line, &[JSON], body.to_string()).await;
        answer.session().await;
    }

    /// What must hold, whoever serves the files.
    async fn assert_lives(self) {
        let browser = self.browser();
        for path in ["/h5/", "/h5/orders", "/h5/index.html"] {
            for encoding in ["identity", "gzip"] {
                let line = format!("GET {path}");
                let headers = [("Accept", "text/html"), ("Accept-Encoding", encoding)];
                let page = browser.ask(&line, &headers).await;
                assert_eq!(page.code(), 200, "{path}");
                assert_eq!(page.header("cache-control"), "no-cache");
                let policy = page.header("content-security-policy");
                assert!(policy.contains("; base-uri 'self'; "), "{policy}");
                let bytes = page.bytes().await.unwrap();
                let mut text = String::new();
                let mut unpacked = flate2::read::GzDecoder::new(&bytes[..]);
                if std::io::Read::read_to_string(&mut unpacked, &mut text).is_err() {
                    text = String::from_utf8(bytes.to_vec()).unwrap();
                }
                assert_eq!(text, MOVED, "{path}");
            }
        }
        let alone = browser.get("/h5?code=c&state=s").await;
        let place = alone.header("location");
        assert!(place.ends_with("/h5/?code=c&state=s"), "{place}");
        assert!((301..=308).contains(&alone.code()));
        let script = browser.get(&format!("/h5/{SCRIPT}")).await;
        let forever = "public, max-age=31536000, immutable";
        assert_eq!(script.header("cache-control"), forever);
        for missing in ["/h5/app-ffffffffffffffff.js", "/h5/api/x", "/h5/service/x"] {
            let line = format!("GET {missing}");
            let answer = browser.ask(&line, &[("Accept", "text/html")]).await;
            assert_eq!(answer.code(), 404, "{missing}");
        }
        assert_eq!(browser.get("/h5/readyz").await.string().await, "ok");
        let file = browser.get(&format!("/h5/{NAME}")).await.string().await;
        assert_eq!(file, "AbCdEf0123456789");
        let picture = browser.get("/h5/api/qr.svg?path=/h5/orders").await;
        assert_eq!(picture.header("content-type"), "image/svg+xml");

        self.sign_in(&browser).await;
        let here = browser.get("/h5/api/session").await;
        assert_eq!(here.code(), 200, "the cookie comes back");
        assert!(self.other.take().is_empty());
        for path in ["/", "/h5x", "/api/session", "/h5-shop/", "/MP_verify_x.txt"] {
            assert_eq!(browser.get(path).await.string().await, BODY, "{path}");
            let seen = self.other.take_one();
            assert_eq!(
                (seen.target.as_str(), seen.values("cookie")),
                (path, vec![])
            );
        }
        let out = browser.ask("DELETE /h5/api/session", &[]).await;
        assert_eq!(out.code(), 204);
        assert_eq!(browser.get("/h5/api/session").await.code(), 401);
    }
}

#[actix_web::test]
async fn nginx_serves_the_files_below_the_path() {
    let site = Site::start(|folder, proxy, other| {
        let headers = for_page(PAGE, &PageOrigins::default(), Format::Nginx);
        let app = format!("alias {}/;", folder.display());
        Nginx::documented(
            SUBPATH,
            [
                ("include /etc/nginx/wechat-login-headers.conf;", headers),
                ("server 127.0.0.1:8081;", proxy),
                ("server 127.0.0.1:9000;", other),
                ("alias /usr/share/wechat-login/app/;", app),
            ],
        )
    });
    site.await.assert_lives().await;
}

/// The one line, and what passes everything else on to the other application.
fn below_the_path(other: &str) -> [(&'static str, String); 1] {
    let other = other.trim_start_matches("server ").trim_end_matches(';');
    let locations = format!("location / {{ proxy_pass http://{other}; }}\n    location /h5/ {{");
    [("location / {", locations)]
}

/// The documented nginx for replicas with one of them, and these changes.
fn in_front_of_one(
    proxy: &str,
    changes: impl IntoIterator<Item = (&'static str, String)>,
) -> Nginx {
    let mut text = REPLICAS.to_owned();
    for (last, server) in [(11, proxy), (12, ""), (13, "")] {
        let documented = format!("server 10.0.0.{last}:8081 max_fails=1 fail_timeout=1s;");
        text = text.replace(&documented, server);
    }
    Nginx::documented(&text, changes)
}

#[actix_web::test]
async fn everything_passes_through_the_proxy_below_the_path() {
    let site = Site::start(|_, proxy, other| in_front_of_one(&proxy, below_the_path(&other)));
    site.await.assert_lives().await;
}

#[actix_web::test]
async fn a_web_server_may_take_the_path_off() {
    let site = Site::start(|_, proxy, other| {
        let changes = [
            (
                "proxy_pass http://wechat_login;",
                "proxy_pass http://wechat_login/;".to_owned(),
            ),
            ("location /service/ {", "location /h5/service/ {".to_owned()),
        ];
        in_front_of_one(&proxy, below_the_path(&other).into_iter().chain(changes))
    });
    let site = site.await;
    let browser = site.browser();
    // The proxy takes it off a second time, and its service API is not there.
    let detour = browser.get("/h5/h5/service/accounts/shop/users/o1").await;
    detour.error(404, NotFound).await;
    site.assert_lives().await;
}

/// With the backend below the path, too: elsewhere browsers do not send the session.
#[actix_web::test]
async fn a_backend_below_the_path_learns_who_is_signed_in() {
    let backend = Recorder::start(StatusCode::OK);
    let address = backend.address;
    let site = Site::start(move |_, proxy, other| {
        let changes = [
            ("server 127.0.0.1:8081;", proxy),
            ("server 127.0.0.1:9000;", format!("server {address};")),
            ("location /backend/ {", "location /h5/backend/ {".to_owned()),
        ];
        Nginx::documented(
            FORWARD_AUTH,
            changes.into_iter().chain(below_the_path(&other)),
        )
    });
    let site = site.await;
    let browser = site.browser();
    assert_eq!(browser.get("/h5/backend/x").await.code(), 401);
    site.sign_in(&browser).await;
    assert_eq!(browser.get("/h5/backend/x").await.code(), 200);
    let seen = backend.take_one();
    assert_eq!(seen.target, "/h5/backend/x");
    assert_eq!(
        (
            seen.values("cookie").len(),
            seen.values("x-wechat-openid").len()
        ),
        (0, 1)
    );
    site.assert_lives().await;
}

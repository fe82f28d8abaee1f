//! Over https a forward proxy is asked for a tunnel. The program is a process of its own, with a certificate in its
//! environment that it trusts.

use tempfile::TempDir;

use super::{HIDDEN, PASSWORD, Tinyproxy, USER, with_password};
use crate::support::*;

/// TLS in front of a WeChat without it.
pub(super) struct Front {
    nginx: Nginx,
    folder: TempDir,
}

impl Front {
    pub(super) fn of(upstream: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        test_support::certificate::make(folder.path());
        let at = |name: &str| folder.path().join(name).display().to_string();
        let (certificate, key) = (at("certificate.pem"), at("key.pem"));
        let nginx = Nginx::start(|address| {
            format!(
                "server {{ listen {address} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};\n\
                 location / {{ proxy_pass {upstream}; }} }}"
            )
        });
        Self { nginx, folder }
    }

    /// Its address, under this name of this machine.
    pub(super) fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.nginx.address.port())
    }

    /// What makes a program trust it.
    pub(super) fn trust(&self) -> (&'static str, String) {
        let certificate = self.folder.path().join("certificate.pem");
        ("SSL_CERT_FILE", certificate.display().to_string())
    }
}

/// A configuration whose WeChat is there, with these lines besides.
pub(super) fn toml_for(wechat: &str, lines: &str) -> String {
    toml(&format!(
        "listen = \"127.0.0.1:0\"\ndatabase_url = \"sqlite::memory:\"\nsession_keys = [\"{SESSION_KEY}\"]\n\
         wechat.api_base = \"{wechat}\"\n{lines}"
    ))
}

#[actix_web::test]
async fn a_login_goes_through_the_tunnel_and_no_level_of_the_log_tells_the_password() {
    let simulator = Simulator::start().await.unwrap();
    let front = Front::of(&simulator.base_url());
    let tinyproxy = with_password();
    let address = tinyproxy.url();
    let folder = folder_of(&[("password", PASSWORD)]);
    let own_keys = format!(
        "wechat.proxy = \"{address}\"\nwechat.proxy_user = \"{USER}\"\nwechat.proxy_password_file = \"password\""
    );
    let toml = toml_for(&front.url("localhost"), &own_keys);
    let (name, certificate) = front.trust();
    let trace = ("RUST_LOG", "trace,reqwest=trace,hyper_util=trace");
    let program = PROXY.start_in(&[(name, &certificate), trace], folder.path(), &toml);
    let browser = Caller::new(program.base_url(), None);
    browser.log_in(&simulator, "xiaoming", Userinfo).await;
    assert_eq!(tinyproxy.requests("CONNECT"), 1);
    let log = program.kill();
    let way = format!("through the proxy {address} (wechat.proxy)");
    assert!(log.contains(&way), "{log}");
    for hidden in HIDDEN {
        assert!(!log.contains(hidden), "{log}");
    }

    let said = PROXY
        .run_in(&[(name, &certificate)], folder.path(), "check")
        .await;
    let port = front.nginx.address.port();
    let found = format!(
        "ok       way_out: WeChat is asked {way}, which lets us through to localhost:{port}."
    );
    assert!(said.output.contains(&found), "{}", said.output);
    assert!(
        said.output.contains("ok       credentials: "),
        "{}",
        said.output
    );
}

#[actix_web::test]
async fn a_proxy_that_dies_after_the_tunnel_stood_leaves_the_code_spent() {
    let upstream = Upstream::start([Reply::Silence, granted("snsapi_base")]).await;
    let front = Front::of(&upstream.base_url());
    let tinyproxy = Tinyproxy::start("");
    let address = tinyproxy.address;
    let folder = tempfile::tempdir().unwrap();
    let toml = toml_for(
        &front.url("localhost"),
        &format!("wechat.proxy = \"http://{address}\""),
    );
    let (name, certificate) = front.trust();
    let mut program = PROXY.start_in(&[(name, &certificate)], folder.path(), &toml);
    let browser = Caller::new(program.base_url(), None);
    let dying = async {
        upstream.wait_for(1).await;
        drop(tinyproxy);
    };
    let (response, ()) = tokio::join!(browser.sign_in("code", VERIFIER), dying);
    response.error(503, WechatUnavailable).await;
    program.wait_for("no answer from WeChat");
    let _another = Tinyproxy::start_at(address, "");
    let again = browser.sign_in("code", VERIFIER).await;
    again.error(503, WechatUnavailable).await;
    assert_eq!(upstream.exchanges(), 1);
    browser
        .sign_in("other-code", VERIFIER)
        .await
        .session()
        .await;
}

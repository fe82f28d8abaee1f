//! The app served by a real nginx with the documented configuration: the API behind it, or on an origin of its own.

use anyhow::ensure;
use e2e::{Browser, Look, SHOP, WebServer, World, WorldOptions, errcode, journey};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, IF_NONE_MATCH};
use wechat_simulator::Endpoint;

use crate::login::sign_in;
use crate::orders::buy;

fn served_by(web_server: WebServer) -> WorldOptions {
    WorldOptions::with(|it| it.web_server = web_server)
}

/// First login, return, orders, signing out; and a refusal is read, request id included.
async fn live(world: World) -> anyhow::Result<()> {
    let openid = world.simulator.openid(SHOP, "xiaoming");
    buy(&world, "shop", "xiaoming", 0..1).await?;
    let browser = Browser::open(Look::default()).await?;
    sign_in(&browser, &world).await?;
    ensure!(browser.text("[data-field=openid]").await? == openid);

    // Who comes back is known at once, with the one request that the page itself began.
    browser.requests().await?;
    browser.goto(&world.app).await?;
    browser.text("[data-field=openid]").await?;
    let requests = browser.requests().await?;
    let asked: Vec<_> = requests.iter().filter(|it| it.contains("/api/")).collect();
    ensure!(
        asked == [&format!("GET {}/api/bootstrap", world.api)],
        "{asked:?}"
    );

    browser.goto(&world.page("/orders")).await?;
    browser
        .until("main", |text| text.contains("shop 0"))
        .await?;

    browser.goto(&world.app).await?;
    browser.tap("[data-action=sign-out]").await?;
    browser.text("[data-action=sign-in]").await?;
    browser.reload().await?;
    world.strike(Endpoint::AccessToken, errcode(48001));
    browser.tap("[data-action=sign-in]").await?;
    let page = browser.until("main", |text| text.contains("48001")).await?;
    let id = browser
        .script("return document.documentElement.dataset.requestId")
        .await?;
    let id = id.as_str().unwrap_or_default();
    ensure!(page.contains(id), "{id}: {page}");
    // nginx's are twice as long as ours; either way the page has one.
    ensure!(id.len() >= 16, "{id}");
    browser.close().await
}

#[test]
fn the_app_lives_behind_nginx() {
    journey(served_by(WebServer::Nginx), live);
}

#[test]
fn the_app_lives_beside_an_api_on_another_origin() {
    journey(served_by(WebServer::NginxBesideTheApi), live);
}

/// What no browser shows: types, copies, caching, missing files.
#[test]
fn nginx_serves_files_as_the_proxy_does() {
    journey(served_by(WebServer::Nginx), async |world| {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let get = |path: &str| client.get(format!("{}{path}", world.app));

        let page = get("/orders").header(ACCEPT, "text/html").send().await?;
        let headers = page.headers().clone();
        ensure!(headers["content-type"] == "text/html; charset=utf-8");
        ensure!(headers["cache-control"] == "no-cache");
        // Nothing by which another version of the same size could pass for this one.
        ensure!(!headers.contains_key("etag"), "{headers:?}");
        let since = headers["last-modified"].clone();
        let again = get("/index.html")
            .header("If-Modified-Since", since)
            .send()
            .await?;
        ensure!(again.status() == 200);
        for (name, value) in wechat_login_proxy::http::middleware::security_headers::ALL {
            ensure!(headers[name.as_str()] == value, "{name}: {headers:?}");
        }
        let old = get("/")
            .header("User-Agent", "Chrome/86.0.1")
            .send()
            .await?;
        let old = old.headers()["content-security-policy"]
            .to_str()?
            .to_owned();
        ensure!(old.contains(" 'unsafe-eval' "), "{old}");
        let policy = headers["content-security-policy"].to_str()?;
        ensure!(
            old.replace("'unsafe-eval'", "'wasm-unsafe-eval'") == policy,
            "{policy}"
        );

        let html = page.text().await?;
        let script = html.split("import init from '.").nth(1);
        let script = script
            .and_then(|it| it.split('\'').next())
            .unwrap_or_default();
        let wasm = script.replace(".js", "_bg.wasm");
        for (path, kind) in [(script, "text/javascript"), (&wasm, "application/wasm")] {
            let file = get(path).header(ACCEPT_ENCODING, "gzip").send().await?;
            ensure!(file.status() == 200, "{path}");
            let headers = file.headers().clone();
            ensure!(headers["content-type"] == kind, "{headers:?}");
            ensure!(headers["cache-control"] == "public, max-age=31536000, immutable");
            ensure!(headers["content-encoding"] == "gzip");
            ensure!(file.bytes().await?.starts_with(&[0x1f, 0x8b]));
            let etag = headers["etag"].clone();
            let again = get(path)
                .header(ACCEPT_ENCODING, "gzip")
                .header(IF_NONE_MATCH, etag);
            ensure!(again.send().await?.status() == 304);
        }
        for missing in [
            "/missing.js",
            "/wechat-login-frontend-0000000000000000.js",
            "/service/accounts/shop/users/o1",
        ] {
            let answer = get(missing).header(ACCEPT, "text/html").send().await?;
            ensure!(answer.status() == 404, "{missing}");
            let cache = answer.headers().get("cache-control");
            ensure!(
                cache.is_none_or(|it| it == "no-cache"),
                "{missing}: {cache:?}"
            );
        }
        ensure!(get("/readyz").send().await?.text().await? == "ok");
        let file = get("/MP_verify_AbCdEf0123456789.txt").send().await?;
        ensure!(file.headers()["content-type"] == "text/plain; charset=utf-8");
        ensure!(file.text().await? == "AbCdEf0123456789");
        Ok(())
    });
}

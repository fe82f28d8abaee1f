//! What a real browser sends for a page of another site, and what becomes of it.

use anyhow::{Context, ensure};
use e2e::{Browser, Look, World, WorldOptions, journey, walk};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::login::sign_in;
use super::planted::step_aside;

/// A page of another site, `localhost` beside our `127.0.0.1`.
async fn evil_site() -> anyhow::Result<String> {
    let port = serve("", "<!doctype html><title>evil</title><body>evil").await?;
    Ok(format!("http://localhost:{port}/"))
}

/// A site that answers everything with one page under these headers, lines with their ends; gives its port.
pub(crate) async fn serve(headers: &str, page: &str) -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{page}",
        page.len()
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    Ok(port)
}

/// The body of a login with an unspent code of the attacker's own.
fn attackers_login(world: &World) -> String {
    let code = world.code("laozhou");
    json!({ "account": "shop", "code": code, "verifier": "b".repeat(32) }).to_string()
}

async fn assert_still_signed_in(browser: &Browser, world: &World) -> anyhow::Result<()> {
    browser.goto(&world.app).await?;
    world.is_signed_in(browser, "xiaoming").await?;
    ensure!(world.exchanges().len() == 1, "{:?}", world.exchanges());
    Ok(())
}

#[test]
fn a_page_of_another_site_neither_signs_in_nor_out_nor_reads_nor_writes() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        sign_in(&browser, &world).await?;
        let evil = evil_site().await?;
        let login = attackers_login(&world);
        for sandboxed in [false, true] {
            browser.goto(&evil).await?;
            browser.eventually("document.title === 'evil'").await?;
            let attack = format!(
                "const app = {app:?}, login = {login:?}, mine = {{credentials: 'include'}};
                 const json = {{'Content-Type': 'application/json'}};
                 const tries = [
                     fetch(app + '/api/session', {{...mine, method: 'POST', mode: 'no-cors', body: login}}),
                     fetch(app + '/api/session', {{...mine, method: 'POST', headers: json, body: login}}),
                     fetch(app + '/api/session', {{...mine, method: 'DELETE'}}),
                     fetch(app + '/api/records/order/1', {{...mine, method: 'PUT', headers: json, body: '2'}}),
                     fetch(app + '/api/records/order/1', {{...mine, method: 'DELETE'}}),
                     fetch(app + '/api/session', mine),
                     fetch(app + '/api/bootstrap', mine),
                 ];
                 navigator.sendBeacon(app + '/api/session', login);
                 navigator.sendBeacon(app + '/api/session', new Blob([login], {{type: 'application/json'}}));
                 const all = Promise.all(tries.map(it => it.then(answer => answer.type, () => 'refused')));",
                app = world.app
            );
            let outcome = if sandboxed {
                // `Origin: null`.
                let inner = format!(
                    "<script>{attack} all.then(it => parent.postMessage(it.join(' '), '*'));</script>"
                );
                let outer = format!(
                    "return new Promise(done => {{
                         onmessage = told => done(told.data);
                         const frame = document.createElement('iframe');
                         frame.sandbox = 'allow-scripts';
                         frame.srcdoc = {};
                         document.body.append(frame);
                     }})",
                    json!(inner).to_string().replace("</", "<\\/")
                );
                browser.script(&outer).await?
            } else {
                browser
                    .script(&format!("{attack} return all.then(it => it.join(' '))"))
                    .await?
            };
            let expected = "opaque refused refused refused refused refused refused";
            ensure!(outcome == expected, "{outcome}");
        }
        assert_still_signed_in(&browser, &world).await
    });
}

#[test]
fn a_form_of_another_site_signs_nobody_in() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        sign_in(&browser, &world).await?;
        let evil = evil_site().await?;
        for encoding in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            browser.goto(&evil).await?;
            browser.eventually("document.title === 'evil'").await?;
            let login = attackers_login(&world);
            let (name, value) = login.split_once("\"verifier\"").context("no verifier")?;
            // What a form writes between name and value is an equals sign: `{"x":"=","verifier":…`.
            let name = format!("{name}\"x\":\"");
            let value = format!("\",\"verifier\"{value}");
            let form = format!(
                "const form = document.createElement('form');
                 form.method = 'POST'; form.action = {action:?}; form.enctype = {encoding:?};
                 const field = document.createElement('input');
                 field.name = {name:?}; field.value = {value:?};
                 form.append(field); document.body.append(form); form.submit();",
                action = world.page("/api/session")
            );
            browser.script(&form).await?;
            let refused =
                "location.pathname === '/api/session' && document.body.innerText.includes('error')";
            browser.eventually(refused).await?;
        }
        assert_still_signed_in(&browser, &world).await
    });
}

#[test]
fn a_page_of_another_site_cannot_frame_the_app() {
    journey(WorldOptions::default(), async |world| {
        let browser = Browser::open(Look::default()).await?;
        sign_in(&browser, &world).await?;
        let evil = evil_site().await?;
        browser.goto(&evil).await?;
        browser.eventually("document.title === 'evil'").await?;
        browser.requests().await?;
        let frame = format!(
            "return new Promise(done => {{
                 const frame = document.createElement('iframe');
                 frame.onload = () => done('loaded');
                 frame.src = {:?};
                 document.body.append(frame);
             }})",
            world.app
        );
        browser.script(&frame).await?;
        let requests = browser.requests().await?;
        let parts = requests
            .iter()
            .filter(|it| it.contains(".wasm") || it.contains("/api/"));
        ensure!(parts.count() == 0, "the app ran in a frame: {requests:?}");
        Ok(())
    });
}

/// A neighbouring page plants the attacker's session under a name that is ours but for a blank that is none in ASCII.
#[test]
fn a_session_planted_under_a_disguised_name_is_not_used() {
    walk(async |world, browser| {
        let attacker = reqwest::Client::new().post(format!("{}/api/session", world.api));
        let body = attackers_login(world);
        let attacker = attacker
            .header("Content-Type", "application/json")
            .body(body);
        let answer = attacker.send().await?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .context("no cookie")?
            .to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();

        sign_in(browser, world).await?;
        step_aside(browser, world).await?;
        for blank in ["\\u2000", "\\u3000", "\\u00a0"] {
            // A longer path, so that it is sent before ours.
            let plant = format!("document.cookie = '{blank}{cookie}; path=/api'; return true");
            browser.script(&plant).await?;
            let sent = json!({ "urls": [format!("{}/api/session", world.api)] });
            let sent = browser.devtools("Network.getCookies", sent).await?;
            let count = sent["cookies"].as_array().map_or(0, Vec::len);
            ensure!(count >= 2, "the browser took no such cookie: {count}");
            browser.goto(&world.app).await?;
            world.is_signed_in(browser, "xiaoming").await?;
            step_aside(browser, world).await?;
        }
        Ok(())
    });
}

//! Caddy with the packed Caddyfile and, its first block before them, with the ones that the documents show: whatever is
//! asked, and whoever is there to answer, its output has no query. Its certificates are its own here.

use std::cell::Cell;
use std::process::Command;

use actix_web::http::StatusCode;
use test_support::addresses::free_address;
use test_support::kept::{Kept, program};
use test_support::text::replaced;

use super::visitor::{OF_THE_APP, PASSED, Visitor, proxy};
use super::{folder, headers, sample};
use crate::recorder::Recorder;
use crate::support::*;

const CADDYFILE: &str = "Caddyfile";

/// Caddy keeps its things below these folders, so they are the test's.
const RUN: [&str; 7] = [
    "XDG_CONFIG_HOME=.",
    "XDG_DATA_HOME=.",
    "caddy",
    "run",
    "--adapter=caddyfile",
    "--config=Caddyfile",
    "--pidfile=server.pid",
];

/// Runs Caddy with this file, and this test's ports.
fn start(text: &str) -> (Kept, Visitor) {
    let http = Cell::new(0);
    let (https, kept) = Kept::on_a_free_port("env", &RUN, |https| {
        let plain = free_address().port();
        http.set(plain);
        let https = https.port();
        let mut ours =
            format!("http_port {plain}\n\thttps_port {https}\n\tdefault_bind 127.0.0.1\n\t");
        for option in ["admin off", "local_certs", "skip_install_trust"] {
            if !text.contains(option) {
                ours += &format!("{option}\n\t");
            }
        }
        ours += "log default {";
        vec![
            (CADDYFILE, replaced(text, [("log default {", ours)])),
            ("wechat-login-headers.caddy", headers("caddy")),
        ]
    });
    (kept, Visitor::new(http.get(), https.port()))
}

/// The first block of the packed file, which is for all sites.
fn first_block() -> String {
    let text = sample(CADDYFILE);
    text[..text.find("\nshop.example {").unwrap()].to_owned()
}

/// What Caddy thinks of a packed file, in a folder with what belongs to it.
fn validate(name: &str) {
    let text = sample(name);
    let files = [
        (CADDYFILE, &*text),
        ("wechat-login-headers.caddy", &headers("caddy")),
    ];
    let place = folder_of(&files);
    let mut caddy = Command::new(program("caddy").unwrap());
    caddy.args(["validate", "--adapter=caddyfile", "--config=Caddyfile"]);
    caddy
        .current_dir(&place)
        .env("XDG_CONFIG_HOME", place.path())
        .env("XDG_DATA_HOME", place.path());
    let output = caddy.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
}

/// Starts Caddy in each of these surroundings and looks through its output. The other server is always there.
async fn play(text: &str, proxy: fn(StatusCode) -> Recorder, asked: &[(&str, [u16; 3])]) {
    let other = Recorder::start(StatusCode::OK);
    let statuses = [Some(StatusCode::OK), Some(StatusCode::UNAUTHORIZED), None];
    for (index, status) in statuses.into_iter().enumerate() {
        let proxy = status.map(proxy);
        let address = proxy.as_ref().map_or_else(free_address, |it| it.address);
        let app = folder().join("app").display().to_string();
        let text = text
            .replace("127.0.0.1:8081", &address.to_string())
            .replace("127.0.0.1:9000", &other.address.to_string())
            .replace("/usr/share/wechat-login/app", &app);
        let (server, mut visitor) = start(&text);
        // It listens before it has a certificate.
        visitor.wait().await;
        for (path, answers) in asked {
            visitor.ask(&[(path, answers[index])]).await;
        }
        if !text.contains("disable_redirects") {
            visitor.ask_without_tls(308).await;
        }
        visitor
            .assert_hidden(server, |line, path, status| {
                line.contains(&format!("\"uri\":\"{path}\""))
                    && line.contains(&format!("\"status\":{status}"))
            })
            .await;
    }
}

#[actix_web::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn the_app_from_caddy() {
    validate(CADDYFILE);
    play(&sample(CADDYFILE), proxy, &OF_THE_APP).await;
}

/// With `log`, so that it is known what was asked; the file has none.
#[actix_web::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn the_simulator_as_wechat() {
    let name = "simulator-as-wechat.Caddyfile";
    validate(name);
    let text = sample(name).replace("127.0.0.1:8082", "127.0.0.1:8081");
    let hosts = "api.weixin.qq.com, open.weixin.qq.com {";
    let text = replaced(&text, [(hosts, "shop.example {\n\tlog")]);
    let asked = [
        ("/sns/oauth2/access_token", PASSED),
        ("/connect/oauth2/authorize", PASSED),
    ];
    play(&text, Recorder::start, &asked).await;
}

/// As the chapter on serving says what to do with the file.
#[actix_web::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn the_app_below_a_path() {
    let text = sample(CADDYFILE);
    let (before, handles) = text.split_once("\t# For the company's").unwrap();
    let handles = handles.strip_suffix("}\n").unwrap();
    let text = format!(
        "{before}\tredir /h5 /h5/?{{query}}\n\thandle_path /h5/* {{\n\t# {handles}\t}}\n\t\
         handle {{\n\t\treverse_proxy 127.0.0.1:9000\n\t}}\n}}\n"
    );
    let asked = [
        ("/h5", [302; 3]),
        ("/h5/orders", [200; 3]),
        ("/h5/missing.js", [404; 3]),
        ("/h5/service/x", [404; 3]),
        ("/h5/api/session", PASSED),
        ("/other", [200; 3]),
    ];
    play(&text, proxy, &asked).await;
}

#[actix_web::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn what_the_documents_show_of_caddy() {
    let path = [
        ("/h5/orders", PASSED),
        ("/h5/api/session", PASSED),
        ("/other", [200; 3]),
    ];
    let backend = [
        ("/orders", PASSED),
        ("/api/auth", PASSED),
        ("/backend/orders", PASSED),
    ];
    for language in ["en", "zh"] {
        for (chapter, asked) in [("serving", &path[..]), ("backends", &backend)] {
            let file = format!(
                "{}/../docs/{language}/{chapter}.md",
                env!("CARGO_MANIFEST_DIR")
            );
            let text = std::fs::read_to_string(file).unwrap();
            let (_, block) = text.split_once("```text\nshop.example {").unwrap();
            let (block, _) = block.split_once("```").unwrap();
            let text = format!("{}\nshop.example {{{block}", first_block());
            play(&text, proxy, asked).await;
        }
    }
}

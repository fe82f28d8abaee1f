//! nginx with each packed sample, over TLS, in the midst of a configuration that logs whatever a sample does not see to
//! itself. Its proxy answers everything, then refuses everything, then nobody is there, and then nginx may open no file.

use std::cell::Cell;
use std::net::SocketAddr;
use std::process::Command;

use actix_web::http::StatusCode;
use test_support::addresses::free_address;
use test_support::certificate;
use test_support::kept::Kept;
use test_support::text::replaced;

use super::visitor::{OF_THE_APP, PASSED, Visitor, proxy};
use super::{folder, headers, sample};
use crate::recorder::Recorder;
use crate::support::*;

const ARGUMENTS: [&str; 6] = ["-e", "error.log", "-c", "nginx.conf", "-p", "."];

/// As Debian's, but in this folder, and one process.
const MAIN: &str = "\
daemon off;
master_process off;
pid server.pid;
lock_file nginx.lock;
error_log error.log;
events {}
http {
    access_log everything.log;
    client_body_temp_path client_body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include site.conf;
}
";

/// Starts nginx with the sample in each surrounding, asks it for these paths, which each of them answers so, and looks
/// through its logs. `changes` are made of the addresses of the proxy and of another server, which is always there.
async fn play(
    name: &str,
    asked: &[(&'static str, [u16; 3])],
    changes: impl Fn(SocketAddr, SocketAddr) -> Vec<(&'static str, String)>,
) {
    let other = Recorder::start(StatusCode::OK);
    for (index, status) in [Some(StatusCode::OK), Some(StatusCode::UNAUTHORIZED), None]
        .into_iter()
        .enumerate()
    {
        let proxy = status.map(proxy);
        let address = proxy.as_ref().map_or_else(free_address, |it| it.address);
        let (server, mut visitor) = start(name, &changes(address, other.address));
        for (path, answers) in asked {
            visitor.ask(&[(path, answers[index])]).await;
        }
        let first = asked[0].0;
        ask_too_much(&visitor, first).await;
        visitor.ask_without_tls(301).await;
        if proxy.is_none() {
            // On a connection that is there already.
            visitor.ask(&[(first, asked[0].1[index])]).await;
            let pid = std::fs::read_to_string(server.folder().join("server.pid")).unwrap();
            let mut limit = Command::new("prlimit");
            limit.args(["--nofile=3", "--pid", pid.trim()]);
            assert!(limit.status().unwrap().success());
            let answer = visitor.request(Method::GET, first).send().await;
            assert!(answer.unwrap().status().is_server_error());
        }
        visitor
            .assert_hidden(server, |line, path, status| {
                line.contains(&format!(" {path}\" {status} "))
            })
            .await;
    }
}

/// nginx refuses a long address, a long header and a long body.
async fn ask_too_much(visitor: &Visitor, path: &str) {
    let long = "x".repeat(9_000);
    let get = |path: &str| visitor.request(Method::GET, path);
    let body = vec![b'x'; 2_000_000];
    for (request, status) in [
        (get(&format!("{path}{long}")), 414),
        (get(path).header("X-Long", &long), 400),
        (visitor.request(Method::POST, path).body(body), 413),
    ] {
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

/// The packed sample with these changes, and with places and ports of this test.
fn start(name: &str, changes: &[(&'static str, String)]) -> (Kept, Visitor) {
    let ours = folder_of(&[]);
    certificate::make(ours.path());
    let made = |name: &str| std::fs::read_to_string(ours.path().join(name)).unwrap();
    let text = replaced(&sample(name), changes.iter().cloned());
    let http = Cell::new(0);
    let (https, kept) = Kept::on_a_free_port("nginx", &ARGUMENTS, |https| {
        let plain = free_address();
        http.set(plain.port());
        let text = replaced(
            &text,
            [
                ("listen 80;", &*format!("listen {plain};")),
                ("listen 443 ssl;", &format!("listen {https} ssl;")),
                (
                    "/etc/letsencrypt/live/shop.example/fullchain.pem",
                    "certificate.pem",
                ),
                ("/etc/letsencrypt/live/shop.example/privkey.pem", "key.pem"),
                ("/var/log/nginx/access.log", "access.log"),
                ("/var/log/nginx/error.log", "own-error.log"),
            ],
        );
        vec![
            ("nginx.conf", MAIN.to_owned()),
            ("site.conf", text),
            ("certificate.pem", made("certificate.pem")),
            ("key.pem", made("key.pem")),
        ]
    });
    (kept, Visitor::new(http.get(), https.port()))
}

#[actix_web::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn the_app_from_nginx() {
    play("nginx-static.conf", &OF_THE_APP, |proxy, _| {
        vec![
            ("server 127.0.0.1:8081;", format!("server {proxy};")),
            (
                "include /etc/nginx/wechat-login-headers.conf;",
                headers("nginx"),
            ),
            (
                "root /usr/share/wechat-login/app;",
                format!("root {}/app;", folder().display()),
            ),
        ]
    })
    .await;
}

#[actix_web::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn the_app_below_a_path() {
    let asked = [
        ("/h5/orders", [200; 3]),
        ("/h5", [307; 3]),
        ("/h5/", [200; 3]),
        ("/h5/missing.js", [404; 3]),
        ("/h5/service/x", [404; 3]),
        ("/h5/api/session", PASSED),
        ("/h5/MP_verify_AbCdEf0123456789.txt", PASSED),
        ("/h5/readyz", PASSED),
        ("/other", [200; 3]),
    ];
    play("nginx-subpath.conf", &asked, |proxy, other| {
        vec![
            ("server 127.0.0.1:8081;", format!("server {proxy};")),
            ("server 127.0.0.1:9000;", format!("server {other};")),
            (
                "include /etc/nginx/wechat-login-headers.conf;",
                headers("nginx"),
            ),
            (
                "alias /usr/share/wechat-login/app/;",
                format!("alias {}/app/;", folder().display()),
            ),
        ]
    })
    .await;
}

#[actix_web::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn a_backend_that_learns_who_is_signed_in() {
    let asked = [
        ("/orders", PASSED),
        ("/api/session", PASSED),
        ("/service/x", [404; 3]),
        ("/_wechat_auth", [404; 3]),
        ("/_wechat_refusal", [404; 3]),
        // Whoever cannot be asked about is let through as little.
        ("/backend/orders", [200, 401, 500]),
    ];
    play("nginx-forward-auth.conf", &asked, |proxy, backend| {
        vec![
            ("server 127.0.0.1:8081;", format!("server {proxy};")),
            ("server 127.0.0.1:9000;", format!("server {backend};")),
        ]
    })
    .await;
}

#[actix_web::test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
async fn one_proxy_or_several() {
    let asked = [
        ("/orders", PASSED),
        ("/api/session", PASSED),
        ("/service/x", [404; 3]),
    ];
    for is_alone in [true, false] {
        play("nginx-replicas.conf", &asked, |proxy, _| {
            // As the runbook has it, or with two that are away.
            let others = match is_alone {
                true => [String::new(), String::new()],
                false => [free_address(), free_address()].map(|it| format!("server {it};")),
            };
            let [second, third] = others;
            vec![
                ("server 10.0.0.11:8081", format!("server {proxy}")),
                ("server 10.0.0.12:8081 max_fails=1 fail_timeout=1s;", second),
                ("server 10.0.0.13:8081 max_fails=1 fail_timeout=1s;", third),
            ]
        })
        .await;
    }
}

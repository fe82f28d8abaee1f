//! Ways out of the folder of the app, straight to the proxy and through the documented nginx.

use std::net::SocketAddr;
use std::path::Path;

use crate::helpers::{TestProxy, config};
use crate::static_site;
use crate::wire::exchange;

const SECRET: &str = "what-lies-beside-the-app-is-nobodys-business";
const PAGE: &str = "<!doctype html><title>app</title>";

/// One step up, in every spelling some server has fallen for.
const UP: [&str; 30] = [
    "../",
    "..\\",
    "..%2f",
    "..%2F",
    "..%5c",
    "%2e%2e/",
    "%2e%2e%2f",
    "%2E%2E%5C",
    ".%2e/",
    "%2e./",
    "%252e%252e/",
    "%252e%252e%252f",
    "..%252f",
    "..%255c",
    "..;/",
    "..;a=b/",
    "..%00/",
    "..%0d/",
    "..//",
    ".././",
    "....//",
    "...//",
    "..%c0%af",
    "..%e0%80%af",
    "..%f0%80%80%af",
    "%c0%ae%c0%ae/",
    "%c0%ae%c0%ae%c0%af",
    "..%ef%bc%8f",
    "%u002e%u002e%u002f",
    "..%uff0f",
];

/// Request targets that are none of a page's, and such as go somewhere on the way.
fn targets(outside: &Path) -> Vec<String> {
    let outside = outside.display();
    let mut targets = Vec::new();
    for up in UP {
        for start in ["/", "//", "/assets/", "/api/", "/MP_verify_/", "/./"] {
            for steps in [1, 2, 8] {
                targets.push(format!("{start}{}secret.txt", up.repeat(steps)));
            }
        }
        targets.push(format!("/MP_verify_{up}secret.txt"));
        targets.push(format!("/MP_verify_{up}MP_verify_outside.txt"));
        targets.push(format!("/{up}MP_verify_outside.txt"));
    }
    targets.extend([
        format!("/{outside}/secret.txt"),
        format!("//{outside}/secret.txt"),
        format!("{outside}/secret.txt"),
        format!("file://{outside}/secret.txt"),
        format!("http://127.0.0.1/../{outside}/secret.txt"),
        "http://127.0.0.1/../secret.txt".to_owned(),
        "http://127.0.0.1/%2e%2e/secret.txt".to_owned(),
        "http://evil.example/../secret.txt".to_owned(),
        "../secret.txt".to_owned(),
        "secret.txt".to_owned(),
        "*".to_owned(),
        "/secret.txt%00.html".to_owned(),
        "/index.html/../../secret.txt".to_owned(),
        "/index.html%00/../../secret.txt".to_owned(),
        "/.env".to_owned(),
        "/%2eenv".to_owned(),
        "/./.env".to_owned(),
        "//.env".to_owned(),
        "/assets/.git/config".to_owned(),
        "/assets/%2egit/config".to_owned(),
        "/assets/..%2f.env".to_owned(),
        "/link/secret.txt".to_owned(),
        "/linked.txt".to_owned(),
    ]);
    targets
}

/// A folder with the app in it, and secrets around and inside it.
fn lay_out(folder: &Path) {
    let app = folder.join("app");
    std::fs::create_dir_all(app.join("assets/.git")).unwrap();
    let write = |name: &str, content: &str| std::fs::write(folder.join(name), content).unwrap();
    write("secret.txt", SECRET);
    write("MP_verify_outside.txt", SECRET);
    write("app/index.html", PAGE);
    write("app/.env", SECRET);
    write("app/assets/.git/config", SECRET);
}

/// Asks for everything and finds the secret nowhere. How often the page was answered, too.
async fn assert_inside(address: SocketAddr, folder: &Path) -> usize {
    let mut pages = 0;
    for target in targets(folder) {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
        );
        let answer = exchange(address, &request).await;
        assert!(!answer.contains(SECRET), "{target}");
        if answer.starts_with("HTTP/1.1 200 ") {
            assert!(answer.contains(PAGE), "{target}: {answer}");
            pages += 1;
        }
    }
    pages
}

#[actix_web::test]
async fn no_spelling_of_a_path_leads_out_of_the_app() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    // Only here: nginx follows links, as the operator has set them.
    let app = folder.path().join("app");
    std::os::unix::fs::symlink(folder.path(), app.join("link")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), app.join("linked.txt")).unwrap();
    let mut config = config("http://127.0.0.1:9");
    config.static_dir = Some(app);
    let proxy = TestProxy::start_with(config).await;
    let pages = assert_inside(proxy.address, folder.path()).await;
    assert!(pages > 0, "nothing was asked as a browser asks");
}

#[actix_web::test]
async fn no_spelling_of_a_path_leads_out_of_the_app_behind_nginx() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    // What the documents ask for: `make build` leaves no hidden files there.
    for hidden in ["app/.env", "app/assets/.git/config"] {
        std::fs::remove_file(folder.path().join(hidden)).unwrap();
    }
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let nginx = static_site::nginx(folder.path(), PAGE, proxy.address);
    let pages = assert_inside(nginx.address, folder.path()).await;
    assert!(pages > 0, "nothing was asked as a browser asks");
}

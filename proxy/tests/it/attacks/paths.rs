//! Ways out of the folder of the app, straight to the proxy and through the documented nginx.

use std::net::SocketAddr;
use std::path::Path;

use super::attempts;
use crate::static_site::{self, PAGE};
use crate::support::{TestProxy, add_files, raw};

const SECRET: &str = "what-lies-beside-the-app-is-nobodys-business";

/// Request targets that are none of a page's, and such as go somewhere on the way.
fn targets(outside: &Path) -> Vec<String> {
    let outside = outside.display().to_string();
    let mut targets = Vec::new();
    for up in attempts("up") {
        for start in ["/", "//", "/assets/", "/api/", "/MP_verify_/", "/./"] {
            for steps in [1, 2, 8] {
                targets.push(format!("{start}{}secret.txt", up.repeat(steps)));
            }
        }
        targets.push(format!("/MP_verify_{up}secret.txt"));
        targets.push(format!("/MP_verify_{up}MP_verify_outside.txt"));
        targets.push(format!("/{up}MP_verify_outside.txt"));
    }
    let others = attempts("targets").into_iter();
    targets.extend(others.map(|target| target.replace("{outside}", &outside)));
    targets
}

/// A folder with the app in it, and secrets around and inside it.
fn lay_out(folder: &Path) {
    let files = [
        ("secret.txt", SECRET),
        ("MP_verify_outside.txt", SECRET),
        ("app/index.html", PAGE),
        ("app/.env", SECRET),
        ("app/assets/.git/config", SECRET),
    ];
    add_files(folder, &files);
}

/// Asks for everything and finds the secret nowhere. How often the page was answered, too.
async fn assert_inside(address: SocketAddr, folder: &Path, prefix: &str) -> usize {
    let mut pages = 0;
    for target in targets(folder) {
        let start = format!("GET {prefix}{target}");
        let answer = raw(address, &start, "Accept: text/html\r\n").await;
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
    let proxy = TestProxy::serving(&app).await;
    let pages = assert_inside(proxy.address, folder.path(), "").await;
    assert!(pages > 0, "nothing was asked as a browser asks");
    // The same below a path, with it once, twice and as a folder to go up from.
    add_files(
        &app,
        &[("index.html", format!("<base href=\"/h5/\" />{PAGE}"))],
    );
    let settings = [
        ("PUBLIC_URL", "https://shop.example/h5"),
        ("STATIC_DIR", app.to_str().unwrap()),
    ];
    let proxy = TestProxy::alone_with(&settings).await;
    for prefix in ["/h5", "/h5/h5", "/h5/x/.."] {
        assert_inside(proxy.address, folder.path(), prefix).await;
    }
}

#[actix_web::test]
async fn no_spelling_of_a_path_leads_out_of_the_app_behind_nginx() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    // What the documents ask for: `make build` leaves no hidden files there.
    for hidden in ["app/.env", "app/assets/.git/config"] {
        std::fs::remove_file(folder.path().join(hidden)).unwrap();
    }
    let proxy = TestProxy::alone().await;
    let nginx = static_site::nginx(folder.path(), PAGE, proxy.address);
    let pages = assert_inside(nginx.address, folder.path(), "").await;
    assert!(pages > 0, "nothing was asked as a browser asks");
}

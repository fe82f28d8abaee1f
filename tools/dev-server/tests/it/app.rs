//! Files and pages of the app.

use dev_server::status::Build;
use test_support::wire::status;

use crate::support::*;

#[actix_web::test]
async fn files_are_served_by_name_with_their_types_and_never_an_old_one() {
    let site = Site::start();
    for (name, kind) in [
        ("app-1a2b.js", "text/javascript; charset=utf-8"),
        ("app_bg.wasm", "application/wasm"),
        ("style.css", "text/css; charset=utf-8"),
        ("icons/a b.svg", "image/svg+xml"),
    ] {
        site.write(name, name);
        let answer = site
            .ask(&format!("GET /{}", name.replace(' ', "%20")), &[])
            .await;
        assert_eq!(status(&answer), 200, "{answer}");
        assert_eq!(header(&answer, "content-type"), Some(kind));
        assert_eq!(header(&answer, "cache-control"), Some("no-cache"));
        assert_eq!(body(&answer), name);
    }
    let old = site.ask("GET /style.css", &[]).await;
    let known = format!("If-None-Match: {}", header(&old, "etag").unwrap());
    let answer = site.ask("GET /style.css", &[&known]).await;
    assert_eq!((status(&answer), body(&answer)), (304, ""));
    site.write("style.css", "the newest");
    let answer = site.ask("GET /style.css", &[&known]).await;
    assert_eq!((status(&answer), body(&answer)), (200, "the newest"));
}

#[actix_web::test]
async fn every_page_is_the_index_with_the_script_and_the_file_stays_as_it_is() {
    let site = Site::start();
    for path in ["/", "/orders", "/a/b?code=1", "/index.html", "/%E8%8C%B6"] {
        let answer = site.open(path).await;
        assert_eq!(status(&answer), 200, "{path}: {answer}");
        let tag = "<script src=\"/_dev/client.js\" data-build=\"1-";
        assert!(body(&answer).contains(tag), "{answer}");
        assert!(body(&answer).ends_with("</head><body>the app</body></html>"));
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    }
    let built = std::fs::read_to_string(site.app.path().join("index.html")).unwrap();
    assert_eq!(built, INDEX);
    let script = site.ask("GET /_dev/client.js", &[]).await;
    assert_eq!(
        header(&script, "content-type"),
        Some("text/javascript; charset=utf-8")
    );
}

#[actix_web::test]
async fn what_is_no_page_never_looks_like_one() {
    let site = Site::start();
    for (line, lines) in [
        ("GET /missing.js", &["Accept: text/html"][..]),
        ("GET /orders", &["Accept: application/json"]),
        ("GET /orders", &["Accept: image/avif,image/webp"]),
        ("POST /orders", &["Accept: text/html", "Content-Length: 0"]),
        ("GET /service/accounts", &["Accept: text/html"]),
        ("GET /_dev/x", &["Accept: text/html"]),
    ] {
        let answer = site.ask(line, lines).await;
        assert_eq!(status(&answer), 404, "{line} {lines:?}: {answer}");
    }
}

#[actix_web::test]
async fn nothing_outside_of_the_folder_is_served() {
    let site = Site::start();
    let secret = tempfile::NamedTempFile::with_suffix(".txt").unwrap();
    std::fs::write(&secret, "secret").unwrap();
    site.write(".env.txt", "secret");
    std::os::unix::fs::symlink(&secret, site.app.path().join("link.txt")).unwrap();
    let path = secret.path().to_str().unwrap();
    for path in [
        format!("/../../../../../..{path}"),
        format!("/%2e%2e/%2e%2e/%2e%2e{path}"),
        format!("/..%2f..%2f..%2f..{path}"),
        format!("/{path}"),
        "/.env.txt".to_owned(),
        "/x/..%5c.env.txt".to_owned(),
        "/link.txt".to_owned(),
        "/a%00.txt".to_owned(),
    ] {
        let answer = site.ask(&format!("GET {path}"), &[]).await;
        assert!(matches!(status(&answer), 400 | 404), "{path}: {answer}");
        assert!(!answer.contains("secret"), "{path}: {answer}");
    }
}

#[actix_web::test]
async fn below_a_path_everything_is_below_it() {
    let path = "/h5";
    let wanted = Wanted::default();
    let site = Site::wanted(&Wanted { path, ..wanted });
    for (path, place) in [
        ("/", "/h5/"),
        ("/?account=cafe", "/h5/?account=cafe"),
        ("/h5", "/h5/"),
    ] {
        let answer = site.open(path).await;
        assert_eq!(status(&answer), 307, "{answer}");
        assert_eq!(header(&answer, "location"), Some(place));
    }
    for path in ["/h5/", "/h5/orders"] {
        let answer = site.open(path).await;
        assert!(
            body(&answer).contains("src=\"/h5/_dev/client.js\""),
            "{answer}"
        );
    }
    for path in ["/orders", "/h5x", "/index.html", "/_dev/client.js"] {
        assert_eq!(status(&site.open(path).await), 404, "{path}");
    }
}

#[actix_web::test]
async fn before_the_first_build_a_page_waits_for_it() {
    let site = Site::start();
    // What an earlier run has left is about to be replaced.
    site.build.send_replace(Build::default());
    let answer = site.open("/orders").await;
    assert_eq!(status(&answer), 503);
    assert!(body(&answer).contains("Compiling the app"), "{answer}");
    assert!(body(&answer).contains("<script src=\"/_dev/client.js\" data-build=\"\""));
    let chinese = [
        "Accept: text/html",
        "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8",
    ];
    let answer = site.ask("GET /", &chinese).await;
    assert!(body(&answer).contains("正在编译应用"), "{answer}");
}

#[actix_web::test]
async fn while_the_build_is_broken_the_last_good_app_is_served() {
    let site = Site::start();
    let broken = Some("error: no".to_owned());
    site.build.send_modify(|it| it.broken = broken);
    assert!(body(&site.open("/").await).contains("the app"));
    // Broken from the beginning: with what an earlier run has left, and without.
    site.build.send_modify(|it| it.ready = None);
    assert!(body(&site.open("/").await).contains("the app"));
    std::fs::remove_file(site.app.path().join("index.html")).unwrap();
    let answer = site.open("/").await;
    assert_eq!(status(&answer), 503);
    assert!(body(&answer).contains("does not compile"), "{answer}");
}

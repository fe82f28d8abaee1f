//! Headers with bytes beyond ASCII: phone models in Chinese, other software's cookies, whatever web servers pass on.
//! What is readable beside them is read.

use crate::attacks::attempts;
use crate::support::*;

/// UTF-8, the same in GBK, GBK whose second bytes are ASCII, Latin-1, a cut letter, and bytes of no script.
const ODD: [&[u8]; 6] = [
    "红米Note 9 Pro📱".as_bytes(),
    b"\xba\xec\xc3\xd7Note 9",
    b"\x81\x5c\x90\x7d\xb4\x43",
    b"caf\xe9",
    b"cut \xe7\xba",
    b"\xff\xfe\x80",
];

/// The answer to a request with these lines in its head, and this body.
async fn ask(proxy: &TestProxy, start: &str, lines: &[(&str, &[u8])], body: &str) -> String {
    let line = |(name, value): &(&str, &[u8])| [name.as_bytes(), b": ", value, b"\r\n"].concat();
    let mut lines: Vec<u8> = lines.iter().flat_map(line).collect();
    lines.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).bytes());
    raw(proxy, start, lines).await
}

#[actix_web::test]
async fn a_session_is_found_whatever_stands_beside_it() {
    let (proxy, _user) = proxy_and_user().await;
    let own = proxy.cookie(&session(OPENID)).into_bytes();
    for odd in ODD {
        for cookies in [
            vec![[b"nick=", odd, b"; ", &own].concat()],
            vec![[&own[..], b"; nick=", odd].concat()],
            vec![[b"a=1;", odd, b"=1; ", &own, b";", odd].concat()],
            vec![odd.to_vec(), own.clone()],
        ] {
            let lines: Vec<_> = cookies.iter().map(|line| ("Cookie", &line[..])).collect();
            let answer = ask(&proxy, "GET /api/session", &lines, "").await;
            assert_eq!(status(&answer), 200, "{cookies:?}: {answer}");
        }
        for name in attempts("foreign_headers") {
            let lines = [(name.as_str(), odd), ("Cookie", &own)];
            for start in ["GET /api/session", "GET /api/records"] {
                let answer = ask(&proxy, start, &lines, "").await;
                assert_eq!(status(&answer), 200, "{name}: {}", odd.escape_ascii());
            }
        }
    }
}

#[actix_web::test]
async fn a_record_is_written_and_known_whatever_stands_beside_what_counts() {
    let (proxy, backend) = proxy_and_backend().await;
    let path = format!("{}/records/order/1", user_path("shop", OPENID));
    let key = format!("Bearer {SERVICE_KEY}");
    let key = ("Authorization", key.as_bytes());
    let (put, get) = (format!("PUT {path}"), format!("GET {path}"));
    for odd in ODD {
        let kind = [b"application/json; model=", odd].concat();
        let answer = ask(&proxy, &put, &[key, ("Content-Type", &kind)], "1").await;
        assert!(matches!(status(&answer), 200 | 201), "{answer}");

        let etag = etag_of(&backend.get(&path).await);
        let tags = [b"\"", odd, b"\", ", etag.as_bytes()].concat();
        let answer = ask(&proxy, &get, &[key, ("If-None-Match", &tags)], "").await;
        assert_eq!(status(&answer), 304, "{answer}");

        // A tag that never was ours, but a tag.
        let json = ("Content-Type", &b"application/json"[..]);
        let other = [b"\"", odd, b"\""].concat();
        let answer = ask(&proxy, &put, &[key, json, ("If-Match", &other)], "2").await;
        assert_eq!(status(&answer), 412, "{answer}");
    }
}

#[actix_web::test]
async fn an_old_engine_is_one_on_a_phone_of_any_name() {
    let folder = folder_of(&[("index.html", "<!doctype html>")]);
    let proxy = TestProxy::serving(folder.path()).await;
    for odd in ODD {
        for (chrome, is_old) in [("78.0.3904.62", true), ("116.0.0.0", false)] {
            let start = b"Mozilla/5.0 (Linux; Android 10; ";
            let end =
                format!(" Build/QKQ1) AppleWebKit/537.36 Chrome/{chrome} MicroMessenger/8.0.1");
            let agent = [start, odd, end.as_bytes()].concat();
            let answer = ask(&proxy, "GET /orders", &[("User-Agent", &agent)], "").await;
            assert_eq!(status(&answer), 200);
            assert_eq!(answer.contains("'unsafe-eval'"), is_old, "{answer}");
            ask(&proxy, "GET /api/bootstrap", &[("User-Agent", &agent)], "").await;
        }
    }
    let figures = proxy.state.metrics.text(proxy.state.store.pool_status());
    let counted = |version: &str| {
        let version = format!("version=\"{version}\"");
        let mut lines = figures
            .lines()
            .filter(|line| line.contains("engine=\"chrome\""));
        lines.any(|line| line.contains(&version) && line.ends_with(" 6"))
    };
    assert!(counted("78") && counted("116"), "{figures}");
}

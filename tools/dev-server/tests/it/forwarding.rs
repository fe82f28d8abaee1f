//! What is passed to the proxy and back.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream;
use test_support::wire::{exchange, status};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::*;

fn ok() -> Upstream {
    Upstream::start(|_| HttpResponse::Ok().body("ok"))
}

#[actix_web::test]
async fn method_address_headers_and_body_arrive_as_they_were_sent() {
    let proxy = ok();
    let site = Site::before(proxy.address);
    for (line, body) in [
        ("GET /api/bootstrap", ""),
        ("GET /api/records?kind=order&q=%E8%8C%B6&q=", ""),
        ("POST /api/session", "{\"code\":\"1\"}"),
        ("DELETE /api/a%2Fb//c;v=1", ""),
        ("PUT /api/x", "0123456789"),
        ("GET /MP_verify_0123456789abcdef.txt", ""),
        ("GET /readyz", ""),
    ] {
        let length = format!("Content-Length: {}", body.len());
        let mut lines = vec![
            "Cookie: a=1",
            "Cookie: b=2",
            "X-Other: kept",
            "Origin: http://o",
        ];
        if !body.is_empty() {
            lines.push(&length);
        }
        let answer = site.send(line, &lines, body).await;
        assert_eq!(status(&answer), 200, "{line}: {answer}");
        let seen = proxy.take_one();
        assert_eq!(seen.line, line);
        assert_eq!(seen.body, body);
        assert_eq!(seen.lines("cookie"), ["cookie: a=1", "cookie: b=2"]);
        assert_eq!(seen.lines("x-other"), ["x-other: kept"]);
        assert_eq!(seen.lines("origin"), ["origin: http://o"]);
        assert_eq!(seen.lines("host"), [format!("host: {}", site.address)]);
    }
}

#[actix_web::test]
async fn nobody_says_himself_who_he_is_and_the_connection_stays_here() {
    let proxy = ok();
    let site = Site::before(proxy.address);
    let lines = [
        "X-Forwarded-For: 1.2.3.4",
        "X-Request-Id: chosen",
        "X_Forwarded_For: 1.2.3.4",
        "X.Wechat.Openid: forged",
        "Keep-Alive: timeout=5",
        "TE: trailers",
        "Upgrade: h2c",
        "Proxy-Connection: x",
    ];
    site.ask("GET /api/x", &lines).await;
    let seen = proxy.take_one();
    assert_eq!(
        seen.lines("x-forwarded-for"),
        ["x-forwarded-for: 127.0.0.1"]
    );
    let ids = seen.lines("x-request-id");
    assert!(
        ids.len() == 1 && ids[0].len() == "x-request-id: ".len() + 16,
        "{ids:?}"
    );
    let mut names: Vec<_> = seen
        .headers
        .iter()
        .map(|it| it.split(':').next().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["host", "x-forwarded-for", "x-request-id"]);
}

#[actix_web::test]
async fn the_answer_arrives_as_it_was_given() {
    let proxy = Upstream::start(|request| match request.path() {
        "/api/redirect" => HttpResponse::Found()
            .insert_header(("location", "http://127.0.0.1:8082/x?code=1"))
            .append_header(("set-cookie", "a=1; HttpOnly"))
            .append_header(("set-cookie", "b=2"))
            .finish(),
        "/api/empty" => HttpResponse::NoContent().finish(),
        "/api/same" => HttpResponse::NotModified()
            .insert_header(("etag", "\"1\""))
            .finish(),
        "/api/gone" => HttpResponse::Gone().json("no"),
        _ => HttpResponse::Ok().body("ten bytes."),
    });
    let site = Site::before(proxy.address);
    let answer = site.ask("GET /api/redirect", &[]).await;
    assert_eq!(status(&answer), 302);
    assert_eq!(
        header(&answer, "location"),
        Some("http://127.0.0.1:8082/x?code=1")
    );
    assert_eq!(answer.matches("set-cookie: ").count(), 2, "{answer}");
    for (line, code, text) in [
        ("GET /api/empty", 204, ""),
        ("GET /api/same", 304, ""),
        ("GET /api/gone", 410, "\"no\""),
        ("HEAD /api/x", 200, ""),
        ("GET /api/x", 200, "ten bytes."),
    ] {
        let answer = site.ask(line, &[]).await;
        assert_eq!(
            (status(&answer), body(&answer)),
            (code, text),
            "{line}: {answer}"
        );
    }
    let head = site.ask("HEAD /api/x", &[]).await;
    assert_eq!(header(&head, "content-length"), Some("10"));
}

#[actix_web::test]
async fn a_body_in_chunks_and_a_large_one_arrive() {
    let proxy = ok();
    let site = Site::before(proxy.address);
    let chunked = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    let answer = site
        .send("POST /api/x", &["Transfer-Encoding: chunked"], chunked)
        .await;
    assert_eq!(status(&answer), 200, "{answer}");
    assert_eq!(proxy.take_one().body, "hello world");
    let large = "0123456789abcdef".repeat(1 << 20);
    let length = format!("Content-Length: {}", large.len());
    let answer = site.send("POST /api/x", &[&length], &large).await;
    assert_eq!(status(&answer), 200);
    assert!(proxy.take_one().body == large, "another body");
}

#[actix_web::test]
async fn an_answer_is_passed_on_while_it_is_being_given() {
    let proxy = Upstream::start(|_| {
        // The rest never comes.
        let parts = stream::unfold(true, |is_first| async move {
            if !is_first {
                std::future::pending::<()>().await;
            }
            Some((
                Ok::<_, actix_web::Error>(Bytes::from_static(b"data: 1\n\n")),
                false,
            ))
        });
        HttpResponse::Ok()
            .content_type("text/event-stream")
            .streaming(parts)
    });
    let site = Site::before(proxy.address);
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    stream
        .write_all(b"GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    while !text.contains("data: 1\n\n") {
        let mut part = [0; 1024];
        let count = stream.read(&mut part).await.unwrap();
        assert!(count > 0, "{text}");
        text += &String::from_utf8_lossy(&part[..count]);
    }
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}

#[actix_web::test]
async fn a_program_that_talks_nonsense_or_hangs_up_is_a_502_in_words() {
    for nonsense in ["", "nonsense\r\n\r\n", "HTTP/1.1 999999 x\r\n\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = listener.local_addr().unwrap();
        actix_web::rt::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(nonsense.as_bytes()).await;
        });
        let site = Site::before(proxy);
        let answer = site.ask("GET /api/x", &[]).await;
        assert_eq!(status(&answer), 502, "{nonsense:?}: {answer}");
        assert!(body(&answer).contains("no HTTP answer"), "{answer}");
    }
}

#[actix_web::test]
async fn nothing_that_is_sent_ends_the_server() {
    let proxy = ok();
    let site = Site::before(proxy.address);
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(200_000));
    for request in [
        "GET /api/\u{1}\u{2} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "CONNECT h:1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET http://other/api/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /api/x HTTP/1.0\r\n\r\n",
        "BREW /api/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /api/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /api/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /api/x HTTP/1.1\r\nHost: \u{e9}\r\nCookie: \u{e9}\r\nConnection: close\r\n\r\n",
        &long,
        "\r\n\r\n",
    ] {
        // Whatever it answers, if anything at all: some of these it waits for to go on.
        let asked = exchange(site.address, request);
        let _ = tokio::time::timeout(Duration::from_millis(200), asked).await;
        assert_eq!(status(&site.open("/").await), 200, "{request:?}");
    }
}

//! A few bytes that become many: compressed bodies, of requests and of WeChat's answers.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use reqwest::Method;

use crate::helpers::{OPENID, TestProxy, VERIFIER, token_body};
use crate::people::{self, SERVICE_KEY, user_path};
use crate::upstream::{Reply, Upstream};

/// What they become, in bytes.
const MANY: usize = 16 << 20;

/// A JSON text of [`MANY`] blanks and this behind them, compressed in every way there is a name for.
fn bombs(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut blown_up = vec![b' '; MANY];
    blown_up.extend_from_slice(text.as_bytes());
    let fast = Compression::fast();
    let mut gzip = GzEncoder::new(Vec::new(), fast);
    gzip.write_all(&blown_up).unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), fast);
    zlib.write_all(&blown_up).unwrap();
    let mut deflate = DeflateEncoder::new(Vec::new(), fast);
    deflate.write_all(&blown_up).unwrap();
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 1, 22);
    brotli.write_all(&blown_up).unwrap();
    let gzip = gzip.finish().unwrap();
    vec![
        ("br", brotli.into_inner()),
        ("deflate", zlib.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("gzip, gzip", twice(&gzip)),
        ("x-gzip", gzip.clone()),
        ("gzip", gzip),
    ]
}

fn twice(gzip: &[u8]) -> Vec<u8> {
    let mut again = GzEncoder::new(Vec::new(), Compression::best());
    again.write_all(gzip).unwrap();
    again.finish().unwrap()
}

#[actix_web::test]
async fn a_compressed_body_is_not_unpacked() {
    let proxy = people::proxy().await;
    let user = people::user(&proxy, "shop", OPENID, None).await;
    let bearer = format!("Bearer {SERVICE_KEY}");
    let person = user_path("shop", OPENID);
    let mut tried = 0;
    for (encoding, body) in bombs("{}") {
        for (method, path) in [
            (Method::POST, "/api/session"),
            (Method::POST, "/api/report"),
            (Method::PUT, "/api/records/order/1"),
            (Method::PUT, person.as_str()),
        ] {
            let request = user.request(method, path).body(body.clone());
            let request = request
                .header("Content-Type", "application/json")
                .header("Content-Encoding", encoding)
                .header("Authorization", &bearer);
            let status = match request.send().await {
                Ok(answer) => answer.status().as_u16(),
                // Too long even as it is, and refused before it was sent.
                Err(_) => 413,
            };
            assert!(
                matches!(status, 400 | 413),
                "{encoding} at {path}: {status}"
            );
            tried += 1;
        }
    }
    assert_eq!(tried, 24);
    assert_eq!(user.get("/api/records/order/1").await.status(), 404);
}

/// Small enough to be read, so that it is the packing that is refused.
#[actix_web::test]
async fn a_small_compressed_body_is_no_json() {
    let proxy = people::proxy().await;
    let user = people::user(&proxy, "shop", OPENID, None).await;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(b"{}").unwrap();
    let request = user.request(Method::PUT, "/api/records/order/1");
    let request = request
        .header("Content-Type", "application/json")
        .header("Content-Encoding", "gzip")
        .body(gzip.finish().unwrap());
    assert_eq!(request.send().await.unwrap().status(), 400);
}

#[actix_web::test]
async fn a_compressed_answer_of_wechat_is_not_unpacked() {
    for (encoding, body) in bombs(&token_body("snsapi_base")) {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = [head.as_bytes(), &body].concat();
        let upstream = Upstream::start([Reply::Raw(answer)]).await;
        let proxy = TestProxy::start(&upstream.base_url()).await;
        assert_eq!(proxy.sign_in("code", VERIFIER).await.status(), 503);
        assert_eq!(upstream.exchanges(), 1, "{encoding}");
    }
}

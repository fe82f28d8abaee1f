//! A few bytes that become many: compressed bodies, of requests and of WeChat's answers.

use std::io::Write as _;

use flate2::Compression;
use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};

use crate::support::*;

/// What they become, in bytes.
const MANY: usize = 16 << 20;

/// All that a reader gives.
fn all(mut reader: impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

/// A JSON text of [`MANY`] blanks and this behind them, compressed in every way there is a name for.
fn bombs(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut blown_up = vec![b' '; MANY];
    blown_up.extend_from_slice(text.as_bytes());
    let (bytes, fast) = (&blown_up[..], Compression::fast());
    let gzip = all(GzEncoder::new(bytes, fast));
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 1, 22);
    brotli.write_all(bytes).unwrap();
    vec![
        ("br", brotli.into_inner()),
        ("deflate", all(ZlibEncoder::new(bytes, fast))),
        ("deflate", all(DeflateEncoder::new(bytes, fast))),
        (
            "gzip, gzip",
            all(GzEncoder::new(&gzip[..], Compression::best())),
        ),
        ("x-gzip", gzip.clone()),
        ("gzip", gzip),
    ]
}

#[actix_web::test]
async fn a_compressed_body_is_not_unpacked() {
    let (_proxy, user) = proxy_and_user().await;
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
                .header(JSON.0, JSON.1)
                .header("Content-Encoding", encoding)
                .header("Authorization", &bearer);
            // Too long even as it is, and refused before it was sent.
            let status = request.send().await.map_or(413, |answer| answer.code());
            let what = format!("{encoding} at {path}: {status}");
            assert!(matches!(status, 400 | 413), "{what}");
            tried += 1;
        }
    }
    assert_eq!(tried, 24);
    assert_eq!(user.get("/api/records/order/1").await.status(), 404);
}

/// Small enough to be read, so that it is the packing that is refused.
#[actix_web::test]
async fn a_small_compressed_body_is_no_json() {
    let (_proxy, user) = proxy_and_user().await;
    let gzip = all(GzEncoder::new(&b"{}"[..], Compression::best()));
    let headers = [JSON, ("Content-Encoding", "gzip")];
    let answer = user.send("PUT /api/records/order/1", &headers, gzip).await;
    assert_eq!(answer.status(), 400);
}

#[actix_web::test]
async fn a_compressed_answer_of_wechat_is_not_unpacked() {
    for (encoding, body) in bombs(&token_body("snsapi_base")) {
        let length = body.len();
        let head = format!("Content-Encoding: {encoding}\r\nContent-Length: {length}");
        let (upstream, proxy) = scripted([with_head(&head, &body)]).await;
        assert_eq!(proxy.sign_in("code", VERIFIER).await.status(), 503);
        assert_eq!(upstream.exchanges(), 1, "{encoding}");
    }
}

//! Who gets what: a page or none (`Accept`), and which copy of a file (`Accept-Encoding`).

use super::{SCRIPT, SCRIPT_TEXT, Site, brotli, gzip};
use crate::support::*;

impl Site {
    /// The status for somebody who takes what these lines say.
    pub(super) async fn accepting(&self, path: &str, lines: &[&[u8]]) -> u16 {
        let lines = lines.iter().map(|line| [b"Accept: ", *line, b"\r\n"]);
        let lines: Vec<u8> = lines.flat_map(|line| line.concat()).collect();
        status(&raw(&self.proxy, &format!("GET {path}"), lines).await)
    }
}

#[actix_web::test]
async fn a_page_is_for_everybody_who_takes_one_be_it_no_person() {
    let site = Site::start().await;
    let table: [(&[&[u8]], u16); 29] = [
        // Monitors, link checkers, curl; old clients that say nothing.
        (&[b"*/*"], 200),
        (&[], 200),
        (&[b""], 200),
        (&[b"text/*"], 200),
        (&[b"text/html"], 200),
        (&[b"TEXT/HTML;level=1;Q=0.3"], 200),
        (&[b"text/html;charset=utf-8"], 200),
        (&[b"application/json, */*;q=0.1"], 200),
        (
            &[b"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"],
            200,
        ),
        (&[b"application/json", b"text/html"], 200),
        (&[b"image/webp,\xba\xec\xc3\xd7,*/*"], 200),
        (&["text/html;型号=红米".as_bytes()], 200),
        (&[b"*/*;q=0, text/html"], 200),
        (&[b"text/*;q=0, text/html;q=0.5"], 200),
        (&[b"text/html;q=x"], 200),
        (&[b"nonsense"], 200),
        // Data, pictures, and who says no.
        (&[b"application/json"], 404),
        (&[b"application/json;text/html"], 404),
        (&[b"application/json;note=\"text/html, */*\""], 404),
        (&[b"image/avif,image/*"], 404),
        (&[b"text/css"], 404),
        (&[b"text/html-fragment"], 404),
        (&[b"x-text/html"], 404),
        (&[b"text/html;q=0"], 404),
        (&[b"text/html;q=0.000, */*"], 404),
        (&[b"text/*;q=0, */*"], 404),
        (&[b"*/*;q=0"], 404),
        (&[b"text/html;q=0", b"application/json"], 404),
        (&[b"application/xhtml+xml"], 404),
    ];
    for (lines, expected) in table {
        let shown = lines.iter().map(|line| line.escape_ascii().to_string());
        let shown: Vec<_> = shown.collect();
        assert_eq!(
            site.accepting("/orders", lines).await,
            expected,
            "{shown:?}"
        );
        // A file that is there is for everybody.
        let found = site.accepting("/favicon.svg", lines).await;
        assert_eq!(found, 200, "{shown:?}");
    }
}

#[actix_web::test]
async fn the_smallest_copy_the_browser_decodes_is_sent() {
    let site = Site::start().await;
    let mut etags = Vec::new();
    for (accepted, encoding, bytes) in [
        ("gzip, deflate, br, zstd", Some("br"), brotli(SCRIPT_TEXT)),
        ("gzip", Some("gzip"), gzip(SCRIPT_TEXT)),
        ("br;q=0, gzip;q=0.1", Some("gzip"), gzip(SCRIPT_TEXT)),
        ("identity", None, SCRIPT_TEXT.into()),
        ("br;q=0", None, SCRIPT_TEXT.into()),
        ("nonsense;;;q=x", None, SCRIPT_TEXT.into()),
        ("", None, SCRIPT_TEXT.into()),
        ("*", None, SCRIPT_TEXT.into()),
        ("gzip, *;q=0", Some("gzip"), gzip(SCRIPT_TEXT)),
        ("identity;q=0, *;q=0", None, SCRIPT_TEXT.into()),
        ("gzip, br;q=0.1", Some("gzip"), gzip(SCRIPT_TEXT)),
        ("identity, gzip;q=0.5", None, SCRIPT_TEXT.into()),
        ("GZIP;Q=1", Some("gzip"), gzip(SCRIPT_TEXT)),
        ("brotli, xbr", None, SCRIPT_TEXT.into()),
        ("红米, gzip, br;型号=1", Some("br"), brotli(SCRIPT_TEXT)),
    ] {
        let response = site.get_with(SCRIPT, "Accept-Encoding", accepted).await;
        let headers = response.headers().clone();
        let sent = headers.get("content-encoding");
        assert_eq!(sent.map(|it| it.to_str().unwrap()), encoding, "{accepted}");
        assert_eq!(headers["vary"], "Accept-Encoding");
        assert_eq!(headers["content-type"], "text/javascript");
        assert_eq!(headers["content-length"], bytes.len().to_string());
        assert_eq!(response.bytes().await.unwrap(), bytes, "{accepted}");
        etags.push(headers["etag"].clone());
    }
    // A strong tag names bytes, so each copy has its own.
    assert_ne!(etags[0], etags[1]);
    assert_eq!(etags[1], etags[2]);
    assert_ne!(etags[2], etags[3]);
}

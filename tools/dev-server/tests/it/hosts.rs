//! One machine has many names, and the session's cookie is for one of them.

use test_support::wire::status;

use crate::support::*;

#[actix_web::test]
async fn a_page_opened_by_another_name_goes_to_that_of_public_url() {
    let wanted = Wanted::default();
    let origin = Some("http://127.0.0.1:8080");
    let site = Site::wanted(&Wanted { origin, ..wanted });
    for host in [
        "localhost:8080",
        "0.0.0.0:8080",
        "[::1]:8080",
        "LOCALHOST:8080",
        "my-laptop:8080",
    ] {
        let host = format!("Host: {host}");
        let answer = site
            .ask("GET /orders?code=1&state=2", &[&host, "Accept: text/html"])
            .await;
        assert_eq!(status(&answer), 307, "{answer}");
        let place = "http://127.0.0.1:8080/orders?code=1&state=2";
        assert_eq!(header(&answer, "location"), Some(place));
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    }
    let here = ["Host: 127.0.0.1:8080", "Accept: text/html"];
    assert_eq!(status(&site.ask("GET /", &here).await), 200);
}

#[actix_web::test]
async fn files_the_api_and_whoever_comes_through_a_tunnel_stay() {
    let wanted = Wanted::default();
    let origin = Some("http://127.0.0.1:8080");
    let site = Site::wanted(&Wanted { origin, ..wanted });
    site.write("a.js", "");
    let host = "Host: localhost:8080";
    assert_eq!(status(&site.ask("GET /a.js", &[host]).await), 200);
    assert_eq!(status(&site.ask("GET /api/session", &[host]).await), 502);
    // It may have written the host anew.
    let tunnel = [host, "Accept: text/html", "X-Forwarded-For: 1.2.3.4"];
    assert_eq!(status(&site.ask("GET /", &tunnel).await), 200);
    let wanted = Wanted::default();
    let origin = Some("https://tunnel.example");
    let site = Site::wanted(&Wanted { origin, ..wanted });
    assert_eq!(
        status(&site.ask("GET /", &[host, "Accept: text/html"]).await),
        200
    );
}

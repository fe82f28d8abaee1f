//! One machine has many names, and the session's cookie is for one of them. Names of others get nothing.

use actix_web::HttpResponse;
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
async fn a_name_that_another_site_may_lead_here_gets_nothing() {
    let upstream = Upstream::start(|_| HttpResponse::Ok().body("passed"));
    let site = Site::before(upstream.address);
    site.write("a.js", "passed");
    // A page may send the rest itself: where its name leads here it asks its own origin.
    let page = ["Host: evil.example:8080", "Accept: text/html"];
    let tunnel = "X-Forwarded-For: 1.2.3.4";
    for line in [
        "GET /",
        "GET /orders",
        "GET /a.js",
        "GET /api/session",
        "DELETE /api/session",
        "GET /MP_verify_x.txt",
        "GET /_dev/events",
        "GET /_dev/health",
    ] {
        for lines in [&page[..], &[page[0]], &[page[0], page[1], tunnel]] {
            let answer = site.ask(line, lines).await;
            assert_eq!(status(&answer), 403, "{line} {lines:?}: {answer}");
            let place = format!("http://{}/", site.address);
            assert!(answer.contains(&place) && !answer.contains("passed"));
        }
    }
    let chinese = "Accept-Language: zh-CN";
    let answer = site.ask("GET /", &[page[0], page[1], chinese]).await;
    assert!(body(&answer).contains("不认识的主机名"), "{answer}");
    let answer = site.ask("GET /api/session", &[page[0]]).await;
    assert!(body(&answer).contains("\"forbidden\"") && body(&answer).contains("--public-url"));
    for host in ["127.0.0.1", "[::1]:1", "localhost:1", "a.localhost"] {
        let answer = site
            .ask("GET /api/session", &[&format!("Host: {host}")])
            .await;
        assert_eq!(body(&answer), "passed", "{host}");
        upstream.take_one();
    }
}

#[actix_web::test]
async fn the_name_of_public_url_is_served_whatever_the_port() {
    let wanted = Wanted::default();
    let origin = Some("https://tunnel.example");
    let site = Site::wanted(&Wanted { origin, ..wanted });
    let lines = ["Host: tunnel.example", "Accept: text/html"];
    assert_eq!(status(&site.ask("GET /", &lines).await), 200);
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

//! Where codes are sent, byte for byte, and where they never are.

use crate::support::*;

// Observed: existing pairs stay, code and state go before a fragment, a missing path becomes "/".
#[actix_web::test]
async fn code_and_state_join_the_query_before_the_fragment() {
    let world = World::new().await;
    for (given, before, after) in [
        (
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/?code=",
            "&state=s",
        ),
        (
            "http://127.0.0.1:8080/p?b=%2f&a=+",
            "http://127.0.0.1:8080/p?b=%2f&a=+&code=",
            "&state=s",
        ),
        (
            "http://localhost/p#/route?x=1",
            "http://localhost/p?code=",
            "&state=s#/route?x=1",
        ),
        (
            "http://[::1]:1/茶",
            "http://[::1]:1/%E8%8C%B6?code=",
            "&state=s",
        ),
    ] {
        let response = world.authorize(&request(given, "snsapi_base", "s")).await;
        assert_eq!(response.status(), 302, "{given}");
        let location = location(&response);
        assert!(
            location.starts_with(before) && location.ends_with(after),
            "{given}"
        );
        assert_eq!(location.len(), before.len() + 32 + after.len(), "{given}");
    }
}

// h5: the registered host must match as a whole, scheme free; a port is not allowed.
#[actix_web::test]
async fn only_the_registered_host_without_a_port_is_permitted() {
    let world = World::new().await;
    for (url, status) in [
        ("https://books.example.com/any/path", 302),
        ("http://books.example.com/", 302),
        ("https://books.example.com:443/", 200),
        ("https://example.com/", 200),
        ("https://www.books.example.com/", 200),
        // Another account's domain.
        ("https://cafe.example.com/", 200),
    ] {
        let response = world.authorize(&request(url, "snsapi_base", "s")).await;
        assert_eq!(response.status(), status, "{url}");
        if status == 200 {
            assert!(
                response.text().await.unwrap().contains("错误码：10003"),
                "{url}"
            );
        }
    }
}

// Ours: a code goes to a web page of a permitted host and nowhere else, also after consent.
#[actix_web::test]
async fn scripts_data_and_disguised_hosts_are_refused_before_and_after_consent() {
    let world = World::new().await;
    for url in [
        "javascript:alert(1)//127.0.0.1",
        "data:text/html,127.0.0.1",
        "//127.0.0.1/",
        "myapp://127.0.0.1/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:80@evil.example/",
        "http://evil.example\\@127.0.0.1/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1/\r\nX-Injected: 1",
    ] {
        for response in [
            world.authorize(&request(url, "snsapi_base", "s")).await,
            world.decide(url, "xiaoming", "allow").await,
            world.decide(url, "xiaoming", "refuse").await,
        ] {
            assert_eq!(response.status(), 200, "{url}");
            assert!(response.headers().get("location").is_none(), "{url}");
            assert!(
                response.text().await.unwrap().contains("错误码：10003"),
                "{url}"
            );
        }
    }
}

//! Under which address the caller sees the simulator.

use actix_web::HttpRequest;
use actix_web::http::header::HOST;

/// The configured public URL, else the address the request was sent to; without a trailing slash.
pub(crate) fn own_origin(request: &HttpRequest, public_url: Option<&str>) -> String {
    if let Some(url) = public_url {
        return url.to_owned();
    }
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    match host.filter(|host| is_host(host)) {
        Some(host) => format!("http://{host}"),
        None => format!("http://{}", request.app_config().local_addr()),
    }
}

/// Host and port and nothing that could turn the address into another one.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_configured_address_wins_and_a_strange_host_header_is_not_repeated() {
        let asked = |host: &str| {
            TestRequest::default()
                .insert_header((HOST, host))
                .to_http_request()
        };
        assert_eq!(
            own_origin(&asked("localhost:8082"), Some("https://wx.test")),
            "https://wx.test"
        );
        assert_eq!(
            own_origin(&asked("localhost:8082"), None),
            "http://localhost:8082"
        );
        assert_eq!(own_origin(&asked("[::1]:8082"), None), "http://[::1]:8082");
        assert!(!own_origin(&asked("evil.example/x?"), None).contains("evil"));
    }
}

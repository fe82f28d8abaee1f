//! What is accepted as an identifier is safe wherever identifiers go: headers, paths, log lines, file names.

use actix_web::http::header::HeaderValue;
use login_store::{RecordKey, RecordKind, Version};
use reqwest::Url;
use wechat_login_proxy::config::{ServiceKey, VerifyFile};
use wechat_login_proxy::verifier::Verifier;
use wechat_oauth::{AccessToken, AppId, AppSecret, AuthCode, OpenId, UnionId};

use super::parts::text;

/// The identifier.
pub(super) fn run(input: &[u8]) {
    let text = text(input);
    let in_paths = [
        AppId::parse(&text).ok().map(|it| it.as_str().to_owned()),
        OpenId::parse(&text).ok().map(|it| it.expose().to_owned()),
        UnionId::parse(&text).ok().map(|it| it.expose().to_owned()),
        Verifier::parse(&text).ok().map(|it| it.expose().to_owned()),
        RecordKind::parse(&text)
            .ok()
            .map(|it| it.as_str().to_owned()),
        RecordKey::parse(&text)
            .ok()
            .map(|it| it.as_str().to_owned()),
        Version::parse(&text).map(|it| it.to_string()),
        VerifyFile::parse(&text).map(|it| it.name()),
    ];
    for accepted in in_paths.into_iter().flatten() {
        assert_eq!(accepted, text, "kept as it is");
        is_safe_in_a_path(&accepted);
        is_safe_in_a_header(&accepted);
    }
    let in_headers = [
        AuthCode::parse(&text).ok().map(|it| it.expose().to_owned()),
        AccessToken::parse(&text)
            .ok()
            .map(|it| it.expose().to_owned()),
        AppSecret::parse(&text)
            .ok()
            .map(|it| it.expose().to_owned()),
        ServiceKey::parse(&text).map(|it| it.expose().to_owned()),
    ];
    for accepted in in_headers.into_iter().flatten() {
        assert_eq!(accepted, text, "kept as it is");
        is_safe_in_a_header(&accepted);
    }
    if let Some(file) = VerifyFile::parse(&text) {
        assert!(file.name().contains(file.token()) && !file.token().is_empty());
    }
}

/// A path segment that every reader takes for one segment, this one.
fn is_safe_in_a_path(accepted: &str) {
    let url = Url::parse(&format!("https://h/a/{accepted}/b")).unwrap();
    let segments: Vec<&str> = url.path_segments().unwrap().collect();
    assert_eq!(segments, ["a", accepted, "b"]);
    assert_eq!((url.query(), url.fragment()), (None, None));
}

fn is_safe_in_a_header(accepted: &str) {
    let value = HeaderValue::from_str(accepted).unwrap();
    assert_eq!(value.to_str().unwrap(), accepted);
}

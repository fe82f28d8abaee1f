//! `/api/qr.svg`: the address of one of our own pages as a QR code, for phones to scan from another screen.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};
use reqwest::Url;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::AppState;
use crate::error::ApiError;
use crate::openapi::refusals::InvalidRequest;

/// Longest address, in bytes as it is encoded; a code of twice as much is too fine for old cameras.
const ADDRESS_BYTES: usize = 1024;

/// Width and height of the picture, in its own units.
const SIDE: u32 = 200;

/// The query of [`show`].
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Path, query and fragment on this site, at most 1024 bytes, without `code` and `state` in the query.
    #[param(
        pattern = r"^/(?:[^/\\\x00-\x1f\x7f-\x9f][^\\\x00-\x1f\x7f-\x9f]*)?$",
        max_length = 1024
    )]
    path: String,
}

/// `GET /api/qr.svg?path=/orders`: what `public_url` and `path` make together, black on white in dark pages too.
///
/// # Errors
/// [`ApiError::ForeignPath`] for anything that is not a page of this site, or that carries somebody's login.
#[utoipa::path(
    get,
    path = "/api/qr.svg",
    operation_id = "get_qr_code",
    tag = "app",
    security(()),
    params(Wanted),
    responses(
        (status = 200, description = "The QR code of `public_url` and `path`", body = String, content_type = "image/svg+xml"),
        InvalidRequest,
    )
)]
pub async fn show(
    state: web::Data<AppState>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let site = state.config.public_url.as_url();
    let address = own_address(site, &wanted.path).ok_or(ApiError::ForeignPath)?;
    let code = QrCode::with_error_correction_level(address.as_str(), EcLevel::M)
        .map_err(|_| ApiError::ForeignPath)?;
    let picture = code
        .render::<Color<'_>>()
        .min_dimensions(SIDE, SIDE)
        .build();
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .body(picture))
}

/// The page's full address, if it is one of this site's and no callback of a login.
pub fn own_address(site: &Url, path: &str) -> Option<Url> {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(char::is_control);
    let address = site.join(path).ok().filter(|_| is_local)?;
    let is_callback = address
        .query_pairs()
        .any(|(name, _)| name == "code" || name == "state");
    let is_short = address.as_str().len() <= ADDRESS_BYTES;
    // What `/..//evil.example` comes to: ours for a browser, another host's for who takes the path for an address.
    let is_doubtful = address.path().starts_with("//");
    let is_own = address.origin() == site.origin() && !is_doubtful;
    (is_own && !is_callback && is_short).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(path: &str) -> Option<String> {
        let site = Url::parse("https://shop.example").unwrap();
        own_address(&site, path).map(String::from)
    }

    #[test]
    fn a_page_keeps_its_query_and_fragment() {
        assert_eq!(address("/").as_deref(), Some("https://shop.example/"));
        assert_eq!(
            address("/orders?tab=%E8%8C%B6&x=a+b#top").as_deref(),
            Some("https://shop.example/orders?tab=%E8%8C%B6&x=a+b#top")
        );
    }

    #[test]
    fn other_sites_are_refused_whatever_browsers_make_of_them() {
        for path in [
            "",
            "orders",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "\t//evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "@evil.example",
            ".evil.example",
            "/a\\..\\..\\b",
            "/..//evil.example",
            "/a/%2e%2e//evil.example",
        ] {
            assert_eq!(address(path), None, "{path:?}");
        }
    }

    #[test]
    fn nobodys_login_is_put_into_a_picture() {
        assert_eq!(address("/?code=C&state=S"), None);
        assert_eq!(address("/?x=1&%63ode=C"), None);
        assert_eq!(address("/?state=S#x"), None);
        assert!(address("/?codex=1").is_some());
    }

    #[test]
    fn an_address_may_have_1024_bytes_as_it_is_encoded() {
        let longest = "a".repeat(1024 - "https://shop.example/".len());
        assert!(address(&format!("/{longest}")).is_some());
        assert_eq!(address(&format!("/{longest}a")), None);
        // Three bytes of UTF-8 each, nine as they are encoded.
        assert!(address(&format!("/{}", "茶".repeat(111))).is_some());
        assert_eq!(address(&format!("/{}", "茶".repeat(112))), None);
    }
}

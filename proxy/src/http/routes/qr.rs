//! `/api/qr.svg`: the address of one of our own pages as a QR code, for phones to scan from another screen.

use std::fmt::Write as _;

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};
use api_types::public_page::before;
use api_types::{has_login_answer, is_page};
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode, QrResult};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::middleware::admit::is_dotted;
use crate::http::openapi::responses::{InvalidRequest, NotFound};
use crate::http::refusal::Refusal;
use crate::http::state::AppState;

/// Longest address, in bytes as it is encoded; a code of twice as much is too fine for old cameras.
const ADDRESS_BYTES: usize = 1024;

/// Width and height of the picture, in its own units.
const SIDE: u32 = 200;

/// The query of [`show`].
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Path, query and fragment of a page of this site, below the path of `public_url` where that has one, at most 1024
    /// bytes, without the `state` of a login in the query.
    #[param(
        pattern = r"^/(?:[^/\\\x00-\x1f\x7f][^\x00-\x1f\x7f]*)?$",
        max_length = 1024
    )]
    path: Option<String>,
    /// Instead of it the name of an account: what its own QR code says, by which people begin to follow it.
    follow: Option<String>,
}

/// `GET /api/qr.svg?path=/orders`: the origin of `public_url` and `path` together, or an account's own QR code, black on
/// white in dark pages too.
///
/// # Errors
/// [`Refusal::ForeignPath`] for anything that is not a page of this site, or that carries somebody's login;
/// [`Refusal::UnknownAccount`] for a name that is no account's, and [`Refusal::NotFound`] for an account without a QR code.
#[utoipa::path(
    get,
    path = "/api/qr.svg",
    operation_id = "get_qr_code",
    security(()),
    params(Wanted),
    responses(
        (status = 200, description = "The QR code of the origin of `public_url` and `path`, or that of the account", body = String, content_type = "image/svg+xml"),
        InvalidRequest,
        NotFound,
    )
)]
pub(crate) async fn show(
    state: web::Data<AppState>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Refusal> {
    let site = &state.config.public_url;
    let text = match (&wanted.path, &wanted.follow) {
        (Some(path), None) => own_address(&site.origin(), site.path(), path),
        (None, Some(name)) => {
            let account = state.config.account(name);
            let account = account.ok_or(Refusal::UnknownAccount)?;
            Some(account.follow_qr.clone().ok_or(Refusal::NotFound)?)
        }
        _ => None,
    };
    let text = text.ok_or(Refusal::ForeignPath)?;
    let picture = picture(&text).map_err(|_| Refusal::ForeignPath)?;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .body(picture))
}

/// The text as a QR code in SVG.
pub(super) fn picture(text: &str) -> QrResult<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let mut picture = code.render::<Color<'_>>();
    Ok(picture.min_dimensions(SIDE, SIDE).build())
}

/// The page's full address, if it is one of this site's, below `prefix`, and no callback of a login: to the byte as it was
/// asked for, but for what no address has, which is percent-encoded.
pub fn own_address(origin: &str, prefix: &str, path: &str) -> Option<String> {
    if !is_page(path) || !is_below(origin, prefix, path) || has_login_answer(path) {
        return None;
    }
    let mut address = origin.to_owned();
    for byte in path.bytes() {
        if byte.is_ascii_graphic() {
            address.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    (address.len() <= ADDRESS_BYTES).then_some(address)
}

/// Whether a page is one of the app's at this address, by the app's own rule. Dots could lead out of its path.
pub(super) fn is_below(origin: &str, prefix: &str, page: &str) -> bool {
    let public_url = [origin, prefix].concat();
    let (_, missing) = before(&public_url, page);
    let path = page.split(['?', '#']).next().unwrap_or_default();
    missing.is_empty() && (prefix.is_empty() || !is_dotted(path))
}

#[cfg(test)]
mod tests {
    use api_types::LoginState;

    use super::*;

    fn address(path: &str) -> Option<String> {
        own_address("https://shop.example", "", path)
    }

    #[test]
    fn a_page_keeps_its_query_and_fragment_to_the_byte() {
        for path in [
            "/",
            "/orders?tab=%E8%8C%B6&x=a+b#top",
            "/?code=INVITE2026",
            "/?state=open",
            "/?code=OTHER&state=csrf|^'\"`{}",
        ] {
            let expected = format!("https://shop.example{path}");
            assert_eq!(address(path), Some(expected));
        }
        let encoded = address("/茶 ?q=茶");
        let expected = "https://shop.example/%E8%8C%B6%20?q=%E8%8C%B6";
        assert_eq!(encoded.as_deref(), Some(expected));
    }

    #[test]
    fn below_a_path_only_what_is_below_it_is_a_page() {
        let address = |path: &str| own_address("https://shop.example", "/h5", path);
        for path in [
            "/h5",
            "/h5?x=/../",
            "/h5/",
            "/h5//x",
            "/h5/.well-known/..x#/..",
        ] {
            let expected = format!("https://shop.example{path}");
            assert_eq!(address(path), Some(expected));
        }
        for path in [
            "/",
            "/orders",
            "/h5x/",
            "/H5/",
            "/%68%35/",
            "//h5/",
            "/h5/../orders",
            "/h5/x/.%2E",
            "/h5/..%2forders",
        ] {
            assert_eq!(address(path), None, "{path}");
        }
    }

    #[test]
    fn nobodys_login_is_put_into_a_picture() {
        let login = LoginState {
            attempt: 1,
            made_at: 1_000,
        };
        let state = login.write("abcdefghijABCDEFGHIJ01");
        for path in [
            format!("/?code=C&state={state}"),
            format!("/orders?x=1&state={state}#x"),
        ] {
            assert_eq!(address(&path), None, "{path}");
        }
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

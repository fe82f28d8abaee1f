//! Who holds the phone: the person a browser has chosen, else the platform's current one.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::platform::{Person, Platform};

/// Cookies ignore ports, so on a laptop this one also reaches the app's server; the name says whose it is.
const COOKIE: &str = "wechat_simulator_person";

/// The person this browser belongs to.
pub(super) fn holder(request: &HttpRequest, platform: &Platform) -> Person {
    let people = &platform.people;
    // By hand, because whatever else the laptop's apps put beside it may be no cookie at all. Ids need no decoding.
    let cookies = request.headers().get_all(header::COOKIE);
    let mut pairs = cookies.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let chosen = pairs.find_map(|pair| {
        let (name, id) = std::str::from_utf8(pair).ok()?.trim().split_once('=')?;
        people.get(id).filter(|_| name == COOKIE)
    });
    chosen.unwrap_or_else(|| people.current()).clone()
}

/// Lets the browser belong to a person from now on.
pub(super) fn hand_over(response: HttpResponse, person: &Person) -> HttpResponse {
    let cookie = Cookie::build(COOKIE, person.id.clone())
        .path("/")
        .max_age(Duration::days(30));
    remember(response, cookie.finish())
}

/// Sets a cookie that no script can read. It must be a valid header.
pub(super) fn remember(mut response: HttpResponse, mut cookie: Cookie<'_>) -> HttpResponse {
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    let remembered = response.add_cookie(&cookie);
    debug_assert!(remembered.is_ok());
    response
}

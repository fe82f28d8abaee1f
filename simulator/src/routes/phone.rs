//! Who holds the phone: the person a browser has chosen, else the platform's current one.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::platform::{Person, Platform};

/// Cookies ignore ports, so on a laptop this one also reaches the app's server; the name says whose it is.
const COOKIE: &str = "wechat_simulator_person";

/// The person this browser belongs to.
pub(crate) fn holder(request: &HttpRequest, platform: &Platform) -> Person {
    let chosen = request.cookie(COOKIE);
    let people = platform.people();
    chosen
        .and_then(|cookie| people.get(cookie.value()))
        .unwrap_or_else(|| people.current())
        .clone()
}

/// The cookie by which a browser remembers its person.
pub(crate) fn remember(person: &Person) -> Cookie<'static> {
    Cookie::build(COOKIE, person.id.clone())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(30))
        .finish()
}

//! The simulator's own page for people.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::pages;
use crate::shared::SharedPlatform;

use super::authorize::redirect;
use super::{html, not_found, phone};

/// `GET /_simulator`: who is there, who holds this browser's phone, which accounts exist.
pub(crate) async fn home(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    html::page(
        StatusCode::OK,
        pages::home(platform.people(), &holder, platform.accounts()),
    )
}

/// What a button of that page sends.
#[derive(Deserialize)]
pub(crate) struct PhoneForm {
    person: String,
}

/// `POST /_simulator/phone`: this browser now belongs to that person.
pub(crate) async fn take_phone(
    form: web::Form<PhoneForm>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let platform = platform.lock();
    let Some(person) = platform.people().get(&form.person) else {
        return not_found::no_such_person();
    };
    let mut response = redirect(StatusCode::SEE_OTHER, "/_simulator");
    // Fails only for a cookie that is no valid header, and ids are letters and digits.
    let remembered = response.add_cookie(&phone::remember(person));
    debug_assert!(remembered.is_ok());
    response
}

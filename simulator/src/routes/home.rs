//! The simulator's own page for people.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::pages::{self, Home, LogFilter};
use crate::shared::SharedPlatform;

use super::authorize::redirect;
use super::{html, not_found, origin, phone, same_origin};

/// What the filters of the log send.
#[derive(Deserialize)]
pub(crate) struct FilterQuery {
    #[serde(default)]
    path: String,
    #[serde(default)]
    appid: String,
    #[serde(default)]
    outcome: String,
}

impl From<FilterQuery> for LogFilter {
    fn from(
        FilterQuery {
            path,
            appid,
            outcome,
        }: FilterQuery,
    ) -> Self {
        Self {
            path,
            appid,
            outcome,
        }
    }
}

/// `GET /_simulator`: who holds this browser's phone, which accounts exist, what was asked, and the levers.
pub(crate) async fn home(
    request: HttpRequest,
    filter: web::Query<FilterQuery>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let platform = platform.lock();
    let page = pages::home(&Home {
        people: platform.people(),
        holder: &phone::holder(&request, &platform),
        accounts: platform.accounts(),
        requests: &platform.requests(),
        filter: &filter.into_inner().into(),
        faults: &platform.faults(),
        settings: platform.settings(),
        now: platform.now(),
        origin: &origin::own_origin(&request, platform.public_url()),
    });
    html::page(StatusCode::OK, page)
}

/// `GET /_simulator/log`: the list of the log alone, which the page's script asks for again and again.
pub(crate) async fn log(
    request: HttpRequest,
    filter: web::Query<FilterQuery>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let platform = platform.lock();
    let origin = origin::own_origin(&request, platform.public_url());
    let list = pages::log_list(&platform.requests(), &filter.into_inner().into(), &origin);
    html::page(StatusCode::OK, list)
}

/// What a button of that page sends.
#[derive(Deserialize)]
pub(crate) struct PhoneForm {
    person: String,
}

/// `POST /_simulator/phone`: this browser now belongs to that person.
pub(crate) async fn take_phone(
    request: HttpRequest,
    form: web::Form<PhoneForm>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    if let Some(refused) = same_origin::refuse(&request) {
        return refused;
    }
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

//! `GET /connect/oauth2/authorize`: where the app sends the browser.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::pages;
use crate::platform::{AuthorizeRefusal, AuthorizeRequest, Person, Platform, Step, Visitor};
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::{consent, html, phone};

/// A browser asks for authorization: a redirect where nobody has to be asked, the consent page or a snapshot else,
/// WeChat's error page (with status 200) for anything that is not in order.
pub(crate) async fn authorize(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    answer(&request, &mut platform, &holder)
}

fn answer(request: &HttpRequest, platform: &mut Platform, holder: &Person) -> HttpResponse {
    let checked = check(request, platform, holder);
    let errcode = checked
        .as_ref()
        .map_or_else(AuthorizeRefusal::logged, |_| 0);
    let query = RawQuery::parse(request.query_string());
    platform.record(request.method().as_str(), request.path(), &query, errcode);
    let authorization = match checked {
        Ok(authorization) => authorization,
        Err(refusal) => return refused(&refusal),
    };
    match platform.next_step(&authorization, holder) {
        Step::Silent => {
            let location = platform.grant(&authorization, holder);
            redirect(StatusCode::FOUND, &location)
        }
        Step::Consent => {
            let page = pages::consent(
                &authorization,
                platform.people(),
                holder,
                request.query_string(),
                pages::ConsentKind::FirstVisit,
            );
            html::page(StatusCode::OK, page)
        }
        Step::Snapshot if platform.settings().snapshot_at_once => {
            let location = platform.grant_snapshot(&authorization, holder);
            redirect(StatusCode::FOUND, &location)
        }
        Step::Snapshot => {
            let page = pages::snapshot(&authorization, holder, request.query_string());
            html::page(StatusCode::OK, page)
        }
        Step::Refusal => consent::refuse(platform, StatusCode::FOUND, &authorization, request),
    }
}

/// Checks the authorize query of a request as if this person had sent it.
pub(super) fn check(
    request: &HttpRequest,
    platform: &Platform,
    person: &Person,
) -> Result<AuthorizeRequest, AuthorizeRefusal> {
    let user_agent = request.headers().get(USER_AGENT);
    let visitor = Visitor {
        person,
        user_agent: user_agent.and_then(|value| value.to_str().ok()),
    };
    platform.check_authorize(&RawQuery::parse(request.query_string()), visitor)
}

/// WeChat's error page.
pub(super) fn refused(refusal: &AuthorizeRefusal) -> HttpResponse {
    html::page(StatusCode::OK, pages::authorize_refused(refusal))
}

/// Sends the browser on. Never cached: a code works once.
pub(super) fn redirect(status: StatusCode, location: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((LOCATION, location))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

//! `GET /connect/oauth2/authorize`: where the app sends the browser.

use actix_web::http::header::{CACHE_CONTROL, LOCATION, USER_AGENT};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::pages;
use crate::percent;
use crate::platform::{
    AuthorizeRefusal, AuthorizeRequest, Person, Platform, Settings, Step, Visitor,
};
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
    if let Some(location) = hop(request.uri(), platform.settings()) {
        let query = RawQuery::parse(request.query_string());
        platform.record(request.method().as_str(), request.path(), &query, 0);
        return redirect(StatusCode::MOVED_PERMANENTLY, &location);
    }
    let holder = phone::holder(&request, &platform);
    answer(&request, &mut platform, &holder)
}

/// Where the authorize page sends a browser first, if it does: to itself, with one more parameter.
pub(super) fn hop(asked: &Uri, settings: &Settings) -> Option<String> {
    if !settings.connect_redirect || asked.path() != "/connect/oauth2/authorize" {
        return None;
    }
    let query = asked.query().unwrap_or_default();
    let has_been_there = RawQuery::parse(query)
        .iter()
        .any(|(name, _)| name == "connect_redirect");
    let address = format!("{}?{query}&connect_redirect=1", asked.path());
    (!has_been_there).then(|| percent::encode_for_header(&address))
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
    let is_head = request.method() == Method::HEAD;
    match platform.next_step(&authorization, holder) {
        Step::Silent => {
            let location = if is_head {
                platform.pretend(&authorization)
            } else {
                platform.grant(&authorization, holder)
            };
            redirect(StatusCode::FOUND, &location)
        }
        Step::Snapshot if platform.settings().snapshot_at_once => {
            let location = if is_head {
                platform.pretend(&authorization)
            } else {
                platform.grant_snapshot(&authorization, holder)
            };
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
    let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let visitor = Visitor {
        person,
        user_agent: user_agent.as_deref(),
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

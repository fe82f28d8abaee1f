//! What all calls of WeChat's server API have in common: faults, delays, the log, the dialect.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::time::sleep;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::dialect::{self, Body, Family};
use crate::platform::{ApiRefusal, Endpoint, Platform};
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::spoiled;

/// What a call says: its query and, where the body is a form, that too, whatever the method. Clients in use send either,
/// or half in each. A body without a content type counts as a form, any other as not sent.
pub(super) fn parameters(request: &HttpRequest, body: &[u8]) -> RawQuery {
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type.map_or(&b""[..], |value| value.as_bytes());
    let essence = content_type.split(|byte| *byte == b';').next();
    let is_form = essence.is_some_and(|essence| {
        let essence = essence.trim_ascii();
        essence.is_empty() || essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    });
    RawQuery::merged(request.query_string(), if is_form { body } else { b"" })
}

/// Answers one call. `work` is what the endpoint does when nothing is spoiled; nobody waits for the platform while a
/// delay passes.
pub(super) async fn answer(
    request: &HttpRequest,
    platform: &SharedPlatform,
    (family, endpoint): (Family, Endpoint),
    query: &RawQuery,
    work: impl FnOnce(&mut Platform) -> Result<Body, ApiRefusal>,
) -> HttpResponse {
    let verdict = platform.lock().meet_api_fault(endpoint, query);
    if !verdict.delay.is_zero() {
        sleep(verdict.delay).await;
    }

    let mut platform = platform.lock();
    let does_work = verdict.effect.is_none() || verdict.after_work;
    let done = does_work.then(|| match work(&mut platform) {
        Ok(body) => (0, body),
        Err(refusal) => {
            let rid = platform.rid();
            let body = dialect::error(family, refusal.errcode(), refusal.errmsg(), &rid);
            (refusal.errcode(), body)
        }
    });
    let (errcode, response) = match (verdict.effect, done) {
        (None, Some((errcode, body))) => (errcode, dialect::answer(family, body)),
        (None, None) => (0, HttpResponse::Ok().finish()),
        (Some(effect), done) => {
            let right = done.map(|(_, body)| body).unwrap_or_default();
            let rid = platform.rid();
            spoiled::answer(&effect, family, right, &rid)
        }
    };
    platform.record(request.method().as_str(), request.path(), query, errcode);
    response
}

/// Says no before anything else is looked at: a wrong method, a body that is none.
pub(super) fn refuse(
    request: &HttpRequest,
    platform: &SharedPlatform,
    family: Family,
    refusal: ApiRefusal,
) -> HttpResponse {
    let query = RawQuery::parse(request.query_string());
    let mut platform = platform.lock();
    let rid = platform.rid();
    platform.record(
        request.method().as_str(),
        request.path(),
        &query,
        refusal.errcode(),
    );
    dialect::answer(
        family,
        dialect::error(family, refusal.errcode(), refusal.errmsg(), &rid),
    )
}

/// `HEAD`: what a `GET` would say first. Nothing is done for it, so that no code is spent unseen.
pub(crate) async fn head(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = RawQuery::parse(request.query_string());
    let method = request.method().as_str();
    platform.lock().record(method, request.path(), &query, 0);
    dialect::answer(Family::of(request.path()), dialect::Body::new())
}

/// Any method that no client is known to use: 43001 in WeChat's table of return codes.
pub(crate) async fn require_get(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let family = Family::of(request.path());
    refuse(&request, &platform, family, ApiRefusal::GetRequired)
}

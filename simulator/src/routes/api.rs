//! What all calls of WeChat's server API have in common: faults, delays, the log, the dialect.

use actix_web::rt::time::sleep;
use actix_web::{HttpRequest, HttpResponse};

use crate::dialect::{self, Body, Family};
use crate::platform::{ApiRefusal, Endpoint, Platform};
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::spoiled;

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
            let body = dialect::error(refusal.errcode(), refusal.errmsg(), &rid);
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
        dialect::error(refusal.errcode(), refusal.errmsg(), &rid),
    )
}

//! WeChat's server API under `/sns/`. No CORS headers: browsers may not call it.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::dialect;
use crate::platform::{ApiRefusal, ExchangeRequest, Platform};
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::origin;

/// `GET /sns/oauth2/access_token`: a server exchanges the code of a redirect.
pub(crate) async fn exchange_code(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = RawQuery::parse(request.query_string());
    let mut platform = platform.lock();
    let exchanged = platform.exchange(&ExchangeRequest {
        appid: query.get("appid"),
        secret: query.get("secret"),
        code: query.get("code"),
        grant_type: query.get("grant_type"),
    });
    record(&mut platform, &request, &query, exchanged.as_ref().err());
    match exchanged {
        Ok(exchanged) => dialect::exchanged(&exchanged),
        Err(refusal) => dialect::refused(refusal, &platform.rid()),
    }
}

/// `GET /sns/userinfo`: a server asks for name and picture. `lang` is accepted and changes nothing: it is the
/// language of region names, and those are empty.
pub(crate) async fn user_info(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = RawQuery::parse(request.query_string());
    let mut platform = platform.lock();
    let info = platform.user_info(query.get("access_token"), query.get("openid"));
    record(&mut platform, &request, &query, info.as_ref().err());
    match info {
        Ok(info) => dialect::user_info(&info, &origin::own_origin(&request, platform.public_url())),
        Err(refusal) => dialect::refused(refusal, &platform.rid()),
    }
}

/// Any other method on these paths: 43001 in WeChat's table of return codes.
pub(crate) async fn require_get(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = RawQuery::parse(request.query_string());
    let mut platform = platform.lock();
    let refusal = ApiRefusal::GetRequired;
    record(&mut platform, &request, &query, Some(&refusal));
    dialect::refused(refusal, &platform.rid())
}

fn record(
    platform: &mut Platform,
    request: &HttpRequest,
    query: &RawQuery,
    refusal: Option<&ApiRefusal>,
) {
    let errcode = refusal.map_or(0, |refusal| refusal.errcode());
    platform.record(request.method().as_str(), request.path(), query, errcode);
}

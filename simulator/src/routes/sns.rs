//! WeChat's server API under `/sns/`, by `GET` as documented or by `POST` as clients in use call it. No CORS headers:
//! browsers may not call it.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::dialect::{self, Family};
use crate::platform::{Endpoint, ExchangeRequest, RefreshRequest};
use crate::shared::SharedPlatform;

use super::{api, origin};

/// `/sns/oauth2/access_token`: a server exchanges the code of a redirect.
pub(crate) async fn exchange_code(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = api::parameters(&request, &body);
    let call = (Family::Sns, Endpoint::AccessToken);
    api::answer(&request, &platform, call, &query, |platform| {
        let exchanged = platform.exchange(&ExchangeRequest {
            appid: query.get("appid"),
            secret: query.get("secret"),
            code: query.get("code"),
            grant_type: query.get("grant_type"),
        })?;
        Ok(dialect::exchanged(&exchanged))
    })
    .await
}

/// `/sns/oauth2/refresh_token`: a server wants two more hours.
pub(crate) async fn refresh_token(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = api::parameters(&request, &body);
    let call = (Family::Sns, Endpoint::RefreshToken);
    api::answer(&request, &platform, call, &query, |platform| {
        let refreshed = platform.refresh(&RefreshRequest {
            appid: query.get("appid"),
            grant_type: query.get("grant_type"),
            refresh_token: query.get("refresh_token"),
        })?;
        Ok(dialect::exchanged(&refreshed))
    })
    .await
}

/// `/sns/userinfo`: a server asks for name and picture. `lang` is accepted and changes nothing: it is the
/// language of region names, and those are empty.
pub(crate) async fn user_info(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = api::parameters(&request, &body);
    let call = (Family::Sns, Endpoint::Userinfo);
    api::answer(&request, &platform, call, &query, |platform| {
        let info = platform.user_info(query.get("access_token"), query.get("openid"))?;
        let origin = origin::own_origin(&request, platform.public_url());
        Ok(dialect::user_info(&info, &origin))
    })
    .await
}

/// `/sns/auth`: a server asks whether a token is still good.
pub(crate) async fn check_token(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = api::parameters(&request, &body);
    let call = (Family::Sns, Endpoint::Auth);
    api::answer(&request, &platform, call, &query, |platform| {
        platform.check_token(query.get("access_token"), query.get("openid"))?;
        Ok(dialect::ok())
    })
    .await
}

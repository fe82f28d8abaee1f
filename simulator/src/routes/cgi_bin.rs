//! WeChat's server API under `/cgi-bin/`: tokens of accounts.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::dialect::{self, Family};
use crate::percent;
use crate::platform::{AccountTokenRequest, ApiRefusal, Endpoint};
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::api;

/// `/cgi-bin/token`.
pub(crate) async fn token(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = api::parameters(&request, &body);
    let call = (Family::CgiBin, Endpoint::Token);
    api::answer(&request, &platform, call, &query, |platform| {
        let issued = platform.account_token(&credentials(&query))?;
        Ok(dialect::account_token(&issued))
    })
    .await
}

/// What a server posts for a stable token. WeChat ignores what it does not know.
#[derive(Deserialize, Default)]
#[serde(default)]
struct StableTokenBody {
    grant_type: String,
    appid: String,
    secret: String,
    force_refresh: bool,
}

/// `POST /cgi-bin/stable_token` with a JSON body, whatever content type it claims.
pub(crate) async fn stable_token(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let refuse = |refusal| api::refuse(&request, &platform, Family::CgiBin, refusal);
    if body.is_empty() {
        return refuse(ApiRefusal::EmptyPost);
    }
    let Ok(body) = serde_json::from_slice::<StableTokenBody>(&body) else {
        return refuse(ApiRefusal::MalformedPost);
    };
    // As a query, so that rules and log see what they see of all other calls.
    let query = RawQuery::parse(&format!(
        "grant_type={}&appid={}&secret={}&force_refresh={}",
        percent::encode_value(&body.grant_type),
        percent::encode_value(&body.appid),
        percent::encode_value(&body.secret),
        body.force_refresh
    ));
    let call = (Family::CgiBin, Endpoint::StableToken);
    api::answer(&request, &platform, call, &query, |platform| {
        let issued = platform.stable_account_token(&credentials(&query), body.force_refresh)?;
        Ok(dialect::account_token(&issued))
    })
    .await
}

/// Any other method there: 43002 in WeChat's table of return codes.
pub(crate) async fn require_post(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    api::refuse(
        &request,
        &platform,
        Family::CgiBin,
        ApiRefusal::PostRequired,
    )
}

fn credentials(query: &RawQuery) -> AccountTokenRequest<'_> {
    AccountTokenRequest {
        grant_type: query.get("grant_type"),
        appid: query.get("appid"),
        secret: query.get("secret"),
    }
}

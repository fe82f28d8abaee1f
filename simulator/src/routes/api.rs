//! WeChat's server API, by `GET` as documented or by `POST` as clients in use call it: faults, delays, the log, the
//! dialect. No CORS headers: browsers may not call it.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::time::sleep;
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use serde::Deserialize;
use wechat_oauth::answer::ErrorFields;

use crate::dialect::{self, Body};
use crate::platform::{Endpoint, Platform, random};
use crate::query::{Query, encode_value};
use crate::wechat::{ErrorCode, errmsg_of};

use super::respond::{own_origin, query_of, record};
use super::{Shared, faults};

/// One of WeChat's calls.
pub(crate) fn call(endpoint: Endpoint) -> Resource {
    let answer = move |request: HttpRequest, body: web::Bytes, platform: Shared| async move {
        answer(endpoint, &request, &body, &platform).await
    };
    let refuse = |refusal| {
        web::to(move |request: HttpRequest, platform: Shared| async move {
            refuse(&request, &mut platform.lock(), &query_of(&request), refusal)
        })
    };
    let resource = web::resource(endpoint.path()).route(web::post().to(answer));
    match endpoint {
        // 43002 in WeChat's table of return codes.
        Endpoint::StableToken | Endpoint::Followers => {
            resource.default_service(refuse(ErrorCode::PostRequired))
        }
        _ => resource
            .route(web::get().to(answer))
            .route(web::head().to(head))
            // 43001, for any method that no client is known to use.
            .default_service(refuse(ErrorCode::GetRequired)),
    }
}

/// Answers one call. Nobody waits for the platform while a delay passes.
async fn answer(
    endpoint: Endpoint,
    request: &HttpRequest,
    body: &[u8],
    platform: &Shared,
) -> HttpResponse {
    let query = match endpoint {
        Endpoint::StableToken => match stable_token_query(body) {
            Ok(query) => query,
            Err(refusal) => {
                return refuse(request, &mut platform.lock(), &query_of(request), refusal);
            }
        },
        Endpoint::Followers => query_of(request),
        _ => parameters(request, body),
    };
    let verdict = platform.lock().meet_api_fault(endpoint, &query);
    if !verdict.delay.is_zero() {
        sleep(verdict.delay).await;
    }

    let platform = &mut platform.lock();
    let right = match verdict.effect.is_none() || verdict.after_work {
        true => work(endpoint, platform, &query, request, body),
        false => Ok(Body::new()),
    };
    match (verdict.effect, right) {
        (None, Ok(body)) => {
            record(platform, request, &query, 0);
            dialect::answer(request.path(), body)
        }
        (None, Err(refusal)) => refuse(request, platform, &query, refusal),
        (Some(effect), right) => {
            let right = right.unwrap_or_else(|refusal| error(request, refusal));
            let (errcode, response) = faults::spoiled(&effect, request.path(), right);
            record(platform, request, &query, errcode);
            response
        }
    }
}

/// What a call does when nothing is spoiled. `lang` of a profile is accepted and changes nothing: it is the language of
/// region names, and those are empty.
fn work(
    endpoint: Endpoint,
    platform: &mut Platform,
    query: &Query,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Body, ErrorCode> {
    let caller = caller(request);
    Ok(match endpoint {
        Endpoint::AccessToken => dialect::body(&platform.exchange(query)?),
        Endpoint::RefreshToken => dialect::body(&platform.refresh(query)?),
        Endpoint::Userinfo => {
            let origin = own_origin(request, platform.public_url.as_deref());
            platform.user_info(query, &origin)?
        }
        Endpoint::Auth => {
            platform.check_token(query)?;
            // An answer that has an errcode and is none.
            let (errcode, errmsg) = (0, "ok");
            dialect::body(&ErrorFields { errcode, errmsg })
        }
        Endpoint::Token => dialect::body(&platform.account_token(query, &caller)?),
        Endpoint::StableToken => dialect::body(&platform.stable_account_token(query, &caller)?),
        Endpoint::CodeToSession => dialect::body(&platform.code_to_session(query)?),
        Endpoint::Ticket => platform.ticket(query)?,
        Endpoint::Follower => platform.follower(query)?,
        Endpoint::Followers => platform.followers(query, body)?,
        // A page, and routed as one.
        Endpoint::Authorize => Body::new(),
    })
}

/// What a call says: its query and, where the body is a form, that too, whatever the method. Clients in use send either,
/// or half in each. A body without a content type counts as a form, any other as not sent.
fn parameters(request: &HttpRequest, body: &[u8]) -> Query {
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type.map_or(&b""[..], |value| value.as_bytes());
    let essence = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    let is_form =
        essence.is_empty() || essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded");
    Query::merged(request.query_string(), if is_form { body } else { b"" })
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

/// The JSON body, whatever content type it claims, as a query: so that rules and log see what they see of all other
/// calls.
fn stable_token_query(body: &[u8]) -> Result<Query, ErrorCode> {
    if body.is_empty() {
        return Err(ErrorCode::EmptyPost);
    }
    let body: StableTokenBody =
        serde_json::from_slice(body).map_err(|_| ErrorCode::MalformedPost)?;
    Ok(Query::parse(&format!(
        "grant_type={}&appid={}&secret={}&force_refresh={}",
        encode_value(&body.grant_type),
        encode_value(&body.appid),
        encode_value(&body.secret),
        body.force_refresh
    )))
}

fn refuse(
    request: &HttpRequest,
    platform: &mut Platform,
    query: &Query,
    refusal: ErrorCode,
) -> HttpResponse {
    record(platform, request, query, refusal.number());
    dialect::answer(request.path(), error(request, refusal))
}

fn error(request: &HttpRequest, refusal: ErrorCode) -> Body {
    let errcode = refusal.number();
    // 40164 names the address that was refused.
    let errmsg = errmsg_of(errcode).replace(LOOPBACK, &caller(request));
    dialect::error(request.path(), errcode, &errmsg, &random::rid())
}

/// The address in WeChat's words for 40164.
const LOOPBACK: &str = "127.0.0.1";

/// The address of whoever asks.
fn caller(request: &HttpRequest) -> String {
    let address = request.peer_addr();
    address.map_or_else(|| LOOPBACK.to_owned(), |it| it.ip().to_string())
}

/// `HEAD`: what a `GET` would say first. Nothing is done for it, so that no code is spent unseen.
async fn head(request: HttpRequest, platform: Shared) -> HttpResponse {
    record(&mut platform.lock(), &request, &query_of(&request), 0);
    dialect::answer(request.path(), Body::new())
}

//! Fault rules on the way through the browser: at the authorize page, and on the redirect that leads to the app.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, LOCATION, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::rt::time::sleep;
use actix_web::{Error, HttpResponse, web};

use crate::pages;
use crate::platform::{Delivery, Effect, Verdict, errmsg_of};
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::{authorize, html, phone, spoiled};

/// Where an authorization begins. What else lies around these pages is not struck, nor a HEAD, so that counts stay true.
const PAGES: [&str; 2] = ["/connect/oauth2/authorize", "/connect/qrconnect"];

/// Goes around all requests and touches only those that rules for `authorize` are about.
pub(crate) async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(platform) = request.app_data::<web::Data<SharedPlatform>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let verdict = met_on_arrival(&request, &platform);
    if !verdict.delay.is_zero() {
        sleep(verdict.delay).await;
    }
    let Some(effect) = verdict.effect else {
        let response = next.call(request).await?.map_into_boxed_body();
        return Ok(delivered(response, &platform));
    };
    let (errcode, spoiled) = page(&effect);
    if verdict.after_work {
        // The page itself is in the log, with the number it would have had.
        return Ok(next.call(request).await?.into_response(spoiled));
    }
    let query = RawQuery::parse(request.query_string());
    let method = request.method().as_str();
    platform
        .lock()
        .record(method, request.path(), &query, errcode);
    Ok(request.into_response(spoiled))
}

fn met_on_arrival(request: &ServiceRequest, platform: &SharedPlatform) -> Verdict {
    if !PAGES.contains(&request.path()) || request.method() == Method::HEAD {
        return Verdict::default();
    }
    let query = RawQuery::parse(request.query_string());
    let mut platform = platform.lock();
    if authorize::hop(request.uri(), platform.settings()).is_some() {
        return Verdict::default();
    }
    let holder = phone::holder(request.request(), &platform);
    platform.meet_page_fault(query.get("appid"), &holder.id)
}

/// The page in place of WeChat's, and its number for the log.
fn page(effect: &Effect) -> (i64, HttpResponse) {
    match effect {
        Effect::Errcode { errcode, errmsg } => {
            let words = errmsg.as_deref();
            let text = words.unwrap_or_else(|| {
                pages::page_error_text(*errcode).unwrap_or_else(|| errmsg_of(*errcode))
            });
            let page = pages::ordered_error(text, *errcode);
            (*errcode, html::page(StatusCode::OK, page))
        }
        other => (1, spoiled::transport(other)),
    }
}

/// A redirect with a code of ours, as it reaches the app.
fn delivered(
    response: ServiceResponse<BoxBody>,
    platform: &SharedPlatform,
) -> ServiceResponse<BoxBody> {
    let location = response.headers().get(LOCATION);
    let Some(location) = location.and_then(|location| location.to_str().ok()) else {
        return response;
    };
    let delivery = platform.lock().meet_delivery(location);
    match delivery {
        None => response,
        Some(Delivery::Once(changed)) => {
            let mut response = response;
            if let Ok(value) = HeaderValue::from_str(&changed) {
                response.headers_mut().insert(LOCATION, value);
            }
            response
        }
        Some(Delivery::Twice(location)) => {
            let mut twice = html::page(StatusCode::OK, pages::callback_twice(&location));
            for cookie in response.headers().get_all(SET_COOKIE) {
                twice.headers_mut().append(SET_COOKIE, cookie.clone());
            }
            if let Some(policy) = policy_for(&location) {
                twice.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
            }
            response.into_response(twice)
        }
    }
}

/// The usual policy, and leave to fetch from the app.
fn policy_for(location: &str) -> Option<HeaderValue> {
    let (scheme, rest) = location.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    HeaderValue::from_str(&format!(
        "default-src 'none'; img-src data:; connect-src {scheme}://{host}; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ))
    .ok()
}

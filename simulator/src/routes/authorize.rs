//! `GET /connect/oauth2/authorize`: where the app sends the browser.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::pages;
use crate::platform::{AuthorizeRefusal, AuthorizeRequest, GrantedScope};
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::{html, phone};

/// A browser asks for authorization: a silent redirect for `snsapi_base`, the consent page for `snsapi_userinfo`,
/// WeChat's error page (with status 200) for anything that is not in order.
pub(crate) async fn authorize(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = RawQuery::parse(request.query_string());
    let mut platform = platform.lock();
    let checked = platform.check_authorize(&query);
    platform.record(
        request.method().as_str(),
        request.path(),
        &query,
        outcome(&checked),
    );

    let authorization = match checked {
        Ok(authorization) => authorization,
        Err(refusal) => return refused(&refusal),
    };
    let holder = phone::holder(&request, &platform);
    match authorization.scope {
        GrantedScope::Base => {
            let location = platform.grant(&authorization, &holder.id);
            redirect(StatusCode::FOUND, &location)
        }
        GrantedScope::Userinfo => {
            let page = pages::consent(
                &authorization,
                platform.people(),
                &holder,
                request.query_string(),
            );
            html::page(StatusCode::OK, page)
        }
    }
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

fn outcome(checked: &Result<AuthorizeRequest, AuthorizeRefusal>) -> i64 {
    match checked {
        Ok(_) => 0,
        Err(refusal) => refusal.number().unwrap_or(1),
    }
}

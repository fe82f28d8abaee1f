//! Snapshot pages (网页快照页), as far as a simulator can: it cannot draw over the app's page.
//!
//! 1. The authorize page shows WeChat's hint and two ways on.
//! 2. 以快照浏览: the app is opened with a code of a virtual user.
//! 3. 使用完整服务 (there, after going back, or at `/_simulator/full-service`): consent, and the app is opened again with
//!    a new code of the real user.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::pages;
use crate::platform::{GrantedScope, Step};
use crate::shared::SharedPlatform;

use super::authorize::{check, redirect, refused};
use super::{html, phone, same_origin};

/// `POST /_simulator/snapshot?<authorize query>`: on to the app as the virtual user.
pub(crate) async fn browse(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    if let Some(refused) = same_origin::refuse(&request) {
        return refused;
    }
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let authorization = match check(&request, &platform, &holder) {
        Ok(authorization) => authorization,
        Err(refusal) => return refused(&refusal),
    };
    // Whoever would not see a snapshot now gets the same as on the authorize page.
    let location = match platform.next_step(&authorization, &holder) {
        Step::Snapshot => platform.grant_snapshot(&authorization, &holder),
        Step::Silent | Step::Consent | Step::Refusal => format!(
            "/connect/oauth2/authorize?{}#wechat_redirect",
            request.query_string()
        ),
    };
    let status = StatusCode::SEE_OTHER;
    redirect(status, &location)
}

/// `GET /_simulator/full-service?<authorize query>`: the consent page that WeChat shows after 使用完整服务.
pub(crate) async fn full_service(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let authorization = match check(&request, &platform, &holder) {
        Ok(authorization) => authorization,
        Err(refusal) => return refused(&refusal),
    };
    if authorization.scope == GrantedScope::Base {
        // There is nothing to ask for; snapshots exist with snsapi_userinfo only.
        let location = if request.method() == Method::HEAD {
            platform.pretend(&authorization)
        } else {
            platform.grant(&authorization, &holder)
        };
        return redirect(StatusCode::FOUND, &location);
    }
    let page = pages::consent(
        &authorization,
        platform.people(),
        &holder,
        request.query_string(),
        pages::ConsentKind::FullService,
    );
    html::page(StatusCode::OK, page)
}

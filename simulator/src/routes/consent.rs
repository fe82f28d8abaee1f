//! The two buttons of the consent page.
//!
//! The authorize query travels along unchanged in the form's address and is checked again at each step, so there is
//! no half-done authorization to keep and nothing a form could smuggle in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::pages;
use crate::platform::{AuthorizeRequest, Habit, Person, Platform, RefusalBehaviour, Step};
use crate::shared::SharedPlatform;

use super::authorize::{check, redirect, refused as authorize_refused};
use super::{html, not_found, phone, same_origin};

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct ConsentForm {
    person: String,
    decision: Decision,
    /// The form was reached by 使用完整服务, so it is the real user who decides.
    full_service: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Allow,
    Refuse,
}

/// `POST /_simulator/consent?<authorize query>`: 允许 or 拒绝. Either way the chosen person keeps this browser's
/// phone, so that silent logins afterwards agree.
pub(crate) async fn decide(
    request: HttpRequest,
    form: web::Form<ConsentForm>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    if let Some(refused) = same_origin::refuse(&request) {
        return refused;
    }
    let mut platform = platform.lock();
    let person = platform.people().get(&form.person).cloned();
    // Whoever it is, a request that is not in order is refused first.
    let visitor = person
        .clone()
        .unwrap_or_else(|| platform.people().current().clone());
    let authorization = match check(&request, &platform, &visitor) {
        Ok(authorization) => authorization,
        Err(refusal) => return authorize_refused(&refusal),
    };
    let Some(person) = person else {
        return not_found::no_such_person();
    };
    let refuses = matches!(form.decision, Decision::Refuse) || person.has_habit(Habit::Refuses);
    let step = platform.next_step(&authorization, &person);
    let mut response = if refuses {
        refuse(&platform, StatusCode::SEE_OTHER, &authorization, &request)
    } else if step == Step::Snapshot && form.full_service.is_none() {
        // This person would have seen the snapshot instead of the consent page.
        let page = format!(
            "/connect/oauth2/authorize?{}#wechat_redirect",
            request.query_string()
        );
        redirect(StatusCode::SEE_OTHER, &page)
    } else {
        allow(&mut platform, &authorization, &person)
    };
    // Fails only for a cookie that is no valid header, and ids are letters and digits.
    let remembered = response.add_cookie(&phone::remember(&person));
    debug_assert!(remembered.is_ok());
    response
}

fn allow(
    platform: &mut Platform,
    authorization: &AuthorizeRequest,
    person: &Person,
) -> HttpResponse {
    let location = platform.grant(authorization, person);
    redirect(StatusCode::SEE_OTHER, &location)
}

/// What follows 拒绝. By way of a GET, so that coming back to that page does not ask to send the form again.
pub(super) fn refuse(
    platform: &Platform,
    status: StatusCode,
    authorization: &AuthorizeRequest,
    request: &HttpRequest,
) -> HttpResponse {
    match platform.settings().refusal {
        RefusalBehaviour::RedirectWithState => {
            redirect(status, &authorization.target.refused(&authorization.state))
        }
        RefusalBehaviour::GoBack | RefusalBehaviour::Blank => redirect(
            status,
            &format!("/_simulator/refused?{}", request.query_string()),
        ),
    }
}

/// `GET /_simulator/refused?<authorize query>`: where a refusal ends that is not redirected to the app.
pub(crate) async fn refused(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let authorization = match check(&request, &platform, &holder) {
        Ok(authorization) => authorization,
        Err(refusal) => return authorize_refused(&refusal),
    };
    // Somebody who always refuses has not seen a consent page; there is one page less to go back.
    let pages_back = if holder.has_habit(Habit::Refuses) {
        1
    } else {
        2
    };
    let page = match platform.settings().refusal {
        RefusalBehaviour::Blank => pages::refused_blank(),
        RefusalBehaviour::GoBack | RefusalBehaviour::RedirectWithState => {
            pages::refused_go_back(&authorization, pages_back)
        }
    };
    html::page(StatusCode::OK, page)
}

//! The two buttons of the consent page.
//!
//! The authorize query travels along unchanged in the form's address and is checked again at each step, so there is
//! no half-done authorization to keep and nothing a form could smuggle in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::pages;
use crate::platform::RefusalBehaviour;
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::authorize::{redirect, refused as authorize_refused};
use super::{html, not_found, phone};

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct ConsentForm {
    person: String,
    decision: Decision,
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
    let mut platform = platform.lock();
    let authorization = match platform.check_authorize(&RawQuery::parse(request.query_string())) {
        Ok(authorization) => authorization,
        Err(refusal) => return authorize_refused(&refusal),
    };
    let Some(person) = platform.people().get(&form.person).cloned() else {
        return not_found::no_such_person();
    };
    let location = match (&form.decision, platform.refusal()) {
        (Decision::Allow, _) => platform.grant(&authorization, &person.id),
        (Decision::Refuse, RefusalBehaviour::RedirectWithState) => {
            authorization.target.refused(&authorization.state)
        }
        // By way of a GET, so that coming back to that page does not ask to send the form again.
        (Decision::Refuse, RefusalBehaviour::GoBack | RefusalBehaviour::Blank) => {
            format!("/_simulator/refused?{}", request.query_string())
        }
    };
    let mut response = redirect(StatusCode::SEE_OTHER, &location);
    // Fails only for a cookie that is no valid header, and ids are letters and digits.
    let remembered = response.add_cookie(&phone::remember(&person));
    debug_assert!(remembered.is_ok());
    response
}

/// `GET /_simulator/refused?<authorize query>`: where a refusal ends that is not redirected to the app.
pub(crate) async fn refused(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let platform = platform.lock();
    let authorization = match platform.check_authorize(&RawQuery::parse(request.query_string())) {
        Ok(authorization) => authorization,
        Err(refusal) => return authorize_refused(&refusal),
    };
    let page = match platform.refusal() {
        RefusalBehaviour::Blank => pages::refused_blank(),
        RefusalBehaviour::GoBack | RefusalBehaviour::RedirectWithState => {
            pages::refused_go_back(&authorization)
        }
    };
    html::page(StatusCode::OK, page)
}

//! `GET /connect/oauth2/authorize`: where the app sends the browser, and the pages it leads through.
//!
//! | address | what |
//! |---|---|
//! | `/connect/oauth2/authorize` | a redirect where nobody has to be asked, else the consent page or a snapshot |
//! | `POST /_simulator/consent` | 允许 or 拒绝 |
//! | `/_simulator/refused` | where a refusal ends that is not redirected to the app |
//! | `POST /_simulator/snapshot` | 以快照浏览: the app is opened with a code of a virtual user |
//! | `/_simulator/full-service` | 使用完整服务: consent, and a new code of the real user |
//!
//! The authorize query travels along unchanged in every address and is checked again at each step, so there is no
//! half-done authorization to keep and nothing a form could smuggle in. Snapshots (网页快照) go as far as a simulator can:
//! it cannot draw over the app's page.

use actix_web::http::header::USER_AGENT;
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::pages::{self, ConsentKind};
use crate::platform::{
    AuthorizeRequest, GrantedScope, Habit, Person, Platform, RefusalBehaviour, Settings, Step,
};
use crate::query::{Query, encode_for_header};
use crate::server::Shared;
use crate::wechat::AuthorizeRefusal;

use super::phone;
use super::respond::{Answer, no_such_person, ok, query_of, record, redirect};

/// A browser asks for authorization. WeChat's error page (with status 200) for anything that is not in order.
pub(crate) async fn authorize(request: HttpRequest, platform: Shared) -> Answer {
    let platform = &mut *platform.lock();
    let query = query_of(&request);
    if let Some(location) = hop(request.uri(), &platform.settings) {
        record(platform, &request, &query, 0);
        return Ok(redirect(StatusCode::MOVED_PERMANENTLY, &location));
    }
    let holder = phone::holder(&request, platform);
    let checked = check(&request, platform, &holder);
    record(platform, &request, &query, logged(&checked));
    let authorization = checked?;
    let step = platform.next_step(&authorization, &holder);
    let location = match step {
        Step::Silent => granted(&request, platform, &authorization, &holder),
        Step::Snapshot if platform.settings.snapshot_at_once => match request.method() {
            &Method::HEAD => authorization.pretend(),
            _ => platform.grant_snapshot(&authorization, &holder),
        },
        Step::Consent => {
            return Ok(consent(
                &request,
                platform,
                &authorization,
                &holder,
                ConsentKind::FirstVisit,
            ));
        }
        Step::Snapshot => {
            return Ok(ok(pages::snapshot(
                &authorization,
                &holder,
                request.query_string(),
            )));
        }
        Step::Refusal => {
            return Ok(refuse(
                platform,
                StatusCode::FOUND,
                &authorization,
                &request,
            ));
        }
    };
    Ok(redirect(StatusCode::FOUND, &location))
}

/// Where the authorize page sends a browser first, if it does: to itself, with one more parameter.
pub(super) fn hop(asked: &Uri, settings: &Settings) -> Option<String> {
    let query = asked.query().unwrap_or_default();
    let has_been_there = || {
        Query::parse(query)
            .iter()
            .any(|(name, _)| name == "connect_redirect")
    };
    let address = || format!("{}?{query}&connect_redirect=1", asked.path());
    let hops = settings.connect_redirect && asked.path() == "/connect/oauth2/authorize";
    (hops && !has_been_there()).then(|| encode_for_header(&address()))
}

/// Checks the authorize query of a request as if this person had sent it.
fn check(
    request: &HttpRequest,
    platform: &Platform,
    person: &Person,
) -> Result<AuthorizeRequest, AuthorizeRefusal> {
    let user_agent = request.headers().get(USER_AGENT);
    let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
    platform.check_authorize(&query_of(request), person, &user_agent.unwrap_or_default())
}

/// What the request log notes: the number on the page, or 1 for a page without one.
pub(super) fn logged(checked: &Result<AuthorizeRequest, AuthorizeRefusal>) -> i64 {
    match checked {
        Ok(_) => 0,
        Err(refusal) => refusal.page.number.unwrap_or(1),
    }
}

/// The address with a code; a HEAD gets one that leads nowhere, so that no code is issued unseen.
fn granted(
    request: &HttpRequest,
    platform: &mut Platform,
    authorization: &AuthorizeRequest,
    person: &Person,
) -> String {
    match *request.method() {
        Method::HEAD => authorization.pretend(),
        _ => platform.grant(authorization, person),
    }
}

fn consent(
    request: &HttpRequest,
    platform: &Platform,
    authorization: &AuthorizeRequest,
    holder: &Person,
    kind: ConsentKind,
) -> HttpResponse {
    let people = &platform.people;
    ok(pages::consent(
        authorization,
        people,
        holder,
        request.query_string(),
        kind,
    ))
}

/// What the form of the consent page sends.
#[derive(Deserialize)]
pub(crate) struct ConsentForm {
    person: String,
    decision: Decision,
    /// The form was reached by 使用完整服务, so it is the real user who decides.
    full_service: Option<String>,
}

/// One of the two buttons on the phone.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Decision {
    Allow,
    Refuse,
}

/// `POST /_simulator/consent?<authorize query>`. Either way the chosen person keeps this browser's phone, so that
/// silent logins afterwards agree.
pub(crate) async fn decide(
    request: HttpRequest,
    form: web::Form<ConsentForm>,
    platform: Shared,
) -> Answer {
    let platform = &mut *platform.lock();
    let person = platform.people.get(&form.person).cloned();
    // Whoever it is, a request that is not in order is refused first.
    let visitor = person.as_ref().unwrap_or(platform.people.current());
    let authorization = check(&request, platform, visitor)?;
    let person = person.ok_or_else(no_such_person)?;
    let refuses = form.decision == Decision::Refuse || person.habit == Some(Habit::Refuses);
    let step = platform.next_step(&authorization, &person);
    let response = if refuses {
        refuse(platform, StatusCode::SEE_OTHER, &authorization, &request)
    } else if step == Step::Snapshot && form.full_service.is_none() {
        // This person would have seen the snapshot instead of the consent page.
        redirect(StatusCode::SEE_OTHER, &authorize_page(&request))
    } else {
        redirect(
            StatusCode::SEE_OTHER,
            &platform.grant(&authorization, &person),
        )
    };
    Ok(phone::hand_over(response, &person))
}

fn authorize_page(request: &HttpRequest) -> String {
    format!(
        "/connect/oauth2/authorize?{}#wechat_redirect",
        request.query_string()
    )
}

/// What follows 拒绝. By way of a GET, so that coming back to that page does not ask to send the form again.
fn refuse(
    platform: &Platform,
    status: StatusCode,
    authorization: &AuthorizeRequest,
    request: &HttpRequest,
) -> HttpResponse {
    let location = match platform.settings.refusal {
        RefusalBehaviour::RedirectWithState => authorization.target.refused(&authorization.state),
        RefusalBehaviour::GoBack | RefusalBehaviour::Blank => {
            format!("/_simulator/refused?{}", request.query_string())
        }
    };
    redirect(status, &location)
}

/// `GET /_simulator/refused?<authorize query>`.
pub(crate) async fn refused(request: HttpRequest, platform: Shared) -> Answer {
    let platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let authorization = check(&request, &platform, &holder)?;
    // Somebody who always refuses has not seen a consent page; there is one page less to go back.
    let pages_back = if holder.habit == Some(Habit::Refuses) {
        1
    } else {
        2
    };
    Ok(ok(match platform.settings.refusal {
        RefusalBehaviour::Blank => pages::refused_blank(),
        RefusalBehaviour::GoBack | RefusalBehaviour::RedirectWithState => {
            pages::refused_go_back(&authorization, pages_back)
        }
    }))
}

/// `POST /_simulator/snapshot?<authorize query>`: on to the app as the virtual user.
pub(crate) async fn browse_snapshot(request: HttpRequest, platform: Shared) -> Answer {
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let authorization = check(&request, &platform, &holder)?;
    // Whoever would not see a snapshot now gets the same as on the authorize page.
    let location = match platform.next_step(&authorization, &holder) {
        Step::Snapshot => platform.grant_snapshot(&authorization, &holder),
        Step::Silent | Step::Consent | Step::Refusal => authorize_page(&request),
    };
    Ok(redirect(StatusCode::SEE_OTHER, &location))
}

/// `GET /_simulator/full-service?<authorize query>`: the consent page that WeChat shows after 使用完整服务.
pub(crate) async fn full_service(request: HttpRequest, platform: Shared) -> Answer {
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let authorization = check(&request, &platform, &holder)?;
    if authorization.scope == GrantedScope::Base {
        // There is nothing to ask for; snapshots exist with snsapi_userinfo only.
        let location = granted(&request, &mut platform, &authorization, &holder);
        return Ok(redirect(StatusCode::FOUND, &location));
    }
    Ok(consent(
        &request,
        &platform,
        &authorization,
        &holder,
        ConsentKind::FullService,
    ))
}

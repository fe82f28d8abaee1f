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
use serde_json::json;

use crate::platform::{
    AuthorizeRequest, GrantedScope, Habit, Person, Platform, RefusalBehaviour, Settings, Step,
};
use crate::query::encode_for_header;
use crate::wechat::AuthorizeRefusal;

use super::respond::{Answer, no_such_person, ok, query_of, record, redirect};
use super::{Shared, phone};

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
    let asked = checked?;
    let at_once = platform.settings.snapshot_at_once;
    Ok(match platform.next_step(&asked, &holder) {
        Step::Refusal => refuse(platform, StatusCode::FOUND, &asked),
        Step::Snapshot if !at_once => {
            ok("snapshot.html", json!({ "asked": asked, "holder": holder }))
        }
        Step::Consent => consent(platform, &asked, &holder, false),
        step => {
            let location = platform.grant(&asked, &holder, step == Step::Snapshot);
            redirect(StatusCode::FOUND, &location)
        }
    })
}

/// Asks the holder of the phone. After 使用完整服务 in a snapshot it is the real user who allows.
fn consent(
    platform: &Platform,
    asked: &AuthorizeRequest,
    holder: &Person,
    full_service: bool,
) -> HttpResponse {
    let people = &platform.people;
    let values =
        json!({ "asked": asked, "people": people, "holder": holder, "full_service": full_service });
    ok("consent.html", values)
}

/// Where the authorize page sends a browser first, if it does: to itself, with one more parameter.
pub(super) fn hop(uri: &Uri, settings: &Settings) -> Option<String> {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    let hops = settings.connect_redirect && path == "/connect/oauth2/authorize";
    let address = format!("{path}?{query}&connect_redirect=1");
    (hops && !names.any(|name| name == "connect_redirect")).then(|| encode_for_header(&address))
}

/// Checks the authorize query of a request as if this person had sent it.
fn check(
    request: &HttpRequest,
    platform: &Platform,
    person: &Person,
) -> Result<AuthorizeRequest, AuthorizeRefusal> {
    let user_agent = request.headers().get(USER_AGENT);
    let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let user_agent = user_agent.unwrap_or_default();
    let checked = platform.check_authorize(&query_of(request), person, &user_agent)?;
    Ok(AuthorizeRequest {
        raw_query: request.query_string().to_owned(),
        looks_only: request.method() == Method::HEAD,
        ..checked
    })
}

/// What the request log notes: the number on the page, or 1 for a page without one.
pub(super) fn logged(checked: &Result<AuthorizeRequest, AuthorizeRefusal>) -> i64 {
    match checked {
        Ok(_) => 0,
        Err(refusal) => refusal.page.number.unwrap_or(1),
    }
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
    let asked = check(&request, platform, visitor)?;
    let person = person.ok_or_else(no_such_person)?;
    let refuses = form.decision == Decision::Refuse || person.habit == Some(Habit::Refuses);
    let step = platform.next_step(&asked, &person);
    let response = if refuses {
        refuse(platform, StatusCode::SEE_OTHER, &asked)
    } else if step == Step::Snapshot && form.full_service.is_none() {
        // This person would have seen the snapshot instead of the consent page.
        redirect(StatusCode::SEE_OTHER, &authorize_page(&asked))
    } else {
        let location = platform.grant(&asked, &person, false);
        redirect(StatusCode::SEE_OTHER, &location)
    };
    Ok(phone::hand_over(response, &person))
}

fn authorize_page(asked: &AuthorizeRequest) -> String {
    let query = &asked.raw_query;
    format!("/connect/oauth2/authorize?{query}#wechat_redirect")
}

/// What follows 拒绝. By way of a GET, so that coming back to that page does not ask to send the form again.
fn refuse(platform: &Platform, status: StatusCode, asked: &AuthorizeRequest) -> HttpResponse {
    let location = match platform.settings.refusal {
        RefusalBehaviour::RedirectWithState => asked.target.refused(&asked.state),
        _ => format!("/_simulator/refused?{}", asked.raw_query),
    };
    redirect(status, &location)
}

/// `GET /_simulator/refused?<authorize query>`.
pub(crate) async fn refused(request: HttpRequest, platform: Shared) -> Answer {
    let platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let asked = check(&request, &platform, &holder)?;
    // Somebody who always refuses has not seen a consent page; there is one page less to go back.
    let always = holder.habit == Some(Habit::Refuses);
    let (title, back) = (&asked.title, asked.target.unchanged());
    let pages_back = if always { 1 } else { 2 };
    Ok(match platform.settings.refusal {
        RefusalBehaviour::Blank => ok("refused_blank.html", json!({})),
        _ => ok(
            "refused_go_back.html",
            json!({ "title": title, "back": back, "pages_back": pages_back }),
        ),
    })
}

/// `POST /_simulator/snapshot?<authorize query>`: on to the app as the virtual user.
pub(crate) async fn browse_snapshot(request: HttpRequest, platform: Shared) -> Answer {
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let asked = check(&request, &platform, &holder)?;
    let location = match platform.next_step(&asked, &holder) {
        Step::Snapshot => platform.grant(&asked, &holder, true),
        // Whoever would not see a snapshot now gets the same as on the authorize page.
        Step::Silent | Step::Consent | Step::Refusal => authorize_page(&asked),
    };
    Ok(redirect(StatusCode::SEE_OTHER, &location))
}

/// `GET /_simulator/full-service?<authorize query>`: the consent page that WeChat shows after 使用完整服务.
pub(crate) async fn full_service(request: HttpRequest, platform: Shared) -> Answer {
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let asked = check(&request, &platform, &holder)?;
    if asked.scope == GrantedScope::Base {
        // There is nothing to ask for; snapshots exist with snsapi_userinfo only.
        let location = platform.grant(&asked, &holder, false);
        return Ok(redirect(StatusCode::FOUND, &location));
    }
    Ok(consent(&platform, &asked, &holder, true))
}

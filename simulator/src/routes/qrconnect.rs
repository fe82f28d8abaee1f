//! `GET /connect/qrconnect`: website applications, a QR code on the computer and a page for the phone behind it.
//!
//! | address | who | what |
//! |---|---|---|
//! | `/connect/qrconnect` | computer | the QR code |
//! | `/_simulator/scan/{ticket}` | phone | 以谁的身份登录 |
//! | `/_simulator/scan/{ticket}/status` | computer's script | JSON: how far it is, and where to go |
//! | `/_simulator/scan/{ticket}/continue` | computer without scripts | goes there, or back to waiting |

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::pages;
use crate::platform::{AuthorizeRefusal, Habit, ScanState};
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::authorize::redirect;
use super::{html, not_found, origin, phone};

/// `GET /connect/qrconnect`.
pub(crate) async fn show(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = RawQuery::parse(request.query_string());
    let mut platform = platform.lock();
    let checked = platform.check_login(&query);
    let errcode = checked
        .as_ref()
        .map_or_else(AuthorizeRefusal::logged, |_| 0);
    platform.record(request.method().as_str(), request.path(), &query, errcode);
    let authorization = match checked {
        Ok(authorization) => authorization,
        Err(refusal) => return html::page(StatusCode::OK, pages::login_refused(&refusal)),
    };
    let title = authorization.title.clone();
    // A HEAD sees no picture, so there is nothing to scan.
    let ticket = if request.method() == Method::HEAD {
        String::new()
    } else {
        platform.show_scan(authorization)
    };
    let address = format!(
        "{}/_simulator/scan/{ticket}",
        origin::own_origin(&request, platform.public_url())
    );
    let english = query.get("lang") == Some("en");
    html::page(
        StatusCode::OK,
        pages::qr_code(&title, &address, &ticket, english),
    )
}

/// `GET /_simulator/scan/{ticket}`: what the phone shows after scanning.
pub(crate) async fn scanned(
    request: HttpRequest,
    ticket: web::Path<String>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let Some(scan) = platform.scan(&ticket) else {
        return expired();
    };
    match scan.state {
        ScanState::Waiting | ScanState::Scanned => {
            if request.method() != Method::HEAD {
                scan.state = ScanState::Scanned;
            }
            let authorization = scan.request.clone();
            let page = pages::scan_as(&authorization, platform.people(), &holder, &ticket);
            html::page(StatusCode::OK, page)
        }
        ScanState::Confirmed { .. } | ScanState::Cancelled { .. } => expired(),
    }
}

/// What the phone's form sends.
#[derive(Deserialize)]
pub(crate) struct ScanForm {
    person: String,
    decision: Decision,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Allow,
    Refuse,
}

/// `POST /_simulator/scan/{ticket}`: 确认登录 or 取消.
pub(crate) async fn decide(
    ticket: web::Path<String>,
    form: web::Form<ScanForm>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut platform = platform.lock();
    let Some(person) = platform.people().get(&form.person).cloned() else {
        return not_found::no_such_person();
    };
    let refuses = matches!(form.decision, Decision::Refuse) || person.has_habit(Habit::Refuses);
    let decided = if refuses {
        platform.cancel_scan(&ticket)
    } else {
        platform.confirm_scan(&ticket, &person)
    };
    match decided {
        Some(()) => html::page(StatusCode::OK, pages::scan_decided(&ticket, !refuses)),
        None => expired(),
    }
}

/// `GET /_simulator/scan/{ticket}/status`.
pub(crate) async fn status(
    ticket: web::Path<String>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut platform = platform.lock();
    let state = platform.scan(&ticket).map(|scan| scan.state.clone());
    let (status, location) = match state {
        None => ("expired", None),
        Some(ScanState::Waiting) => ("waiting", None),
        Some(ScanState::Scanned) => ("scanned", None),
        Some(ScanState::Confirmed { .. }) => ("confirmed", Some(onward(&ticket))),
        Some(ScanState::Cancelled { location }) => ("cancelled", location.map(|_| onward(&ticket))),
    };
    HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(json!({ "status": status, "location": location }))
}

/// `GET /_simulator/scan/{ticket}/continue`.
pub(crate) async fn proceed(
    ticket: web::Path<String>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut platform = platform.lock();
    match platform.scan(&ticket).map(|scan| scan.state.clone()) {
        None => expired(),
        Some(
            ScanState::Confirmed { location }
            | ScanState::Cancelled {
                location: Some(location),
            },
        ) => redirect(StatusCode::FOUND, &location),
        Some(ScanState::Cancelled { location: None }) => html::page(
            StatusCode::OK,
            pages::notice("已取消登录", "你在手机上取消了这次登录。"),
        ),
        Some(ScanState::Waiting | ScanState::Scanned) => html::page(
            StatusCode::OK,
            pages::notice("还没有确认", "请先在手机上确认登录，然后返回上一页再试。"),
        ),
    }
}

fn onward(ticket: &str) -> String {
    format!("/_simulator/scan/{ticket}/continue")
}

fn expired() -> HttpResponse {
    html::page(
        StatusCode::OK,
        pages::notice("二维码已失效", "请回到网站重新打开登录页面。"),
    )
}

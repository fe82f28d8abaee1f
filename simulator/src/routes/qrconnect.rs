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
use crate::platform::{Habit, ScanState};

use super::authorize::{Decision, logged};
use super::respond::{
    Answer, no_such_person, notice, ok, own_origin, query_of, record, redirect, refused,
};
use super::{Shared, phone};

/// `GET /connect/qrconnect`.
pub(crate) async fn show(request: HttpRequest, platform: Shared) -> HttpResponse {
    let platform = &mut *platform.lock();
    let query = query_of(&request);
    let checked = platform.check_login(&query);
    record(platform, &request, &query, logged(&checked));
    let authorization = match checked {
        Ok(authorization) => authorization,
        Err(refusal) => return refused(&refusal, &refusal.page.login_text, None),
    };
    let title = authorization.title.clone();
    // A HEAD sees no picture, so there is nothing to scan.
    let ticket = match *request.method() {
        Method::HEAD => String::new(),
        _ => platform.show_scan(authorization),
    };
    let origin = own_origin(&request, platform.public_url.as_deref());
    let english = query.get("lang") == Some("en");
    let qr = pages::qr_image(&format!("{origin}/_simulator/scan/{ticket}"));
    ok(
        "qr_code.html",
        json!({ "title": title, "ticket": ticket, "english": english, "qr": qr }),
    )
}

/// `GET /_simulator/scan/{ticket}`: what the phone shows after scanning.
pub(crate) async fn scanned(
    request: HttpRequest,
    ticket: web::Path<String>,
    platform: Shared,
) -> HttpResponse {
    let mut platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let Some(scan) = platform.scan(&ticket) else {
        return expired();
    };
    let Some(asked) = scan.undecided() else {
        return expired();
    };
    if request.method() != Method::HEAD {
        scan.state = ScanState::Scanned;
    }
    let (people, ticket) = (&platform.people, &*ticket);
    ok(
        "scan_as.html",
        json!({ "asked": asked, "people": people, "holder": holder, "ticket": ticket }),
    )
}

/// What the phone's form sends.
#[derive(Deserialize)]
pub(crate) struct ScanForm {
    person: String,
    decision: Decision,
}

/// `POST /_simulator/scan/{ticket}`: 确认登录 or 取消.
pub(crate) async fn decide(
    ticket: web::Path<String>,
    form: web::Form<ScanForm>,
    platform: Shared,
) -> Answer {
    let mut platform = platform.lock();
    let person = platform
        .people
        .get(&form.person)
        .cloned()
        .ok_or_else(no_such_person)?;
    let refuses = form.decision == Decision::Refuse || person.habit == Some(Habit::Refuses);
    let decided = match refuses {
        true => platform.cancel_scan(&ticket),
        false => platform.confirm_scan(&ticket, &person),
    };
    Ok(match decided {
        Some(()) => {
            let values = json!({ "ticket": *ticket, "confirmed": !refuses });
            ok("scan_decided.html", values)
        }
        None => expired(),
    })
}

/// `GET /_simulator/scan/{ticket}/status`.
pub(crate) async fn status(ticket: web::Path<String>, platform: Shared) -> HttpResponse {
    let (status, location) = progress(&platform, &ticket);
    let location = location.map(|_| format!("/_simulator/scan/{ticket}/continue"));
    HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(json!({ "status": status, "location": location }))
}

/// `GET /_simulator/scan/{ticket}/continue`.
pub(crate) async fn proceed(ticket: web::Path<String>, platform: Shared) -> HttpResponse {
    match progress(&platform, &ticket) {
        (_, Some(location)) => redirect(StatusCode::FOUND, &location),
        (ScanState::Waiting | ScanState::Scanned, None) => {
            notice("还没有确认", "请先在手机上确认登录，然后返回上一页再试。")
        }
        (ScanState::Confirmed | ScanState::Cancelled, None) => {
            notice("已取消登录", "你在手机上取消了这次登录。")
        }
        (ScanState::Expired, None) => expired(),
    }
}

fn progress(platform: &Shared, ticket: &str) -> (ScanState, Option<String>) {
    let mut platform = platform.lock();
    let scan = platform.scan(ticket);
    scan.map_or((ScanState::Expired, None), |scan| {
        (scan.state, scan.location.clone())
    })
}

fn expired() -> HttpResponse {
    notice("二维码已失效", "请回到网站重新打开登录页面。")
}

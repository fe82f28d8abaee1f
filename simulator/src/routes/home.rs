//! The simulator's own page for people, and what else is only looked at.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fidelity;
use crate::pages;
use crate::platform::{LoggedRequest, Picture, Platform};

use super::respond::{Answer, Notice, no_such_person, notice, ok, redirect};
use super::{Shared, phone};

/// The edge WeChat uses where an address names none.
const DEFAULT_SIZE: u16 = 132;

/// More than this nobody reads; the rest is in the control API.
const SHOWN: usize = 100;

/// What the log is narrowed down to; an empty text means everything.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LogFilter {
    /// The whole path.
    path: String,
    /// The appid that was sent.
    appid: String,
    /// `ok`, `error`, or an errcode.
    outcome: String,
}

impl LogFilter {
    /// The values of the list, newest first.
    fn list(&self, platform: &Platform) -> Value {
        let all = platform.log.all();
        let newest_first = all.iter().rev();
        let matching: Vec<_> = newest_first.filter(|it| self.lets_through(it)).collect();
        let requests: Vec<_> = matching.iter().take(SHOWN).collect();
        json!({ "filter": self, "any": !all.is_empty(), "matching": matching.len(), "requests": requests })
    }

    fn lets_through(&self, request: &LoggedRequest) -> bool {
        let path = self.path.is_empty() || self.path == request.path;
        let appid = self.appid.is_empty() || request.appid.as_deref() == Some(&self.appid);
        let outcome = match self.outcome.as_str() {
            "" => true,
            "ok" => request.errcode == 0,
            "error" => request.errcode != 0,
            errcode => request.errcode.to_string() == errcode,
        };
        path && appid && outcome
    }
}

/// `GET /_simulator`: who holds this browser's phone, which accounts exist, what was asked, and the levers.
pub(crate) async fn home(
    request: HttpRequest,
    filter: web::Query<LogFilter>,
    platform: Shared,
) -> HttpResponse {
    let platform = platform.lock();
    let holder = phone::holder(&request, &platform);
    let requests = platform.log.all();
    let paths: BTreeSet<_> = requests.iter().map(|request| &request.path).collect();
    let values = json!({
        "holder": holder,
        "people": platform.people,
        "accounts": platform.seed.accounts,
        "paths": paths,
        "log": filter.list(&platform),
        "faults": platform.faults(),
        "now": u64::try_from(platform.now().as_millis()).unwrap_or(u64::MAX),
        "settings": platform.settings,
        "shares": platform.shares,
    });
    ok("home.html", values)
}

/// `GET /_simulator/log`: the list of the log alone, which the page's script asks for again and again.
pub(crate) async fn log(filter: web::Query<LogFilter>, platform: Shared) -> HttpResponse {
    let log = filter.list(&platform.lock());
    ok("log_list.html", json!({ "log": log }))
}

/// `GET /_simulator/fidelity`: what is imitated, what is not, and what nobody knows.
pub(crate) async fn fidelity() -> HttpResponse {
    ok("fidelity.html", json!({ "groups": fidelity::TABLE.group }))
}

/// What a button of that page sends.
#[derive(Deserialize)]
pub(crate) struct PhoneForm {
    person: String,
}

/// `POST /_simulator/phone`: this browser now belongs to that person.
pub(crate) async fn take_phone(form: web::Form<PhoneForm>, platform: Shared) -> Answer {
    let platform = platform.lock();
    let person = platform
        .people
        .get(&form.person)
        .ok_or_else(no_such_person)?;
    let back = redirect(StatusCode::SEE_OTHER, "/_simulator");
    Ok(phone::hand_over(back, person))
}

/// What the button beside a mini-program or app sends.
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    appid: String,
}

/// `POST /_simulator/code`: a code for whoever holds this browser's phone, to be copied into a client.
pub(crate) async fn show_code(
    request: HttpRequest,
    form: web::Form<CodeForm>,
    platform: Shared,
) -> Answer {
    let mut platform = platform.lock();
    let person = phone::holder(&request, &platform).id;
    let code = platform.issue_app_code(&form.appid, &person);
    let code = code.ok_or_else(|| {
        let text = "这个 appid 不是小程序，也不是移动应用。".into();
        Notice(StatusCode::BAD_REQUEST, "表单有问题", text)
    })?;
    Ok(notice("只能用一次的 code", &code))
}

/// `GET /_simulator/avatar/{person}`: pictures, drawn here so that nothing is fetched from anywhere.
pub(crate) async fn picture(person: web::Path<String>, platform: Shared) -> HttpResponse {
    draw(&person, DEFAULT_SIZE, &platform)
}

/// `GET /_simulator/avatar/{person}/{size}`: WeChat's `headimgurl` ends in 0, 46, 64, 96 or 132, where 0 stands for 640.
pub(crate) async fn picture_of_size(
    path: web::Path<(String, u16)>,
    platform: Shared,
) -> HttpResponse {
    let (person, size) = path.into_inner();
    match size {
        0 => draw(&person, 640, &platform),
        46 | 64 | 96 | 132 => draw(&person, size, &platform),
        _ => HttpResponse::NotFound().finish(),
    }
}

fn draw(person: &str, size: u16, platform: &Shared) -> HttpResponse {
    // As WeChat's old addresses do once the person has changed the picture. Our own pages need one all the same.
    let is_dead = |picture| picture == Picture::Dead && size == DEFAULT_SIZE;
    match platform.lock().people.get(person) {
        Some(person) if !is_dead(person.picture) => {
            let picture = pages::render("avatar.svg", json!({ "person": person, "size": size }));
            HttpResponse::Ok()
                .content_type("image/svg+xml")
                .body(picture)
        }
        _ => HttpResponse::NotFound().finish(),
    }
}

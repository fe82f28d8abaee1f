//! `/_simulator/debugger`: plays the app, its page in the browser and its server both.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::platform::{AccountKind, random};
use crate::query::encode_value;
use crate::wechat::advice_on;

use super::respond::{Answer, Notice, ok, own_origin, query_of};
use super::{Shared, own_client, phone};

/// Remembers which account this browser played and which state it sent: `APPID.STATE`, percent-encoded.
const COOKIE: &str = "wechat_simulator_debugger";

/// What the form of the first step holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Start {
    /// Which account the debugger plays.
    appid: String,
    /// `snsapi_base`, `snsapi_userinfo`, or `snsapi_login` for website applications.
    scope: String,
    /// Any text.
    state: String,
    /// `forcePopup=true`.
    force_popup: Option<String>,
    /// `forceSnapShot=true`.
    force_snapshot: Option<String>,
}

impl Start {
    /// The address the browser is sent to, relative to the simulator. WeChat's web authorization page fixes the
    /// order; that the optional parameters stand behind `state` follows addresses developers have shown.
    fn url(&self, origin: &str) -> String {
        let path = match self.scope.as_str() {
            "snsapi_login" => "qrconnect",
            _ => "oauth2/authorize",
        };
        let popup = self.force_popup.as_ref().map_or("", |_| "&forcePopup=true");
        let snapshot = self
            .force_snapshot
            .as_ref()
            .map_or("", |_| "&forceSnapShot=true");
        format!(
            "/connect/{path}?appid={}&redirect_uri={}&response_type=code&scope={}&state={}{popup}{snapshot}#wechat_redirect",
            encode_value(&self.appid),
            encode_value(&format!("{origin}/_simulator/debugger/callback")),
            encode_value(&self.scope),
            encode_value(&self.state),
        )
    }
}

/// `GET /_simulator/debugger`: the authorize URL.
pub(crate) async fn start(
    request: HttpRequest,
    form: web::Query<Start>,
    platform: Shared,
) -> HttpResponse {
    let mut start = form.into_inner();
    let platform = platform.lock();
    let origin = own_origin(&request, platform.public_url.as_deref());
    if start.state.is_empty() {
        start.state = random::rid().replace('-', "");
    }
    let accounts = &platform.seed.accounts;
    let account = platform.account(&start.appid).or(accounts.first());
    start.appid = account
        .map(|account| account.appid.clone())
        .unwrap_or_default();
    let kind = account.map(|account| account.kind);
    start.scope = String::from(match &*start.scope {
        // Website applications have no other.
        _ if kind == Some(AccountKind::Website) => "snsapi_login",
        "snsapi_base" => "snsapi_base",
        "snsapi_login" => "snsapi_login",
        _ => "snsapi_userinfo",
    });
    let url = start.url(&origin);
    let values = json!({ "accounts": accounts, "origin": origin, "start": start, "url": url });
    let response = ok("debugger_start.html", values);
    let memory = encode_value(&format!("{}.{}", start.appid, start.state));
    let cookie = Cookie::build(COOKIE, memory).path("/_simulator/debugger");
    phone::remember(response, cookie.finish())
}

/// `GET /_simulator/debugger/callback`: the browser is back.
pub(crate) async fn callback(request: HttpRequest, platform: Shared) -> HttpResponse {
    let query = query_of(&request);
    let platform = platform.lock();
    let cookie = request.cookie(COOKIE);
    let memory = cookie.map(|cookie| {
        percent_decode_str(cookie.value())
            .decode_utf8_lossy()
            .into_owned()
    });
    let memory = memory.as_deref().and_then(|memory| memory.split_once('.'));
    let origin = own_origin(&request, platform.public_url.as_deref());
    let values = json!({ "accounts": platform.seed.accounts, "address": format!("{origin}{}?{}", request.path(), request.query_string()), "code": query.get("code"), "state": query.get("state"), "appid": memory.map(|(appid, _)| appid).unwrap_or_default(), "expected_state": memory.map(|(_, state)| state) });
    ok("debugger_callback.html", values)
}

/// What later requests need, carried along in the form, each under the name of its parameter.
type Known = BTreeMap<String, String>;

/// One request of the app's server, and its end.
#[derive(Serialize)]
struct Call {
    /// What was tried, in Chinese.
    title: &'static str,
    /// The request without its secret.
    request: String,
    /// What matters of a head, the status and what the body calls itself, and the body.
    answer: Option<String>,
    /// What is to be said of it, or of there being none.
    verdict: Option<String>,
    /// The answer, if it is JSON.
    #[serde(skip)]
    json: Option<Value>,
}

/// What the app's server may ask: the button, what it is called, and the request. A parameter without a value has the one
/// that is known.
const CALLS: [(&str, &str, &str); 4] = [
    (
        "token",
        "换取 access_token",
        "/sns/oauth2/access_token?appid&secret&code&grant_type=authorization_code",
    ),
    (
        "refresh",
        "刷新 access_token",
        "/sns/oauth2/refresh_token?appid&grant_type=refresh_token&refresh_token",
    ),
    (
        "userinfo",
        "取用户资料",
        "/sns/userinfo?access_token&openid&lang=zh_CN",
    ),
    ("auth", "检验 access_token", "/sns/auth?access_token&openid"),
];

/// `POST /_simulator/debugger/call`: asks the simulator's server API as the app's server would, and shows it. The form
/// sends the button as `action`, and all that was learned so far.
pub(crate) async fn call(request: HttpRequest, form: web::Form<Known>, platform: Shared) -> Answer {
    let mut known = form.into_inner();
    let action = known.remove("action").unwrap_or_default();
    let Some(call) = CALLS.into_iter().find(|(button, ..)| *button == action) else {
        return Err(Notice(
            StatusCode::BAD_REQUEST,
            "表单有问题",
            "没有这个按钮。".into(),
        )
        .into());
    };
    // Not locked any longer than that: answering the first request needs the lock.
    let appid = known.get("appid").map(String::as_str).unwrap_or_default();
    let secret = platform
        .lock()
        .account(appid)
        .map(|account| account.secret.clone());
    let secret = secret.ok_or_else(|| {
        let text = "表单里的 appid 不存在，请返回重新选择。".into();
        Notice(StatusCode::NOT_FOUND, "没有这个账号", text)
    })?;
    let address = request.app_config().local_addr();
    let mut calls = vec![ask(address, call, &secret, &mut known).await];
    let answer = calls.first().and_then(|call| call.json.clone());
    let answer = answer.unwrap_or_default();
    let scope = answer
        .get("scope")
        .and_then(|scope| scope.as_str())
        .unwrap_or_default();
    if action == "token" && (scope.contains("snsapi_userinfo") || scope.contains("snsapi_login")) {
        let [_, _, userinfo, _] = CALLS;
        calls.push(ask(address, userinfo, &secret, &mut known).await);
    }
    Ok(ok(
        "debugger_calls.html",
        json!({ "calls": calls, "known": known }),
    ))
}

/// Asks once, and learns what later requests need. The secret is sent but never shown.
async fn ask(
    address: SocketAddr,
    (_, title, request): (&str, &'static str, &str),
    secret: &str,
    known: &mut Known,
) -> Call {
    let (path, parameters) = request.split_once('?').unwrap_or_default();
    let query = |secret: &str| {
        let pairs =
            parameters
                .split('&')
                .map(|parameter| match (parameter, known.get(parameter)) {
                    ("secret", _) => format!("secret={secret}"),
                    (name, Some(value)) => format!("{name}={}", encode_value(value)),
                    (name, None) if name.contains('=') => name.to_owned(),
                    (name, None) => format!("{name}="),
                });
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    };
    let outcome = own_client::get(address, &query(&encode_value(secret))).await;
    let answer = outcome.as_ref().ok();
    let json: Option<Value> = answer.and_then(|(_, body)| serde_json::from_slice(body).ok());
    let call = Call {
        title,
        request: format!("GET {}", query("***")),
        verdict: match (&outcome, &json) {
            (Err(why), _) => Some(why.clone()),
            (_, Some(json)) => advice(json).map(str::to_owned),
            _ => Some("应答不是完整的 JSON。接入方应当当作暂时故障，而不是登录失败。".into()),
        },
        answer: outcome.ok().map(|(head, body)| shown(&head, &body)),
        json,
    };
    let learned = call.json.as_ref();
    for name in ["access_token", "refresh_token", "openid"] {
        if let Some(text) = learned.and_then(|it| it.get(name)?.as_str()) {
            known.insert(name.to_owned(), text.to_owned());
        }
    }
    call
}

fn shown(head: &str, body: &[u8]) -> String {
    let header = |line: &&str| line.to_ascii_lowercase().starts_with("content-type:");
    let status = head.lines().next().unwrap_or_default();
    let content_type = head.lines().find(header);
    let content_type = content_type.unwrap_or("Content-Type: （没有）");
    let body = String::from_utf8_lossy(body);
    format!("{status}\n{content_type}\n\n{body}")
}

fn advice(answer: &Value) -> Option<&'static str> {
    let number = match answer.get("errcode")? {
        Value::String(text) => text.parse().ok(),
        number => number.as_i64(),
    };
    (number != Some(0)).then(|| advice_on(number.unwrap_or(-1)))
}

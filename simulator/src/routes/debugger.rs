//! `/_simulator/debugger`: plays the app, its page in the browser and its server both.

use std::net::SocketAddr;

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;

use crate::pages::{self, Call, Callback, Known, Start};
use crate::platform::{AccountKind, random};
use crate::query::encode_value;
use crate::server::Shared;

use super::respond::{Answer, Notice, ok, own_origin, query_of};
use super::{own_client, phone};

/// Remembers which account this browser played and which state it sent: `APPID.STATE`, percent-encoded.
const COOKIE: &str = "wechat_simulator_debugger";

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
    let response = ok(pages::debugger_start(accounts, &origin, &start));
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
    let callback = Callback {
        address: format!("{origin}{}?{}", request.path(), request.query_string()),
        code: query.get("code"),
        state: query.get("state"),
        appid: memory.map(|(appid, _)| appid).unwrap_or_default(),
        expected_state: memory.map(|(_, state)| state),
    };
    ok(pages::debugger_callback(&platform.seed.accounts, &callback))
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
    let answer = calls.first().and_then(Call::json).unwrap_or_default();
    let scope = answer
        .get("scope")
        .and_then(|scope| scope.as_str())
        .unwrap_or_default();
    if action == "token" && (scope.contains("snsapi_userinfo") || scope.contains("snsapi_login")) {
        let [_, _, userinfo, _] = CALLS;
        calls.push(ask(address, userinfo, &secret, &mut known).await);
    }
    Ok(ok(pages::debugger_calls(&calls, &known)))
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
    let call = Call {
        title,
        request: format!("GET {}", query("***")),
        outcome: own_client::get(address, &query(&encode_value(secret))).await,
    };
    let learned = call.json().unwrap_or_default();
    for name in ["access_token", "refresh_token", "openid"] {
        if let Some(text) = learned.get(name).and_then(|value| value.as_str()) {
            known.insert(name.to_owned(), text.to_owned());
        }
    }
    call
}

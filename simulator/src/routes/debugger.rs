//! `/_simulator/debugger`: plays the app, its page in the browser and its server both.

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::pages::{self, Call, Callback, Start, Tokens};
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

/// What the buttons of the second and third step ask for.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    /// The exchange of the code.
    Token,
    /// The profile.
    Userinfo,
    /// A longer life for the access token.
    Refresh,
    /// Whether the access token is good.
    Auth,
}

/// What they send.
#[derive(Deserialize)]
pub(crate) struct CallForm {
    action: Action,
    #[serde(flatten)]
    tokens: Tokens,
}

/// `POST /_simulator/debugger/call`: asks the simulator's server API as the app's server would, and shows it.
pub(crate) async fn call(
    request: HttpRequest,
    form: web::Form<CallForm>,
    platform: Shared,
) -> Answer {
    let CallForm { action, mut tokens } = form.into_inner();
    // Not locked any longer than that: answering the first request needs the lock.
    let secret = platform
        .lock()
        .account(&tokens.appid)
        .map(|account| account.secret.clone());
    let secret = secret.ok_or_else(|| {
        let text = "表单里的 appid 不存在，请返回重新选择。".into();
        Notice(StatusCode::NOT_FOUND, "没有这个账号", text)
    })?;
    let address = request.app_config().local_addr();
    let mut calls = vec![ask(address, action, &secret, &mut tokens).await];
    let scope = calls
        .iter()
        .find_map(|call| call.json()?.get("scope")?.as_str().map(str::to_owned));
    let may_ask =
        scope.is_some_and(|it| it.contains("snsapi_userinfo") || it.contains("snsapi_login"));
    if action == Action::Token && may_ask {
        calls.push(ask(address, Action::Userinfo, &secret, &mut tokens).await);
    }
    Ok(ok(pages::debugger_calls(&calls, &tokens)))
}

/// Asks once, and learns what later requests need.
async fn ask(
    address: std::net::SocketAddr,
    action: Action,
    secret: &str,
    tokens: &mut Tokens,
) -> Call {
    let Tokens {
        appid,
        code,
        access_token,
        refresh_token,
        openid,
    } = &*tokens;
    let (title, path, parameters): (_, _, &[(&str, &str)]) = match action {
        Action::Token => (
            "换取 access_token",
            "/sns/oauth2/access_token",
            &[
                ("appid", appid),
                ("secret", secret),
                ("code", code),
                ("grant_type", "authorization_code"),
            ],
        ),
        Action::Refresh => (
            "刷新 access_token",
            "/sns/oauth2/refresh_token",
            &[
                ("appid", appid),
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token),
            ],
        ),
        Action::Userinfo => (
            "取用户资料",
            "/sns/userinfo",
            &[
                ("access_token", access_token),
                ("openid", openid),
                ("lang", "zh_CN"),
            ],
        ),
        Action::Auth => (
            "检验 access_token",
            "/sns/auth",
            &[("access_token", access_token), ("openid", openid)],
        ),
    };
    let query = |value: fn(&str, &str) -> String| {
        let pairs = parameters
            .iter()
            .map(|(name, text)| format!("{name}={}", value(name, text)));
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    };
    let sent = query(|_, text| encode_value(text));
    let shown = query(|name, text| match name {
        "secret" => String::from("***"),
        _ => encode_value(text),
    });
    let call = Call {
        title,
        request: format!("GET {shown}"),
        outcome: own_client::get(address, &sent).await,
    };
    if let Some(learned) = call.json() {
        for (name, place) in [
            ("access_token", &mut tokens.access_token),
            ("refresh_token", &mut tokens.refresh_token),
            ("openid", &mut tokens.openid),
        ] {
            if let Some(text) = learned.get(name).and_then(|value| value.as_str()) {
                *place = String::from(text);
            }
        }
    }
    call
}

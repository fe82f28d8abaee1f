//! `/_simulator/debugger`: plays the app, its page in the browser and its server both.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::pages::{self, Callback, Start, Tokens};
use crate::percent;
use crate::platform::AccountKind;
use crate::raw_query::RawQuery;
use crate::shared::SharedPlatform;

use super::app_server::{Action, AppServer};
use super::{html, not_found, origin, same_origin};

/// Remembers which account this browser played and which state it sent: `APPID.STATE`, percent-encoded.
const COOKIE: &str = "wechat_simulator_debugger";

/// What the form of the first step sends.
#[derive(Deserialize)]
pub(crate) struct StartForm {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    state: String,
    force_popup: Option<String>,
    force_snapshot: Option<String>,
}

/// `GET /_simulator/debugger`: the authorize URL.
pub(crate) async fn start(
    request: HttpRequest,
    form: web::Query<StartForm>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let form = form.into_inner();
    let mut platform = platform.lock();
    let origin = origin::own_origin(&request, platform.public_url());
    let state = match form.state.is_empty() {
        true => platform.rid().replace('-', ""),
        false => form.state,
    };
    let known = platform.account(&form.appid);
    let account = known.or_else(|| platform.accounts().first());
    let start = Start {
        appid: account
            .map(|account| account.appid.clone())
            .unwrap_or_default(),
        scope: String::from(match form.scope.as_str() {
            // Website applications have no other.
            _ if account.is_some_and(|account| account.kind == AccountKind::Website) => {
                "snsapi_login"
            }
            "snsapi_base" => "snsapi_base",
            "snsapi_login" => "snsapi_login",
            _ => "snsapi_userinfo",
        }),
        state,
        force_popup: form.force_popup.is_some(),
        force_snapshot: form.force_snapshot.is_some(),
        redirect_uri: format!("{origin}/_simulator/debugger/callback"),
    };
    let page = pages::debugger_start(platform.accounts(), &origin, &start);
    let mut response = html::page(StatusCode::OK, page);
    let memory = percent::encode_value(&format!("{}.{}", start.appid, start.state));
    let cookie = Cookie::build(COOKIE, memory)
        .path("/_simulator/debugger")
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish();
    // Fails only for a cookie that is no valid header, and this one is percent-encoded.
    let remembered = response.add_cookie(&cookie);
    debug_assert!(remembered.is_ok());
    response
}

/// `GET /_simulator/debugger/callback`: the browser is back.
pub(crate) async fn callback(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let query = RawQuery::parse(request.query_string());
    let platform = platform.lock();
    let cookie = request.cookie(COOKIE);
    let memory = cookie.map(|cookie| percent::decode(cookie.value()));
    let memory = memory.as_deref().and_then(|memory| memory.split_once('.'));
    let origin = origin::own_origin(&request, platform.public_url());
    let callback = Callback {
        address: format!("{origin}{}?{}", request.path(), request.query_string()),
        code: query.get("code").map(str::to_owned),
        state: query.get("state").map(str::to_owned),
        appid: memory
            .map(|(appid, _)| appid.to_owned())
            .unwrap_or_default(),
        expected_state: memory.map(|(_, state)| state.to_owned()),
    };
    html::page(
        StatusCode::OK,
        pages::debugger_callback(platform.accounts(), &callback),
    )
}

/// What the buttons of the second and third step send.
#[derive(Deserialize)]
pub(crate) struct CallForm {
    action: Action,
    appid: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    refresh_token: String,
    #[serde(default)]
    openid: String,
}

/// `POST /_simulator/debugger/call`: asks the simulator's server API as the app's server would, and shows it.
pub(crate) async fn call(
    request: HttpRequest,
    form: web::Form<CallForm>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    if let Some(refused) = same_origin::refuse(&request) {
        return refused;
    }
    let form = form.into_inner();
    // The lock is gone before the first request: answering it needs the lock.
    let secret = platform
        .lock()
        .account(&form.appid)
        .map(|account| account.secret.clone());
    let Some(secret) = secret else {
        return not_found::no_such_account();
    };
    let mut caller = AppServer {
        address: request.app_config().local_addr(),
        secret,
        tokens: Tokens {
            appid: form.appid,
            code: form.code,
            access_token: form.access_token,
            refresh_token: form.refresh_token,
            openid: form.openid,
        },
        steps: Vec::new(),
    };
    caller.call(form.action).await;
    html::page(
        StatusCode::OK,
        pages::debugger_steps(&caller.steps, &caller.tokens),
    )
}

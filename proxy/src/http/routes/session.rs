//! `/api/session`: sign in with WeChat's code, see who is signed in, sign out.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use api_types::{ApplicationKind, CurrentSession, ExchangeRequest, NewSession};

use super::scan;
use crate::config::Config;
use crate::http::client_address::ClientNetwork;
use crate::http::extract::body::JsonObject;
use crate::http::extract::signed_in::{SignedIn, owner_of, session_of};
use crate::http::openapi::responses::{
    CodeExpired, CodeUsed, Forbidden, Internal, RateLimited, RefusedByWechat, WechatUnavailable,
};
use crate::http::refusal::{Door, Refusal};
use crate::http::state::AppState;
use crate::login::exchange::{Issuer, LoginError};
use crate::login::scans::CODE_PREFIX;
use crate::login::verifier::Verifier;
use wechat_oauth::{AuthCode, ErrorCode as Code, operator_hint};

/// `POST /api/session`: exchanges a fresh code: of WeChat's redirect (网页授权, step 2 of WeChat's documentation), of a mini-program's `wx.login` or of an app's SDK.
///
/// # Errors
/// [`Refusal`] for a malformed request and for every way the exchange fails. None of them touches a session the
/// browser already has.
#[utoipa::path(
    post,
    path = "/api/session",
    operation_id = "sign_in",
    security(()),
    request_body(content = ExchangeRequest, description = "At most 4 KiB"),
    responses(
        (status = 200, description = "Signed in", body = NewSession, headers(("Set-Cookie" = String, description = "The session; absent for a mini-program or an app, which get a token, and for a guest of snapshot mode where the browser has a user's session"))),
        Forbidden,
        CodeUsed,
        CodeExpired,
        RateLimited,
        Internal,
        RefusedByWechat,
        WechatUnavailable,
    )
)]
pub(crate) async fn sign_in(
    state: web::Data<AppState>,
    request: HttpRequest,
    JsonObject(asked): JsonObject<ExchangeRequest>,
) -> Result<HttpResponse, Refusal> {
    if asked.code.starts_with(CODE_PREFIX) {
        return scan::redeem(&state, &request, asked).await;
    }
    let ExchangeRequest {
        account: name,
        code,
        verifier,
        website,
        application,
    } = asked;
    let account = state.config.account(&name).ok_or(Refusal::UnknownAccount)?;
    tracing::Span::current().record("account", &name);
    let code = AuthCode::parse(&code).map_err(|_| Refusal::MalformedCode)?;
    let verifier = Verifier::parse(&verifier).map_err(|_| Refusal::MalformedVerifier)?;
    let application = match (website, application) {
        (true, None | Some(ApplicationKind::Website)) => Some(ApplicationKind::Website),
        (true, Some(_)) => return Err(Refusal::MalformedBody),
        (false, application) => application,
    };

    let issuer = Issuer::of(&name, account, application);
    let issuer = issuer.ok_or_else(|| match application {
        // Its QR code is ours, and so are its codes.
        Some(ApplicationKind::Website) if account.scan_login => Refusal::Door(Door::ForeignCode),
        _ => Refusal::Door(Door::NoApplication),
    })?;
    // The last thing before the work, so that what is refused for any other reason costs nothing.
    if let Some(client) = ClientNetwork::of(&request, &state.config.trusted_proxies) {
        state.exchanges_of_clients.take(&client)?;
    }
    let session = state.exchange.log_in(issuer, code, verifier).await;
    let session = session.map_err(|error| explained(error, &state.config, &name, application))?;

    let mut response = HttpResponse::Ok();
    if let Some(ApplicationKind::Miniprogram | ApplicationKind::App) = application {
        let token = state.sessions.seal_token(&session);
        let token = Some(token.map_err(Refusal::internal)?);
        return Ok(response.json(NewSession { session, token }));
    }
    // WeChat calls known users snapshots now and then: a guest never takes a user's place.
    let has_user = || session_of(&request).is_some_and(|it| !it.snapshot);
    if !(session.snapshot && has_user()) {
        response.cookie(state.sessions.seal(&session).map_err(Refusal::internal)?);
    }
    Ok(response.json(session))
}

/// Says in the log which setting WeChat does not take, and to the caller that it is a simulator that is not there.
fn explained(
    error: LoginError,
    config: &Config,
    account: &str,
    application: Option<ApplicationKind>,
) -> Refusal {
    let LoginError::Wechat(wechat) = &error else {
        return error.into();
    };
    if config.simulator && matches!(wechat, wechat_oauth::Error::NotSent { .. }) {
        let [english, chinese] = config.wechat.no_simulator().map(Arc::from);
        return Refusal::NoSimulator {
            english,
            chinese,
            cause: wechat.to_string().into(),
        };
    }
    let key = match wechat.code() {
        Some(
            Code::InvalidSecret
            | Code::InvalidCredential
            | Code::MissingSecret
            | Code::SecretFrozen,
        ) => "secret",
        Some(Code::InvalidAppid | Code::MissingAppid) => "appid",
        _ => return error.into(),
    };
    let website = config
        .account(account)
        .and_then(|account| account.website.as_ref())
        .filter(|_| application == Some(ApplicationKind::Website));
    let key = match (application, website) {
        (_, Some(website)) => format!("{}.website_{key}", website.section),
        (Some(ApplicationKind::Miniprogram), None) => {
            format!("accounts.{account}.miniprogram.{key}")
        }
        (Some(ApplicationKind::App), None) => format!("accounts.{account}.app.{key}"),
        (_, None) => format!("accounts.{account}.{key}"),
    };
    let (remedy, _) = operator_hint(wechat.errcode().unwrap_or_default());
    tracing::error!(
        setting = config.places.named(&key),
        remedy,
        "WeChat refuses all logins of this application"
    );
    error.into()
}

/// `GET /api/session`: who is signed in.
#[utoipa::path(
    get,
    path = "/api/session",
    operation_id = "get_session",
    security(("session" = [])),
    responses(
        (status = 200, description = "Who is signed in", body = CurrentSession),
    )
)]
pub(crate) async fn show(
    SignedIn(session): SignedIn,
    state: web::Data<AppState>,
) -> Result<web::Json<CurrentSession>, Refusal> {
    // A guest is nobody whom WeChat could be asked about.
    let subscribe = if state.follow.is_asked(&session.account) && !session.snapshot {
        let user = owner_of(&session)?;
        state.follow.ask(&session.account, &user).await
    } else {
        None
    };
    Ok(web::Json(CurrentSession { session, subscribe }))
}

/// `DELETE /api/session`: signs out; nobody being signed in is as good.
#[utoipa::path(
    delete,
    path = "/api/session",
    operation_id = "sign_out",
    security(()),
    responses(
        (status = 204, description = "The browser forgets its session, if it had one", headers(("Set-Cookie" = String, description = "An empty cookie that has ended"))),
        Forbidden,
    )
)]
pub(crate) async fn sign_out(state: web::Data<AppState>) -> HttpResponse {
    HttpResponse::NoContent()
        .cookie(state.sessions.removal())
        .finish()
}

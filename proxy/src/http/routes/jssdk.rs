//! `/api/jssdk`: the signature with which one of our own pages uses WeChat's JS-SDK.

use actix_web::guard::GuardContext;
use actix_web::{Error, HttpRequest, web};
use api_types::{JssdkConfig, has_login_answer, is_page};
use serde::Deserialize;
use utoipa::IntoParams;

use super::qr::is_below;
use crate::config::Config;
use crate::http::extract::signed_in::session_of;
use crate::http::openapi::responses::{
    Internal, InvalidRequest, NotFound, RateLimited, RefusedByWechat, WechatUnavailable,
};
use crate::http::refusal::{Door, Refusal};
use crate::http::state::AppState;
use crate::login::random_word::random_word;

/// Longest address to be signed, in bytes.
const ADDRESS_BYTES: usize = 4096;

/// The query of [`show`].
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The page's own address as it is (`location.href`) without its fragment, at most 4096 bytes: below `public_url` or of
    /// one of `allowed_origins`, without the `state` of a login in the query.
    #[param(pattern = r"^https?://[^\x00-\x20\x7f#]+$", max_length = 4096)]
    url: String,
    /// The account to sign for; else that of the session, or else `default_account`.
    account: Option<String>,
}

/// Whether any account uses the JS-SDK; else there is nothing at this address.
pub(crate) fn is_used(context: &GuardContext<'_>) -> bool {
    let state = context.app_data::<web::Data<AppState>>();
    state.is_some_and(|state| state.config.has_jssdk())
}

/// `GET /api/jssdk?url=https://shop.example/orders`: what the page hands to `wx.config`.
///
/// # Errors
/// [`Door::ForeignAddress`] for anything that is not a page of this site, or that carries somebody's login; and every way
/// in which WeChat gives no ticket.
#[utoipa::path(
    get,
    path = "/api/jssdk",
    operation_id = "get_jssdk_config",
    security((), ("session" = [])),
    params(Page),
    responses(
        (status = 200, description = "The page may use WeChat's JS-SDK", body = JssdkConfig),
        InvalidRequest,
        NotFound,
        RateLimited,
        Internal,
        RefusedByWechat,
        WechatUnavailable,
    )
)]
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<AppState>,
    page: Result<web::Query<Page>, Error>,
) -> Result<web::Json<JssdkConfig>, Refusal> {
    let config = &state.config;
    let Page { url, account: name } = page
        .map_err(|_| Refusal::Door(Door::ForeignAddress))?
        .into_inner();
    let name = name.or_else(|| session_of(&request).map(|it| it.account));
    let name = name.as_ref().unwrap_or(&config.default_account);
    let account = config.account(name).ok_or(Refusal::UnknownAccount)?;
    tracing::Span::current().record("account", name);
    let token = state.tokens.of(name).filter(|_| account.jssdk);
    let token = token.ok_or(Refusal::Door(Door::NoApplication))?;
    if !is_own(config, &url) {
        return Err(Refusal::Door(Door::ForeignAddress));
    }
    let ticket = token.ticket().await?;
    let nonce = random_word().map_err(Refusal::internal)?;
    let timestamp = state.clock.now();
    Ok(web::Json(JssdkConfig {
        appid: account.appid.to_string(),
        signature: ticket.sign(&nonce, timestamp, &url),
        timestamp,
        nonce,
        script: config.wechat.jssdk_script.as_str().to_owned(),
    }))
}

/// Whether this is the address of one of our pages, letter by letter as browsers write it, and no callback of a login:
/// what is signed is what was sent.
fn is_own(config: &Config, address: &str) -> bool {
    let is_plain = |byte: u8| byte > b' ' && byte != b'#' && byte != 0x7f;
    if address.len() > ADDRESS_BYTES || !address.bytes().all(is_plain) {
        return false;
    }
    let (site, prefix) = (config.public_url.origin(), config.public_url.path());
    if let Some(page) = page_of(&site, address)
        && is_below(&site, prefix, page)
    {
        return true;
    }
    let mut others = config.allowed_origins.iter();
    others.any(|origin| *origin != site && page_of(origin, address).is_some())
}

/// What is behind the origin, where it is a page and nobody's login.
fn page_of<'a>(origin: &str, address: &'a str) -> Option<&'a str> {
    let page = address.strip_prefix(origin)?;
    (is_page(page) && !has_login_answer(page)).then_some(page)
}

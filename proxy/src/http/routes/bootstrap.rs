//! `/api/bootstrap`: all the app must know before its first decision.

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, web};
use api_types::{AccountInfo, Bootstrap};

use super::scan;
use crate::config::{Account, origin_text};
use crate::http::extract::signed_in::session_of;
use crate::http::headers;
use crate::http::state::AppState;

/// `GET /api/bootstrap`: what the app starts with: the public configuration, and the session if there is one.
#[utoipa::path(
    get,
    path = "/api/bootstrap",
    operation_id = "get_bootstrap",
    security((), ("session" = [])),
    responses(
        (status = 200, description = "The configuration, and the session if there is one", body = Bootstrap),
    )
)]
pub(crate) async fn show(request: HttpRequest, state: web::Data<AppState>) -> web::Json<Bootstrap> {
    let user_agent = headers::text(request.headers(), USER_AGENT);
    state.metrics.app_started(&user_agent.unwrap_or_default());

    let config = &state.config;
    let open_base = origin_text(&config.wechat.open_base);
    let accounts = config
        .accounts
        .iter()
        .map(|(name, account)| (name.clone(), public_part(account)));
    web::Json(Bootstrap {
        public_url: config.public_url.text(),
        authorize_url_base: open_base.clone(),
        // The app goes to our page as it would go to WeChat's.
        qrconnect_url_base: if config.has_scan_login() {
            config.public_url.text() + scan::BASE
        } else {
            open_base
        },
        default_account: config.default_account.clone(),
        accounts: accounts.collect(),
        require_wechat: config.require_wechat,
        test_account: config.test_account,
        session: session_of(&request),
    })
}

fn public_part(account: &Account) -> AccountInfo {
    AccountInfo {
        appid: account.appid.to_string(),
        title: account.title.clone(),
        website_appid: match &account.website {
            Some(website) => Some(website.appid.to_string()),
            None => account.scan_login.then(|| account.appid.to_string()),
        },
    }
}

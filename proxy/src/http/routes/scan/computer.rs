//! The computer: a page with a QR code, its question how far the scan is, and the code it is given.

use std::time::Duration;

use actix_web::http::header::{LOCATION, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, web};
use api_types::{ApplicationKind, ExchangeRequest, LoginState, Scope, Session};
use login_store::{Scan, ScanState, ScanStep};
use serde::{Deserialize, Serialize};

use super::client::client_of;
use super::shared::{BASE, cookies, site_of};
use crate::config::{Config, origin_text};
use crate::http::client_address::ClientNetwork;
use crate::http::extract::body::JsonObject;
use crate::http::headers;
use crate::http::refusal::{Door, Refusal};
use crate::http::routes::qr::{own_address, picture};
use crate::http::scan_pages;
use crate::http::state::AppState;
use crate::login::scans::{AFTER_DECISION, Asking, code_of, hash};
use crate::login::verifier::Verifier;

/// How long an answer is kept back: shorter than web servers in front wait, which is 30 or 60 seconds.
const PATIENCE: Duration = Duration::from_secs(25);

/// What the app sends to WeChat's page for website applications, and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    appid: String,
    redirect_uri: String,
    response_type: String,
    scope: String,
    state: String,
}

/// `GET /api/scan/connect/qrconnect`: the page with the QR code. Accounts that have a website application keep WeChat's.
///
/// # Errors
/// [`Refusal`] for what the app does not send, and for too many of one client.
pub(super) async fn show(
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let query = request.query_string();
    let asked = web::Query::<Asked>::from_query(query);
    let asked = asked
        .map_err(|_| Refusal::Door(Door::ScanMalformed))?
        .into_inner();
    let config = &state.config;
    let mut accounts = config.accounts.iter();
    let with_scans = accounts.find(|(_, it)| it.scan_login && it.appid.as_str() == asked.appid);
    let Some((name, account)) = with_scans else {
        let websites = config
            .accounts
            .values()
            .filter_map(|it| it.website.as_ref());
        if !websites
            .into_iter()
            .any(|it| it.appid.as_str() == asked.appid)
        {
            return Err(Refusal::Door(Door::NoApplication));
        }
        let wechat = origin_text(&config.wechat.open_base);
        let place = format!("{wechat}{}?{query}", wechat_oauth::facts::QRCONNECT_PATH);
        return Ok(HttpResponse::Found()
            .insert_header((LOCATION, place))
            .finish());
    };
    let is_in_order = asked.response_type == "code"
        && asked.scope == Scope::Login.as_str()
        && LoginState::read(&asked.state).is_some()
        && is_own(config, &asked.redirect_uri);
    if !is_in_order {
        return Err(Refusal::Door(Door::ScanMalformed));
    }
    // The last thing before the work, so that what is refused for any other reason costs nothing.
    if let Some(client) = ClientNetwork::of(&request, &config.trusted_proxies) {
        state.scans_of_clients.take(&client)?;
    }
    let scans = &state.scans;
    let browser = scans.browsers(cookies(request.headers())).next();
    let browser = match browser {
        Some(browser) => browser.to_owned(),
        None => scans.new_browser().map_err(Refusal::internal)?,
    };
    let user_agent = headers::text(request.headers(), USER_AGENT);
    let asking = Asking {
        account: name,
        redirect_uri: &asked.redirect_uri,
        login_state: &asked.state,
        client: client_of(&user_agent.unwrap_or_default()),
        browser: &browser,
    };
    let begun = scans.begin(asking).await?;
    state.metrics.scan_went_on("begun");
    let address = format!("{}{BASE}/{}", config.public_url.text(), begun.id);
    let wait = format!("{}{BASE}/wait", config.public_url.path());
    let values = [
        ("title", account.title.as_str()),
        ("site", site_of(config)),
        ("number", &begun.number),
        ("token", &begun.token),
        ("wait", &wait),
        ("back", &asked.redirect_uri),
        // For a laptop, whose other browser plays the phone.
        ("link", if config.simulator { &address } else { "" }),
    ];
    let language = scan_pages::language(request.headers());
    let mut page = scan_pages::computer(language, &values, &picture_of(&address)?);
    let cookie = scans.browser_cookie(&browser);
    page.add_cookie(&cookie).map_err(Refusal::internal)?;
    Ok(page)
}

/// Whether an address is one of the app's pages, as strictly as for the QR code of one.
fn is_own(config: &Config, address: &str) -> bool {
    let origin = config.public_url.origin();
    let local = address.strip_prefix(&origin).filter(|it| !it.contains('#'));
    let own = local.and_then(|local| own_address(&origin, config.public_url.path(), local));
    own.as_deref() == Some(address)
}

fn picture_of(address: &str) -> Result<String, Refusal> {
    let picture = picture(address).map_err(Refusal::internal)?;
    // What stands before it belongs to files.
    let start = picture.find("<svg").unwrap_or_default();
    Ok(picture.get(start..).unwrap_or_default().to_owned())
}

/// What the computer's page asks with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiting {
    token: String,
    known: Known,
}

/// What the page shows already.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Known {
    Waiting,
    Seen,
}

/// How far the scan is, and where to go on once that is allowed.
#[derive(Serialize)]
struct News {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

/// `POST /api/scan/wait`: answers as soon as there is something the page does not know, or after 25 seconds.
///
/// # Errors
/// [`Door::ScanExpired`] where page and cookie do not belong to one scan, or it was redeemed.
pub(super) async fn wait(
    state: web::Data<AppState>,
    request: HttpRequest,
    JsonObject(asked): JsonObject<Waiting>,
) -> Result<HttpResponse, Refusal> {
    let Waiting { token, known } = asked;
    let known = match known {
        Known::Waiting => ScanState::Waiting,
        Known::Seen => ScanState::Seen,
    };
    let page = hash(&token);
    let unknown = || Refusal::Door(Door::ScanExpired);
    let find = async || {
        let scan = state.store.find_scan(&page).await?;
        scan.filter(|scan| scan.page == page).ok_or_else(unknown)
    };
    let mut scan = find().await?;
    let mut browsers = state.scans.browsers(cookies(request.headers()));
    let browser = browsers.find(|browser| hash(browser) == scan.browser);
    let browser = browser.ok_or_else(unknown)?;

    let rest = |scan: &Scan| {
        let rest = scan.ends_at.saturating_sub(state.clock.now_millis());
        Duration::from_millis(rest)
    };
    let left = rest(&scan).min(PATIENCE);
    if scan.state == known
        && !left.is_zero()
        && let Some(waiter) = state.scans.waiters.join(page.clone(), known)
    {
        // It only waits: neither the limit nor whoever ends the process has to mind.
        let uncounted = state.requests.uncounted();
        let news = waiter.news(known, left).await;
        drop(uncounted);
        // Another replica may have had the decision in the last second, which gives it a new end.
        if news != known || rest(&scan).is_zero() {
            scan = find().await?;
        }
    }
    if rest(&scan).is_zero() {
        state.metrics.scan_went_on("expired");
        let (state, location) = ("expired", None);
        return Ok(HttpResponse::Ok().json(News { state, location }));
    }
    let location = match scan.state {
        ScanState::Redeemed => return Err(unknown()),
        ScanState::Allowed => Some(location(&scan, &code_of(browser, &token))),
        ScanState::Waiting | ScanState::Seen | ScanState::Refused => None,
    };
    let state = scan.state.as_str();
    Ok(HttpResponse::Ok().json(News { state, location }))
}

/// As WeChat appends its answer.
fn location(scan: &Scan, code: &str) -> String {
    let Scan {
        redirect_uri,
        login_state,
        ..
    } = scan;
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{separator}code={code}&state={login_state}")
}

/// `POST /api/session` with a code of ours: the session of whoever holds the phone.
///
/// # Errors
/// [`Door::ForeignCode`] where the request takes it for another one, [`Door::ScanCodeExpired`] where it is not, or not any
/// more, this browser's.
pub(in crate::http::routes) async fn redeem(
    state: &AppState,
    request: &HttpRequest,
    asked: ExchangeRequest,
) -> Result<HttpResponse, Refusal> {
    let account = state
        .config
        .account(&asked.account)
        .ok_or(Refusal::UnknownAccount)?;
    let verifier = Verifier::parse(&asked.verifier).map_err(|_| Refusal::MalformedVerifier)?;
    let is_website = asked.website || asked.application == Some(ApplicationKind::Website);
    if !is_website || !account.scan_login {
        return Err(Refusal::Door(Door::ForeignCode));
    }
    if let Some(client) = ClientNetwork::of(request, &state.config.trusted_proxies) {
        state.exchanges_of_clients.take(&client)?;
    }
    let (code, verifier) = (hash(&asked.code), hash(verifier.expose()));
    let mut scan = None;
    // Over plain http and below a path other hosts and applications can add some of their own.
    for browser in state.scans.browsers(cookies(request.headers())).take(8) {
        let step = ScanStep::Redeem {
            code: &code,
            browser: &hash(browser),
            verifier: &verifier,
        };
        scan = state.scans.advance(&step).await?;
        if scan.is_some() {
            break;
        }
    }
    let over = || Refusal::Door(Door::ScanCodeExpired);
    let scan = scan.ok_or_else(over)?;
    if scan.account != asked.account {
        return Err(Refusal::Door(Door::ForeignCode));
    }
    let owner = scan.owner.ok_or_else(over)?;
    let known = state
        .store
        .find_identity(&owner.appid, &owner.openid)
        .await?;
    let known = known.ok_or_else(over)?;
    // As of the decision, so that asking again brings the same.
    let decided_at = (scan.ends_at / 1000).saturating_sub(AFTER_DECISION.as_secs());
    let session = Session {
        account: asked.account,
        appid: owner.appid.to_string(),
        openid: owner.openid.expose().to_owned(),
        unionid: known.unionid.map(|it| it.expose().to_owned()),
        scope: Scope::Base,
        snapshot: false,
        profile: known.profile,
        expires_at: decided_at.saturating_add(state.config.session_ttl.as_secs()),
    };
    state.metrics.scan_went_on("redeemed");
    let cookie = state.sessions.seal(&session).map_err(Refusal::internal)?;
    Ok(HttpResponse::Ok().cookie(cookie).json(session))
}

//! The phone: WeChat says whose it is, and its user decides.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, web};
use api_types::Scope;
use login_store::{Owner, Scan, ScanState, ScanStep};
use serde::Deserialize;
use wechat_oauth::{AuthCode, AuthorizeRequest, authorize_url};

use super::shared::{BASE, cookies, site_of};
use crate::config::{Account, origin_text};
use crate::http::client_address::ClientNetwork;
use crate::http::extract::body::ShortText;
use crate::http::extract::signed_in::owner_of;
use crate::http::headers;
use crate::http::headers::SEC_FETCH_SITE;
use crate::http::refusal::{Door, Language, Refusal};
use crate::http::scan_pages::{self, Note};
use crate::http::state::AppState;
use crate::login::exchange::Issuer;
use crate::login::random_word::random_word;
use crate::login::scans::{Phone, hash, is_id};
use crate::login::verifier::Verifier;

const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What WeChat comes back with; whatever else it adds is its own.
#[derive(Deserialize)]
pub(super) struct Back {
    code: Option<String>,
    state: Option<String>,
}

/// A scan that is not over, and what the phone says of itself.
struct Visit<'a> {
    state: &'a AppState,
    id: &'a str,
    scan: Scan,
    account: &'a Account,
    phone: Option<Phone>,
}

impl<'a> Visit<'a> {
    async fn of(state: &'a AppState, request: &HttpRequest, id: &'a str) -> Result<Self, Refusal> {
        let over = || Refusal::Door(Door::ScanExpired);
        let id_hash = hash(id);
        let scan = if is_id(id) {
            state.scans.running(&id_hash).await?
        } else {
            None
        };
        let scan = scan.filter(|scan| scan.id == id_hash).ok_or_else(over)?;
        let account = state
            .config
            .account(&scan.account)
            .filter(|it| it.scan_login);
        Ok(Self {
            account: account.ok_or_else(over)?,
            phone: state.scans.phone(cookies(request.headers()), id),
            state,
            id,
            scan,
        })
    }

    /// This page, without anything of WeChat's.
    fn address(&self) -> String {
        format!("{}{BASE}/{}", self.state.config.public_url.text(), self.id)
    }

    /// To this place, with this in the phone's cookie.
    fn leave(
        &self,
        mut response: actix_web::HttpResponseBuilder,
        place: String,
        phone: Phone,
    ) -> Result<HttpResponse, Refusal> {
        let cookie = self
            .state
            .scans
            .phone_cookie(self.id, phone)
            .map_err(Refusal::internal)?;
        Ok(response
            .insert_header((LOCATION, place))
            .cookie(cookie)
            .finish())
    }

    /// To WeChat's authorize page, which silently says whose phone this is.
    fn ask_wechat(&self) -> Result<HttpResponse, Refusal> {
        let state = random_word().map_err(Refusal::internal)?;
        let place = authorize_url(&AuthorizeRequest {
            base: &origin_text(&self.state.config.wechat.open_base),
            appid: self.account.appid.as_str(),
            redirect_uri: &self.address(),
            scope: Scope::Base,
            state: &state,
        });
        let verifier = random_word().map_err(Refusal::internal)?;
        self.leave(
            HttpResponse::Found(),
            place,
            Phone::Asked { state, verifier },
        )
    }

    /// WeChat has answered.
    async fn come_back(
        &self,
        request: &HttpRequest,
        code: &str,
        verifier: &str,
    ) -> Result<HttpResponse, Refusal> {
        let code = AuthCode::parse(code).map_err(|_| Refusal::MalformedCode)?;
        let verifier = Verifier::parse(verifier).map_err(Refusal::internal)?;
        let state = self.state;
        tracing::Span::current().record("account", &self.scan.account);
        if let Some(client) = ClientNetwork::of(request, &state.config.trusted_proxies) {
            state.exchanges_of_clients.take(&client)?;
        }
        let issuer = Issuer::of(&self.scan.account, self.account, None);
        let issuer = issuer.ok_or(Refusal::Door(Door::NoApplication))?;
        let session = state.exchange.log_in(issuer, code, verifier).await?;
        if session.snapshot {
            state.metrics.scan_went_on("snapshot");
            return Err(Refusal::Door(Door::ScanSnapshot));
        }
        let owner = owner_of(&session)?;
        let step = ScanStep::Claim {
            id: &self.scan.id,
            owner: &owner,
        };
        if state.scans.advance(&step).await?.is_none() {
            return Err(self.not_ours(&owner).await);
        }
        state.metrics.scan_went_on("claimed");
        let phone = Phone::Known {
            appid: session.appid,
            openid: session.openid,
            word: random_word().map_err(Refusal::internal)?,
        };
        self.leave(HttpResponse::SeeOther(), self.address(), phone)
    }

    /// Why this user's phone has nothing to decide.
    async fn not_ours(&self, owner: &Owner) -> Refusal {
        match self.state.scans.running(&self.scan.id).await {
            Ok(Some(Scan {
                owner: Some(first), ..
            })) if first != *owner => {
                self.state.metrics.scan_went_on("another_phone");
                Refusal::Door(Door::ScanTaken)
            }
            Ok(_) => Refusal::Door(Door::ScanExpired),
            Err(error) => error.into(),
        }
    }
}

/// `GET /api/scan/{id}`: what the phone's scanner opens. First it is asked whose phone it is, then what its user wants.
///
/// # Errors
/// [`Refusal`] where the scan is over or another phone's, for every way in which the exchange fails, and for whatever is
/// not a page in a window of its own: its form has a word that no script may read.
pub(super) async fn show(
    state: web::Data<AppState>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    let language = scan_pages::language(request.headers());
    let user_agent = headers::text(request.headers(), USER_AGENT);
    let is_wechat = login_decision::client::can_authorize(&user_agent.unwrap_or_default());
    if state.config.require_wechat && !is_wechat {
        return Ok(scan_pages::note(language, Note::OpenInWechat));
    }
    let foreign = || Refusal::Door(Door::ScanForeign);
    if !is_told_only(request.headers(), SEC_FETCH_DEST, &["document"]) {
        return Err(foreign());
    }
    let visit = Visit::of(&state, &request, &id).await?;
    if !matches!(visit.scan.state, ScanState::Waiting | ScanState::Seen) {
        return Err(Refusal::Door(Door::ScanExpired));
    }
    let back = web::Query::<Back>::from_query(request.query_string());
    let Back {
        code,
        state: answered,
    } = back.map_err(|_| foreign())?.into_inner();
    let has_answer = code.is_some() || answered.is_some();
    match &visit.phone {
        Some(Phone::Asked { state, verifier }) if has_answer => {
            let code = code.filter(|_| answered.as_ref() == Some(state));
            let code = code.ok_or_else(foreign)?;
            visit.come_back(&request, &code, verifier).await
        }
        // Back, or loaded again.
        Some(Phone::Known { .. }) if has_answer => Ok(HttpResponse::SeeOther()
            .insert_header((LOCATION, visit.address()))
            .finish()),
        // A phone without cookies would be sent to WeChat again and again.
        None if has_answer => Err(foreign()),
        Some(Phone::Asked { .. }) | None => visit.ask_wechat(),
        Some(known @ Phone::Known { word, .. }) => {
            let owner = known.owner().ok_or_else(foreign)?;
            if visit.scan.owner.as_ref() != Some(&owner) {
                return Err(visit.not_ours(&owner).await);
            }
            let ago = state
                .clock
                .now_millis()
                .saturating_sub(visit.scan.created_at);
            let client = match (visit.scan.client.as_str(), language) {
                ("", Language::Chinese) => "未知浏览器",
                ("", Language::English) => "unknown",
                (client, _) => client,
            };
            let values = [
                ("title", visit.account.title.as_str()),
                ("site", site_of(&state.config)),
                ("client", client),
                ("seconds", &(ago / 1000).to_string()),
                ("number", &visit.scan.number),
                ("word", word),
            ];
            Ok(scan_pages::question(language, &values))
        }
    }
}

/// `POST /api/scan/{id}`: the user's decision, which is final; the same once more is answered the same. Whatever is not a
/// clear yes is a no, and what does not come from this phone's own page is neither: another host of the domain has its
/// cookies sent along.
///
/// # Errors
/// [`Refusal::CrossSite`] and [`Door::ScanForeign`] for other pages' forms, [`Door::ScanExpired`] where there is nothing,
/// or nothing any more, that this phone decides.
pub(super) async fn decide(
    state: web::Data<AppState>,
    request: HttpRequest,
    id: web::Path<String>,
    ShortText(form): ShortText,
) -> Result<HttpResponse, Refusal> {
    if !is_told_only(request.headers(), SEC_FETCH_SITE, &["same-origin", "none"]) {
        return Err(Refusal::CrossSite);
    }
    let visit = Visit::of(&state, &request, &id).await?;
    let over = || Refusal::Door(Door::ScanExpired);
    let phone = visit.phone.as_ref().ok_or_else(over)?;
    let owner = phone.owner().ok_or_else(over)?;
    let (word, decision) = form.split_once('&').unwrap_or((&form, ""));
    let word = word.strip_prefix("word=").unwrap_or_default();
    if !phone.has_word(word) {
        return Err(Refusal::Door(Door::ScanForeign));
    }
    let is_allowed = decision == "decision=allow";
    let (step, note) = if is_allowed {
        ("allowed", Note::Allowed)
    } else {
        ("refused", Note::Refused)
    };
    let scans = &state.scans;
    let decision = ScanStep::Decide {
        id: &visit.scan.id,
        owner: &owner,
        is_allowed,
        ends_at: scans.end_of_decision(),
    };
    if scans.advance(&decision).await?.is_some() {
        state.metrics.scan_went_on(step);
    } else {
        // Tapped twice, or the database was lost before it said so: what is so already is told again.
        let scan = scans.running(&visit.scan.id).await?.ok_or_else(over)?;
        let is_so = match scan.state {
            ScanState::Allowed | ScanState::Redeemed => is_allowed,
            ScanState::Refused => !is_allowed,
            ScanState::Waiting | ScanState::Seen => false,
        };
        if !is_so || scan.owner != Some(owner) {
            return Err(over());
        }
    }
    let language = scan_pages::language(request.headers());
    Ok(scan_pages::note(language, note))
}

/// Whether all that a browser says under this name is one of these; old ones say nothing.
fn is_told_only(headers: &HeaderMap, name: HeaderName, good: &[&str]) -> bool {
    let is_good = |value: &HeaderValue| good.iter().any(|it| value.as_bytes() == it.as_bytes());
    headers.get_all(name).all(is_good)
}

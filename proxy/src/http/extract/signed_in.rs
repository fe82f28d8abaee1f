//! Who is signed in: by the session cookie, or by the token of a mini-program or an app.

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, COOKIE, HeaderValue};
use api_types::Session;
use login_store::Owner;
use wechat_oauth::{AppId, OpenId};

use super::state_of;
use crate::http::headers::bearer;
use crate::http::refusal::Refusal;

/// A handler with this argument answers only requests of somebody who is signed in; others get a 401.
pub(crate) struct SignedIn(pub(crate) Session);

/// Whoever is signed in. Nobody for a guest of snapshot mode: nothing is kept about one.
pub(crate) struct SignedInReader(pub(crate) Option<Owner>);

/// The session a request carries, if it does. Where a token is shown it decides alone: whoever shows one means that
/// session, and none where it is over. Other schemes than `Bearer` are those of web servers in front.
pub(crate) fn session_of(request: &HttpRequest) -> Option<Session> {
    let (headers, sessions) = (request.headers(), &state_of(request).ok()?.sessions);
    let mut tokens = headers.get_all(AUTHORIZATION).filter_map(bearer);
    match (tokens.next(), tokens.next()) {
        (Some(token), only) if sessions.has_tokens() => {
            only.is_none().then(|| sessions.open_token(token))?
        }
        _ => sessions.open(headers.get_all(COOKIE).map(HeaderValue::as_bytes)),
    }
}

/// Whoever is signed in, as the owner of records.
pub(super) fn reader(request: &HttpRequest) -> Result<Option<Owner>, Refusal> {
    let session = session_of(request).ok_or(Refusal::NotSignedIn)?;
    let owner = (!session.snapshot).then(|| owner_of(&session));
    owner.transpose()
}

/// The same of a session that is no guest's.
pub(crate) fn owner_of(session: &Session) -> Result<Owner, Refusal> {
    // Encrypted by us, so this fails for no session.
    Ok(Owner {
        appid: AppId::parse(&session.appid).map_err(Refusal::internal)?,
        openid: OpenId::parse(&session.openid).map_err(Refusal::internal)?,
    })
}

impl SignedIn {
    fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        let session = session_of(request).map(Self);
        session.ok_or(Refusal::NotSignedIn)
    }
}

impl SignedInReader {
    fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        reader(request).map(Self)
    }
}

read_of_heads!(SignedIn, SignedInReader);

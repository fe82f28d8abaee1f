//! Whom a backend means: the account and the openid in the path, before the database is asked about either.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Path;
use actix_web::{FromRequest, HttpRequest};
use wechat_oauth::OpenId;

use super::state_of;
use crate::http::openapi::parameters::UserPath;
use crate::http::refusal::Refusal;
use crate::login::users::NamedAccount;

/// The user in the path.
pub struct UserInPath {
    /// The account, by name or by appid.
    pub(crate) account: NamedAccount,
    /// Who the user is there.
    pub(crate) openid: OpenId,
}

impl UserInPath {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Refusal> {
        let path = Path::<UserPath>::from_request(request, payload).into_inner();
        let UserPath { account, openid } = path.map_err(|_| Refusal::NotFound)?.into_inner();
        let account = NamedAccount::find(&state_of(request)?.config, &account);
        Ok(Self {
            account: account.ok_or(Refusal::UnknownServiceAccount)?,
            openid: OpenId::parse(&openid).map_err(|_| Refusal::MalformedUser)?,
        })
    }
}

impl FromRequest for UserInPath {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::read(request, payload))
    }
}

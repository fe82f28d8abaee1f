//! Whom a backend means: the account and the openid, or the platform and the unionid, in the path, before the database is asked about either.

use actix_web::web::Path;
use actix_web::{FromRequest, HttpRequest};
use wechat_oauth::{OpenId, UnionId};

use super::state_of;
use crate::http::openapi::parameters::{AccountPath, PersonPath, UserPath};
use crate::http::refusal::Refusal;
use crate::login::users::NamedAccount;

/// The user in the path.
pub(crate) struct UserInPath {
    /// The account, by name or by appid.
    pub(crate) account: NamedAccount,
    /// Who the user is there.
    pub(crate) openid: OpenId,
}

impl UserInPath {
    pub(super) fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        let path = Path::<UserPath>::extract(request).into_inner();
        let UserPath { account, openid } = path.map_err(|_| Refusal::NotFound)?.into_inner();
        let account = NamedAccount::find(&state_of(request)?.config, &account);
        Ok(Self {
            account: account.ok_or(Refusal::UnknownServiceAccount)?,
            openid: OpenId::parse(&openid).map_err(|_| Refusal::MalformedUser)?,
        })
    }
}

/// The account in the path, by name or by appid.
pub(crate) struct AccountInPath(pub(crate) NamedAccount);

/// The person in the path.
pub(crate) struct PersonInPath {
    /// The platform, which an account is bound to.
    pub(crate) platform: String,
    /// Who the person is there.
    pub(crate) unionid: UnionId,
}

impl AccountInPath {
    fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        let path = Path::<AccountPath>::extract(request).into_inner();
        let AccountPath { account } = path.map_err(|_| Refusal::NotFound)?.into_inner();
        let account = NamedAccount::find(&state_of(request)?.config, &account);
        account.map(Self).ok_or(Refusal::UnknownServiceAccount)
    }
}

impl PersonInPath {
    fn read(request: &HttpRequest) -> Result<Self, Refusal> {
        let path = Path::<PersonPath>::extract(request).into_inner();
        let PersonPath { platform, unionid } = path.map_err(|_| Refusal::NotFound)?.into_inner();
        let mut accounts = state_of(request)?.config.accounts.values();
        if !accounts.any(|it| it.platform.as_ref() == Some(&platform)) {
            return Err(Refusal::UnknownServiceAccount);
        }
        let unionid = UnionId::parse(&unionid).map_err(|_| Refusal::MalformedUser)?;
        Ok(Self { platform, unionid })
    }
}

read_of_heads!(AccountInPath, PersonInPath, UserInPath);

//! Everything of ours that is fuzzed, in one place: the only file that knows where it lives.

pub(crate) use api_types::{Across, LoginState, Session, has_login_answer};
pub(crate) use leptos_wechat_login::flow::redirect_uri;
pub(crate) use login_decision::callback::{Callback, arrive, pairs};
pub(crate) use login_decision::chosen_account::chosen_account;
pub(crate) use login_decision::client::{Client, can_authorize};
pub(crate) use login_decision::entry::{Entry, Facts, Visitor, decide, to_exchange};
pub(crate) use login_decision::pending_login::{
    AUTOMATIC_ATTEMPTS, MOST_UNANSWERED, PendingLogin, is_recent,
};
pub(crate) use login_decision::return_to::sanitize;
pub(crate) use login_store::{
    InvalidJson, ListQuery, Owner, Position, RecordId, RecordKey, RecordKind, RecordValue, Version,
};
pub(crate) use wechat_login_proxy::config::{
    Config, ServiceKey, SessionKey, TrustedProxies, VerifyFile,
};
pub(crate) use wechat_login_proxy::http::client_address::client_address;
pub(crate) use wechat_login_proxy::http::routes::qr::own_address;
pub(crate) use wechat_login_proxy::http::{AppState, app};
pub(crate) use wechat_login_proxy::install_tls;
pub(crate) use wechat_login_proxy::login::clock::ManualClock;
pub(crate) use wechat_login_proxy::login::cursor::Cursors;
pub(crate) use wechat_login_proxy::login::session::Sessions;
pub(crate) use wechat_login_proxy::login::verifier::Verifier;
pub(crate) use wechat_login_proxy::metrics::browser_engine::{BrowserEngine, wechat_version};
pub(crate) use wechat_oauth::{
    AccessToken, AppId, AppSecret, AuthCode, AuthorizeRequest, Error as WechatError, Grant, OpenId,
    UnionId, UserInfo, authorize_url,
};
pub(crate) use wechat_simulator::{Platform, app as simulator, foreign_bytes};

//! A web server, the proxy and a backend: what a company would run, and what a developer does.

use std::net::SocketAddr;
use std::ops::Deref;

use actix_web::http::StatusCode;

use super::fronts::{Front, Kind};
use crate::recorder::Recorder;
use crate::support::*;

/// The file itself, so that what is documented is what is tested.
const DOCUMENTED: &str = include_str!("../../../../docs/deploy/nginx-forward-auth.conf");

/// nginx in front of `proxy` and `backend`.
pub(crate) fn nginx(proxy: SocketAddr, backend: SocketAddr) -> Nginx {
    let changes = [
        ("server 127.0.0.1:8081;", format!("server {proxy};")),
        ("server 127.0.0.1:9000;", format!("server {backend};")),
    ];
    Nginx::documented(DOCUMENTED, changes)
}

/// Everything, running, and somebody without any cookie; stopped when dropped.
pub(super) struct Site {
    pub(super) backend: Recorder,
    pub(super) proxy: TestProxy,
    front: Front,
    visitor: Caller,
}

/// One test behind either web server, with a backend that answers 200, all on plain http.
pub(super) async fn behind_both(test: impl AsyncFn(Site)) {
    behind_both_with("http://127.0.0.1:8080", StatusCode::OK, test).await;
}

/// With this `public_url` of the proxy, which decides on the cookie's name, and a backend that answers `status`.
pub(super) async fn behind_both_with(
    public_url: &str,
    status: StatusCode,
    test: impl AsyncFn(Site),
) {
    for kind in Kind::BOTH {
        test(Site::start_with(kind, public_url, status).await).await;
    }
}

impl Site {
    /// Behind nginx alone.
    pub(super) async fn behind_nginx() -> Self {
        Self::start_with(Kind::Nginx, "http://127.0.0.1:8080", StatusCode::OK).await
    }

    async fn start_with(kind: Kind, public_url: &str, status: StatusCode) -> Self {
        let config = config_with(NO_WECHAT, &[("PUBLIC_URL", public_url)]);
        let proxy = TestProxy::start_with(with_doors(config)).await;
        let backend = Recorder::start(status);
        let front = kind.start(proxy.address, backend.address);
        Self {
            visitor: front.visitor(),
            front,
            backend,
            proxy,
        }
    }

    /// The same as [`Caller::ask`], of a browser with this session.
    pub(super) async fn ask_as(
        &self,
        session: &Session,
        line: &str,
        headers: &[(&str, &str)],
    ) -> Response {
        let cookie = self.cookie(session);
        let headers = [&[("Cookie", cookie.as_str())], headers].concat();
        self.ask(line, &headers).await
    }

    /// Name and value of the session's cookie, as in the header `Cookie`.
    pub(super) fn cookie(&self, session: &Session) -> String {
        self.proxy.cookie(session)
    }

    /// The token of a user of the mini-program.
    pub(super) fn token(&self) -> String {
        self.proxy.token(OPENID)
    }

    /// Where the web server listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.front.address
    }
}

impl Deref for Site {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.visitor
    }
}

/// A user whose unionid is known.
pub(super) fn user() -> Session {
    Session {
        unionid: Some(UNIONID.to_owned()),
        scope: Scope::Userinfo,
        ..user_without_unionid()
    }
}

/// The same user before anything but the openid is known.
pub(super) fn user_without_unionid() -> Session {
    session(OPENID)
}

/// What the backend has to see of a user, and nothing else.
pub(super) fn true_headers(session: &Session) -> Vec<(&'static str, &'static str)> {
    let mut headers = vec![
        ("x-wechat-account", "shop"),
        ("x-wechat-appid", APPID),
        ("x-wechat-openid", OPENID),
    ];
    if session.unionid.is_some() {
        headers.push(("x-wechat-unionid", UNIONID));
    }
    headers
}

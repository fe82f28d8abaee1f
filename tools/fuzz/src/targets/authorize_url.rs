//! Whatever the app is given, the address it sends a browser to is WeChat's page with exactly WeChat's parameters.

use api_types::Scope;
use reqwest::Url;
use wechat_oauth::{AuthorizeRequest, authorize_url};

use super::parts::{lines, text};

const BASE: &str = "https://open.weixin.qq.com";

/// Lines: appid, state, `redirect_uri`.
pub(super) fn run(input: &[u8]) {
    let input = text(input);
    let [appid, state, redirect_uri] = lines(&input);
    for scope in Scope::ALL {
        let built = authorize_url(&AuthorizeRequest {
            base: BASE,
            appid,
            redirect_uri,
            scope,
            state,
        });
        let url = Url::parse(&built).unwrap();
        assert_eq!(url.as_str(), built, "another reader would change it");
        assert_eq!(url.origin().ascii_serialization(), BASE);
        assert_eq!(url.fragment(), Some("wechat_redirect"));
        let path = match scope {
            Scope::Login => "/connect/qrconnect",
            Scope::Base | Scope::Userinfo => "/connect/oauth2/authorize",
        };
        assert_eq!(url.path(), path);
        let read: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let expected = [
            ("appid", appid),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("scope", scope.as_str()),
            ("state", state),
        ];
        assert_eq!(
            read,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}

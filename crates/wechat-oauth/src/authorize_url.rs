//! The address of WeChat's authorize page, and of its QR login for websites.

use crate::facts::{AUTHORIZE_FRAGMENT, AUTHORIZE_PATH, QRCONNECT_PATH};
use crate::{Scope, percent};

/// What WeChat is asked for.
#[derive(Debug, Clone, Copy)]
pub struct AuthorizeRequest<'a> {
    /// Origin of the authorize page, without a trailing slash: [`OPEN_HOST`](crate::facts::OPEN_HOST).
    pub base: &'a str,
    /// The official account's appid, or that of its website application.
    pub appid: &'a str,
    /// Where the code is sent; not yet encoded.
    pub redirect_uri: &'a str,
    /// Silent, with consent, or by QR code.
    pub scope: Scope,
    /// At most 128 characters `A-Za-z0-9`: WeChat alters others on the way.
    pub state: &'a str,
}

/// Builds the address with the parameters in WeChat's documented order, each encoded once.
///
/// WeChat's web authorization page warns that the link is matched strictly, order and letter case included,
/// and that `#wechat_redirect` is required. The desktop client holds to it, phones are tolerant. The QR login of website
/// applications takes the same parameters in the same order at another path.
pub fn authorize_url(request: &AuthorizeRequest<'_>) -> String {
    let path = match request.scope {
        Scope::Base | Scope::Userinfo => AUTHORIZE_PATH,
        Scope::Login => QRCONNECT_PATH,
    };
    // One format and no loop over the names: a loop costs a page of WebAssembly 250 bytes.
    format!(
        "{base}{path}?appid={appid}&redirect_uri={redirect_uri}&response_type=code&scope={scope}&state={state}\
         {AUTHORIZE_FRAGMENT}",
        base = request.base,
        appid = percent::encode(request.appid),
        redirect_uri = percent::encode(request.redirect_uri),
        scope = request.scope.as_str(),
        state = percent::encode(request.state),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(redirect_uri: &str, scope: Scope) -> String {
        authorize_url(&AuthorizeRequest {
            base: "https://open.weixin.qq.com",
            appid: "wx0123456789abcdef",
            redirect_uri,
            scope,
            state: "1abc",
        })
    }

    #[test]
    fn the_names_are_the_documented_ones_in_their_order() {
        let url = url("https://shop.example/", Scope::Base);
        let (_, query) = url
            .trim_end_matches(AUTHORIZE_FRAGMENT)
            .split_once('?')
            .unwrap();
        let names = query.split('&').map(|pair| pair.split('=').next().unwrap());
        assert!(names.eq(crate::facts::AUTHORIZE_PARAMETERS));
    }

    #[test]
    fn parameters_stand_in_wechats_order_and_the_fragment_is_there() {
        assert_eq!(
            url("https://shop.example/me", Scope::Base),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef\
             &redirect_uri=https%3A%2F%2Fshop.example%2Fme&response_type=code&scope=snsapi_base\
             &state=1abc#wechat_redirect"
        );
        assert!(url("https://shop.example/", Scope::Userinfo).contains("&scope=snsapi_userinfo&"));
        let website = url("https://shop.example/", Scope::Login);
        assert!(website.starts_with("https://open.weixin.qq.com/connect/qrconnect?appid="));
        assert!(website.contains("&scope=snsapi_login&"));
    }

    #[test]
    fn redirect_uri_is_encoded_exactly_once() {
        let built = url("https://shop.example/a%20b?x=1&y=茶#part", Scope::Base);
        assert!(
            built.contains(
                "redirect_uri=https%3A%2F%2Fshop.example%2Fa%2520b%3Fx%3D1%26y%3D%E8%8C%B6%23part&"
            ),
            "{built}"
        );
    }
}

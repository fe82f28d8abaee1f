//! The address of WeChat's authorize page, and of its QR login for websites.

use core::fmt::{Result, Write};

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
#[cfg(feature = "std")]
pub fn authorize_url(request: &AuthorizeRequest<'_>) -> String {
    let mut url = String::new();
    // Writing to a String cannot fail.
    let _ = write_authorize_url(request, &mut url);
    url
}

/// Writes what `authorize_url` builds; this is there without the feature `std`, too.
///
/// # Errors
/// Those of the writer.
pub fn write_authorize_url(request: &AuthorizeRequest<'_>, out: &mut impl Write) -> Result {
    out.write_str(request.base)?;
    out.write_str(match request.scope {
        Scope::Base | Scope::Userinfo => AUTHORIZE_PATH,
        Scope::Login => QRCONNECT_PATH,
    })?;
    for (name, value) in &[
        ("?appid=", request.appid),
        ("&redirect_uri=", request.redirect_uri),
        ("&response_type=", "code"),
        ("&scope=", request.scope.as_str()),
        ("&state=", request.state),
    ] {
        out.write_str(name)?;
        percent::write_encoded(value, out)?;
    }
    out.write_str(AUTHORIZE_FRAGMENT)
}

#[cfg(all(test, feature = "std"))]
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

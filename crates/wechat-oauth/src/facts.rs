//! What WeChat's documentation states in numbers and names: hosts, paths, parameters, limits and lifetimes.

use core::time::Duration;

/// Where browsers are sent.
pub const OPEN_HOST: &str = "https://open.weixin.qq.com";
/// Where servers ask.
pub const API_HOST: &str = "https://api.weixin.qq.com";

/// The authorize page of official accounts, for WeChat's own browser.
pub const AUTHORIZE_PATH: &str = "/connect/oauth2/authorize";
/// The QR login of website applications, for all other browsers.
pub const QRCONNECT_PATH: &str = "/connect/qrconnect";
/// What stands behind the parameters of both.
pub const AUTHORIZE_FRAGMENT: &str = "#wechat_redirect";
/// The parameters of both, in the order WeChat demands.
pub const AUTHORIZE_PARAMETERS: [&str; 5] =
    ["appid", "redirect_uri", "response_type", "scope", "state"];

/// Most bytes of a `state`. It may consist of `A-Za-z0-9`; others are altered on the way.
pub const STATE_BYTES: usize = 128;
/// How long an official account's code is good, for one exchange.
pub const CODE_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// How long a website application's code is.
pub const WEBSITE_CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The `expires_in` of users' and accounts' fresh tokens.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(2 * 3600);
/// How long a refresh token is good.
pub const REFRESH_TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long the previous account token works beside a new one.
pub const ACCOUNT_TOKEN_OVERLAP: Duration = Duration::from_secs(5 * 60);
/// How often a day `/cgi-bin/stable_token` replaces a token by force.
pub const FORCED_PER_DAY: u32 = 20;
/// Who forces again within this time gets the token of the first time.
pub const FORCE_PAUSE: Duration = Duration::from_secs(30);

/// The `grant_type` of an exchange.
pub const GRANT_CODE: &str = "authorization_code";
/// The `grant_type` of a refresh.
pub const GRANT_REFRESH: &str = "refresh_token";
/// The `grant_type` of an account's token.
pub const GRANT_ACCOUNT: &str = "client_credential";

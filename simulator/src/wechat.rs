//! Facts about WeChat, all in one place: limits, lifetimes, error numbers and words. The words stand in `wechat.toml`.
//!
//! What rests on a guess says so; the sources of the rest are WeChat's web authorization page, the pages of the calls,
//! the table of global return codes, and what developers have published.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// WeChat's web authorization page: `state` has at most 128 bytes.
pub(crate) const STATE_LIMIT: usize = 128;

/// The parameters in the order WeChat's web authorization page demands. Where the optional ones belong is our guess
/// after the examples developers have published: behind `state`.
pub(crate) const ORDER: [&str; 5] = ["appid", "redirect_uri", "response_type", "scope", "state"];

/// A code not used within five minutes expires. It is good at 299 seconds and dead at 300; the exact edge is our choice.
pub(crate) const CODE_LIFETIME: Duration = Duration::from_secs(300);

/// WeChat's page on website applications: their codes live ten minutes.
pub(crate) const LOGIN_CODE_LIFETIME: Duration = Duration::from_secs(600);

/// How long a QR code can be scanned. Our guess: as long as its code would live.
pub(crate) const SCAN_LIFETIME: Duration = LOGIN_CODE_LIFETIME;

/// `expires_in` of users' and accounts' tokens alike.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// A refresh token lives thirty days. That a refresh does not start them anew is our guess; most developers who tell of
/// it say so.
pub(crate) const REFRESH_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// WeChat's page of `/cgi-bin/token`: for about five minutes the previous token works as well.
pub(crate) const TOKEN_OVERLAP: Duration = Duration::from_secs(300);

/// WeChat's page of `/cgi-bin/stable_token`: a token may be replaced by force twenty times a day. That a day is 24
/// hours of the simulator's clock is our choice.
pub(crate) const FORCED_PER_DAY: u32 = 20;

/// The same page: who forces again within thirty seconds gets the token of the first time, and it does not count.
pub(crate) const FORCE_PAUSE: Duration = Duration::from_secs(30);

/// WeChat documents that a virtual user's name is not the person's; what it is instead is our guess.
pub(crate) const VIRTUAL_NICKNAME: &str = "微信用户";

/// Why `/sns/*` and `/cgi-bin/*` say no, with WeChat's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiRefusal {
    UnknownToken = 40001,
    InvalidGrantType = 40002,
    InvalidOpenid = 40003,
    InvalidAppid = 40013,
    MalformedToken = 40014,
    InvalidCode = 40029,
    InvalidRefreshToken = 40030,
    InvalidSecret = 40125,
    CodeUsed = 40163,
    HighRiskUser = 40226,
    MissingToken = 41001,
    MissingAppid = 41002,
    MissingRefreshToken = 41003,
    MissingSecret = 41004,
    MissingCode = 41008,
    MissingOpenid = 41009,
    TokenExpired = 42001,
    RefreshTokenExpired = 42002,
    PasswordChanged = 42007,
    GetRequired = 43001,
    PostRequired = 43002,
    EmptyPost = 44002,
    DailyQuota = 45009,
    MalformedPost = 47001,
    ScopeTooSmall = 48001,
    UserLimited = 50002,
}

/// Whether a text has the form of a real AppSecret: 32 hexadecimal digits.
pub(crate) fn looks_like_a_real_secret(text: &str) -> bool {
    let text = text.trim();
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// WeChat's words for a number of the server API, also for those only a fault rule can bring about, without the request
/// id it appends.
pub(crate) fn errmsg_of(errcode: i64) -> &'static str {
    let known = WORDS.errcode.iter().find(|known| known.number == errcode);
    known.map_or("system error", |known| &known.errmsg)
}

/// What an errcode asks of the app, in one Chinese sentence.
pub(crate) fn advice_on(errcode: i64) -> &'static str {
    let known = WORDS.errcode.iter().find(|known| known.number == errcode);
    let advice = known.and_then(|known| known.advice.as_deref());
    advice.unwrap_or("微信拒绝了这个请求，原因见 errmsg。")
}

/// WeChat's text for a number on its error page.
pub(crate) fn page_text_of(number: i64) -> Option<&'static str> {
    let mut pages = WORDS.page.values();
    let page = pages.find(|page| page.number == Some(number))?;
    Some(&page.text)
}

/// A refusal of the authorize page as everybody meets it.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    /// The number on WeChat's page; some have none.
    pub(crate) number: Option<i64>,
    /// The sentence on WeChat's page, in WeChat's words.
    pub(crate) text: String,
    /// The sentence on the page of website applications.
    #[serde(default = "unreachable_link")]
    pub(crate) login_text: String,
    /// The reason, for developers, in Chinese.
    why: String,
    /// How to mend it.
    pub(crate) fix: String,
}

fn unreachable_link() -> String {
    "该链接无法访问".into()
}

/// Why the authorize page refuses a request. The person sees it on WeChat's page; the app never learns of it.
#[derive(Debug)]
pub(crate) struct AuthorizeRefusal {
    /// What everybody sees who makes this mistake.
    pub(crate) page: &'static Page,
    /// Why, for developers, in Chinese.
    pub(crate) why: String,
}

impl Page {
    /// The refusal of a request in which there is nothing to point at.
    pub(crate) fn refuse(&'static self) -> AuthorizeRefusal {
        self.refuse_given("", &[])
    }

    /// The refusal because of something in the address, of an account with these domains.
    pub(crate) fn refuse_given(
        &'static self,
        given: &str,
        registered: &[String],
    ) -> AuthorizeRefusal {
        // Whatever came in the address is shown, but not by the kilobyte.
        const SHOWN: usize = 80;
        let mut shown: String = given.chars().take(SHOWN).collect();
        if shown.len() < given.len() {
            shown.push('…');
        }
        let why = self
            .why
            .replace("{registered}", &registered.join("、"))
            .replace("{given}", &shown);
        AuthorizeRefusal { page: self, why }
    }
}

/// The refusals of the authorize page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pages {
    pub(crate) not_wechat: Page,
    pub(crate) wrong_order: Page,
    pub(crate) missing_appid: Page,
    pub(crate) missing_redirect_uri: Page,
    pub(crate) missing_scope: Page,
    pub(crate) missing_state: Page,
    pub(crate) state_too_long: Page,
    pub(crate) unknown_appid: Page,
    pub(crate) website_appid: Page,
    pub(crate) unknown_website: Page,
    pub(crate) banned: Page,
    pub(crate) component: Page,
    pub(crate) unknown_scope: Page,
    pub(crate) unknown_login_scope: Page,
    pub(crate) wrong_response_type: Page,
    pub(crate) invalid_scheme: Page,
    pub(crate) invalid_host: Page,
    pub(crate) invalid_characters: Page,
    pub(crate) other_host: Page,
    /// Accounts that are no test accounts take no port, even if it is 443.
    pub(crate) other_port: Page,
    pub(crate) other_path: Page,
    pub(crate) wrong_scheme: Page,
    pub(crate) must_follow: Page,
    pub(crate) too_frequent: Page,
}

#[derive(Deserialize)]
struct Errcode {
    number: i64,
    errmsg: String,
    advice: Option<String>,
}

#[derive(Deserialize)]
struct Words<P> {
    errcode: Vec<Errcode>,
    page: P,
}

#[expect(
    clippy::expect_used,
    reason = "every test of the authorize page reads the same file"
)]
fn words<P: DeserializeOwned>() -> Words<P> {
    toml::from_str(include_str!("wechat.toml")).expect("wechat.toml names every page")
}

static WORDS: LazyLock<Words<BTreeMap<String, Page>>> = LazyLock::new(words);

/// The refusals of the authorize page, each by its name.
pub(crate) static PAGES: LazyLock<Pages> = LazyLock::new(|| words().page);

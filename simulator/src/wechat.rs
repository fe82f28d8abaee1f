//! Facts about WeChat that only its own side needs; the others are those of `wechat_oauth`. The words stand in
//! `wechat.toml`.
//!
//! What rests on a guess says so; the sources of the rest are WeChat's web authorization page, the pages of the calls,
//! the table of global return codes, and what developers have published.

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

pub(crate) use wechat_oauth::ErrorCode;
use wechat_oauth::PageError;
/// Where the optional parameters belong is our guess after the examples developers have published: behind `state`. A
/// code is good at 299 seconds and dead at 300; the exact edge is our choice. That a refresh does not start the thirty
/// days anew is our guess; most developers who tell of it say so. That a day is 24 hours of the simulator's clock is our
/// choice.
pub(crate) use wechat_oauth::facts::{
    ACCOUNT_TOKEN_OVERLAP, AUTHORIZE_PARAMETERS, CODE_LIFETIME, FORCE_PAUSE, FORCED_PER_DAY,
    REFRESH_TOKEN_LIFETIME, STATE_BYTES, TOKEN_LIFETIME, WEBSITE_CODE_LIFETIME,
};

/// How often a day an account may ask for a token, by WeChat's older table; a test account a tenth of all these.
pub(crate) const TOKENS_PER_DAY: u64 = 2_000;
/// For a ticket, where WeChat only says to keep it; one developer's account had so many.
pub(crate) const TICKETS_PER_DAY: u64 = 10_000;
/// For followers, by the same table.
pub(crate) const FOLLOWERS_PER_DAY: u64 = 5_000_000;

/// How long a QR code can be scanned. Our guess: as long as its code would live.
pub(crate) const SCAN_LIFETIME: Duration = WEBSITE_CODE_LIFETIME;

/// WeChat documents that a virtual user's name is not the person's; what it is instead is our guess.
pub(crate) const VIRTUAL_NICKNAME: &str = "微信用户";

/// Whether a text has the form of a real AppSecret: 32 hexadecimal digits.
pub(crate) fn looks_like_a_real_secret(text: &str) -> bool {
    let text = text.trim();
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// WeChat's words for a number of the server API, also for those only a fault rule can bring about, without the request
/// id it appends.
pub(crate) fn errmsg_of(errcode: i64) -> &'static str {
    let code = ErrorCode::from_number(errcode).unwrap_or(ErrorCode::SystemError);
    code.errmsg()
}

/// What an errcode asks of the app, in one Chinese sentence.
pub(crate) fn advice_on(errcode: i64) -> &'static str {
    let known = WORDS.errcode.iter().find(|known| known.number == errcode);
    known.map_or("微信拒绝了这个请求，原因见 errmsg。", |known| &known.advice)
}

/// WeChat's text for a number on its error page.
pub(crate) fn page_text_of(number: i64) -> Option<&'static str> {
    PageError::from_number(number).map(PageError::text)
}

/// A refusal of the authorize page as everybody meets it.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    /// The number on WeChat's page; some have none.
    pub(crate) number: Option<i64>,
    /// The sentence on WeChat's page, in WeChat's words, where it has no number.
    text: Option<String>,
    /// The sentence on the page of website applications.
    #[serde(default = "unreachable_link")]
    pub(crate) login_text: String,
    /// The reason, for developers, in Chinese.
    why: String,
    /// How to mend it.
    pub(crate) fix: String,
}

fn unreachable_link() -> String {
    UNREACHABLE.into()
}

/// The sentence of WeChat's older documents for whatever is wrong.
const UNREACHABLE: &str = "该链接无法访问";

/// Why the authorize page refuses a request. The person sees it on WeChat's page; the app never learns of it.
#[derive(Debug)]
pub(crate) struct AuthorizeRefusal {
    /// What everybody sees who makes this mistake.
    pub(crate) page: &'static Page,
    /// Why, for developers, in Chinese.
    pub(crate) why: String,
}

impl Page {
    /// The sentence on WeChat's page, in WeChat's words.
    pub(crate) fn text(&self) -> &str {
        let own = self.text.as_deref();
        own.or_else(|| page_text_of(self.number?))
            .unwrap_or(UNREACHABLE)
    }

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
    advice: String,
}

#[derive(Deserialize)]
struct Words {
    errcode: Vec<Errcode>,
    page: Pages,
}

#[expect(
    clippy::expect_used,
    reason = "every test of the authorize page reads the same file"
)]
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("wechat.toml")).expect("wechat.toml names every page")
});

/// The refusals of the authorize page, each by its name.
pub(crate) static PAGES: LazyLock<&Pages> = LazyLock::new(|| &WORDS.page);

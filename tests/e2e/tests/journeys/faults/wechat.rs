//! What WeChat does to a login, and what comes of it.

use wechat_simulator::Effect;

use super::outcome::{Cell, Outcome, Screen, Step, Stored, Strike};

const FAILED: &str = "登录没有成功";
const ANSWERED_REFUSED: &str = "ERROR answered 502 refused_by_wechat errcode=…";

/// WeChat refuses the account: nothing a user does mends it.
static REFUSED: Outcome = Outcome {
    screen: Screen::Message(FAILED, "微信拒绝了本公众号的登录请求，重试无法解决。"),
    can_retry: false,
    log: &[ANSWERED_REFUSED],
    identity: Stored::Nothing,
    session: false,
    visits: 1,
    exchanges: 1,
    userinfos: 0,
};

/// WeChat refuses the user: no operator mends it.
static USER_REFUSED: Outcome = Outcome {
    screen: Screen::Message(FAILED, "微信不允许您的账号登录"),
    ..REFUSED
};

static UNAVAILABLE: Outcome = Outcome {
    screen: Screen::Message(FAILED, "微信暂时没有响应"),
    can_retry: true,
    log: &["ERROR answered 503 wechat_unavailable"],
    ..REFUSED
};

static BUSY: Outcome = Outcome {
    log: &["ERROR answered 503 wechat_unavailable errcode=…"],
    ..UNAVAILABLE
};

static LIMITED: Outcome = Outcome {
    screen: Screen::Message(FAILED, "访问的人太多了"),
    log: &[
        "ERROR WeChat has had too many logins of this account; it is not asked for a while errcode=…",
        "INFO answered 429 rate_limited errcode=…",
    ],
    ..UNAVAILABLE
};

static EXPIRED: Outcome = Outcome {
    screen: Screen::Message(FAILED, "微信的授权码已过期"),
    log: &[
        "INFO answered 410 code_expired errcode=…",
        "INFO answered 410 code_expired errcode=…",
    ],
    visits: 2,
    exchanges: 2,
    ..UNAVAILABLE
};

static USED: Outcome = Outcome {
    screen: Screen::Message(FAILED, "微信的授权码已被使用过"),
    log: &[
        "INFO answered 409 code_used errcode=…",
        "INFO answered 409 code_used errcode=…",
    ],
    ..EXPIRED
};

/// The second try is good.
static EXPIRED_ONCE: Outcome = Outcome {
    screen: Screen::Profile(None),
    can_retry: false,
    log: &["INFO answered 410 code_expired errcode=…"],
    identity: Stored::Identity,
    session: true,
    ..EXPIRED
};

static USED_ONCE: Outcome = Outcome {
    log: &["INFO answered 409 code_used errcode=…"],
    ..EXPIRED_ONCE
};

static SIGNED_IN: Outcome = Outcome {
    log: &[],
    visits: 1,
    exchanges: 1,
    ..EXPIRED_ONCE
};

/// Signed in all the same, without name and picture, and told so.
static NAMELESS: Outcome = Outcome {
    screen: Screen::Profile(Some("没有取得昵称和头像，登录状态不受影响。")),
    log: &["WARN signing in without name and picture errcode=…"],
    // The test comes with a code, as if from WeChat's page.
    visits: 0,
    userinfos: 1,
    ..SIGNED_IN
};

/// The same after two repetitions.
static NAMELESS_AFTER_THREE: Outcome = Outcome {
    userinfos: 3,
    ..NAMELESS
};

static NAMELESS_FOR_NO_ANSWER: Outcome = Outcome {
    log: &["WARN signing in without name and picture"],
    ..NAMELESS
};

static NAMELESS_FOR_NO_ANSWER_AFTER_THREE: Outcome = Outcome {
    userinfos: 3,
    ..NAMELESS_FOR_NO_ANSWER
};

static NAMED: Outcome = Outcome {
    identity: Stored::IdentityAndName,
    visits: 0,
    userinfos: 1,
    ..SIGNED_IN
};

/// WeChat's errcodes for web authorization, from the error codes of its official-account documentation: the number, its
/// words, what the operator reads, and what it comes to at the exchange.
///
/// Those about media files and menus (41005 to 41007) have nothing to do with logins.
static ERRCODES: &[(i64, &str, Option<&str>, &Outcome)] = &[
    (-1, "system error", None, &BUSY),
    (40001, "invalid credential", Some("AppSecret"), &REFUSED),
    (40002, "invalid grant_type", Some("文档"), &REFUSED),
    (40003, "invalid openid", Some("文档"), &REFUSED),
    (40013, "invalid appid", Some("appid"), &REFUSED),
    (40014, "invalid access_token", Some("文档"), &REFUSED),
    (40029, "invalid code", None, &EXPIRED),
    (40030, "invalid refresh_token", Some("文档"), &REFUSED),
    (40066, "invalid url", Some("文档"), &REFUSED),
    (40125, "invalid appsecret", Some("AppSecret"), &REFUSED),
    (40163, "code been used", None, &USED),
    (40164, "invalid ip, not in whitelist", Some("IP"), &REFUSED),
    (40226, "high-risk user", Some("该微信用户"), &USER_REFUSED),
    (40243, "AppSecret frozen", Some("冻结"), &REFUSED),
    (41001, "access_token missing", Some("文档"), &REFUSED),
    (41002, "appid missing", Some("文档"), &REFUSED),
    (41003, "refresh_token missing", Some("文档"), &REFUSED),
    (41004, "appsecret missing", Some("AppSecret"), &REFUSED),
    (41008, "missing code", Some("文档"), &REFUSED),
    (41009, "missing openid", Some("文档"), &REFUSED),
    (42001, "access_token expired", Some("文档"), &REFUSED),
    (42002, "refresh_token expired", Some("文档"), &REFUSED),
    (42003, "code expired", None, &EXPIRED),
    (42007, "password changed", None, &EXPIRED),
    (43001, "require GET method", Some("文档"), &REFUSED),
    (43003, "require https", Some("文档"), &REFUSED),
    (45009, "daily quota reached", None, &LIMITED),
    (45011, "minute quota reached", None, &LIMITED),
    (48001, "api unauthorized", Some("权限"), &REFUSED),
    (
        48004,
        "api forbidden for irregularities",
        Some("权限"),
        &REFUSED,
    ),
    (
        50001,
        "user unauthorized",
        Some("该微信用户"),
        &USER_REFUSED,
    ),
    (50002, "user limited", Some("该微信用户"), &USER_REFUSED),
    (
        50005,
        "user not following",
        Some("该微信用户"),
        &USER_REFUSED,
    ),
    (61004, "clientip not registered", Some("文档"), &REFUSED),
    (99999, "an errcode nobody knows", Some("文档"), &REFUSED),
];

/// The errcodes after which a second try is made without a tap, striking only the first.
static ERRCODES_ONCE: &[(i64, &str, &Outcome)] = &[
    (40029, "invalid code, the first time only", &EXPIRED_ONCE),
    (40163, "code been used, the first time only", &USED_ONCE),
    (42003, "code expired, the first time only", &EXPIRED_ONCE),
    (
        42007,
        "password changed, the first time only",
        &EXPIRED_ONCE,
    ),
];

/// What else the simulator can do to an answer: in words, at the exchange, at userinfo.
static TRANSPORT: &[(Effect, &str, &Outcome, &Outcome)] = &[
    (
        Effect::StringErrcode {
            errcode: 40029,
            errmsg: None,
        },
        "errcode 40029 as text",
        &EXPIRED,
        &NAMELESS,
    ),
    (
        Effect::HttpStatus { status: 404 },
        "HTTP status 404",
        &UNAVAILABLE,
        &NAMELESS_FOR_NO_ANSWER,
    ),
    (
        Effect::HttpStatus { status: 502 },
        "HTTP status 502",
        &UNAVAILABLE,
        &NAMELESS_FOR_NO_ANSWER_AFTER_THREE,
    ),
    (
        Effect::EmptyBody,
        "an empty body",
        &UNAVAILABLE,
        &NAMELESS_FOR_NO_ANSWER,
    ),
    (
        Effect::HtmlBody,
        "a page of HTML",
        &UNAVAILABLE,
        &NAMELESS_FOR_NO_ANSWER,
    ),
    (
        Effect::TruncatedJson,
        "half an answer",
        &UNAVAILABLE,
        &NAMELESS_FOR_NO_ANSWER,
    ),
    (
        Effect::WrongCharset,
        "an answer that calls itself gbk",
        &SIGNED_IN,
        &NAMED,
    ),
    (
        Effect::Delay { millis: 1500 },
        "an answer after 1.5 s",
        &SIGNED_IN,
        &NAMED,
    ),
    (
        Effect::Delay { millis: 6500 },
        "an answer after 6.5 s",
        &UNAVAILABLE,
        &NAMELESS_FOR_NO_ANSWER,
    ),
    (
        Effect::ResetBefore,
        "a connection closed before the work",
        &UNAVAILABLE,
        &NAMELESS_FOR_NO_ANSWER_AFTER_THREE,
    ),
    (
        Effect::ResetAfter,
        "a connection closed after the work",
        &UNAVAILABLE,
        &NAMELESS_FOR_NO_ANSWER_AFTER_THREE,
    ),
];

fn errcode(errcode: i64) -> Effect {
    Effect::Errcode {
        errcode,
        errmsg: None,
    }
}

/// Every errcode in the place of the code's worth.
pub(super) fn errcodes_at_the_exchange() -> Vec<Cell> {
    let always = ERRCODES
        .iter()
        .map(|(number, words, advice, outcome)| Cell {
            step: Step::Exchange,
            words: format!("{number} {words}"),
            strike: Strike::Wechat(errcode(*number)),
            advice: *advice,
            outcome,
        });
    let once = ERRCODES_ONCE.iter().map(|(number, words, outcome)| Cell {
        step: Step::Exchange,
        words: format!("{number} {words}"),
        strike: Strike::WechatOnce(errcode(*number)),
        advice: None,
        outcome,
    });
    always.chain(once).collect()
}

/// Every errcode in the place of name and picture: the login succeeds without them.
pub(super) fn errcodes_at_userinfo() -> Vec<Cell> {
    let cell = |(number, words, _, _): &(i64, &str, _, _)| Cell {
        step: Step::Userinfo,
        words: format!("{number} {words}"),
        strike: Strike::Wechat(errcode(*number)),
        advice: None,
        outcome: if *number == -1 {
            &NAMELESS_AFTER_THREE
        } else {
            &NAMELESS
        },
    };
    ERRCODES.iter().map(cell).collect()
}

/// Everything else, at both of WeChat's calls.
pub(super) fn transport() -> Vec<Cell> {
    let cells = |(effect, words, exchange, userinfo): &(
        Effect,
        &str,
        &'static Outcome,
        &'static Outcome,
    )| {
        [(Step::Exchange, *exchange), (Step::Userinfo, *userinfo)].map(|(step, outcome)| Cell {
            step,
            words: (*words).to_owned(),
            strike: Strike::Wechat(effect.clone()),
            advice: None,
            outcome,
        })
    };
    TRANSPORT.iter().flat_map(cells).collect()
}

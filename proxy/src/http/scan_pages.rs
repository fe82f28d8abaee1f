//! The pages of a scan: the computer's with the QR code, the phone's with the question, and what goes wrong.
//!
//! Each is whole: no other file, one style sheet and at most one script, both allowed by their hashes. Everything that
//! is put in is escaped there.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderMap, VARY};
use actix_web::{HttpResponse, ResponseError as _};
use api_types::ErrorCode;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::refusal::{Language, Refusal};

const STYLE: &str = include_str!("scan_pages/page.css");
const SCRIPT: &str = include_str!("scan_pages/computer.js");
const NOTE: &str = include_str!("scan_pages/note.html");

/// A page without anything to do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Note {
    /// This is not WeChat.
    OpenInWechat,
    /// The computer is signed in.
    Allowed,
    /// It is not.
    Refused,
}

/// What people read: Chinese, unless their browser asks for something else.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    if headers.contains_key(ACCEPT_LANGUAGE) {
        Language::of(headers)
    } else {
        Language::Chinese
    }
}

/// The text in this language.
fn say(language: Language, chinese: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// The template with these values, escaped, at their names in double braces; and the picture, which is made here.
fn filled(template: &str, values: &[(&str, &str)], picture: &str) -> String {
    let mut pieces = template.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or_default();
        match values.iter().find(|(other, _)| *other == name) {
            Some((_, value)) => filled.push_str(&escaped(value)),
            None if name == "picture" => filled.push_str(picture),
            None => {}
        }
        filled.push_str(rest);
    }
    filled
}

/// A page with this inside, and the script where it has a picture.
fn page(
    status: StatusCode,
    language: Language,
    template: &str,
    values: &[(&str, &str)],
    picture: &str,
) -> HttpResponse {
    static HASHES: LazyLock<[String; 2]> = LazyLock::new(|| {
        [STYLE, SCRIPT].map(|text| BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
    });
    let [style, script] = &*HASHES;
    let (may, script) = if picture.is_empty() {
        ("form-action 'self'".to_owned(), String::new())
    } else {
        let may = format!("script-src 'sha256-{script}'; connect-src 'self'; form-action 'none'");
        (may, format!("<script>{SCRIPT}</script>"))
    };
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; {may}; base-uri 'none'; frame-ancestors 'none'"
    );
    let lang = say(language, "zh-CN", "en");
    let body = filled(template, values, picture);
    let html = format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><style>{STYLE}</style>{body}{script}"
    );
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((VARY, "Accept-Language"))
        .body(html)
}

/// The computer's page: `title` of the account, `site`, `number`, `token` and the address to `wait` at.
pub(crate) fn computer(language: Language, values: &[(&str, &str)], picture: &str) -> HttpResponse {
    let template = say(
        language,
        include_str!("scan_pages/computer.zh.html"),
        include_str!("scan_pages/computer.en.html"),
    );
    page(StatusCode::OK, language, template, values, picture)
}

/// The phone's question: `title` of the account, `site`, `client`, `seconds` ago, `number` and the form's `word`. The first
/// button, which a form takes where none is chosen, says no.
pub(crate) fn question(language: Language, values: &[(&str, &str)]) -> HttpResponse {
    let template = say(
        language,
        include_str!("scan_pages/question.zh.html"),
        include_str!("scan_pages/question.en.html"),
    );
    page(StatusCode::OK, language, template, values, "")
}

/// A page without anything to do.
pub(crate) fn note(language: Language, note: Note) -> HttpResponse {
    let say = |chinese, english| say(language, chinese, english);
    let (title, words) = match note {
        Note::OpenInWechat => (
            say("请用微信扫一扫", "Use WeChat's scanner"),
            say(
                "请在手机微信里打开“扫一扫”，扫描电脑上的二维码。",
                "Open WeChat on the phone and scan the QR code on the computer with its scanner.",
            ),
        ),
        Note::Allowed => (
            say("已允许登录", "The computer is signed in"),
            say(
                "电脑上的页面会自动继续，可以关闭此页面。",
                "The page on the computer goes on by itself. You may close this page.",
            ),
        ),
        Note::Refused => (
            say("没有登录", "Not signed in"),
            say(
                "电脑没有登录，可以关闭此页面。",
                "The computer is not signed in. You may close this page.",
            ),
        ),
    };
    let values = [("title", title), ("words", words)];
    page(StatusCode::OK, language, NOTE, &values, "")
}

/// What people can do where WeChat failed; what its operator can is in the log.
fn of_wechat(code: ErrorCode, language: Language) -> &'static str {
    let (chinese, english) = match code {
        ErrorCode::CodeExpired | ErrorCode::CodeUsed => (
            "微信的授权已失效或已经用过。请重新扫描电脑上的二维码。",
            "WeChat's answer was too old, or used already. Scan the QR code on the computer again.",
        ),
        ErrorCode::RateLimited => (
            "现在登录的人太多。请稍等一分钟，再重新扫描电脑上的二维码。",
            "Too many people sign in at the moment. Wait a minute, then scan the QR code on the computer again.",
        ),
        ErrorCode::WechatUnavailable => (
            "微信暂时没有响应。请稍后重新扫描电脑上的二维码。",
            "WeChat does not answer at the moment. Scan the QR code on the computer again a little later.",
        ),
        _ => (
            "微信没有接受这次登录。如果一直这样，请把下面的编号告诉网站。",
            "WeChat did not accept this login. If it stays like that, tell the site the number below.",
        ),
    };
    say(language, chinese, english)
}

/// Why a page of a scan is not there, with what finds it in the log.
pub(crate) fn refusal(refusal: &Refusal, request_id: &str, language: Language) -> HttpResponse {
    let say = |chinese, english| say(language, chinese, english);
    let status = refusal.status_code();
    let title = match status {
        StatusCode::GONE if matches!(refusal, Refusal::Door(_)) => {
            say("二维码已失效", "This QR code is over")
        }
        StatusCode::TOO_MANY_REQUESTS => say("操作太频繁", "Too many at once"),
        _ if status.is_server_error() => say("暂时无法登录", "Not possible at the moment"),
        _ => say("无法登录", "Not possible"),
    };
    let words = match (refusal, status) {
        (Refusal::Wechat(_), _) => of_wechat(refusal.code(), language).to_owned(),
        (Refusal::Door(door), _) => door.words(language).to_owned(),
        _ if language == Language::English => refusal.to_string(),
        (_, StatusCode::TOO_MANY_REQUESTS) => "请稍等一分钟，再从登录页面重新开始。".to_owned(),
        _ if status.is_server_error() => {
            "请稍后再试；如果一直这样，请把下面的编号告诉网站。".to_owned()
        }
        _ => "请回到登录页面重新开始。".to_owned(),
    };
    let hint = format!("{} {request_id}", say("请求编号", "Request id"));
    let values = [("title", title), ("words", &words), ("hint", &hint)];
    page(status, language, NOTE, &values, "")
}

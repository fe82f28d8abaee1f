//! Programs that do not answer: said on the page and to whoever asks the API, and once in the terminal.

use std::io::Write as _;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use api_types::{ApiError, ApiErrorBody, ErrorCode};

use tokio::net::TcpStream;

use crate::language::Language;
use crate::page::page;

/// How long a program may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Which program it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Ours.
    Proxy,
    /// WeChat's side.
    Simulator,
    /// The team's own, with its path.
    Backend(String),
}

/// How it answered last time, if it was ever asked.
const UNKNOWN: u8 = 0;
const ANSWERS: u8 = 1;
const SILENT: u8 = 2;

/// How long a program that has answered before is waited for: it is being started again after a change.
const RESTART: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(100);

/// A program that others are sent to, and whether it answered last time.
#[derive(Debug)]
pub(crate) struct Program {
    /// Which one.
    pub(crate) role: Role,
    /// `host:port`.
    pub(crate) address: String,
    state: AtomicU8,
    terminal: Language,
}

impl Program {
    /// A program that nobody has asked yet. What becomes of it is said in this language in the terminal.
    pub(crate) fn new(role: Role, address: String, terminal: Language) -> Self {
        Self {
            role,
            address,
            state: AtomicU8::new(UNKNOWN),
            terminal,
        }
    }

    /// Notes whether it answers, and says in the terminal when that has changed: one line, however many ask.
    fn note(&self, answers: bool) {
        let state = if answers { ANSWERS } else { SILENT };
        match (self.state.swap(state, Ordering::Relaxed), state) {
            (UNKNOWN | ANSWERS, SILENT) => say(&self.sentence(self.terminal)),
            (SILENT, ANSWERS) => say(&self.again(self.terminal)),
            _ => {}
        }
    }

    /// A connection to it, if somebody listens there.
    pub(crate) async fn connect(&self) -> Option<TcpStream> {
        let has_answered = self.state.load(Ordering::Relaxed) == ANSWERS;
        let mut stream = self.try_connect().await;
        if stream.is_none() && has_answered {
            let again = async {
                loop {
                    tokio::time::sleep(PAUSE).await;
                    if let Some(stream) = self.try_connect().await {
                        return stream;
                    }
                }
            };
            stream = tokio::time::timeout(RESTART, again).await.ok();
        }
        self.note(stream.is_some());
        stream
    }

    /// Whether somebody listens there at this moment.
    pub(crate) async fn answers(&self) -> bool {
        self.try_connect().await.is_some()
    }

    async fn try_connect(&self) -> Option<TcpStream> {
        let connected = TcpStream::connect(&self.address);
        let connected = tokio::time::timeout(CONNECT, connected).await;
        connected.ok().and_then(Result::ok)
    }

    /// That it does not answer, and how it is started.
    pub(crate) fn sentence(&self, language: Language) -> String {
        let (name, address) = (self.name(language), &self.address);
        let by_hand = match &self.role {
            Role::Proxy => "cargo run -p wechat-login-proxy -- serve --config proxy/dev.toml",
            Role::Simulator => "cargo run -p wechat-simulator",
            Role::Backend(_) => {
                return language.pick(
                    format!("{name}（{address}）没有响应：请启动它，或者改正 `make dev` 的 BACKEND。"),
                    format!(
                        "{name} at {address} does not answer: start it, or mend BACKEND of `make dev`."
                    ),
                );
            }
        };
        language.pick(
            format!(
                "{name}（{address}）没有响应：`make dev` 会启动它，也可以手动运行 `{by_hand}`。"
            ),
            format!("{name} at {address} does not answer: `make dev` starts it, or `{by_hand}`."),
        )
    }

    /// That it took a request and did not answer it.
    pub(crate) fn broke_off(&self, language: Language) -> String {
        let (name, address) = (self.name(language), &self.address);
        language.pick(
            format!("{name}（{address}）接受了请求，但没有给出可以读懂的 HTTP 响应：请看它自己的输出。"),
            format!(
                "{name} at {address} took the request and gave no HTTP answer that can be read: see what it says itself."
            ),
        )
    }

    fn again(&self, language: Language) -> String {
        let (name, address) = (self.name(language), &self.address);
        language.pick(
            format!("{name}（{address}）恢复响应。"),
            format!("{name} at {address} answers again."),
        )
    }

    fn name(&self, language: Language) -> String {
        match &self.role {
            Role::Proxy => language.pick("代理", "The proxy").to_owned(),
            Role::Simulator => language.pick("模拟器", "The simulator").to_owned(),
            Role::Backend(path) => {
                language.pick(format!("{path} 的后端"), format!("The back end of {path}"))
            }
        }
    }
}

/// A line in the terminal, where somebody reads it.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What is answered where there is nothing to pass on: a page to somebody who opens one, and otherwise JSON in the shape of
/// the API's own errors.
pub(crate) fn response(request: &HttpRequest, status: StatusCode, sentence: &str) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    if wants_page(request.headers()) {
        let language = Language::of_browser(request.headers());
        let title = match status {
            StatusCode::FORBIDDEN => language.pick("不认识的主机名", "An unknown host name"),
            StatusCode::NOT_FOUND => language.pick("这里没有内容", "There is nothing here"),
            _ => language.pick(
                "开发环境里有程序没有运行",
                "A program of the development setup is missing",
            ),
        };
        let html = page(language, title, sentence, None);
        return response.content_type("text/html; charset=utf-8").body(html);
    }
    let request_id = request_id();
    response.insert_header(("x-request-id", request_id.as_str()));
    response.json(ApiErrorBody {
        error: ApiError {
            code: match status {
                StatusCode::FORBIDDEN => ErrorCode::Forbidden,
                StatusCode::NOT_FOUND => ErrorCode::NotFound,
                _ => ErrorCode::Internal,
            },
            message: sentence.to_owned(),
            request_id,
            wechat: None,
        },
    })
}

/// Whether somebody opens a page, as a browser's address bar does.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|it| it.to_str().ok());
    accepted.is_some_and(|it| it.contains("text/html"))
}

/// A name for a request, as the proxy makes them.
pub(crate) fn request_id() -> String {
    let mut bytes = [0; 8];
    // Without chance the name is a poor one, and nothing worse.
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

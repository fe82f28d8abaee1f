//! The request log on the page for people: newest first, with filters.

use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use crate::platform::{LoggedRequest, Platform};

use super::home::clock_time;
use super::layout::{button, select};

/// More than this nobody reads; the rest is in the control API.
const SHOWN: usize = 100;

/// What the log is narrowed down to; an empty text means everything.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct LogFilter {
    /// The whole path.
    path: String,
    /// The appid that was sent.
    appid: String,
    /// `ok`, `error`, or an errcode.
    outcome: String,
}

impl LogFilter {
    fn lets_through(&self, request: &LoggedRequest) -> bool {
        let path = self.path.is_empty() || self.path == request.path;
        let appid = self.appid.is_empty() || request.appid.as_deref() == Some(&self.appid);
        let outcome = match self.outcome.as_str() {
            "" => true,
            "ok" => request.errcode == 0,
            "error" => request.errcode != 0,
            errcode => request.errcode.to_string() == errcode,
        };
        path && appid && outcome
    }
}

/// The section with filters and list.
pub(super) fn section(platform: &Platform, filter: &LogFilter) -> Markup {
    let requests = platform.log.all();
    let mut paths: Vec<&str> = requests.iter().map(|request| &*request.path).collect();
    paths.sort_unstable();
    paths.dedup();
    let paths = paths.into_iter().map(|path| (path, path));
    let accounts = platform
        .seed
        .accounts
        .iter()
        .map(|account| (&*account.appid, &*account.title));
    let all = [("", "全部")];
    let outcomes = all.into_iter().chain([("ok", "成功"), ("error", "出错")]);
    html! {
        section aria-labelledby="log" {
            h2 #log { "请求日志" }
            p.secondary { "发到微信地址的请求，最新的在最上面，会自动刷新。密钥、code、令牌和 openid 已隐去。" }
            form.filters method="get" action="/_simulator#log" {
                (select("路径", "path", all.into_iter().chain(paths), &filter.path))
                (select("appid", "appid", all.into_iter().chain(accounts), &filter.appid))
                (select("结果", "outcome", outcomes, &filter.outcome))
                (button("筛选"))
            }
            div #log-list aria-live="off" { (list(&requests, filter)) }
            form method="post" action="/_simulator/forms/clear-log" { (button("清空日志")) }
            // Keeps the list fresh; stops while somebody reads an opened entry, and does nothing without scripts.
            script { (PreEscaped(include_str!("parts/log.js"))) }
        }
    }
}

/// The list alone, which the script of the page asks for again and again.
pub(crate) fn list(requests: &[LoggedRequest], filter: &LogFilter) -> Markup {
    let newest_first = requests.iter().rev();
    let matching: Vec<_> = newest_first
        .filter(|request| filter.lets_through(request))
        .collect();
    html! {
        @if matching.is_empty() {
            p.empty { @if requests.is_empty() { "还没有请求。" } @else { "没有符合筛选条件的请求。" } }
        } @else {
            ul.cells.log {
                @for request in matching.iter().take(SHOWN) { (entry(request)) }
            }
            @if matching.len() > SHOWN {
                p.secondary { "只显示最新的 " (SHOWN) " 条，共 " (matching.len()) " 条；全部见 " code { "GET /_simulator/requests" } "。" }
            }
        }
    }
}

fn entry(request: &LoggedRequest) -> Markup {
    html! {
        li {
            details {
                summary {
                    span.when { (clock_time(request.at_millis)) }
                    span.what { (request.method) " " (request.path) }
                    @if request.errcode == 0 { span.outcome.good { "成功" } }
                    @else { span.outcome.bad { (request.errcode) } }
                }
                dl.parameters {
                    @for parameter in &request.parameters {
                        div { dt { code { (parameter.name) } } dd { code { (parameter.value) } } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_narrows_by_all_it_names() {
        for (filter, errcode, through) in [
            ("{}", 7, true),
            (
                r#"{"path": "/p", "appid": "wx1", "outcome": "error"}"#,
                7,
                true,
            ),
            (r#"{"path": "/p", "appid": "wx1", "outcome": "7"}"#, 7, true),
            (
                r#"{"path": "/p", "appid": "wx1", "outcome": "ok"}"#,
                0,
                true,
            ),
            (r#"{"path": "/q"}"#, 0, false),
            (r#"{"appid": "wx2"}"#, 0, false),
            (r#"{"outcome": "ok"}"#, 7, false),
            (r#"{"outcome": "error"}"#, 0, false),
        ] {
            let request = LoggedRequest {
                code_number: None,
                number: 1,
                at_millis: 0,
                method: "GET".into(),
                path: "/p".into(),
                appid: Some("wx1".into()),
                errcode,
                parameters: Vec::new(),
            };
            let read: LogFilter = serde_json::from_str(filter).unwrap();
            assert_eq!(read.lets_through(&request), through, "{filter}");
        }
    }
}

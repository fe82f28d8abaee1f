//! What a cell comes to, on the page, in the log and on the network.

use std::collections::BTreeSet;

use anyhow::ensure;
use e2e::LogLine;
use serde::Deserialize;
use serde_json::Value;
use wechat_simulator::Effect;

use super::cells::{Cell, Screen, Strike};

pub(super) const LOOK: &str = "return fetch('/api/session').then(answer => {
    const text = css => document.querySelector(css)?.innerText ?? '';
    return {
        title: text('.message h1'),
        text: text('.message p'),
        openid: text('[data-field=openid]'),
        notice: text('.notice'),
        orders: [...document.querySelectorAll('#more > p')].map(it => it.innerText).join(' '),
        advice: text('[data-field=advice]'),
        errcode: text('[data-field=errcode]'),
        request_id: text('[data-field=request_id]'),
        retry: document.querySelector('[data-action=retry]') !== null,
        buttons: document.querySelectorAll('.message .button').length,
        session: answer.status === 200,
    };
})";

/// What [`LOOK`] sees.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    title: String,
    text: String,
    pub(super) openid: String,
    notice: String,
    orders: String,
    advice: String,
    errcode: String,
    request_id: String,
    pub(super) retry: bool,
    buttons: u32,
    pub(super) session: bool,
}

impl Page {
    /// Whether it shows what the cell says to this person, with the id of a response that the log has, too.
    pub(super) fn check(&self, cell: &Cell, openid: &str, ids: &[String]) -> anyhow::Result<()> {
        let begins = |text: &str, expected: &str| {
            ensure!(
                text.starts_with(expected),
                "{text:?} instead of {expected:?}"
            );
            Ok(())
        };
        match &cell.outcome.screen {
            Screen::Message(title, text) => {
                ensure!(self.title == *title, "{self:?}");
                begins(&self.text, text)?;
            }
            Screen::Profile(notice) => {
                ensure!(self.openid == openid, "somebody else: {}", self.openid);
                let has_none = self.notice.is_empty();
                ensure!(notice.is_empty() == has_none, "{self:?}");
                begins(&self.notice, notice)?;
            }
            Screen::Orders(text) => begins(&self.orders, text)?,
        }
        // A button that does not help is one to hammer.
        let wanted = u32::from(cell.outcome.seen.can_retry && self.orders.is_empty());
        ensure!(self.buttons == wanted, "{} buttons", self.buttons);

        let is_told =
            !cell.outcome.seen.log.is_empty() && !matches!(cell.outcome.screen, Screen::Profile(_));
        let shown = match self.orders.rsplit_once('[') {
            Some((_, id)) => id.trim_end_matches(']'),
            None => &*self.request_id,
        };
        if is_told {
            ensure!(
                ids.iter().any(|id| id == shown),
                "request id {shown:?} of {ids:?}"
            );
        } else {
            ensure!(
                shown.is_empty(),
                "request id {shown:?}, which no log line has"
            );
        }
        if let (Some(errcode), Screen::Message(..)) = (errcode(cell), &cell.outcome.screen) {
            begins(&self.errcode, &format!("{errcode} (rid: "))?;
        }
        let is_advised = self.advice.contains(&cell.advice);
        let is_right = is_advised && self.advice.is_empty() == cell.advice.is_empty();
        ensure!(is_right, "advice: {:?}", self.advice);
        Ok(())
    }
}

fn errcode(cell: &Cell) -> Option<i64> {
    match &cell.strike {
        Strike::Wechat(effect) | Strike::WechatOnce(effect) => match effect {
            Effect::Errcode { errcode, .. } | Effect::StringErrcode { errcode, .. } => {
                Some(*errcode)
            }
            _ => None,
        },
        Strike::Gateway(_) | Strike::NoTables | Strike::LockedDatabase => None,
    }
}

/// The lines that say that something is not well, as the table writes them.
pub(super) fn told(lines: &[LogLine], cell: &Cell) -> Vec<String> {
    let errcode = errcode(cell).map(|errcode| errcode.to_string());
    lines
        .iter()
        .filter(|line| {
            let is_alarm = line.level == "ERROR" || line.level == "WARN";
            // Who looks whether there is a session learns that there is none.
            let is_look = line.field("method") == "GET" && line.field("route") == "/api/session";
            (is_alarm || !line.field("code").is_empty()) && !is_look
        })
        .map(|line| {
            let mut text = format!("{} {}", line.level, line.field("message"));
            for field in ["status", "code"] {
                let value = line.field(field);
                if !value.is_empty() {
                    text.push_str(&format!(" {value}"));
                }
            }
            match line.field("wechat_errcode").as_str() {
                "" => {}
                told if Some(told) == errcode.as_deref() => text.push_str(" errcode=…"),
                told => text.push_str(&format!(" errcode={told}")),
            }
            text
        })
        .collect()
}

/// The ids of the proxy's answers to the app, in their order.
pub(super) fn request_ids(events: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for event in events {
        if event["method"] != "Network.responseReceived" {
            continue;
        }
        let response = &event["params"]["response"];
        let is_api = response["url"]
            .as_str()
            .is_some_and(|url| url.contains("/api/"));
        if let (true, Some(id)) = (is_api, response["headers"]["x-request-id"].as_str())
            && !ids.iter().any(|known| known == id)
        {
            ids.push(id.to_owned());
        }
    }
    ids
}

/// The codes WeChat sent the browser back with.
pub(super) fn codes(events: &[Value]) -> BTreeSet<String> {
    let urls = events
        .iter()
        .filter_map(|event| event["params"]["request"]["url"].as_str());
    let codes = urls.filter_map(|url| {
        let code = url.split_once("code=")?.1.split('&').next()?;
        Some(code.to_owned())
    });
    codes
        .filter(|code| !code.is_empty() && code.len() > 8)
        .collect()
}

//! What pages of others run: a script that plays WeChat's client for jweixin, and the simulator's answers to it. They
//! are scripts, too, so that a page's policy needs nothing but the simulator's origin in `script-src`.

use actix_web::http::header::{CACHE_CONTROL, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::query::Query;

use super::respond::query_of;
use super::{Shared, phone};

/// Defines `WeixinJSBridge`.
const BRIDGE: &str = include_str!("../pages/bridge.js");

/// Loads WeChat's own jweixin, and keeps what is called meanwhile.
const LOADER: &str = include_str!("../pages/jweixin_loader.js");

fn javascript(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text)
}

/// `GET /_simulator/bridge.js`: the client alone, for pages that bring jweixin along.
pub(crate) async fn bridge() -> HttpResponse {
    javascript(BRIDGE.to_owned())
}

/// `GET /_simulator/jssdk.js`: the client, and jweixin after it, in place of WeChat's own script.
pub(crate) async fn script(platform: Shared) -> HttpResponse {
    let jweixin = platform.lock().jweixin.clone();
    let rest = jweixin.map(|text| {
        // One of npm's packages is a module for bundlers and makes nothing global; for WeChat's own file this is nothing.
        format!(
            "(function (module) {{\n{text}\n\
             if (module.exports) window.wx = window.jWeixin = module.exports;\n}}).call(window, {{}});\n"
        )
    });
    javascript(format!("{BRIDGE}{}", rest.as_deref().unwrap_or(LOADER)))
}

/// `GET /_simulator/jssdk/verify`: what `wx.config` was given, judged; in the log as the call of the client's.
pub(crate) async fn verify(request: HttpRequest, platform: Shared) -> HttpResponse {
    let platform = &mut *platform.lock();
    let query = query_of(&request);
    let user_agent = request.headers().get(USER_AGENT);
    let user_agent = user_agent.map_or(&b""[..], |it| it.as_bytes());
    let holder = phone::holder(&request, platform);
    let client = String::from_utf8_lossy(user_agent);
    let (errcode, told) = platform.judge_config(&query, &client, &holder);
    platform.record("JSSDK", "preVerifyJSAPI", &query, errcode);
    answer(&query, &told)
}

/// `GET /_simulator/jssdk/share`: what a page set to be shared.
pub(crate) async fn share(request: HttpRequest, platform: Shared) -> HttpResponse {
    let platform = &mut *platform.lock();
    let query = query_of(&request);
    platform.share(&query);
    platform.record("JSSDK", "share", &query, 0);
    answer(&query, &json!({}))
}

/// A call of the client's own function, with the number of the question; nothing of the page's becomes code.
fn answer(query: &Query, value: &Value) -> HttpResponse {
    let number = query.get("n").and_then(|n| n.parse::<u32>().ok());
    javascript(format!(
        "WeixinJSBridge._answer({},{value});",
        number.unwrap_or_default()
    ))
}

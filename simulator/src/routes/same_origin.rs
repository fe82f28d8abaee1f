//! Forms of the simulator's pages come from the simulator's pages.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use crate::pages;

use super::html;

/// Turns away a form that another site put before the developer's browser. Browsers say where a form comes from;
/// programs that say nothing may pass, as they may use the control API. `None`: go on.
pub(super) fn refuse(request: &HttpRequest) -> Option<HttpResponse> {
    let header = |name| request.headers().get(name).map(|value| value.as_bytes());
    let from_elsewhere = match header("sec-fetch-site") {
        Some(site) => !matches!(site, b"same-origin" | b"none"),
        // To a plain http address that is not loopback, browsers send only this.
        None => header("origin").is_some_and(|origin| {
            let host = origin
                .strip_prefix(b"http://")
                .or_else(|| origin.strip_prefix(b"https://"));
            host.is_none() || host != header("host")
        }),
    };
    from_elsewhere.then(|| {
        html::page(
            StatusCode::FORBIDDEN,
            pages::notice(
                "来自别处的表单",
                "这个表单不是模拟器的页面发出的，没有执行。",
            ),
        )
    })
}

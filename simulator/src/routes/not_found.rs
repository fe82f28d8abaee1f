//! Addresses and people that do not exist.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::pages;

use super::html;

/// Any address without a route.
pub(crate) async fn not_found() -> HttpResponse {
    html::page(
        StatusCode::NOT_FOUND,
        pages::notice("没有这个地址", "模拟器没有实现这个地址。"),
    )
}

/// A form that names a person who is not there (any more).
pub(crate) fn no_such_person() -> HttpResponse {
    html::page(
        StatusCode::NOT_FOUND,
        pages::notice("没有这个人", "表单里的人物不存在，请返回重新选择。"),
    )
}

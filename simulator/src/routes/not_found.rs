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

/// A form that names an account that is not there.
pub(crate) fn no_such_account() -> HttpResponse {
    html::page(
        StatusCode::NOT_FOUND,
        pages::notice("没有这个账号", "表单里的 appid 不存在，请返回重新选择。"),
    )
}

/// A form that names a person who is not there (any more).
pub(crate) fn no_such_person() -> HttpResponse {
    html::page(
        StatusCode::NOT_FOUND,
        pages::notice("没有这个人", "表单里的人物不存在，请返回重新选择。"),
    )
}

/// A form with a field missing or a value that is none.
pub(crate) fn unreadable_form(
    error: actix_web::error::UrlencodedError,
    _: &actix_web::HttpRequest,
) -> actix_web::Error {
    let page = html::page(
        StatusCode::BAD_REQUEST,
        pages::notice("表单有问题", &error.to_string()),
    );
    actix_web::error::InternalError::from_response(error, page).into()
}

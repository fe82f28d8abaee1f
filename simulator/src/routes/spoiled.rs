//! The answers of fault rules.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::dialect::{self, Body, Family};
use crate::platform::{Effect, errmsg_of};

/// What a gateway before WeChat might say.
const GATEWAY_HTML: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// Spoils an answer; `right` is empty if the work was not done. Also the number for the log: the errcode, or 1 where
/// the answer has none.
pub(super) fn answer(
    effect: &Effect,
    family: Family,
    right: Body,
    rid: &str,
) -> (i64, HttpResponse) {
    let words = |errcode: i64, errmsg: &Option<String>| {
        let errmsg = errmsg.as_deref();
        errmsg.unwrap_or_else(|| errmsg_of(errcode)).to_owned()
    };
    match effect {
        Effect::Errcode { errcode, errmsg } => {
            let body = dialect::error(family, *errcode, &words(*errcode, errmsg), rid);
            (*errcode, dialect::answer(family, body))
        }
        Effect::StringErrcode { errcode, errmsg } => {
            let body = dialect::string_error(*errcode, &words(*errcode, errmsg), rid);
            (*errcode, dialect::answer(family, body))
        }
        Effect::TruncatedJson => (1, dialect::answer(family, first_half(right))),
        Effect::WrongCharset => {
            let mislabelled = HttpResponse::Ok()
                .content_type("text/plain; charset=gbk")
                .body(right);
            (1, mislabelled)
        }
        _ => (1, transport(effect)),
    }
}

/// The effects that have nothing to do with what was asked, for APIs and pages alike.
pub(super) fn transport(effect: &Effect) -> HttpResponse {
    match effect {
        Effect::HttpStatus { status } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            HttpResponse::build(status)
                .content_type("text/html")
                .body(GATEWAY_HTML)
        }
        Effect::EmptyBody => HttpResponse::Ok().content_type("text/html").finish(),
        Effect::HtmlBody => HttpResponse::Ok()
            .content_type("text/html")
            .body(GATEWAY_HTML),
        Effect::ResetBefore | Effect::ResetAfter => HttpResponse::Ok().body(Reset),
        Effect::Errcode { .. }
        | Effect::StringErrcode { .. }
        | Effect::TruncatedJson
        | Effect::WrongCharset
        | Effect::Delay { .. }
        | Effect::CallbackTwice
        | Effect::StaleCode => HttpResponse::Ok().finish(),
    }
}

fn first_half(mut body: Body) -> Body {
    body.truncate(body.len() / 2);
    body
}

/// A body that fails before its first byte: actix closes the connection without having sent even a status line.
struct Reset;

impl MessageBody for Reset {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<web::Bytes, Self::Error>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}

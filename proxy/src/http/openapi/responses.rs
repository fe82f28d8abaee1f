//! Responses that are no success: named once, referred to by every operation.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Ref, Type};
use utoipa::openapi::{RefOr, Response, ResponseBuilder};

/// The statuses at a type each, and all of them as a list.
macro_rules! refusals {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal $([$header:literal: $says:literal])?;)+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    let reference = Ref::from_response_name(stringify!($name));
                    BTreeMap::from([($status.to_owned(), RefOr::Ref(reference))])
                }
            }
        )+

        /// Every refusal by name.
        pub(super) fn all() -> Vec<(&'static str, Response)> {
            vec![$((stringify!($name), {
                let response = enveloped(concat!($($doc),+).trim());
                $(let response = with_header(response, $header, $says);)?
                response.build()
            })),+]
        }
    };
}

refusals! {
    /// `invalid_request`: the request is not as described here, or is not HTTP that can be read.
    InvalidRequest = "400";
    /// `unauthorized`: nobody is signed in, or the session has ended.
    NotSignedIn = "401";
    /// `unauthorized`: there is no valid service key.
    NoServiceKey = "401" ["WWW-Authenticate": "Always `Bearer`"];
    /// `forbidden`: a guest of WeChat's snapshot mode, or a page of another site.
    Forbidden = "403";
    /// `not_found`: there is nothing under this address.
    NotFound = "404";
    /// `invalid_request`: the body took too long to arrive.
    TooSlow = "408";
    /// `code_used`: exchanged before, or with another verifier.
    CodeUsed = "409";
    /// `code_expired`: WeChat does not know the code, or not any more; or it is one of a scan that is over.
    CodeExpired = "410";
    /// `precondition_failed`: the record is not, or no longer, as the request expects.
    PreconditionFailed = "412";
    /// `invalid_request`: the body is too long.
    TooLong = "413";
    /// `invalid_request`: the body is not declared as `application/json`.
    NotJson = "415";
    /// `rate_limited`: too many in the last minute, for this server or for WeChat.
    RateLimited = "429" ["Retry-After": "Seconds to wait"];
    /// `internal`: our own fault; the log has the cause.
    Internal = "500";
    /// `refused_by_wechat`: the account's configuration or standing.
    RefusedByWechat = "502";
    /// `wechat_unavailable`: WeChat is busy, silent or garbled. Or as for every request, `internal`: there is too much to
    /// do at this moment.
    WechatUnavailable = "503";
    /// `internal`: there is too much to do at this moment.
    Busy = "503" ["Retry-After": "Seconds to wait"];
    /// `internal`: the database does not answer, or the process is about to end.
    NotReady = "503";
}

fn enveloped(description: &str) -> ResponseBuilder {
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ApiErrorBody")))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/json", body)
}

fn with_header(response: ResponseBuilder, name: &str, says: &str) -> ResponseBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let header = HeaderBuilder::new().schema(text).description(Some(says));
    response.header(name, header.build())
}

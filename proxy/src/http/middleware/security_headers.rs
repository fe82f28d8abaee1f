//! Security headers: what every response tells browsers to refuse.

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// No page may use what the app does not.
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// For pages and everything else alike, by name and value; the policy of contents comes besides.
pub const ALL: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // A page's address can hold a code; it must not reach other hosts, such as that of the user's picture.
    (REFERRER_POLICY, "no-referrer"),
    // Old browser engines do not know frame-ancestors.
    (X_FRAME_OPTIONS, "DENY"),
    (OPENER_POLICY, "same-origin"),
    (
        PERMISSIONS_POLICY,
        "camera=(), geolocation=(), microphone=(), payment=()",
    ),
];

/// Sets them all. An answer without a policy of its own is no page: it may do nothing.
pub(crate) fn set(headers: &mut HeaderMap, hsts: Option<&HeaderValue>) {
    for (name, value) in ALL {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(CONTENT_SECURITY_POLICY, nothing);
    }
    if let Some(hsts) = hsts {
        headers.insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
    }
}

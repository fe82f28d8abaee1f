//! `allowed_origins` and `backend_kinds`: lists whose every item is checked by itself.

use std::collections::BTreeSet;

use login_store::RecordKind;
use reqwest::Url;

use super::origin::{origin_text, parse_origin};
use super::reader::Reader;

/// Records that are a backend's word, which no user may change: the kinds, with a problem for each that is none.
pub(super) fn read_backend_kinds(reader: &mut Reader) -> BTreeSet<RecordKind> {
    let kinds = reader.each("backend_kinds", |text| {
        RecordKind::parse(text)
            .map_err(|_| format!("{text:?} is no kind of records: 1 to 32 of a-z, 0-9, _ and -"))
    });
    kinds.into_iter().collect()
}

/// Where the app may be, other than on the proxy's own origin, as browsers write it, with a problem for each that is none or
/// whose cookies could never work.
pub(super) fn read_allowed_origins(reader: &mut Reader, public_url: Option<&Url>) -> Vec<String> {
    reader.each("allowed_origins", |text| {
        let url = parse_origin(text)?;
        let origin = origin_text(&url);
        if public_url.is_some_and(|site| are_certainly_two_sites(site, &url)) {
            return Err(format!(
                "{origin:?} is another site than public_url, so browsers never send the session cookie from there; \
                 use a host under the same domain and the same scheme"
            ));
        }
        Ok(origin)
    })
}

/// Whether browsers surely call them two sites: another scheme, or domains that differ in the last two labels. With
/// equal ones they may still be two, as under `.com.cn`; that takes a list of all such suffixes to know.
pub(crate) fn are_certainly_two_sites(one: &Url, other: &Url) -> bool {
    one.scheme() != other.scheme() || domain(one) != domain(other)
}

/// The last two labels of the host; an IP address whole.
fn domain(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let is_ip = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
    let mut labels: Vec<&str> = host.rsplit('.').collect();
    if !is_ip {
        labels.truncate(2);
    }
    Some(labels.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_one_domain_are_one_site_and_others_are_not() {
        for (one, other, expected) in [
            ("https://shop.example", "https://api.shop.example", false),
            ("https://w.shop.example:8443", "https://shop.example", false),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8081", false),
            ("https://shop.example", "http://shop.example", true),
            ("https://shop.example", "https://shop.example.evil", true),
            ("http://127.0.0.1:8080", "http://127.0.0.2:8080", true),
            ("http://127.0.0.1:8080", "http://localhost:8080", true),
        ] {
            let [one, other] = [one, other].map(|url| Url::parse(url).unwrap());
            assert_eq!(
                are_certainly_two_sites(&one, &other),
                expected,
                "{one} {other}"
            );
        }
    }
}

//! The client's address: the peer's, or, where that is one of our own web servers, whom it says it answers for.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::config::TrustedProxies;

/// What web servers append their peer's address to.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The caller's address. `peer` is whoever opened the connection.
///
/// `X-Forwarded-For` is read from its end, because everything before what our own servers appended was written by the
/// caller: the first address that is not trusted is the caller's. What is no address ends the search.
pub fn client_address(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted: &TrustedProxies,
) -> Option<IpAddr> {
    let mut client = peer?.to_canonical();
    let lines: Vec<&[u8]> = headers
        .get_all(X_FORWARDED_FOR)
        .map(HeaderValue::as_bytes)
        .collect();
    let mut hops = lines
        .iter()
        .rev()
        .flat_map(|line| line.rsplit(|byte| *byte == b','));
    while trusted.trusts(client) {
        let Some(hop) = hops.next().and_then(parse_hop) else {
            break;
        };
        client = hop;
    }
    Some(client)
}

/// Some load balancers write the port, too.
fn parse_hop(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .ok()
        .map(|address| address.to_canonical())
}

/// An address, or for IPv6 the network a household gets: whoever has one address there has all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// That of the caller, as our own web servers tell it. Nothing for a caller without an address.
    pub(crate) fn of(request: &HttpRequest, trusted: &TrustedProxies) -> Option<Self> {
        let peer = request.peer_addr().map(|peer| peer.ip());
        client_address(peer, request.headers(), trusted).map(Self::containing)
    }

    fn containing(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            address @ IpAddr::V4(_) => address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config_with;

    const PROXY: &str = "10.0.0.1";

    fn trusted() -> TrustedProxies {
        config_with("trusted_proxies = [\"10.0.0.0/24\", \"2001:db8::1\"]").trusted_proxies
    }

    fn client(peer: &str, lines: &[impl AsRef<[u8]>]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_bytes(line.as_ref());
            headers.append(X_FORWARDED_FOR, line.unwrap());
        }
        let peer = peer.parse().unwrap();
        client_address(Some(peer), &headers, &trusted())
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_stranger_is_who_connects_whatever_it_claims() {
        assert_eq!(client("203.0.113.9", &["198.51.100.7"]), "203.0.113.9");
        assert_eq!(client("203.0.113.9", &["10.0.0.1"]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_says_who_it_answers_for() {
        assert_eq!(client(PROXY, &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client(PROXY, &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client(PROXY, &["[2001:db8::7]:4711"]), "2001:db8::7");
        assert_eq!(client(PROXY, &["[2001:db8::7]"]), "2001:db8::7");
        assert_eq!(
            client("2001:db8::1", &["::ffff:198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn what_the_caller_wrote_before_our_servers_did_is_not_believed() {
        assert_eq!(client(PROXY, &["1.2.3.4, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(client(PROXY, &["1.2.3.4", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            client(PROXY, &["10.0.0.9, 198.51.100.7, 10.0.0.2"]),
            "198.51.100.7"
        );
        // A phone's name, in UTF-8 and in GBK.
        assert_eq!(client(PROXY, &["红米, 198.51.100.7"]), "198.51.100.7");
        let odd = client(PROXY, &[b"\xba\xec\xc3\xd7, 198.51.100.7"]);
        assert_eq!(odd, "198.51.100.7");
    }

    #[test]
    fn what_is_no_address_ends_the_search_at_the_last_known_hop() {
        assert_eq!(client(PROXY, &[""; 0]), PROXY);
        assert_eq!(client(PROXY, &[""]), PROXY);
        assert_eq!(client(PROXY, &["198.51.100.7, unknown"]), PROXY);
        assert_eq!(client(PROXY, &["unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(client(PROXY, &["红米, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(client(PROXY, &["10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn without_a_connection_there_is_no_address() {
        assert_eq!(client_address(None, &HeaderMap::new(), &trusted()), None);
    }

    fn network(address: &str) -> ClientNetwork {
        ClientNetwork::containing(address.parse().unwrap())
    }

    #[test]
    fn addresses_of_ipv4_are_told_apart_and_those_of_one_ipv6_network_are_not() {
        assert_ne!(network("203.0.113.1"), network("203.0.113.2"));
        assert_eq!(network("203.0.113.1"), network("::ffff:203.0.113.1"));
        assert_eq!(
            network("2001:db8:1:2::1"),
            network("2001:db8:1:2:ffff:ffff:ffff:ffff")
        );
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}

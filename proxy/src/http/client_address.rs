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

    /// The lines are separated by line breaks.
    fn client(peer: &str, lines: &[u8]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines.split(|byte| *byte == b'\n') {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
        }
        let peer = peer.parse().unwrap();
        let client = client_address(Some(peer), &headers, &trusted());
        client.unwrap().to_string()
    }

    #[test]
    fn a_stranger_is_who_connects_and_a_trusted_proxy_says_who_it_answers_for() {
        for (peer, lines, expected) in [
            ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
            ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
            (PROXY, "198.51.100.7", "198.51.100.7"),
            (PROXY, "198.51.100.7:4711", "198.51.100.7"),
            (PROXY, "[2001:db8::7]:4711", "2001:db8::7"),
            (PROXY, "[2001:db8::7]", "2001:db8::7"),
            ("2001:db8::1", "::ffff:198.51.100.7", "198.51.100.7"),
            ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
            // What the caller wrote before our servers did is not believed.
            (PROXY, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
            (PROXY, "1.2.3.4\n198.51.100.7", "198.51.100.7"),
            (PROXY, "10.0.0.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            (PROXY, "红米, 198.51.100.7", "198.51.100.7"),
            // What is no address ends the search at the last known hop.
            (PROXY, "", PROXY),
            (PROXY, "198.51.100.7, unknown", PROXY),
            (PROXY, "unknown, 10.0.0.2", "10.0.0.2"),
            (PROXY, "红米, 10.0.0.2", "10.0.0.2"),
            (PROXY, "10.0.0.2", "10.0.0.2"),
        ] {
            assert_eq!(client(peer, lines.as_bytes()), expected, "{peer} {lines}");
        }
        // A phone's name in GBK.
        let odd = client(PROXY, b"\xba\xec\xc3\xd7, 198.51.100.7");
        assert_eq!(odd, "198.51.100.7");
    }

    #[test]
    fn without_a_connection_there_is_no_address_and_without_a_header_it_is_the_peers() {
        let peer = PROXY.parse().ok();
        assert_eq!(client_address(peer, &HeaderMap::new(), &trusted()), peer);
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

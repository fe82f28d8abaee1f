//! Who counts as one client.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;

use crate::client_address::client_address;
use crate::config::TrustedProxies;

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

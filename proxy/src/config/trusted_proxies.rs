//! `trusted_proxies`: whose word about the caller is taken.

use std::net::IpAddr;

use ipnet::IpNet;

use super::reader::Reader;

/// The addresses of our own web servers and load balancers. Empty unless configured: nobody else is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether what this peer says about its callers is believed.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        // On a socket for both families, IPv4 peers look like ::ffff:127.0.0.1.
        let peer = peer.to_canonical();
        self.0.iter().any(|network| network.contains(&peer))
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An address or a network in CIDR notation; its host bits may be set.
fn parse_network(text: &str) -> Option<IpNet> {
    let network = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .ok()?;
    // ::ffff:10.0.0.1 is how a socket shows 10.0.0.1; compared as that.
    match network {
        IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
            let length = v6.prefix_len().checked_sub(96)?;
            IpNet::new(v6.addr().to_canonical(), length).ok()
        }
        other => Some(other),
    }
}

/// The list; with a problem for each entry that is none, or that would trust everybody.
pub(super) fn read_trusted_proxies(reader: &mut Reader) -> TrustedProxies {
    TrustedProxies(reader.each("trusted_proxies", |text| match parse_network(text) {
        Some(network) if network.prefix_len() == 0 => Err(format!(
            "{text:?} trusts everybody, so anybody could claim any address; name your web servers"
        )),
        Some(network) => Ok(network),
        None => Err(format!("{text:?} is no IP address or network such as 127.0.0.1 or 10.0.0.0/8")),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusting(text: &str) -> TrustedProxies {
        TrustedProxies(vec![parse_network(text).unwrap()])
    }

    #[test]
    fn addresses_and_networks_are_trusted_up_to_their_last_address() {
        for (network, inside, outside) in [
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("10.1.0.0/16", "10.1.255.255", "10.2.0.0"),
            ("10.1.2.3/16", "10.1.0.0", "10.0.255.255"),
            ("::1", "::1", "::2"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::ffff:10.0.0.1", "10.0.0.1", "10.0.0.2"),
            ("::ffff:10.0.0.0/104", "10.255.0.1", "11.0.0.1"),
            ("127.0.0.1", "::ffff:127.0.0.1", "::ffff:127.0.0.2"),
        ] {
            let trusted = trusting(network);
            assert!(
                trusted.trusts(inside.parse().unwrap()),
                "{inside} in {network}"
            );
            assert!(
                !trusted.trusts(outside.parse().unwrap()),
                "{outside} in {network}"
            );
        }
    }
}

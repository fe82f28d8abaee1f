//! Whether the service can listen where it shall.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use api_types::Bootstrap;
use reqwest::Url;

use super::fetch::Fetcher;
use super::report::{Finding, Subject};
use super::service::Service;
use super::unit::Unit;
use crate::config::Config;

const CHECK: Subject = Subject("listen");
const WHY: &str = "the service does not start.";
/// One that our metrics always have.
const METRIC: &str = "wechat_login_";
/// Where the system says from which port on everybody may listen.
const FREE_PORTS: &str = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

/// One finding for each address.
pub(super) async fn findings(
    config: &Config,
    service: Option<&Service>,
    unit: Option<&Unit>,
) -> Vec<Finding> {
    let may_bind_any = service.is_none_or(|it| it.is_self || it.is_root())
        || unit.is_some_and(|unit| unit.may_bind_any_port);
    let first_free = std::fs::read_to_string(FREE_PORTS).ok();
    let first_free = first_free
        .and_then(|it| it.trim().parse().ok())
        .unwrap_or(1024);
    let mut findings = Vec::new();
    let addresses = [
        ("listen", Some(config.listen)),
        ("metrics_listen", config.metrics_listen),
    ];
    for (key, address) in addresses {
        let Some(address) = address else { continue };
        let named = config.places.named(key);
        findings.push(if !may_bind_any && (1..first_free).contains(&address.port()) {
            no_right(&named, address)
        } else {
            match TcpListener::bind(address) {
                Ok(_) => CHECK.ok(format!("{address} is free.")),
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    taken(config, key, address).await
                }
                Err(error) if error.kind() == ErrorKind::PermissionDenied => no_right(&named, address),
                Err(error) => CHECK.error(
                    format!("{named}: {address} cannot be listened on: {error}."),
                    WHY,
                    "write an address that this machine has: 127.0.0.1 behind a web server of this machine.",
                ),
            }
        });
    }
    findings
}

fn no_right(named: &str, address: SocketAddr) -> Finding {
    CHECK.error(
        format!(
            "{named}: the service may not listen on {address}: ports like this one are root's."
        ),
        WHY,
        "take a port from 1024 on and let the web server pass requests on to it.",
    )
}

/// Who is there already.
async fn taken(config: &Config, key: &str, address: SocketAddr) -> Finding {
    let ours = if key == "listen" {
        let said = ask(address, "/api/bootstrap").await;
        let said = said.and_then(|it| serde_json::from_str::<Bootstrap>(&it).ok());
        said.map(|it| it.public_url)
    } else {
        // Of metrics nothing tells for which site they are.
        let said = ask(address, "/metrics").await;
        let is_ours = said.is_some_and(|it| it.contains(METRIC));
        is_ours.then(|| config.public_url.text().to_owned())
    };
    match ours {
        Some(site) if site == config.public_url.text() => {
            CHECK.ok(format!("{address} is held by the running service."))
        }
        Some(site) => CHECK.warning(
            format!("{address} is held by a running wechat-login-proxy for {site}."),
            "where that is another installation, the service does not start.",
            "nothing if it is the service, which takes the new public_url when it is restarted; else write another port.",
        ),
        None => CHECK.error(
            format!(
                "{}: {address} is taken by another program.",
                config.places.named(key)
            ),
            WHY,
            format!(
                "find it by `ss -ltnp 'sport = :{}'` and end it, or write another port.",
                address.port()
            ),
        ),
    }
}

/// What whoever listens there answers.
async fn ask(address: SocketAddr, path: &str) -> Option<String> {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(ip, address.port());
    let url = Url::parse(&format!("http://{address}{path}")).ok()?;
    let answer = Fetcher::new().ok()?.get(url, "*/*").await.ok()?;
    Some(answer.body)
}

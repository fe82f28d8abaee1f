//! `HTTPS_PROXY` and the like, as the program finds them in its environment.

use super::tunnel::{Front, toml_for};
use super::{PASSWORD, url_with, with_password};
use crate::support::*;

/// This machine, by an address that does not look like it: proxies of the environment are for other machines.
const HOST: &str = "0.0.0.0";

#[actix_web::test]
async fn the_variables_lead_to_wechat_and_around_the_proxy() {
    let simulator = Simulator::start().await.unwrap();
    let front = Front::of(&simulator.base_url());
    let tinyproxy = with_password();
    let (trust, certificate) = front.trust();
    let url = url_with(&tinyproxy, PASSWORD);
    let https = ("HTTPS_PROXY", &*url);
    for (variables, host, way, tunnels) in [
        (&[https][..], HOST, "(HTTPS_PROXY)", 1),
        (&[("all_proxy", &url)], HOST, "(all_proxy)", 1),
        (&[https, ("NO_PROXY", HOST)], HOST, "directly (NO_PROXY)", 0),
        (&[https], "127.0.0.1", "directly.", 0),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let unset = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"].map(|name| (name, ""));
        let own = [(trust, &*certificate)];
        let environment = [&unset[..], &own, variables].concat();
        let before = tinyproxy.requests("CONNECT");
        let program = PROXY.start_in(&environment, folder.path(), &toml_for(&front.url(host), ""));
        let browser = Caller::new(program.base_url(), None);
        browser.log_in(&simulator, "xiaoming", Base).await;
        assert_eq!(tinyproxy.requests("CONNECT"), before + tunnels, "{way}");
        let said = PROXY.run_in(&environment, folder.path(), "check").await;
        let line = said
            .output
            .lines()
            .find(|line| line.contains("way_out: "))
            .unwrap();
        assert!(line.starts_with("ok ") && line.contains(way), "{line}");
        let all = program.kill() + &said.output;
        assert!(!all.contains(PASSWORD), "{all}");
    }
}

#[actix_web::test]
async fn the_check_of_a_site_takes_them_too_and_names_them() {
    let tinyproxy = with_password();
    let folder = tempfile::tempdir().unwrap();
    let url = url_with(&tinyproxy, PASSWORD);
    let check = async |variable: (&'static str, &str)| {
        let environment = [variable, ("NO_PROXY", ""), ("no_proxy", "")];
        let said = PROXY.run_in(&environment, folder.path(), "check --url https://0.0.0.0:9");
        said.await.output
    };
    let output = check(("HTTPS_PROXY", &url)).await;
    let words = format!("through the proxy {} (HTTPS_PROXY).", tinyproxy.url());
    assert!(
        output.contains(&words) && !output.contains(PASSWORD),
        "{output}"
    );
    assert_eq!(tinyproxy.requests("CONNECT"), 1);
    let output = check(("HTTPS_PROXY", "http://u:p@ss/w#d@h:1")).await;
    assert!(
        output.contains("HTTPS_PROXY: is not the address of a proxy"),
        "{output}"
    );
    assert!(!output.contains("w#d"), "{output}");
}

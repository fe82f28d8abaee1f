//! A host of the company's own in WeChat's place.

use super::tunnel::{Front, toml_for};
use crate::support::*;

#[actix_web::test]
async fn a_relay_may_have_a_path_and_is_warned_of_at_every_start() {
    let simulator = Simulator::start().await.unwrap();
    let front = Front::of(&simulator.base_url());
    let (trust, certificate) = front.trust();
    for (base, is_open) in [
        (front.url("localhost"), false),
        (simulator.base_url(), true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let toml = toml_for(&base, "wechat.relay = true");
        let environment = [(trust, &*certificate)];
        let program = PROXY.start_in(&environment, folder.path(), &toml);
        let browser = Caller::new(program.base_url(), None);
        browser.log_in(&simulator, "xiaoming", Base).await;
        let log = program.kill();
        let warnings = log
            .lines()
            .filter(|line| line.contains(&base) && line.contains("WARN"));
        assert_eq!(warnings.count(), 1 + usize::from(is_open), "{log}");

        let said = PROXY.run_in(&environment, folder.path(), "check").await;
        let line = said
            .output
            .lines()
            .find(|line| line.contains(" relay: "))
            .unwrap();
        assert!(
            line.starts_with("warning ") && line.contains(&base),
            "{line}"
        );
        assert_eq!(line.contains("plain http"), is_open, "{line}");
    }

    let upstream = Upstream::start([granted("snsapi_base")]).await;
    let base = format!("{}/wechat", upstream.base_url());
    let settings = [("WECHAT__RELAY", "true"), ("WECHAT__API_BASE", &*base)];
    let proxy = TestProxy::start_with(config_with(NO_WECHAT, &settings)).await;
    proxy.sign_in("code", VERIFIER).await.session().await;
    assert!(upstream.targets()[0].starts_with("/wechat/sns/oauth2/access_token?"));
}

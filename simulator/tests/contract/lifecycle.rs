//! Starting and stopping inside another program.

use std::net::{TcpListener, TcpStream};

use wechat_simulator::{Platform, Simulator};

#[tokio::test]
async fn a_simulator_runs_in_any_runtime_and_stops_when_dropped() {
    let simulator = Simulator::start().await.unwrap();
    let address = simulator
        .base_url()
        .strip_prefix("http://127.0.0.1:")
        .map(|port| format!("127.0.0.1:{port}"));
    let address = address.unwrap();
    assert!(TcpStream::connect(&address).is_ok());
    drop(simulator);
    assert!(TcpStream::connect(&address).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_simulators_know_nothing_of_each_other() {
    let (one, other) = (
        Simulator::start().await.unwrap(),
        Simulator::start().await.unwrap(),
    );
    let page = reqwest::get(format!("{}/connect/oauth2/authorize", one.base_url()))
        .await
        .unwrap();
    assert_eq!(page.status(), 200);
    assert_eq!((one.requests().len(), other.requests().len()), (1, 0));
}

#[tokio::test]
async fn a_public_url_addresses_the_pictures() {
    let mut platform = Platform::default();
    platform.set_public_url("https://wx.example.com/");
    let simulator = Simulator::start_on(TcpListener::bind("127.0.0.1:0").unwrap(), platform)
        .await
        .unwrap();
    let code = simulator.issue_code(
        "wx00000000000000a1",
        "xiaoming",
        wechat_simulator::GrantedScope::Userinfo,
    );
    let base = simulator.base_url();
    let exchange = format!(
        "{base}/sns/oauth2/access_token?appid=wx00000000000000a1&secret=simulator-secret-a1&code={code}\
         &grant_type=authorization_code"
    );
    let token: serde_json::Value = reqwest::get(exchange).await.unwrap().json().await.unwrap();
    let (token, openid) = (
        token["access_token"].as_str().unwrap(),
        token["openid"].as_str().unwrap(),
    );
    let info = reqwest::get(format!(
        "{base}/sns/userinfo?access_token={token}&openid={openid}"
    ))
    .await
    .unwrap();
    let info: serde_json::Value = info.json().await.unwrap();
    assert_eq!(
        info["headimgurl"],
        "https://wx.example.com/_simulator/avatar/xiaoming/132"
    );
}

#[tokio::test]
#[should_panic(expected = "no person \"nobody\"")]
async fn an_unknown_person_is_the_tests_mistake() {
    Simulator::start().await.unwrap().set_current("nobody");
}

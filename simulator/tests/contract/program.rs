//! Inside another program: starting and stopping, seed and state files, and the file of everything secret given out.

use std::net::TcpStream;
use std::path::PathBuf;

use serde_json::Value;
use wechat_simulator::{GrantedScope, Person, Platform, Simulator};

use crate::support::*;

/// A path in the temporary folder where nothing is.
fn free_path(name: &str) -> PathBuf {
    let name = format!("wechat-simulator-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    drop(std::fs::remove_file(&path));
    path
}

#[actix_web::test]
async fn a_seed_brings_its_own_accounts_and_people_with_pinned_ids() {
    let seed = r#"
        [[account]]
        appid = "wx00000000000000a1"
        secret = "simulator-secret-a1"
        title = "自己的服务号"
        open_platform = "mine"
        [[person]]
        id = "me"
        nickname = "我"
        pinned_openids = { wx00000000000000a1 = "oFROMmyDATABASE" }
        pinned_unionids = { mine = "oUNION" }
    "#;
    let world = World::of(Platform::from_seed(seed).unwrap()).await;
    assert_eq!(world.silent_openid().await, "oFROMmyDATABASE");
    let code = world.decide(APP, "me", "allow").await.code();
    let token = world.exchange(BOOKS, &code).await;
    assert_eq!(token["openid"], "oFROMmyDATABASE");
    assert_eq!(token["unionid"], "oUNION");
}

#[test]
fn people_added_at_run_time_survive_a_restart() {
    let path = free_path("survive.json");
    let mut platform = Platform::default();
    platform.keep_state_in(&path).unwrap();
    let put = |platform: &mut Platform, name| platform.put_person(Person::new("xinren", name));
    assert_eq!(put(&mut platform, "新人"), Ok(true));
    assert_eq!(put(&mut platform, "新人二"), Ok(false));

    let mut restarted = Platform::default();
    restarted.keep_state_in(&path).unwrap();
    assert_eq!(put(&mut restarted, "新人三"), Ok(false));
    // Only whoever is not in the seed as they are is written.
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("新人三") && !text.contains("小红"));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn somebody_with_an_id_of_somebody_else_is_refused_with_both_names() {
    let path = free_path("clash.json");
    let mut platform = Platform::default();
    platform.keep_state_in(&path).unwrap();
    let mut thief = Person::new("thief", "");
    let taken = "oA7q4noU33qyH6Ge9czpVdZRCVeQ";
    thief.pinned_openids.insert(BOOKS.into(), taken.into());
    let problems = platform.put_person(thief).unwrap_err().to_string();
    for name in ["xiaoming", "thief"] {
        assert!(problems.contains(name), "{problems}");
    }
    assert!(!path.exists(), "nothing was written");
}

#[test]
fn a_state_file_that_cannot_be_used_is_told_at_start_and_left_alone() {
    let problems = |path| {
        let refused = Platform::default().keep_state_in(path);
        refused.unwrap_err().to_string()
    };
    let broken = free_path("broken.json");
    std::fs::write(&broken, "{").unwrap();
    let said = problems(&broken);
    assert!(said.contains("mend the JSON"), "{said}");
    assert_eq!(std::fs::read_to_string(&broken).unwrap(), "{");
    std::fs::remove_file(&broken).unwrap();
    let said = problems(&free_path("folder").join("x.json"));
    assert!(said.contains("--state-file"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn simulators_run_in_any_runtime_apart_and_stop_when_dropped() {
    let simulator = Simulator::start().await.unwrap();
    let address = simulator.base_url().replace("http://", "");
    assert!(address.starts_with("127.0.0.1:"));
    assert!(TcpStream::connect(&address).is_ok());
    let other = World::new().await;
    assert_eq!(other.get("/connect/oauth2/authorize").await.status, 200);
    assert_eq!(other.simulator.requests().len(), 1);
    assert_eq!(simulator.requests().len(), 0);
    drop(simulator);
    assert!(TcpStream::connect(&address).is_err());
}

#[tokio::test]
#[should_panic(expected = "no person \"nobody\"")]
async fn an_unknown_person_is_the_tests_mistake() {
    Simulator::start().await.unwrap().set_current("nobody");
}

// Nothing of WeChat's: it is for tests that search logs.
#[actix_web::test]
async fn everything_secret_that_is_given_out_is_on_a_line_of_its_own_once() {
    let path = free_path("issued");
    let mut platform = Platform::default();
    platform.note_issued_in(&path).unwrap();
    let world = World::of(platform).await;
    let string = |value: &Value| value.as_str().unwrap().to_owned();

    let mut given = vec![BOOKS_SECRET.to_owned(), CAFE_SECRET.to_owned()];
    given.push(world.code("xiaohong", GrantedScope::Base));
    // Twice the same person, and the second time after a reset.
    for scope in [GrantedScope::Base, GrantedScope::Userinfo] {
        let code = world.code("xiaoming", scope);
        let body = world.exchange(BOOKS, &code).await;
        let tokens = ["access_token", "refresh_token"].map(|name| string(&body[name]));
        given.push(code);
        given.extend(tokens);
        world.simulator.reset();
    }
    let snapshot = world.simulator.issue_snapshot_code(BOOKS, "kuaizhao");
    let body = world.exchange(BOOKS, &snapshot).await;
    given.extend([snapshot, string(&body["openid"])]);
    let account = world.json(TOKEN, &CREDENTIALS).await;
    given.push(string(&account["access_token"]));
    given.push(world.simulator.openid(BOOKS, "xiaoming"));
    given.extend(world.simulator.unionid(BOOKS, "xiaoming"));

    let noted = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    for value in given {
        let lines = noted.lines().filter(|line| *line == value);
        assert_eq!(lines.count(), 1, "{value}");
    }
    assert!(!noted.contains(BOOKS), "an appid is no secret");
}

// One file for the proxy and for its WeChat.
#[actix_web::test]
async fn accounts_of_a_proxys_configuration_exist_and_a_permitted_host_is_sent_their_codes() {
    let tea = "wx0000000000000011";
    let configuration = format!(
        "public_url = \"http://127.0.0.1:8080\"\n[accounts.tea]\nappid = \"{tea}\"\nsecret = \"simulator-secret-11\"\n"
    );
    let mut platform = Platform::default();
    platform.add_accounts_of_proxy(&configuration).unwrap();
    let again = platform.add_accounts_of_proxy(
        "[accounts.tea]\nappid = \"wx0000000000000011\"\nsecret = \"other\"",
    );
    assert!(
        again
            .unwrap_err()
            .to_string()
            .contains("accounts.tea.secret")
    );
    platform.permit_host("192.168.1.20");
    let world = World::of(platform).await;
    let ask = |to: &str| {
        let mut parameters = request(to, "snsapi_base", "s").to_vec();
        parameters[0] = ("appid", tea);
        authorize_path(&parameters)
    };
    let sent = world.get(&ask("http://192.168.1.20:8080/")).await;
    let token = world.exchange(tea, &sent.code()).await;
    assert!(token["openid"].is_string(), "{token}");
    // Also after everything began anew, and for nobody else's host.
    world.simulator.reset();
    assert_eq!(world.get(&ask("http://192.168.1.20:9/")).await.status, 302);
    assert_eq!(
        world.get(&ask("http://192.168.1.21:8080/")).await.status,
        200
    );
}

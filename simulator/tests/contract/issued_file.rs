//! The file of everything secret that was given out. Nothing of WeChat's: it is for tests that search logs.

use std::net::TcpListener;

use wechat_simulator::{GrantedScope, Platform, Simulator};

use crate::support::*;

#[actix_web::test]
async fn everything_secret_that_is_given_out_is_on_a_line_of_its_own_once() {
    let name = format!("wechat-simulator-issued-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let _ = std::fs::remove_file(&path);
    let mut platform = Platform::default();
    platform.note_issued_in(&path).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let world = World {
        simulator: Simulator::start_on(listener, platform).await.unwrap(),
        browser: browser(),
    };

    let mut given = vec![BOOKS_SECRET.to_owned(), CAFE_SECRET.to_owned()];
    let unused = world
        .simulator
        .issue_code(BOOKS, "xiaohong", GrantedScope::Base);
    given.push(unused);
    // Twice the same person, and the second time after a reset.
    for scope in [GrantedScope::Base, GrantedScope::Userinfo] {
        let code = world.simulator.issue_code(BOOKS, "xiaoming", scope);
        let body = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
        let field = |name: &str| body[name].as_str().unwrap().to_owned();
        given.extend([code, field("access_token"), field("refresh_token")]);
        world.simulator.reset();
    }
    let snapshot = world.simulator.issue_snapshot_code(BOOKS, "kuaizhao");
    let body = world.exchange(BOOKS, BOOKS_SECRET, &snapshot).await;
    given.extend([snapshot, body["openid"].as_str().unwrap().to_owned()]);
    let account = world
        .json(
            "/cgi-bin/token",
            &[
                ("grant_type", "client_credential"),
                ("appid", BOOKS),
                ("secret", BOOKS_SECRET),
            ],
        )
        .await;
    given.push(account["access_token"].as_str().unwrap().to_owned());
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

//! Seed and state files.

use std::net::TcpListener;

use wechat_simulator::{Person, Platform, Simulator};

use crate::support::*;

fn state_file(name: &str) -> std::path::PathBuf {
    let name = format!("wechat-simulator-{}-{name}.json", std::process::id());
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
        title = "自己的公众号"
        open_platform = "mine"
        [[person]]
        id = "me"
        nickname = "我"
        pinned_openids = { wx00000000000000a1 = "oFROMmyDATABASE" }
        pinned_unionids = { mine = "oUNION" }
    "#;
    let platform = Platform::from_seed(seed).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let world = World {
        simulator: Simulator::start_on(listener, platform).await.unwrap(),
        browser: browser(),
    };
    assert_eq!(world.silent_openid().await, "oFROMmyDATABASE");
    let code = code_of(&world.decide(APP, "me", "allow").await);
    let token = world.exchange(BOOKS, BOOKS_SECRET, &code).await;
    assert_eq!(
        (&token["openid"], &token["unionid"]),
        (&"oFROMmyDATABASE".into(), &"oUNION".into())
    );
}

#[test]
fn a_real_looking_secret_is_refused_and_not_repeated() {
    let secret = "00112233445566778899aabbccddeeff";
    let seed = Platform::DEFAULT_SEED.replacen("simulator-secret-a1", secret, 1);
    let problems = Platform::from_seed(&seed).err().unwrap().to_string();
    assert!(problems.contains("account[1].secret") && !problems.contains(secret));
}

#[test]
fn people_added_at_run_time_survive_a_restart() {
    let path = state_file("survive");
    let mut platform = Platform::default();
    platform.keep_state_in(&path).unwrap();
    assert_eq!(platform.put_person(Person::new("xinren", "新人")), Ok(true));
    assert_eq!(
        platform.put_person(Person::new("xinren", "新人二")),
        Ok(false)
    );

    let mut restarted = Platform::default();
    restarted.keep_state_in(&path).unwrap();
    assert_eq!(
        restarted.put_person(Person::new("xinren", "新人三")),
        Ok(false)
    );
    // Only whoever is not in the seed as they are is written.
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("新人三") && !text.contains("小红"));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn somebody_with_an_id_of_somebody_else_is_refused_with_both_names() {
    let path = state_file("clash");
    let mut platform = Platform::default();
    platform.keep_state_in(&path).unwrap();
    let mut thief = Person::new("thief", "");
    thief
        .pinned_openids
        .insert(BOOKS.into(), "oA7q4noU33qyH6Ge9czpVdZRCVeQ".into());
    let problems = platform.put_person(thief).unwrap_err().to_string();
    assert!(
        problems.contains("xiaoming") && problems.contains("thief"),
        "{problems}"
    );
    assert!(!path.exists(), "nothing was written");
}

#[test]
fn a_broken_state_file_is_told_and_left_alone() {
    let path = state_file("broken");
    std::fs::write(&path, "{").unwrap();
    let problems = Platform::default()
        .keep_state_in(&path)
        .unwrap_err()
        .to_string();
    assert!(problems.contains("mend the JSON"), "{problems}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{");
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_state_file_that_cannot_be_written_is_told_at_start() {
    let path = state_file("folder").join("x.json");
    let problems = Platform::default()
        .keep_state_in(&path)
        .unwrap_err()
        .to_string();
    assert!(problems.contains("--state-file"), "{problems}");
}

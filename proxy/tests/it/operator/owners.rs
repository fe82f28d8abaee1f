//! Whatever root has run, the service can go on; and where it cannot, it says why.

use std::os::unix::process::CommandExt as _;

use super::*;

/// By root: what changes the database, what only looks, and the program itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_root_runs_before_beside_and_after_the_service_leaves_nothing_of_roots() {
    let Some(site) = Site::new() else { return };
    let erase = format!("erase --account shop --openid {OPENID}");
    let every = async |moment: &str| {
        for line in ["forget --unseen-days 31", "check", &erase] {
            site.root(line).await;
            site.assert_owners(&format!("{line} {moment}"));
        }
        let file = site.at(moment);
        let said = site.root(&format!("backup {}", file.display())).await;
        site.assert_owners(&format!("backup {moment}"));
        assert_eq!(
            said.code,
            Some(i32::from(!site.database().exists())),
            "{moment}: {}",
            said.errors
        );
    };
    every("before-the-first-start").await;
    // Root in the service's place.
    PROXY.start(site.folder.path(), &site.toml()).kill();
    site.assert_owners("serve by root");
    let service = site.start();
    order(&service, "1").await;
    every("beside").await;
    order(&service, "2").await;
    service.kill();
    every("after-a-crash").await;
    site.start_and_stop();
    every("after-an-end").await;
    std::fs::remove_file(site.data().join("proxy.sqlite-lock")).unwrap();
    every("without-a-lock").await;
    site.root_can("restore beside").await;
    every("after-a-restore").await;
    site.start_and_stop();

    std::fs::remove_dir_all(site.data()).unwrap();
    std::fs::create_dir(site.data()).unwrap();
    set_mode(&site.data(), 0o700);
    give_to_service(&site.data());
    site.root_can("restore beside").await;
    site.assert_owners("restore into an empty folder");
    site.start_and_stop();
}

#[tokio::test]
async fn what_root_has_left_is_named_and_the_command_that_is_named_mends_it() {
    let Some(site) = Site::new() else { return };
    site.start_and_stop();
    let own = |names: &[&str], uid: u32| {
        for name in names {
            let path = site.data().join(name);
            std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(&path)
                .unwrap();
            set_mode(&path, 0o600);
            chown(&path, Some(uid), Some(uid)).unwrap();
        }
    };
    for names in [
        &["proxy.sqlite-lock"][..],
        &["proxy.sqlite"],
        &["proxy.sqlite", "proxy.sqlite-wal", "proxy.sqlite-shm"],
    ] {
        own(names, 0);
        let said = site.refusal().await;
        for name in names {
            let words = format!(
                "{} belongs to root (mode 0600)",
                site.data().join(name).display()
            );
            assert!(said.contains(&words), "{said}");
        }
        assert!(said.contains("uid 61234 may not write there"), "{said}");
        let at = said.find("chown --reference=").unwrap();
        let command = said[at..].lines().next().unwrap();
        let mended = std::process::Command::new("sh")
            .args(["-c", command])
            .status();
        assert!(mended.unwrap().success(), "{command}");
        site.start_and_stop();
    }
    // A folder of root's, and somebody who is neither.
    chown(site.data(), Some(0), Some(0)).unwrap();
    let said = site.refusal().await;
    assert!(
        said.contains("data belongs to root (mode 0700), and uid 61234 may make no files in it"),
        "{said}"
    );
    give_to_service(&site.data());
    let stranger = Executable(site.service.0, Some(SERVICE + 1));
    for line in [
        "backup /tmp/none",
        "restore proxy.toml",
        "forget --unseen-days 31",
    ] {
        let said = stranger.run(site.folder.path(), line).await;
        assert_eq!(said.code, Some(1), "{line}");
        said.assert_error("run this as root or uid 61234");
    }
}

/// As the service's user could plant it.
#[tokio::test]
async fn root_writes_nowhere_that_a_link_leads_to() {
    let Some(site) = Site::new() else { return };
    site.start_and_stop();
    std::fs::write(site.at("precious"), "kept").unwrap();
    let lock = site.data().join("proxy.sqlite-lock");
    std::fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink(site.at("precious"), &lock).unwrap();
    let said = site.root("forget --unseen-days 31").await;
    assert_eq!(said.code, Some(1));
    said.assert_error("proxy.sqlite-lock is no file but a link");
    assert_eq!(
        std::fs::read_to_string(site.at("precious")).unwrap(),
        "kept"
    );
    assert_eq!(site.at("precious").metadata().unwrap().uid(), 0);
}

/// Of the database itself: root's own file, full or empty.
#[tokio::test]
async fn no_file_of_roots_becomes_the_database_nor_goes_aside() {
    let Some(site) = Site::new() else { return };
    site.start_and_stop();
    site.root_can("backup backup.sqlite").await;
    let folder = site.at("of-root");
    std::fs::create_dir(&folder).unwrap();
    let erase = format!("erase --account shop --openid {OPENID}");
    let plant = "rm data/proxy.sqlite* && ln -s ../of-root/shadow data/proxy.sqlite";
    for content in ["root:!:1", ""] {
        std::fs::write(folder.join("shadow"), content).unwrap();
        let mut planted = std::process::Command::new("sh");
        planted.args(["-c", plant]).current_dir(site.folder.path());
        assert!(planted.uid(SERVICE).status().unwrap().success());
        for line in [
            "restore backup.sqlite",
            &erase,
            "forget --unseen-days 31",
            "backup other.sqlite",
        ] {
            let said = site.root(line).await;
            assert_eq!(said.code, Some(1), "{line}");
            said.assert_error("proxy.sqlite is no file but a link");
        }
        let said = site.root("check").await.output;
        let all = format!("chown -R {SERVICE}:{SERVICE} {}", folder.display());
        assert!(
            said.contains("is no file but a link") && !said.contains(&all),
            "{said}"
        );
        let kept = std::fs::read_to_string(folder.join("shadow")).unwrap();
        let count = folder.read_dir().unwrap().count();
        assert_eq!((&*kept, count), (content, 1));
        assert_eq!(folder.join("shadow").metadata().unwrap().uid(), 0);
    }
}

/// As kill -9 leaves it: a copy of everything.
#[tokio::test]
async fn the_next_start_removes_what_a_killed_restore_has_left_or_names_it() {
    let Some(site) = Site::new() else { return };
    let left = site.data().join("proxy.sqlite-restore.part");
    let leave = || {
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join("new"), "left").unwrap();
        set_mode(&left, 0o700);
    };
    leave();
    let log = site.start().kill();
    assert!(
        log.contains(&format!("as root, rm -r {}", left.display())),
        "{log}"
    );
    site.root("forget --unseen-days 31").await;
    assert!(!left.exists());
    leave();
    give_to_service(&left);
    site.start_and_stop();
    assert!(!left.exists());
}

//! A backup, a crash, and the way back.

use std::path::Path;

use super::*;

/// What a restore has put aside.
fn before(said: &str) -> PathBuf {
    let from = said.split("What was there before is in ").nth(1).unwrap();
    from.split(';').next().unwrap().into()
}

fn length(path: &Path) -> u64 {
    path.metadata().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_crash_the_backup_is_there_and_nothing_of_the_log_beside() {
    let Some(site) = Site::new() else { return };
    let service = site.start();
    order(&service, "before").await;
    let said = site.root_can("backup backup.sqlite").await;
    let words = "Backed up 1 user(s) and 1 record(s) to backup.sqlite (";
    assert!(said.starts_with(words), "{said}");
    let metadata = site.at("backup.sqlite").metadata().unwrap();
    assert_eq!((metadata.uid(), metadata.mode() & 0o777), (0, 0o600));
    order(&service, "after").await;

    // Beside the running service, and where somebody has moved its file.
    for name in ["proxy.sqlite", "moved"] {
        std::fs::rename(site.database(), site.data().join(name)).unwrap();
        let said = site.root("restore backup.sqlite").await;
        assert_eq!(said.code, Some(1));
        said.assert_error("has the file open; stop the proxy that runs on it");
        std::fs::rename(site.data().join(name), site.database()).unwrap();
        assert!(has_order(&service, "after").await);
    }

    service.kill();
    assert!(length(&site.data().join("proxy.sqlite-wal")) > 0);
    let said = site.root_can("restore backup.sqlite").await;
    assert!(
        said.starts_with("Restored 1 user(s) and 1 record(s) from backup.sqlite."),
        "{said}"
    );
    let times = said.lines().nth(1).unwrap();
    assert!(
        times.starts_with("It was written at 2") && times.ends_with(" UTC."),
        "{said}"
    );
    assert!(times.contains("; the last login in it: 2"), "{said}");
    assert!(
        said.ends_with("erase again who was erased since the backup was made.\n"),
        "{said}"
    );
    site.assert_owners("restore");
    let service = site.start();
    assert!(has_order(&service, "before").await && !has_order(&service, "after").await);
    service.kill();

    // And back, with what was in that log.
    let crashed = before(&said).join("proxy.sqlite");
    assert!(length(&crashed.with_extension("sqlite-wal")) > 0);
    site.root_can(&format!("restore {}", crashed.display()))
        .await;
    let service = site.start();
    assert!(has_order(&service, "before").await && has_order(&service, "after").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_interruption_nothing_starts_until_it_has_run_again() {
    let Some(site) = Site::new() else { return };
    let service = site.start();
    order(&service, "old").await;
    site.root_can("backup backup.sqlite").await;
    service.kill();
    // As kill -9 leaves it, when the new one is ready and the old one has gone.
    let aside = site.data().join("proxy.sqlite-restore");
    std::fs::create_dir(&aside).unwrap();
    std::fs::copy(site.at("backup.sqlite"), aside.join("new")).unwrap();
    std::fs::rename(site.database(), aside.join("proxy.sqlite")).unwrap();
    let words = "was interrupted; run `wechat-login-proxy restore FILE` again";
    let refused = site.refusal().await;
    assert!(refused.contains(words), "{refused}");
    let erase = format!("erase --account shop --openid {OPENID}");
    for line in [
        &*erase,
        "forget --unseen-days 31",
        "backup other.sqlite",
        "serve",
    ] {
        let said = site.root(line).await;
        assert_eq!(said.code, Some(1), "{line}");
        said.assert_error(words);
    }
    // Which says what is so and what to do apart.
    let looked = site.root("check").await.output;
    let (what, fix) = words.split_once("; ").unwrap();
    assert!(
        looked.contains(what) && looked.contains(&format!("To do: {fix}")),
        "{looked}"
    );
    assert!(!site.database().exists());
    // By a file that is none, it stays so.
    std::fs::write(site.at("bad"), "x".repeat(1000)).unwrap();
    site.root("restore bad")
        .await
        .assert_error("is no SQLite database");
    assert!(site.refusal().await.contains(words));

    set_mode(&aside, 0o700);
    give_to_service(&aside);
    for name in ["new", "proxy.sqlite"] {
        give_to_service(&aside.join(name));
    }
    let said = site.root_can("restore backup.sqlite").await;
    assert!(before(&said).join("proxy.sqlite-wal").exists());
    site.assert_owners("restore");
    assert!(has_order(&site.start(), "old").await);
}

#[tokio::test]
async fn the_service_itself_can_do_both_and_what_is_no_file_is_refused() {
    let Some(site) = Site::new() else { return };
    let service = site.start();
    order(&service, "old").await;
    let run = async |line: &str| site.service.run(site.folder.path(), line).await;
    assert_eq!(run("backup data/backup.sqlite").await.code, Some(0));
    // Root could be led elsewhere.
    let said = site.root("backup data/other.sqlite").await;
    said.assert_error("others than root may change");
    std::fs::create_dir(site.data().join("of-root")).unwrap();
    let said = site.root("backup data/of-root/other.sqlite").await;
    said.assert_error(&format!(
        "others than root may change {}, and",
        site.data().display()
    ));
    std::fs::remove_dir(site.data().join("of-root")).unwrap();
    service.kill();
    assert_eq!(run("restore data/backup.sqlite").await.code, Some(0));
    site.assert_owners("restore by the service");
    site.root("restore data/proxy.sqlite")
        .await
        .assert_error("belongs to the database itself");
    let made = std::process::Command::new("mkfifo")
        .arg(site.at("fifo"))
        .status();
    assert!(made.unwrap().success());
    for name in ["fifo", "data"] {
        let said = site.root(&format!("restore {name}")).await;
        said.assert_error(&format!("{name} is no file: name the one that"));
    }
    site.root("restore missing")
        .await
        .assert_error("missing: No such file");
    assert!(has_order(&site.start(), "old").await);
    for (url, words) in [
        ("sqlite::memory:", "gone when the proxy ends"),
        (
            "postgres://u@127.0.0.1/d",
            "this is PostgreSQL; its own programs",
        ),
    ] {
        let toml = site
            .toml()
            .replace(&format!("sqlite:{}", site.database().display()), url);
        std::fs::write(site.at("proxy.toml"), toml).unwrap();
        for line in ["backup new.sqlite", "restore data/backup.sqlite"] {
            let said = site.root(line).await;
            assert_eq!(said.code, Some(1), "{line}");
            said.assert_error(words);
        }
    }
}

/// In a small file system of its own.
#[tokio::test]
async fn a_full_disk_and_one_that_may_not_be_written_are_named_and_change_nothing() {
    let Some(site) = Site::new() else { return };
    site.start_and_stop();
    site.root_can("backup backup.sqlite").await;
    let script = |then: &str| {
        let mount = "mount -t tmpfs -o size=180k,mode=700,uid=61234,gid=61234 tmpfs data";
        format!("cp -a data/proxy.sqlite old && {mount} && cp -a old data/proxy.sqlite && {then}")
    };
    let run = async |then: &str| {
        let mut command = tokio::process::Command::new("unshare");
        command.args(["--mount", "sh", "-c", &script(then)]);
        command
            .current_dir(site.folder.path())
            .env("PROGRAM", PROXY.0);
        let output = command.output().await.unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let is_possible = run("echo mounted").await;
    if !is_possible.contains("mounted") {
        println!("skipped: nothing may be mounted: {is_possible}");
        return;
    }
    let fill = "dd if=/dev/zero of=data/full bs=4k 2>/dev/null;";
    let data = site.data().display().to_string();
    let full =
        format!("the file system of {data} is full: make room; how much there is: df -h {data}");
    let said = run(&format!(
        "{{ {fill} $PROGRAM restore backup.sqlite; cmp old data/proxy.sqlite && ls data; }}"
    ))
    .await;
    assert!(
        said.contains(&full) && said.starts_with("full\nproxy.sqlite\nproxy.sqlite-lock\n"),
        "{said}"
    );
    let said = run(&format!("{{ {fill} $PROGRAM serve; }}")).await;
    assert!(said.contains(&full), "{said}");
    let said = run(
        "{ mount -o remount,ro data; $PROGRAM serve; $PROGRAM erase --account shop --openid o1; }",
    )
    .await;
    let words =
        format!("{data} cannot be written, for its file system is read-only here: mount it");
    assert_eq!(said.matches(&words).count(), 2, "{said}");
}

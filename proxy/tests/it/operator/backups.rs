//! Backups that do not come to their end, and those that are removed.

use std::time::SystemTime;

use super::*;

/// While another one is under way.
#[tokio::test]
async fn a_backup_that_is_asked_to_end_says_so_and_waits_for_nobody() {
    let Some(site) = Site::new() else { return };
    site.start_and_stop();
    let part = site.at("wechat-login-backup.part");
    let other = std::fs::File::create(&part).unwrap();
    other.lock().unwrap();
    let mut backup = std::process::Command::new(PROXY.0);
    backup.args(["backup", "backup.sqlite"]);
    backup
        .current_dir(site.folder.path())
        .stderr(std::process::Stdio::piped());
    let mut backup = backup.env_remove("WECHAT_LOGIN_CONFIG").spawn().unwrap();
    let open = PathBuf::from(format!("/proc/{}/fd", backup.id()));
    let is_open = || {
        let files = open.read_dir().unwrap();
        let mut files = files.filter_map(|it| it.unwrap().path().read_link().ok());
        files.any(|it| it == part)
    };
    while !is_open() {
        assert!(backup.try_wait().unwrap().is_none());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let id = nix::unistd::Pid::from_raw(backup.id().cast_signed());
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    let said = backup.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(1), "{errors}");
    assert!(
        errors.contains("no backup was made, for SIGTERM came"),
        "{errors}"
    );
    assert!(part.exists() && !site.at("backup.sqlite").exists());
    drop(other);
    // And then it is what one that was killed has left.
    site.root_can("backup backup.sqlite").await;
    assert!(!part.exists());
}

/// As the unit does it every night.
#[test]
fn only_old_backups_of_the_night_are_removed() {
    const UNIT: &str = include_str!("../../../../docs/deploy/wechat-login-backup.service");
    const FOLDER: &str = "/var/backups/wechat-login";
    let lines = UNIT
        .lines()
        .filter_map(|line| line.strip_prefix("ExecStart="));
    let mut lines = lines.filter(|line| line.contains("find "));
    let (line, None) = (lines.next().unwrap(), lines.next()) else {
        panic!("{UNIT}");
    };
    assert!(UNIT.contains(&format!("backup {FOLDER}/nightly-$(date ")));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("kept")).unwrap();
    let old = SystemTime::now() - Duration::from_secs(16 * 24 * 3600);
    for (name, time) in [
        ("nightly-2026-01-01-033000.sqlite", old),
        ("nightly-2026-02-01-033000.sqlite", SystemTime::now()),
        ("before-update.sqlite", old),
        ("kept/nightly-2026-01-01-033000.sqlite", old),
    ] {
        let file = std::fs::File::create(folder.path().join(name)).unwrap();
        file.set_modified(time).unwrap();
    }
    let line = line.replace(FOLDER, folder.path().to_str().unwrap());
    // systemd knows no shell's patterns.
    let mut words = line.split(' ');
    let mut find = std::process::Command::new(words.next().unwrap());
    assert!(find.args(words).status().unwrap().success());
    let left = folder.path().read_dir().unwrap();
    let mut left: Vec<_> = left.map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(
        left,
        [
            "before-update.sqlite",
            "kept",
            "nightly-2026-02-01-033000.sqlite"
        ]
    );
    assert_eq!(folder.path().join("kept").read_dir().unwrap().count(), 1);
}

//! `check` as root, of a service that systemd starts: what its unit gives and hides counts, and who it is.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::unistd::geteuid;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::mistakes::{Installation, SERVICE};
use crate::support::*;

#[actix_web::test]
async fn what_the_unit_gives_and_hides_is_looked_at() {
    if !geteuid().is_root() {
        eprintln!("skipped: not root");
        return;
    }
    let simulator = Simulator::start().await.unwrap();
    let program = Path::new(PROXY.0);
    let packed = include_str!("../../../../docs/deploy/wechat-login-proxy.service");
    // What is left out of it, what a drop-in says besides, and what is found then.
    let shop = "LoadCredential=shop:";
    for (left_out, line, words, code) in [
        ("", "", "access: Configuration, program, app", 0),
        (shop, "", "gives the service no credential shop", 1),
        (shop, "", "LoadCredential=shop:/", 1),
        (shop, "LoadCredential=shop:/etc/hostname", "access: Conf", 0),
        (
            "",
            "LoadCredential=more:/nowhere",
            "from /nowhere, which is not",
            1,
        ),
        ("ReadWritePaths", "", "ProtectSystem=strict in", 1),
        (shop, "ImportCredential=sh*", "access: Conf", 0),
        ("", "InaccessiblePaths=-@/app", "InaccessiblePaths= in", 1),
        ("", "TemporaryFileSystem=@:ro", "TemporaryFileSystem= in", 1),
        (
            "",
            "TemporaryFileSystem=@:ro\nBindPaths=@/data\nBindReadOnlyPaths=@/app @/proxy.toml",
            "access: Conf",
            0,
        ),
        (
            "",
            "Environment=\"WECHAT_LOGIN__LISTEN=203.0.113.7:8081\"",
            "WECHAT_LOGIN__LISTEN: listen: 203.0.113.7:8081 cannot",
            1,
        ),
        (
            "",
            "EnvironmentFile=/nowhere",
            "variables from /nowhere, wh",
            1,
        ),
        ("", "EnvironmentFile=-/nowhere", "access: Conf", 0),
        (
            "",
            "ExecStart=\nExecStart=/usr/local/bin/nothing serve",
            "To do: put the program there",
            1,
        ),
        (
            "",
            "User=nobody-of-this-name",
            "no user nobody-of-this-name",
            1,
        ),
        (
            "",
            "ExecStart=\nExecStart=/bin/true --config /x",
            "service with /x, and",
            0,
        ),
    ] {
        let it = Installation::new(&simulator.base_url());
        let folder = it.folder.path().display();
        let writable = format!("[Service]\nReadWritePaths={folder}/data\n");
        // It lies where tests lie, and its user is there already.
        let unit = packed
            .replace("[Service]\n", &writable)
            .replace("/etc/wechat-login", &folder.to_string())
            .replace("/usr/local/bin/wechat-login-proxy", PROXY.0)
            .replace("PrivateTmp=yes", "")
            .replace("DynamicUser=yes", "User=64123");
        let kept = unit
            .lines()
            .filter(|line| left_out.is_empty() || !line.starts_with(left_out));
        let unit = kept.collect::<Vec<_>>().join("\n");
        let line = line.replace('@', &folder.to_string());
        let drop_in = format!("[Service]\n{line}\n");
        add_files(
            it.folder.path(),
            &[("own.service", unit), ("own.service.d/50.conf", drop_in)],
        );
        it.own("credentials", 0);
        let at = format!("--unit {folder}/own.service");
        let said = it.check(program, 0, &at).await;
        assert!(said.1.contains(words), "{words}: {}", said.1);
        assert_eq!(said.0, Some(code), "{words}: {}", said.1);
    }
}

/// What systemd alone can open is looked at as the running service has it.
#[actix_web::test]
async fn a_sealed_credential_is_that_of_the_running_service() {
    if !geteuid().is_root() {
        eprintln!("skipped: not root");
        return;
    }
    let simulator = Simulator::start().await.unwrap();
    let it = Installation::new(&simulator.base_url());
    std::fs::create_dir_all("/run/credentials").unwrap();
    let builder = tempfile::Builder::new()
        .suffix(".service")
        .tempdir_in("/run/credentials");
    let given = builder.unwrap();
    for name in ["shop", "session-keys"] {
        std::fs::rename(it.at("credentials").join(name), given.path().join(name)).unwrap();
    }
    let name = given.path().file_name().unwrap().to_str().unwrap();
    let unit =
        format!("[Service]\nUser={SERVICE}\nImportCredential=sh*\nImportCredential=session-keys\n");
    add_files(it.at("").as_path(), &[(name, unit)]);
    let at = format!("--unit {}", it.at(name).display());
    let (code, said) = it.check(Path::new(PROXY.0), 0, &at).await;
    assert_eq!(code, Some(0), "{said}");
}

/// One that has been moved from the users systemd makes to one of its own.
#[actix_web::test]
async fn a_folder_that_systemd_hands_over_is_in_nobodys_way() {
    if !geteuid().is_root() {
        eprintln!("skipped: not root");
        return;
    }
    let simulator = Simulator::start().await.unwrap();
    let it = Installation::new(&simulator.base_url());
    let state = tempfile::tempdir_in("/var/lib").unwrap();
    let database = state.path().join("proxy.sqlite");
    std::fs::write(&database, "").unwrap();
    for path in [state.path(), &database] {
        std::os::unix::fs::chown(path, Some(61_184), Some(61_184)).unwrap();
    }
    let toml = std::fs::read_to_string(it.at("proxy.toml")).unwrap();
    let own = it.at("data/proxy.sqlite").display().to_string();
    let toml = toml.replace(&own, &database.display().to_string());
    let name = state.path().file_name().unwrap().to_str().unwrap();
    for (line, code) in [
        (format!("StateDirectory={name}"), 0),
        (format!("ReadWritePaths={}", state.path().display()), 1),
    ] {
        let keys = it.at("credentials").display().to_string();
        let unit = format!(
            "[Service]\nUser={SERVICE}\n{line}\nLoadCredential=session-keys:{keys}/session-keys\n\
             LoadCredential=shop:{keys}/shop\n"
        );
        add_files(
            it.at("").as_path(),
            &[("own.service", unit), ("proxy.toml", toml.clone())],
        );
        let at = format!("--unit {}", it.at("own.service").display());
        let (found, said) = it.check(Path::new(PROXY.0), 0, &at).await;
        assert_eq!(said.contains("error    access: "), code == 1, "{said}");
        assert_eq!(found, Some(code), "{said}");
    }
}

/// A server that asks the system who calls.
#[actix_web::test]
async fn postgresql_is_asked_as_the_services_user() {
    if !geteuid().is_root() {
        eprintln!("skipped: not root");
        return;
    }
    let rules = tempfile::NamedTempFile::new().unwrap();
    let all = "local all postgres trust\nlocal all all peer\n";
    std::fs::write(rules.path(), all).unwrap();
    std::fs::set_permissions(rules.path(), PermissionsExt::from_mode(0o644)).unwrap();
    let rules = format!("hba_file={}", rules.path().display());
    let server = postgres::Server::start(&["-c", "fsync=off", "-c", &rules]).unwrap();
    let url = server.new_database().await.unwrap();
    // Everybody's folder, as /var/run/postgresql is.
    let socket = url.split_once("?host=").unwrap().1;
    std::fs::set_permissions(socket, PermissionsExt::from_mode(0o755)).unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    connection
        .execute("CREATE ROLE nobody LOGIN; GRANT CREATE ON SCHEMA public TO nobody")
        .await
        .unwrap();
    let url = url.replace("postgres@", "nobody@");
    let simulator = Simulator::start().await.unwrap();
    let it = Installation::new(&simulator.base_url());
    let toml = std::fs::read_to_string(it.at("proxy.toml")).unwrap();
    let own = format!("sqlite:{}", it.at("data/proxy.sqlite").display());
    add_files(
        it.at("").as_path(),
        &[("proxy.toml", toml.replace(&own, &url))],
    );
    for (user, words) in [
        ("nobody", "database_role: The role nobody may do"),
        ("64123", "skipped  database: "),
    ] {
        let (_, said) = it
            .check(Path::new(PROXY.0), 0, &format!("--unit none --user {user}"))
            .await;
        assert!(said.contains(words), "{user}: {said}");
        assert!(!said.contains("error    database"), "{user}: {said}");
    }
}

//! What holds before and after the commands under a heading.

use std::collections::BTreeMap;

use super::shop::{APPSECRETS, Shop};

/// The version that is installed, and the one that comes afterwards.
const VERSIONS: [&str; 2] = ["wechat-login-0.1.0", "wechat-login-0.2.0"];

/// What belongs to a heading.
pub(super) struct Promise {
    /// What happened since the commands before, and what is refused.
    pub(super) before: fn(&Shop),
    /// What the last command of a block is told if it asks, the first block being 0.
    pub(super) told: fn(&Shop, usize) -> Option<String>,
    /// What is reached by a block alone, and what it has said.
    pub(super) each: fn(&Shop, usize, &str),
    /// What is reached by all.
    pub(super) after: fn(&Shop),
}

impl Default for Promise {
    fn default() -> Self {
        Self {
            before: |_| {},
            told: |_, _| None,
            each: |_, _, _| {},
            after: |_| {},
        }
    }
}

fn after(after: fn(&Shop)) -> Promise {
    Promise {
        after,
        ..Promise::default()
    }
}

/// All of them by heading.
pub(super) fn all() -> BTreeMap<&'static str, Promise> {
    BTreeMap::from([
        ("Install", installed()),
        ("Check", checked()),
        ("Session keys", session_keys()),
        ("AppSecret", appsecret()),
        ("Service keys", after(|shop| drop(shop.knows("xiaoming")))),
        ("Back up", backed_up()),
        ("Restore", restored()),
        ("Update", updated()),
        ("Go back", gone_back()),
        ("Erase and forget", erased()),
        ("Move to PostgreSQL", moved()),
        ("Stop", stopped()),
    ])
}

fn installed() -> Promise {
    Promise {
        before: |shop| {
            let version = concat!("wechat-login-", env!("CARGO_PKG_VERSION"));
            assert_eq!(version, VERSIONS[0], "the runbook has another version");
            // Nobody's umask changes what is installed.
            shop.does("echo umask 077 >> ~/.bash_profile");
            // What is said at the top of a sample, without WeChat.
            shop.does(
                "tar -xzf wechat-login-0.1.0.tar.gz -C /tmp && cd /tmp/wechat-login-0.1.0
                trap 'kill %1 %2' EXIT
                bin/wechat-simulator & bin/wechat-login-proxy --config docs/deploy/sandbox.toml &
                curl --silent --fail --retry 99 --retry-connrefused --retry-max-time 20 http://127.0.0.1:8081/readyz",
            );
        },
        told: |_, block| (block == 2).then(|| APPSECRETS[0].to_owned()),
        each: |shop, block, _| {
            if block == 3 {
                // Too early, whatever comes of it: root must not be in the service's way.
                shop.does("wechat-login-proxy check || wechat-login-proxy forget --unseen-days 730 || true");
            }
        },
        after: |shop| {
            shop.signs_in("xiaoming");
            shop.phone("buy", "xiaoming tea");
            let page = shop.does("curl --silent --fail --include https://shop.example/");
            assert!(page.contains("content-security-policy"), "{page}");
            let exposure = shop.does("systemd-analyze security wechat-login-proxy | tail -n 1");
            assert!(exposure.contains(" OK "), "{exposure}");
        },
    }
}

fn checked() -> Promise {
    after(|shop| {
        shop.keeps_secrets();
        shop.does("cd /etc/wechat-login && chmod 755 credentials && chmod 644 credentials/shop");
        shop.refuses(
            "wechat-login-proxy check",
            &["credentials/shop, which holds"],
        );
        shop.does("cd /etc/wechat-login && chmod 700 credentials && chmod 600 credentials/shop");
        tells_of_a_service_that_does_not_run(shop);
    })
}

/// Stopped, failed, and not what lies there now.
fn tells_of_a_service_that_does_not_run(shop: &Shop) {
    let says = |words: &str| {
        let said = shop.does("wechat-login-proxy check");
        assert!(said.contains(words), "nothing of {words:?}: {said}");
    };
    says("service: wechat-login-proxy.service is running.");
    let stopped = "is not running (stopped)";
    let start = "systemctl start wechat-login-proxy";
    shop.does("systemctl stop wechat-login-proxy");
    shop.refuses("wechat-login-proxy check", &[stopped, start]);
    // Whoever asks, with a copy of the credentials.
    shop.refuses(
        "trap 'rm -r /tmp/copy' EXIT; cp -r /etc/wechat-login/credentials /tmp/copy && chown -R nobody /tmp/copy
        runuser -u nobody -- env CREDENTIALS_DIRECTORY=/tmp/copy wechat-login-proxy check",
        &[stopped, start],
    );
    shop.does("cp -a /etc/wechat-login/proxy.toml ~/kept.toml && echo 'nonsense = 1' >> /etc/wechat-login/proxy.toml");
    shop.refuses("systemctl start wechat-login-proxy", &[]);
    shop.does("cp -a ~/kept.toml /etc/wechat-login/proxy.toml");
    let log = "journalctl -u wechat-login-proxy -n 20";
    let failed = "is not running (failed, exit status 2)";
    shop.refuses("wechat-login-proxy check", &[failed, log]);
    shop.does("systemctl start wechat-login-proxy && wechat-login-proxy health --ready");
    says("service: wechat-login-proxy.service is running.");
    shop.does("touch /etc/wechat-login/proxy.toml");
    says("Written after wechat-login-proxy.service has started: /etc/wechat-login/proxy.toml.");
    shop.does("systemctl restart wechat-login-proxy && touch /etc/systemd/system/wechat-login-proxy.service");
    says("systemctl daemon-reload && systemctl restart wechat-login-proxy.");
    shop.does("systemctl daemon-reload && systemctl restart wechat-login-proxy");
    let said = shop.does("wechat-login-proxy check");
    let is_told = said.contains("Written after") || said.contains("was changed");
    assert!(!is_told, "{said}");
}

/// What somebody might take for a list of two keys.
const LISTS: [&str; 4] = [
    r#"["%s", "%s"]\n"#,
    r"%s,%s\n",
    r"%s %s\n",
    r#"session_keys = ["%s", "%s"]\n"#,
];

fn session_keys() -> Promise {
    Promise {
        before: |shop| {
            for list in LISTS {
                shop.does(&format!(
                    "cd /etc/wechat-login/credentials && cp -a session-keys ~/kept
                    printf '{list}' $(openssl rand -hex 32) $(cat ~/kept) > session-keys"
                ));
                shop.refuses("wechat-login-proxy check", &["write one key a line"]);
                shop.does("cat ~/kept > /etc/wechat-login/credentials/session-keys");
            }
        },
        each: |shop, block, said| {
            if block == 0 {
                assert!(said.contains("2 keys, the first seals"), "{said}");
                shop.knows("xiaoming");
            }
        },
        after: |shop| {
            // Sealed by the key that is gone.
            shop.refuses("bash /opt/world/phone.sh look xiaoming", &["401"]);
            shop.signs_in("xiaoming");
        },
        ..Promise::default()
    }
}

fn appsecret() -> Promise {
    Promise {
        before: |shop| {
            shop.reset_the_appsecret();
            shop.refuses("wechat-login-proxy check", &["AppSecret"]);
        },
        told: |_, block| (block == 0).then(|| APPSECRETS[1].to_owned()),
        after: |shop| {
            shop.knows("xiaoming");
            shop.signs_in("xiaohong");
        },
        ..Promise::default()
    }
}

fn backed_up() -> Promise {
    after(|shop| {
        let modes =
            "stat -c '%a %U' /var/backups/wechat-login /var/backups/wechat-login/* | sort -u";
        assert_eq!(shop.does(modes), "600 root\n700 root\n");
        // A night that fails is seen.
        shop.does("mv /var/lib/private/wechat-login/proxy.sqlite ~/away.sqlite");
        shop.refuses("systemctl start wechat-login-backup", &[]);
        shop.does("systemctl --failed | grep wechat-login-backup");
        shop.does(
            "mv ~/away.sqlite /var/lib/private/wechat-login/proxy.sqlite; systemctl reset-failed",
        );
    })
}

fn restored() -> Promise {
    Promise {
        before: |shop| {
            shop.refuses(
                "wechat-login-proxy restore $(ls /var/backups/wechat-login/nightly-*.sqlite | tail -n 1)",
                &["systemctl stop wechat-login-proxy"],
            );
            // Since the backup somebody has come, and the machine has lost its power.
            shop.signs_in("layla");
            shop.does(
                "systemctl kill --signal=KILL wechat-login-proxy
                test -s /var/lib/private/wechat-login/proxy.sqlite-wal",
            );
        },
        after: |shop| {
            assert!(shop.knows("xiaoming").contains("tea"));
            let users = shop.does(
                "curl -sS -H \"Authorization: Bearer $(cat /etc/wechat-login/credentials/orders-2)\" \
                 'http://127.0.0.1:8081/service/accounts/shop/users?limit=100'",
            );
            for (person, is_there) in [("xiaoming", true), ("xiaohong", true), ("layla", false)] {
                assert_eq!(
                    users.contains(&shop.openid(person)),
                    is_there,
                    "{person}: {users}"
                );
            }
            shop.signs_in("layla");
        },
        ..Promise::default()
    }
}

/// What the tables lack before an update.
const OLDER: &str = "DROP TABLE scan; DELETE FROM _sqlx_migrations WHERE version = 3";

/// What a later version has done to them.
const NEWER: &str = "ALTER TABLE identity ADD COLUMN invited_by TEXT;
    INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    SELECT 4, 'invited_by', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";

/// The update again.
const UPDATED: &str = "ALTER TABLE identity DROP COLUMN invited_by;
    DELETE FROM _sqlx_migrations WHERE version = 4";

fn updated() -> Promise {
    Promise {
        before: |shop| {
            shop.publish_the_next_version(VERSIONS[0], VERSIONS[1]);
            shop.alters_tables(OLDER);
        },
        each: |_, block, said| {
            if block == 0 {
                assert!(said.contains("of the older version 2"), "{said}");
            }
        },
        after: |shop| {
            shop.knows("xiaoming");
            shop.does("curl --silent --fail https://shop.example/news-0123456789abcdef.txt");
        },
        ..Promise::default()
    }
}

fn gone_back() -> Promise {
    Promise {
        before: |shop| shop.alters_tables(NEWER),
        after: |shop| {
            assert!(shop.knows("xiaoming").contains("tea"));
            shop.does("wechat-login-proxy check | grep 'migration 4'");
            shop.alters_tables(UPDATED);
        },
        ..Promise::default()
    }
}

fn erased() -> Promise {
    Promise {
        before: |shop| {
            // While the service is stopped root's commands may be the first to open the database.
            shop.does("systemctl stop wechat-login-proxy");
            let openid = shop.openid("layla");
            shop.does(&format!(
                "wechat-login-proxy erase --account shop --openid {openid}"
            ));
            shop.does("systemctl start wechat-login-proxy && wechat-login-proxy health --ready");
        },
        told: |shop, block| (block == 1).then(|| shop.openid("xiaohong")),
        after: |shop| {
            let records = shop.knows("xiaohong");
            assert!(records.contains("\"records\":[]"), "{records}");
            assert!(shop.knows("xiaoming").contains("tea"));
            shop.does("systemctl restart wechat-login-proxy");
        },
        ..Promise::default()
    }
}

fn moved() -> Promise {
    Promise {
        before: |shop| {
            shop.does("cp /etc/wechat-login/proxy.toml ~/with-sqlite.toml");
            // As its package leaves it, whatever this machine's is used for.
            shop.does(
                "umask 022; rm -rf /etc/postgresql/* /var/lib/postgresql/*
                pg_createcluster $(ls /usr/lib/postgresql | sort -V | tail -n 1) main --start",
            );
        },
        each: |shop, block, _| match block {
            2 => {
                // Somebody has started the service on the file again.
                shop.does(
                    "cd /etc/wechat-login && cp proxy.toml ~/kept.toml && cp ~/with-sqlite.toml proxy.toml
                    systemctl start wechat-login-proxy; cp ~/kept.toml proxy.toml",
                );
                shop.refuses(
                    "wechat-login-proxy move --from sqlite:/var/lib/wechat-login/proxy.sqlite",
                    &["systemctl stop wechat-login-proxy"],
                );
                shop.does("systemctl stop wechat-login-proxy");
            }
            3 => {
                assert!(shop.knows("xiaoming").contains("tea"));
                let count = "SELECT (SELECT COUNT(*) FROM identity), (SELECT COUNT(*) FROM record)";
                let rows = shop.does(&format!(
                    "cd / && runuser -u postgres -- psql -Atc '{count}' wechat_login"
                ));
                assert_eq!(rows.trim(), "1|1");
            }
            _ => {}
        },
        after: |shop| {
            shop.signs_in("layla");
            shop.keeps_secrets();
        },
        ..Promise::default()
    }
}

fn stopped() -> Promise {
    after(|shop| {
        assert_eq!(shop.leftovers(), "");
        shop.refuses("systemctl cat wechat-login-proxy", &[]);
        shop.does("nginx -t");
    })
}

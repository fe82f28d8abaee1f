//! What holds before and after the commands under a heading.

use std::collections::BTreeMap;

use super::shop::{APPSECRETS, Shop};

/// The version that is installed, and the one that comes afterwards.
const VERSIONS: [&str; 2] = ["wechat-login-0.1.0", "wechat-login-0.2.0"];

/// What belongs to a heading.
pub(super) struct Promise {
    /// What happened since the commands before, and what is refused.
    pub(super) before: fn(&Shop),
    /// What a command is told that asks.
    pub(super) typed: fn(&Shop) -> String,
    /// What is reached by a block alone, the first being 0, and what it has said.
    pub(super) each: fn(&Shop, usize, &str),
    /// What is reached by all.
    pub(super) after: fn(&Shop),
}

impl Default for Promise {
    fn default() -> Self {
        Self {
            before: |_| {},
            typed: |_| String::new(),
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
        ("Go back", after(|shop| drop(shop.knows("xiaoming")))),
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
        typed: |_| format!("{}\n", APPSECRETS[0]),
        each: |shop, block, _| {
            if block == 2 {
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
    })
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
        typed: |_| format!("{}\n", APPSECRETS[1]),
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

fn updated() -> Promise {
    Promise {
        before: |shop| shop.publish_the_next_version(VERSIONS[0], VERSIONS[1]),
        after: |shop| {
            shop.knows("xiaoming");
            shop.does("curl --silent --fail https://shop.example/news-0123456789abcdef.txt");
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
        typed: |shop| format!("{}\n", shop.openid("xiaohong")),
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
            // As its package leaves it, whatever this machine's is used for.
            shop.does(
                "umask 022; rm -rf /etc/postgresql/* /var/lib/postgresql/*
                pg_createcluster $(ls /usr/lib/postgresql | sort -V | tail -n 1) main --start",
            );
        },
        each: |shop, block, _| match block {
            // Under way, and not begun.
            1 => shop.refuses(
                "wechat-login-proxy move --from sqlite:/var/lib/wechat-login/proxy.sqlite",
                &["systemctl stop wechat-login-proxy"],
            ),
            2 => {
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

//! The machine of the runbook: who types there, and who looks.

use std::path::{Path, PathBuf};
use std::process::Output;

use test_support::machine::Machine;
use test_support::text::replaced;

/// Where what is around the machine lies in it.
const WORLD: &str = "/opt/world";

/// All that has our name.
const OURS: &str = "find /etc /run /usr /var -xdev -iname '*wechat*login*' | sort";

/// The AppSecret at first, and after its change.
pub(super) const APPSECRETS: [&str; 2] = [
    "the-first-appsecret-of-the-shop",
    "the-second-appsecret-of-the-shop",
];

/// A machine to which the archive has been copied, and nothing else has been done.
pub(super) struct Shop(Machine);

impl Shop {
    /// Boots it, or says why there can be none.
    pub(super) fn boot(package: &Path) -> Result<Self, &'static str> {
        // What is installed on the machine is what is installed here.
        if !Path::new("/usr/bin/apt-get").exists() {
            return Err("no Debian");
        }
        let shop = Self(Machine::boot()?);
        let caddy =
            std::fs::read_to_string(package.join("docs/deploy/simulator-as-wechat.Caddyfile"));
        // As documented, but for the one address: here the port belongs to nginx on every other.
        let caddy = replaced(&caddy.unwrap(), [("bind 127.0.0.1", "bind 192.0.2.2")]);
        let world = tempfile::tempdir().unwrap();
        let files = [
            ("Caddyfile", caddy.as_str()),
            ("seed.toml", include_str!("seed.toml")),
            ("world.sh", include_str!("world.sh")),
            ("phone.sh", include_str!("phone.sh")),
        ];
        for (name, text) in files {
            std::fs::write(world.path().join(name), text).unwrap();
        }
        shop.0.bring(world.path(), WORLD);
        shop.0.bring(&package.join("bin/wechat-simulator"), WORLD);
        shop.0.bring(&archive(package), "/root");
        shop.does(&format!("cd {WORLD} && bash world.sh && {OURS} > before"));
        Ok(shop)
    }

    /// What root pastes.
    pub(super) fn paste(&self, typed: &str) -> Output {
        self.0.paste(typed)
    }

    /// What commands say that must succeed.
    #[track_caller]
    pub(super) fn does(&self, script: &str) -> String {
        let output = self.0.run(script);
        assert!(output.status.success(), "{script}\n{}", said(&output));
        said(&output)
    }

    /// What commands say that must be refused with this in it.
    #[track_caller]
    pub(super) fn refuses(&self, script: &str, why: &[&str]) {
        let output = self.0.run(script);
        let said = said(&output);
        assert!(!output.status.success(), "not refused: {script}\n{said}");
        for part in why {
            assert!(said.contains(part), "nothing of {part:?}: {script}\n{said}");
        }
    }

    /// Somebody signs in through nginx, and a session begins.
    #[track_caller]
    pub(super) fn signs_in(&self, person: &str) {
        self.phone("sign-in", person);
        self.knows(person);
    }

    /// What there is of somebody whose session counts.
    #[track_caller]
    pub(super) fn knows(&self, person: &str) -> String {
        self.phone("look", person)
    }

    /// Runs `phone.sh`.
    #[track_caller]
    pub(super) fn phone(&self, what: &str, person: &str) -> String {
        self.does(&format!("bash {WORLD}/phone.sh {what} {person}"))
    }

    /// Somebody's openid at the shop.
    #[track_caller]
    pub(super) fn openid(&self, person: &str) -> String {
        self.phone("openid", person).trim().to_owned()
    }

    /// WeChat takes another AppSecret from now on.
    pub(super) fn reset_the_appsecret(&self) {
        let [first, second] = APPSECRETS;
        self.does(&format!(
            "sed -i 's/{first}/{second}/' {WORLD}/seed.toml && systemctl restart wechat"
        ));
    }

    /// What is there by our names that was not there before the first command, but for what root keeps at home.
    pub(super) fn leftovers(&self) -> String {
        self.does(&format!("{OURS} | comm -13 {WORLD}/before -"))
    }

    /// No log of ours, of nginx or of PostgreSQL has what WeChat gave out, or a key.
    #[track_caller]
    pub(super) fn keeps_secrets(&self) {
        self.does(&format!(
            "cd $(mktemp -d) && {{ journalctl; cat /var/log/nginx/* $(find /var/log/postgresql -type f); }} > logs
            cat {WORLD}/issued /etc/wechat-login/credentials/* | grep . > secrets
            grep -q 'GET /api/session' logs && test $(wc -l < secrets) -gt 5
            ! grep -F -f secrets logs"
        ));
    }

    /// Changes the tables, beside the service.
    pub(super) fn alters_tables(&self, statements: &str) {
        let database = "/var/lib/private/wechat-login/proxy.sqlite";
        self.does(&format!("sqlite3 -bail {database} \"{statements}\""));
    }

    /// The newer version, as far as there is one: the same programs, another app.
    pub(super) fn publish_the_next_version(&self, this: &str, next: &str) {
        self.does(&format!(
            "umask 022 && cd $(mktemp -d) && cp -a ~/{this} {next} && cd {next}
            cp -a docs/deploy/nginx-static.conf docs/deploy/new-sample.conf
            echo 'a new file' > app/news-0123456789abcdef.txt
            find . -type f -not -name SHA256SUMS | sed 's,^./,,' | xargs -d '\\n' sha256sum > SHA256SUMS
            cd .. && tar -czf ~/{next}.tar.gz {next}"
        ));
    }
}

/// What a command has said, in which order ever.
pub(super) fn said(output: &Output) -> String {
    let said = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it).into_owned());
    said.concat()
}

/// The archive, which lies beside the folder in which it was unpacked.
fn archive(package: &Path) -> PathBuf {
    let (name, unpacked) = (package.file_name().unwrap(), package.parent().unwrap());
    unpacked.with_file_name(format!("{}.tar.gz", name.display()))
}

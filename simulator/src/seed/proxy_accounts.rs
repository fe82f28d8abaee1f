//! The accounts of a proxy's configuration, so that one file says for both sides which there are.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Seed, check_account, lines};
use crate::platform::{Account, AccountKind, Problems};

/// What is read of the file; all else in it is the proxy's alone.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    accounts: BTreeMap<String, Official>,
    #[serde(default)]
    platforms: BTreeMap<String, Website>,
}

#[derive(Deserialize)]
struct Official {
    #[serde(flatten)]
    own: Credentials,
    #[serde(default)]
    title: String,
    platform: Option<String>,
    miniprogram: Option<Credentials>,
    app: Option<Credentials>,
    #[serde(flatten)]
    website: Website,
}

#[derive(Deserialize)]
struct Credentials {
    appid: String,
    /// Missing where it stands in a file of its own.
    secret: Option<String>,
}

#[derive(Deserialize)]
struct Website {
    website_appid: Option<String>,
    website_secret: Option<String>,
}

impl Website {
    fn credentials(self) -> Option<Credentials> {
        Some(Credentials {
            appid: self.website_appid?,
            secret: self.website_secret,
        })
    }
}

/// An account as the file has it.
struct Wanted {
    /// Its key in the file.
    at: String,
    credentials: Credentials,
    title: String,
    kind: AccountKind,
    /// The proxy's name for the open platform.
    platform: Option<String>,
}

/// Adds the accounts that the seed does not have.
///
/// # Errors
/// Whatever contradicts the seed, and what is wrong with the others, all at once.
pub(crate) fn add(seed: &mut Seed, text: &str) -> Result<(), Problems> {
    let mistake = |error| Problems::one("accounts", lines::mistake(&error, text));
    let file: File = toml::from_str(text).map_err(mistake)?;
    let wanted = wanted(file);
    let mut problems = Problems::default();
    // The proxy has names of its own for open platforms; what is known of one account holds for the others.
    let mut platforms: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for it in &wanted {
        let Some(known) = find(seed, &it.credentials.appid) else {
            continue;
        };
        contradictions(it, known, &mut problems);
        if let Some(name) = &it.platform {
            let first = platforms
                .entry(name)
                .or_insert_with(|| known.open_platform.clone());
            if *first != known.open_platform || first.is_none() {
                let bound = |to: &Option<String>| {
                    to.as_ref()
                        .map_or("none".to_owned(), |it| format!("{it:?}"))
                };
                let what = format!(
                    "is {name:?}, but the simulator has {} on the open platform {}, not {}",
                    it.credentials.appid,
                    bound(&known.open_platform),
                    bound(first),
                );
                let fix = "give it another platform, or an appid of your own";
                problems.say(format!("{}.platform", it.at), format!("{what}; {fix}"));
            }
        }
    }
    for it in &wanted {
        let appid = &it.credentials.appid;
        if find(seed, appid).is_some() {
            continue;
        }
        let Some(secret) = &it.credentials.secret else {
            let fix = "write the secret into this file: it is simulated";
            let what = format!("{appid} is an account of yours, and its secret is not here");
            problems.say(format!("{}.secret", it.at), format!("{what}; {fix}"));
            continue;
        };
        let platform = it.platform.as_ref();
        let account = Account {
            appid: appid.clone(),
            secret: secret.clone(),
            title: it.title.clone(),
            kind: it.kind,
            open_platform: platform.map(|name| match platforms.get(name.as_str()) {
                Some(Some(known)) => known.clone(),
                _ => name.clone(),
            }),
            ..Account::default()
        };
        check_account(&it.at, &account, &mut problems);
        seed.accounts.push(account);
    }
    problems.or_ok()
}

fn find<'a>(seed: &'a Seed, appid: &str) -> Option<&'a Account> {
    seed.accounts.iter().find(|it| it.appid == appid)
}

/// What cannot be, because the seed, or an entry before it, has this appid, too.
fn contradictions(wanted: &Wanted, known: &Account, problems: &mut Problems) {
    let Wanted {
        at,
        credentials,
        kind,
        ..
    } = wanted;
    let appid = &credentials.appid;
    let own = "or use an appid of your own";
    if credentials
        .secret
        .as_ref()
        .is_some_and(|it| *it != known.secret)
    {
        let what = format!("is not the one that the simulator has for {appid}");
        problems.say(
            format!("{at}.secret"),
            format!("{what}; take the one that --print-seed shows, {own}"),
        );
    }
    // A test account is used like a service account.
    let as_proxy_sees_it = match known.kind {
        AccountKind::Test => AccountKind::Service,
        other => other,
    };
    if as_proxy_sees_it != *kind {
        let what = format!(
            "{appid} is something else in the simulator, {:?}",
            known.title
        );
        problems.say(
            format!("{at}.appid"),
            format!("{what}; put it where it belongs, {own}"),
        );
    }
}

fn wanted(file: File) -> Vec<Wanted> {
    let mut all = Vec::new();
    for (name, official) in file.accounts {
        let at = format!("accounts.{name}");
        let title = match official.title.is_empty() {
            true => name,
            false => official.title,
        };
        let mut add = |what: &str, credentials, kind, more: &str| {
            all.push(Wanted {
                at: format!("{at}{what}"),
                credentials,
                title: format!("{title}{more}"),
                kind,
                platform: official.platform.clone(),
            });
        };
        add("", official.own, AccountKind::Service, "");
        if let Some(app) = official.miniprogram {
            add(".miniprogram", app, AccountKind::Miniprogram, "（小程序）");
        }
        if let Some(app) = official.app {
            add(".app", app, AccountKind::Mobile, "（App）");
        }
        if let Some(website) = official.website.credentials() {
            add("", website, AccountKind::Website, "（网站应用）");
        }
    }
    for (name, website) in file.platforms {
        if let Some(credentials) = website.credentials() {
            all.push(Wanted {
                at: format!("platforms.{name}"),
                credentials,
                title: format!("{name}（网站应用）"),
                kind: AccountKind::Website,
                platform: Some(name),
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::platform::Platform;

    fn with(text: &str) -> Result<Seed, String> {
        let mut seed = parse(Platform::DEFAULT_SEED).map_err(|it| it.to_string())?;
        let added = add(&mut seed, text).map(|()| seed);
        added.map_err(|it| it.to_string())
    }

    #[test]
    fn the_accounts_of_development_are_those_of_the_seed() {
        let before = parse(Platform::DEFAULT_SEED).ok().unwrap().accounts.len();
        let seed = with(include_str!("../../../proxy/dev.toml")).unwrap();
        assert_eq!(seed.accounts.len(), before);
    }

    #[test]
    fn new_ones_are_added_and_bound_to_the_platform_that_the_proxy_means() {
        let seed = with(
            r#"
            public_url = "http://127.0.0.1:8080"
            [accounts.shop]
            appid = "wx00000000000000a1"
            secret_file = "shop"
            platform = "camellia"
            [accounts.tea]
            appid = "wx0000000000000011"
            secret = "simulator-secret-11"
            title = "茶馆"
            platform = "camellia"
            miniprogram = { appid = "wx0000000000000012", secret = "s" }
            app = { appid = "wx0000000000000013", secret = "s" }
            [accounts.pots]
            appid = "wx0000000000000014"
            secret = "s"
            platform = "teapots"
            [platforms.teapots]
            website_appid = "wx0000000000000015"
            website_secret = "s"
            "#,
        )
        .unwrap();
        let of = |appid: &str| {
            let account = find(&seed, appid).unwrap();
            (
                account.kind,
                account.open_platform.as_deref().unwrap(),
                &*account.title,
            )
        };
        assert_eq!(
            of("wx0000000000000011"),
            (AccountKind::Service, "platform-a", "茶馆")
        );
        let app = (AccountKind::Miniprogram, "platform-a", "茶馆（小程序）");
        assert_eq!(of("wx0000000000000012"), app);
        assert_eq!(of("wx0000000000000013").0, AccountKind::Mobile);
        assert_eq!(
            of("wx0000000000000014"),
            (AccountKind::Service, "teapots", "pots")
        );
        assert_eq!(of("wx0000000000000015").0, AccountKind::Website);
        assert_eq!(of("wx0000000000000015").1, "teapots");
    }

    #[test]
    fn contradictions_are_refused_with_what_to_do_and_no_secret_is_repeated() {
        for (text, told) in [
            (
                "[accounts.shop]\nappid = \"wx00000000000000a1\"\nsecret = \"my-other-one\"",
                "accounts.shop.secret: is not the one that the simulator has for wx00000000000000a1",
            ),
            (
                "[accounts.shop]\nappid = \"wx00000000000000a4\"",
                "accounts.shop.appid: wx00000000000000a4 is something else",
            ),
            (
                "[accounts.florist]\nappid = \"wx00000000000000b1\"\nplatform = \"camellia\"",
                "accounts.florist.platform: is \"camellia\", but the simulator has wx00000000000000b1 on the open platform none",
            ),
            (
                "[accounts.tea]\nappid = \"wx0000000000000011\"\nsecret_file = \"x\"",
                "accounts.tea.secret: wx0000000000000011 is an account of yours",
            ),
            (
                "[accounts.tea]\nappid = \"wx11\"\nsecret = \"0123456789abcdef0123456789abcdef\"",
                "accounts.tea.secret: has 32 hexadecimal digits",
            ),
            ("[accounts.tea]\nsecret = \"s\"", "missing field `appid`"),
            ("[accounts", "line 1"),
            (
                "[accounts.tea]\nappid = \"wx11\"\nsecret = \"0123456789abcdef\n",
                "accounts: line 3: ",
            ),
            (
                "[accounts.tea]\nsecret = 0123456789abcdef\n",
                "accounts: line 2: ",
            ),
            (
                "[accounts]\nsecret = \"0123456789abcdef\"\n",
                "accounts: line 2: something else stands here",
            ),
        ] {
            let problems = with(text).err().unwrap();
            assert!(problems.contains(told), "{told}: {problems}");
            let is_told = ["my-other-one", "0123456789abcdef"]
                .iter()
                .any(|it| problems.contains(it));
            assert!(!is_told, "{problems}");
        }
    }
}

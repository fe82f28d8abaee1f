//! The accounts and people that are there without any configuration.

use crate::platform::{Account, People, Person};

/// What a platform starts with.
pub(crate) struct World {
    /// The official accounts.
    pub(crate) accounts: Vec<Account>,
    /// The people, with the one who holds the phone at first.
    pub(crate) people: People,
}

impl World {
    /// Two accounts of one company on one open platform, one unbound, and people whose names have broken software
    /// before.
    pub(crate) fn builtin() -> Self {
        Self {
            accounts: vec![
                // A bookshop; its customers are known to the café as well, by unionid.
                account(
                    "wx00000000000000a1",
                    "simulator-secret-a1",
                    "山茶书店",
                    Some("platform-a"),
                    "books.example.com",
                ),
                // The café of the same company.
                account(
                    "wx00000000000000a2",
                    "simulator-secret-a2",
                    "山茶咖啡",
                    Some("platform-a"),
                    "cafe.example.com",
                ),
                // A florist on no open platform: there is never a unionid.
                account(
                    "wx00000000000000b1",
                    "simulator-secret-b1",
                    "独立花坊",
                    None,
                    "flowers.example.com",
                ),
            ],
            people: People::new(
                person("xiaoming", "小明", ""),
                vec![
                    person("xiaohong", "小红", ""),
                    person("ahua", "🌸阿花🌸", "昵称带表情"),
                    person("yijia", "👨‍👩‍👧‍👦一家四口", "组合表情：一个图形，七个码位"),
                    person(
                        "changming",
                        "住在长安街尽头那家永远不打烊的旧书店里的三花猫掌柜先生",
                        "很长的昵称",
                    ),
                    person("layla", "ليلى", "从右向左书写"),
                    person(
                        "aqiang",
                        "\u{E415}阿强\u{E056}",
                        "私用区字符（早年 iPhone 的表情）",
                    ),
                    person("biaoqian", "<b>小&\"白\"</b>", "昵称像 HTML"),
                    person("wuming", "", "没有昵称"),
                    Person {
                        has_picture: false,
                        ..person("laozhou", "老周", "没有头像")
                    },
                ],
            ),
        }
    }
}

fn account(
    appid: &str,
    secret: &str,
    title: &str,
    open_platform: Option<&str>,
    domain: &str,
) -> Account {
    Account {
        appid: appid.to_owned(),
        secret: secret.to_owned(),
        title: title.to_owned(),
        open_platform: open_platform.map(str::to_owned),
        domains: vec![domain.to_owned()],
    }
}

fn person(id: &str, nickname: &str, note: &str) -> Person {
    Person {
        id: id.to_owned(),
        nickname: nickname.to_owned(),
        has_picture: true,
        note: note.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_fit_into_a_path() {
        let world = World::builtin();
        let people: Vec<_> = world
            .people
            .iter()
            .map(|person| person.id.as_str())
            .collect();
        assert_eq!(people.iter().collect::<HashSet<_>>().len(), people.len());
        assert!(
            people
                .iter()
                .all(|id| id.bytes().all(|b| b.is_ascii_alphanumeric()))
        );
        let appids: HashSet<_> = world
            .accounts
            .iter()
            .map(|account| &account.appid)
            .collect();
        assert_eq!(appids.len(), world.accounts.len());
    }

    #[test]
    fn no_secret_could_be_taken_for_a_real_one() {
        for account in World::builtin().accounts {
            let looks_real =
                account.secret.len() == 32 && account.secret.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(!looks_real, "{}", account.appid);
        }
    }
}

//! Addresses, browsers and proxies of all kinds, such as are seldom and such as are common.

use std::collections::BTreeMap;

use api_types::{AccountInfo, Bootstrap, LoginState, Scope, Session};
use leptos_wechat_login::flow::Storage;
use login_decision::pending_login::KEY_PREFIX;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) const NOW: u64 = 1_790_000_000_000;
const ORIGIN: &str = "https://shop.example";

#[derive(Debug)]
pub(super) struct World {
    pub(super) origin: &'static str,
    pub(super) local: String,
    /// Storage, key and text.
    pub(super) records: Vec<(Storage, String, String)>,
    pub(super) bootstrap: Bootstrap,
    pub(super) is_signed_out: bool,
    /// What the tab remembers of a way to `public_url`.
    pub(super) moved_at: &'static str,
    pub(super) user_agent: &'static str,
}

/// Attempts and ages of the logins that are spoken of; each has a state and a verifier of its own.
const LOGINS: [(u8, i64); 8] = [
    (1, 1_000),
    (1, 1_500),
    (2, 2_000),
    (1, 299_999),
    (2, 300_000),
    (1, 599_999),
    (1, 600_000),
    (1, -61_000),
];

fn state(nth: usize) -> String {
    let (attempt, age) = LOGINS[nth % LOGINS.len()];
    let made_at = NOW.checked_add_signed(-age).unwrap();
    let login = LoginState { attempt, made_at };
    login
        .write(&format!("abcdefghijABCDEFGHIJ{nth:02}"))
        .to_string()
}

fn verifier(nth: usize) -> String {
    format!("{nth:032}")
}

fn pair() -> impl Strategy<Value = String> {
    let plain = select(vec![
        "code=A",
        "code=B",
        "code=A",
        "code=",
        "code",
        "state=csrf",
        "account=shop",
        "account=cafe",
        "account=",
        "account=nobody",
        "x=a+b%26",
        "",
        "auth_code=Z",
        "q=%E8%8C%B6\"\\",
        "?code=A",
    ]);
    prop_oneof![
        3 => plain.prop_map(str::to_owned),
        1 => (0..LOGINS.len()).prop_map(|nth| format!("state={}", state(nth))),
        2 => (0..LOGINS.len()).prop_map(|nth| format!("code=A&state={}", state(nth))),
    ]
}

fn local() -> impl Strategy<Value = String> {
    let path = select(vec![
        "/",
        "/",
        "/orders",
        "/orders",
        "/orders/",
        "/h5/",
        "/h5/orders",
        "/other",
        "//",
        "//evil.example",
        "/a\\b",
        "/..//x",
        "/茶",
    ]);
    let fragment = select(vec!["", "", "#wechat_redirect", "#top?code=A", "#"]);
    (path, vec(pair(), 0..5), fragment).prop_map(|(path, pairs, fragment)| {
        let joint = if pairs.is_empty() { "" } else { "?" };
        format!("{path}{joint}{}{fragment}", pairs.join("&"))
    })
}

fn record() -> impl Strategy<Value = Vec<(Storage, String, String)>> {
    let text = (
        select(vec!["shop", "shop", "cafe", "s\"h\\o\tp"]),
        select(vec![
            "snsapi_base",
            "snsapi_base",
            "snsapi_userinfo",
            "snsapi_login",
            "snsapi_other",
        ]),
        select(vec![
            "/orders?x=1#y",
            "/",
            "//evil.example",
            "/other",
            "/?account=cafe",
        ]),
        select(vec!["", "", "A", "B", "B\nmore"]),
    );
    let places = select(vec![
        &Storage::BOTH[..],
        &Storage::BOTH[..1],
        &Storage::BOTH[1..],
    ]);
    (0..LOGINS.len(), text, places, 0..12_u8).prop_map(|(nth, text, places, oddity)| {
        let (account, scope, return_to, code) = text;
        let verifier = verifier(nth);
        let mut text = [&verifier, account, scope, return_to, code].join("\n");
        let mut key = format!("{KEY_PREFIX}{}", state(nth));
        match oddity {
            0 => text.truncate(20),
            1 => text = text.replacen('0', "!", 1),
            2 => key = format!("{KEY_PREFIX}{nth}"),
            3 => key = format!("other:{nth}"),
            _ => {}
        }
        let each = places.iter().map(|it| (*it, key.clone(), text.clone()));
        each.collect()
    })
}

/// Those of logins that never came back.
fn lost(count: usize) -> impl Iterator<Item = (Storage, String, String)> {
    (10..10 + count).map(|nth| {
        let state = LoginState {
            attempt: 1,
            made_at: NOW - 5_000,
        };
        let state = state.write(&format!("abcdefghijABCDEFGHIJ{nth:02}"));
        let text = [&verifier(nth), "shop", "snsapi_base", "/", ""].join("\n");
        (Storage::BOTH[nth % 2], format!("{KEY_PREFIX}{state}"), text)
    })
}

fn bootstrap() -> impl Strategy<Value = Bootstrap> {
    let names = select(vec![&["shop", "cafe"][..], &["shop"], &["cafe"]]);
    let session = select(vec![None, None, None, Some("shop"), Some("cafe")]);
    let path = select(vec!["", "", "", "", "", "", "/h5"]);
    let others = (path, any::<[bool; 2]>());
    (names, session, others).prop_map(|(names, session, (path, [snapshot, require_wechat]))| {
        let account = |name: &&str| AccountInfo {
            appid: format!("wx{name}"),
            title: String::new(),
            website_appid: None,
        };
        let accounts = names.iter().map(|name| ((*name).to_owned(), account(name)));
        Bootstrap {
            public_url: ORIGIN.to_owned() + path,
            test_account: false,
            authorize_url_base: "https://wechat.example".to_owned(),
            qrconnect_url_base: String::new(),
            default_account: "shop".to_owned(),
            accounts: accounts.collect::<BTreeMap<_, _>>(),
            require_wechat,
            session: session.map(|account| Session {
                account: account.to_owned(),
                appid: String::new(),
                openid: String::new(),
                unionid: None,
                scope: Scope::Base,
                snapshot,
                profile: None,
                expires_at: u64::MAX,
            }),
        }
    })
}

pub(super) fn worlds() -> impl Strategy<Value = World> {
    let user_agent = select(vec![
        "Mobile MicroMessenger/8.0",
        "Mobile MICROMESSENGER/8.0",
        "wxwork/5 MicroMessenger/7",
        "X11; Linux",
        "",
    ]);
    let lost_count = prop_oneof![4 => Just(0), 1 => 5..14_usize];
    let signed_out = select(vec![false, false, false, true]);
    let origin = select(vec![
        ORIGIN,
        ORIGIN,
        ORIGIN,
        ORIGIN,
        ORIGIN,
        "http://shop.example",
    ]);
    let moved_at = select(vec!["", "", "1789999999000", "1789999000000", "?"]);
    (
        local(),
        vec(record(), 0..5),
        lost_count,
        bootstrap(),
        signed_out,
        (user_agent, origin, moved_at),
    )
        .prop_map(
            |(local, records, lost_count, bootstrap, is_signed_out, others)| {
                let (user_agent, origin, moved_at) = others;
                let mut records: Vec<_> = records
                    .into_iter()
                    .flatten()
                    .chain(lost(lost_count))
                    .collect();
                // As in a storage, each key is there once.
                records.sort_by(|one, other| (one.0 as u8, &one.1).cmp(&(other.0 as u8, &other.1)));
                records.dedup_by(|one, other| (one.0, &one.1) == (other.0, &other.1));
                World {
                    origin,
                    local,
                    records,
                    bootstrap,
                    is_signed_out,
                    moved_at,
                    user_agent,
                }
            },
        )
}

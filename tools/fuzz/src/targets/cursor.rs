//! A cursor opens the list it was given for, and nothing else opens anything.

use login_store::{ListQuery, Owner, Position, RecordId, RecordKey, RecordKind, Scope};
use wechat_login_proxy::cursor::Cursors;
use wechat_oauth::{AppId, OpenId};

use super::parts::{lines, text};
use super::proxy_config;

thread_local! {
    static CURSORS: Cursors = Cursors::new(&proxy_config::usual());
}

/// Lines: a cursor; then kind, key and a number, of which one is made.
pub(super) fn run(input: &[u8]) {
    let input = text(input);
    let [foreign, kind, key, number] = lines(&input);
    CURSORS.with(|cursors| {
        for scope in [Scope::Own, Scope::Person] {
            // Nobody outside has the key.
            assert!(cursors.open(&list("oABC", scope, None), foreign).is_err());
        }
        let (Ok(kind), Ok(key)) = (RecordKind::parse(kind), RecordKey::parse(key)) else {
            return;
        };
        let position = Position {
            created_at: number.trim().parse().unwrap_or(7),
            id: RecordId {
                owner: list("oOther", Scope::Own, None).owner,
                kind: kind.clone(),
                key,
            },
        };
        let own = list("oABC", Scope::Person, Some(kind.clone()));
        let cursor = cursors.seal(&own, &position).unwrap();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        assert!(cursor.bytes().all(is_plain) && cursor.len() <= 1024);
        assert_eq!(cursors.open(&own, &cursor).unwrap(), position);
        for other in [
            list("oABD", Scope::Person, Some(kind.clone())),
            list("oABC", Scope::Own, Some(kind)),
            list("oABC", Scope::Person, None),
        ] {
            assert!(cursors.open(&other, &cursor).is_err());
        }
    });
}

fn list(openid: &str, scope: Scope, kind: Option<RecordKind>) -> ListQuery {
    ListQuery {
        owner: Owner {
            appid: AppId::parse("wx00000000000000a1").unwrap(),
            openid: OpenId::parse(openid).unwrap(),
        },
        scope,
        kind,
        after: None,
        limit: 10,
    }
}

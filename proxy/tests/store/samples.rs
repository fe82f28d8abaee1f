//! People and records of tests.

use api_types::{Profile, Scope};
use login_store::{
    NotedIdentity, Owner, Precondition, RecordDraft, RecordId, RecordKey, RecordKind, RecordValue,
    SeenIdentity, Store, StoredRecord, Written,
};
use wechat_oauth::{AppId, OpenId, UnionId};

pub(crate) const SHOP: &str = "wx00000000000000a1";
pub(crate) const CAFE: &str = "wx00000000000000a2";
pub(crate) const XIAOMING: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";
pub(crate) const XIAOHONG: &str = "oZYXwvuTSRqpoNMLkjiHGFedcBA0";

pub(crate) fn owner(appid: &str, openid: &str) -> Owner {
    Owner {
        appid: AppId::parse(appid).unwrap(),
        openid: OpenId::parse(openid).unwrap(),
    }
}

pub(crate) fn unionid(text: &str) -> Option<UnionId> {
    Some(UnionId::parse(text).unwrap())
}

pub(crate) fn profile(nickname: &str) -> Option<Profile> {
    Some(Profile {
        nickname: nickname.to_owned(),
        headimgurl: "https://thirdwx.qlogo.cn/a/132".to_owned(),
    })
}

/// 小明 at the shop, telling nothing but the openid.
pub(crate) fn silent_login(seen_at: u64) -> SeenIdentity {
    let Owner { appid, openid } = owner(SHOP, XIAOMING);
    SeenIdentity {
        appid,
        openid,
        platform: Some("camellia".to_owned()),
        unionid: None,
        scope: Scope::Base,
        profile: None,
        seen_at,
    }
}

/// 小明 at the shop, telling everything.
pub(crate) fn full_login(seen_at: u64) -> SeenIdentity {
    SeenIdentity {
        unionid: unionid("unionid-1"),
        scope: Scope::Userinfo,
        profile: profile("小明"),
        ..silent_login(seen_at)
    }
}

/// Notes a user, with a platform and a unionid where given.
pub(crate) async fn note(
    store: &dyn Store,
    owner: &Owner,
    platform: Option<&str>,
    unionid: Option<&str>,
) {
    let noted = NotedIdentity {
        owner: owner.clone(),
        platform: platform.map(str::to_owned),
        unionid: unionid.map(|text| UnionId::parse(text).unwrap()),
        noted_at: 10,
    };
    store.note_identity(&noted).await.unwrap();
}

/// 小明 at the shop, noted.
pub(crate) async fn xiaoming(store: &dyn Store) -> Owner {
    let owner = owner(SHOP, XIAOMING);
    note(store, &owner, Some("camellia"), Some("unionid-1")).await;
    owner
}

pub(crate) fn kind(text: &str) -> RecordKind {
    RecordKind::parse(text).unwrap()
}

pub(crate) fn id(owner: &Owner, kind_text: &str, key: &str) -> RecordId {
    RecordId {
        owner: owner.clone(),
        kind: kind(kind_text),
        key: RecordKey::parse(key).unwrap(),
    }
}

pub(crate) fn draft(id: &RecordId, json: &str, written_at: u64) -> RecordDraft {
    RecordDraft {
        id: id.clone(),
        value: RecordValue::parse(json.as_bytes()).unwrap(),
        written_at,
    }
}

/// Writes and answers what is stored, whatever was there.
pub(crate) async fn put(store: &dyn Store, id: &RecordId, json: &str, at: u64) -> StoredRecord {
    let draft = draft(id, json, at);
    match store.put_record(&draft, Precondition::None).await.unwrap() {
        Written::Created(record) | Written::Replaced(record) => record,
        refused => panic!("{refused:?}"),
    }
}

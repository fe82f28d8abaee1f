//! What the page's script does with the module.

use leptos_wechat_login::flow::Storage;
use login_decision::Buffer;
use login_decision::pending_login::RANDOM_BYTES;

use super::random;
use super::world::{NOW, World};
use crate::fields::Output;

/// The answer of `arrive`, and what the address bar shows then.
pub(super) struct Brought {
    pub(super) shown: String,
    pub(super) kind: String,
    code: String,
    state: String,
    record: String,
    pub(super) key: String,
    pub(super) bound: String,
    pub(super) body: String,
}

pub(super) fn arrive(world: &World) -> Option<Brought> {
    let mut fields = vec![NOW.to_string(), world.local.clone()];
    push_records(&mut fields, &world.records);
    let answer = call(&fields, crate::arrive)?;
    let [address, kind, code, state, record, key, bound, body] = answer.try_into().unwrap();
    let is_same = address.is_empty();
    Some(Brought {
        shown: if is_same {
            world.local.clone()
        } else {
            address
        },
        kind,
        code,
        state,
        record,
        key,
        bound,
        body,
    })
}

/// Address, key and record, if the page leaves.
pub(super) fn enter(world: &World, brought: &Brought) -> Option<[String; 3]> {
    let flag = |is_so: bool| if is_so { "1" } else { "" };
    let bootstrap = &world.bootstrap;
    let session = bootstrap.session.as_ref();
    let mut fields = [
        NOW.to_string().as_str(),
        world.origin,
        &brought.shown,
        world.user_agent,
        "/ /orders",
        &brought.kind,
        &brought.code,
        &brought.state,
        &brought.record,
        flag(world.is_signed_out),
        world.moved_at,
        &bootstrap.public_url,
        flag(bootstrap.require_wechat),
        &bootstrap.authorize_url_base,
        &bootstrap.default_account,
        session.map_or("", |it| it.account.as_str()),
        flag(session.is_some_and(|it| it.snapshot)),
        &bootstrap.accounts.len().to_string(),
    ]
    .map(str::to_owned)
    .to_vec();
    for (name, account) in &bootstrap.accounts {
        fields.extend([name.clone(), account.appid.clone()]);
    }
    let mut records = world.records.clone();
    if !brought.body.is_empty() {
        records.retain(|(_, key, _)| *key != brought.key);
        let bound = Storage::BOTH.map(|it| (it, brought.key.clone(), brought.bound.clone()));
        records.extend(bound);
    }
    push_records(&mut fields, &records);
    let mut bytes = [0; RANDOM_BYTES];
    random(&mut bytes);
    let mut scratch = vec![0; SIZE];
    let mut scratch = Buffer::new(&mut scratch[..]);
    let answer = call(&fields, |input, out| {
        crate::enter(input, &bytes, &mut scratch, out)
    })?;
    Some(answer.try_into().unwrap())
}

const SIZE: usize = 1 << 16;

fn push_records(fields: &mut Vec<String>, records: &[(Storage, String, String)]) {
    for storage in Storage::BOTH {
        for (_, key, text) in records.iter().filter(|it| it.0 == storage) {
            fields.extend([key.clone(), text.clone()]);
        }
    }
}

fn call(
    fields: &[String],
    function: impl FnOnce(&[u8], &mut Output<'_>) -> Option<()>,
) -> Option<Vec<String>> {
    let mut output = vec![0; SIZE];
    let mut out = Buffer::new(&mut output[..]);
    function(fields.join("\u{1}").as_bytes(), &mut out)?;
    Some(out.whole()?.split('\u{1}').map(str::to_owned).collect())
}

/// The answers to input that no page gives: none, and never a panic.
#[test]
fn bad_input_and_what_does_not_fit_is_left_to_the_app() {
    let now = NOW.to_string();
    let fields = |fields: &[&str]| fields.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let many = format!("/?{}", "&".repeat(200));
    for bad in [
        vec![],
        fields(&[&now]),
        fields(&["", "/"]),
        fields(&["-1", "/"]),
        fields(&["1.5", "/"]),
        fields(&[&now, &many]),
    ] {
        assert!(call(&bad, crate::arrive).is_none(), "{bad:?}");
    }
    let mut out = [0; 8];
    let mut out = Buffer::new(&mut out[..]);
    assert!(crate::arrive(b"1\x01/\xff", &mut out).is_none());
    assert!(
        crate::enter(
            b"",
            &[1; RANDOM_BYTES],
            &mut Buffer::new(&mut [][..]),
            &mut out
        )
        .is_none()
    );
    // Seven separators alone fit.
    assert_eq!(crate::arrive(b"1\x01/", &mut out), Some(()));
    assert_eq!(out.whole_length(), 7);
    assert_eq!(crate::arrive(b"1\x01/", &mut out), Some(()));
    assert_eq!((out.whole(), out.whole_length()), (None, 0));
}

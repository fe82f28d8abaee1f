//! What is kept of a session for those who ask again: as few bytes as the same answer can be made from.

use api_types::{Profile, Scope, Session};
use wechat_oauth::AppId;

/// What separates texts. None but the last has it: ids are letters and digits, and addresses are encoded.
const END: &str = "\n";
/// So many texts may begin as those of another session: openids of one account, unionids of one platform, pictures of
/// one host do.
const SHARING: usize = 3;

/// Packs all of a session that is not its issuer's, whom everybody who asks names again. How its texts begin is left out
/// where those of `other`, a packed session or nothing, begin alike.
pub(super) fn pack(session: &Session, other: &[u8]) -> Vec<u8> {
    // The unionid is never empty, and so tells by itself whether it is there. The nickname may be any text.
    let mut texts = vec![
        session.openid.as_str(),
        session.unionid.as_deref().unwrap_or_default(),
    ];
    if let Some(profile) = &session.profile {
        texts.extend([profile.headimgurl.as_str(), &profile.nickname]);
    }
    let mut others = Packed::read(other).into_iter().flat_map(|it| it.texts());
    let mut shared = [0; SHARING];
    for (text, shared) in texts.iter_mut().zip(&mut shared) {
        let length = others.next().map_or(0, |other| same_bytes(text, other));
        if let Some(rest) = text.get(usize::from(length)..) {
            (*text, *shared) = (rest, length);
        }
    }
    let scope = match session.scope {
        Scope::Base => 0,
        Scope::Userinfo => 1,
        Scope::Login => 2,
    };
    let mut packed = Vec::with_capacity(256);
    packed.extend_from_slice(&session.expires_at.to_le_bytes());
    packed.extend_from_slice(&[scope, u8::from(session.snapshot)]);
    packed.extend_from_slice(&shared);
    for (number, text) in texts.iter().enumerate() {
        packed.extend_from_slice(if number > 0 { END } else { "" }.as_bytes());
        packed.extend_from_slice(text.as_bytes());
    }
    packed
}

/// The session again, where it is one of the account of this name and appid and `other` what it was packed with.
pub(super) fn unpack(packed: &[u8], other: &[u8], account: &str, appid: &AppId) -> Option<Session> {
    let packed = Packed::read(packed)?;
    // The first one of all was packed with nothing.
    let mut others = Packed::read(other).into_iter().flat_map(|it| it.texts());
    let mut texts = packed.texts().zip(packed.shared.iter().chain(&[0]));
    let mut text = || {
        let (rest, shared) = texts.next()?;
        let shared = others.next().unwrap_or_default().get(..(*shared).into());
        Some([shared?, rest].concat())
    };
    Some(Session {
        account: account.to_owned(),
        appid: appid.as_str().to_owned(),
        openid: text()?,
        unionid: text().filter(|unionid| !unionid.is_empty()),
        scope: match packed.scope {
            0 => Scope::Base,
            1 => Scope::Userinfo,
            _ => Scope::Login,
        },
        snapshot: packed.snapshot,
        profile: text().and_then(|headimgurl| {
            let nickname = text()?;
            Some(Profile {
                nickname,
                headimgurl,
            })
        }),
        expires_at: packed.expires_at,
    })
}

struct Packed<'a> {
    expires_at: u64,
    scope: u8,
    snapshot: bool,
    shared: [u8; SHARING],
    texts: &'a str,
}

impl<'a> Packed<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (expires_at, bytes) = bytes.split_first_chunk()?;
        let ([scope, snapshot], bytes) = bytes.split_first_chunk()?;
        let (shared, bytes) = bytes.split_first_chunk()?;
        Some(Self {
            expires_at: u64::from_le_bytes(*expires_at),
            scope: *scope,
            snapshot: *snapshot == 1,
            shared: *shared,
            texts: std::str::from_utf8(bytes).ok()?,
        })
    }

    fn texts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.texts.splitn(4, END)
    }
}

/// How many bytes both begin with.
fn same_bytes(one: &str, other: &str) -> u8 {
    let pairs = one.bytes().zip(other.bytes());
    let same = pairs.take_while(|(one, other)| one == other).count();
    u8::try_from(same).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::kept::{Found, Keep, Kept};

    /// One as WeChat's are: ids of 28 characters of which six are the same in one account, a name of seven and an emoji,
    /// an address of 129.
    fn session(number: u64) -> Session {
        // Anything, as long as it is another one each time.
        let letters = format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Session {
            account: "shop".to_owned(),
            appid: "wx00000000000000a1".to_owned(),
            openid: format!("oABCde{letters}GHIjkl"),
            unionid: Some(format!("uABCde{letters}GHIjkl")),
            scope: Scope::Userinfo,
            snapshot: false,
            profile: Some(Profile {
                nickname: "山茶花开的小明🌸".to_owned(),
                headimgurl: format!(
                    "https://thirdwx.qlogo.cn/mmopen/vi_32/{letters}{}/132",
                    "Q0j4TwGTfTL".repeat(6)
                ),
            }),
            expires_at: 1_800_000_000 + number,
        }
    }

    fn assert_same(session: &Session, other: &[u8]) {
        let appid = AppId::parse(&session.appid).unwrap();
        let packed = pack(session, other);
        let unpacked = unpack(&packed, other, &session.account, &appid);
        assert!(unpacked.as_ref() == Some(session), "{session:?}");
    }

    #[test]
    fn every_session_is_the_same_again_whatever_it_is_packed_with() {
        let profile = |nickname: &str, headimgurl: &str| {
            Some(Profile {
                nickname: nickname.to_owned(),
                headimgurl: headimgurl.to_owned(),
            })
        };
        let pictures = [
            "https://thirdwx.qlogo.cn/132",
            "https://thirdwx.qlogo.cn",
            "",
        ];
        let names = ["", "a\nb\n", "\n", "山茶花开的小明🌸", "山"];
        let profiles = pictures.map(|it| names.map(|name| profile(name, it)));
        let mut sessions = vec![session(1)];
        for profile in profiles.into_iter().flatten().chain([None]) {
            for unionid in [None, Some("u山".to_owned()), session(2).unionid] {
                for (scope, snapshot) in [(Scope::Base, true), (Scope::Login, false)] {
                    sessions.push(Session {
                        unionid: unionid.clone(),
                        profile: profile.clone(),
                        scope,
                        snapshot,
                        ..session(3)
                    });
                }
            }
        }
        // Characters that begin with the same bytes.
        sessions.push(Session {
            openid: "o岁".to_owned(),
            ..session(1)
        });
        sessions.push(Session {
            openid: "o岂".to_owned(),
            ..session(1)
        });
        for other in &sessions {
            let other = pack(other, &[]);
            for session in &sessions {
                assert_same(session, &other);
                assert_same(session, &[]);
            }
        }
    }

    /// What `docs/en/operations.md` says of memory.
    #[test]
    fn five_minutes_at_wechats_own_limit_are_kept_in_240_bytes_each() {
        let mut kept: Kept<()> = Kept::new(300_000, crate::login::single_flight::KEPT_BYTES);
        let count = 60_000_u64;
        for number in 0..count {
            // 833 a second.
            let now = number * 1000 / 833;
            let key = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            kept.keep(key, [0; 32], now, |other| {
                Keep::Packed(pack(&session(number), other))
            });
        }
        for number in 0..count {
            let key = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let Some((_, Found::Packed { bytes, first })) = kept.find(key, 72_000) else {
                panic!("{number} is not kept");
            };
            let appid = AppId::parse("wx00000000000000a1").unwrap();
            let unpacked = unpack(bytes, first, "shop", &appid);
            assert!(unpacked.is_some_and(|it| it == session(number)));
        }
        let bytes = kept.bytes();
        assert!(bytes <= 240 * 60_000, "{} each", bytes / 60_000);
    }
}

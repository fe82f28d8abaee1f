//! One simulated WeChat user and everything that can be peculiar about one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids;

/// One simulated WeChat user.
///
/// In seed files, state files and the control API every field but `id` may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// 1 to 32 ASCII letters and digits; what openid and unionid are derived from.
    pub id: String,
    /// Any Unicode text, possibly empty.
    pub nickname: String,
    /// What this person is good for in a test, in Chinese. Empty for ordinary people.
    pub note: String,
    /// What becomes of `headimgurl`.
    pub picture: Picture,
    /// How this person stands to the official accounts, all of them.
    pub relation: Relation,
    /// Whether this person follows an account, by appid, where that is not as `relation` says.
    pub follows: BTreeMap<String, bool>,
    /// `false`: WeChat never tells a unionid of this person, whatever the account is bound to.
    pub unionid: bool,
    /// Whether apps that ask for `snsapi_userinfo` are opened as a snapshot (网页快照) for this person.
    pub snapshot: SnapshotMode,
    /// What goes wrong whenever this person logs in.
    pub habit: Option<Habit>,
    /// Openids by appid that are used instead of the derived ones.
    pub pinned_openids: BTreeMap<String, String>,
    /// Unionids by open platform that are used instead of the derived ones.
    pub pinned_unionids: BTreeMap<String, String>,
}

/// What becomes of `headimgurl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// A picture the simulator draws: a letter on a colour.
    #[default]
    Drawn,
    /// None: `headimgurl` is an empty string.
    None,
    /// An address that answers 404, as WeChat's do once the person has changed the picture.
    Dead,
}

/// How a person stands to the official accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Does not follow: a test account refuses with 10006, and `/cgi-bin/user/info` says so.
    Stranger,
    /// Follows the account, but opens the app by a link: the consent page appears.
    #[default]
    Follower,
    /// Follows and opens the app from the account's menu: `snsapi_userinfo` is silent, as WeChat's web authorization
    /// page says.
    FollowerFromMenu,
}

/// Whether this person sees apps as a snapshot when they ask for `snsapi_userinfo`, and what the answer says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotMode {
    /// No snapshot, unless the address says `forceSnapShot=true`.
    #[default]
    Never,
    /// A virtual user first, marked with `is_snapshotuser: 1` as documented.
    Flagged,
    /// A virtual user first, without the mark: developers report it.
    Unflagged,
    /// No snapshot, and yet the real user is marked with `is_snapshotuser: 1`: developers report it.
    RealFlagged,
}

/// What goes wrong whenever this person logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Habit {
    /// Every code is already dead: the exchange answers 40029. (过期)
    CodeExpires,
    /// Refuses consent without being asked. (拒绝)
    Refuses,
    /// WeChat's servers take five seconds for every answer about this person. (慢)
    Slow,
    /// Changed the password after the exchange: tokens answer 42007. (改密码)
    PasswordChanged,
    /// A limited user: 50002. (受限)
    Limited,
    /// Blocked as high-risk: 40226. (高风险)
    HighRisk,
    /// The name arrives with half a character at its end, which is no UTF-8. (残缺)
    BrokenName,
}

impl Default for Person {
    /// Nobody in particular: a drawn picture, a unionid, nothing peculiar.
    fn default() -> Self {
        Self {
            id: String::new(),
            nickname: String::new(),
            note: String::new(),
            picture: Picture::default(),
            relation: Relation::default(),
            follows: BTreeMap::new(),
            unionid: true,
            snapshot: SnapshotMode::default(),
            habit: None,
            pinned_openids: BTreeMap::new(),
            pinned_unionids: BTreeMap::new(),
        }
    }
}

impl Person {
    /// An ordinary person: a drawn picture, a unionid, nothing peculiar.
    pub fn new(id: impl Into<String>, nickname: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            nickname: nickname.into(),
            ..Self::default()
        }
    }

    /// Whether this person follows an account.
    pub(crate) fn follows(&self, appid: &str) -> bool {
        let told = self.follows.get(appid).copied();
        told.unwrap_or(self.relation != Relation::Stranger)
    }

    /// The openid under an account, the pinned one if there is one.
    pub(crate) fn openid(&self, appid: &str) -> String {
        let pinned = self.pinned_openids.get(appid).cloned();
        pinned.unwrap_or_else(|| ids::openid(appid, &self.id))
    }

    /// The unionid on an open platform, the pinned one if there is one; none of a person without unionid.
    pub(crate) fn unionid(&self, platform: &str) -> Option<String> {
        let pinned = self.pinned_unionids.get(platform).cloned();
        self.unionid
            .then(|| pinned.unwrap_or_else(|| ids::unionid(platform, &self.id)))
    }
}

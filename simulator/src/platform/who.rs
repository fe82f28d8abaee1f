//! Who a grant shows to an account: the person, or the virtual user of a snapshot.

use crate::ids;

use super::api_refusal::ApiRefusal;
use super::codes::Grant;
use super::{Habit, Picture, Platform};

/// WeChat documents that a virtual user's name is not the person's; what it is instead is our guess.
const VIRTUAL_NICKNAME: &str = "微信用户";

/// A user as one account sees it.
pub(super) struct Who {
    pub(super) openid: String,
    /// `None` if the account is on no open platform, or WeChat never tells it of this person.
    pub(super) unionid: Option<String>,
    pub(super) nickname: String,
    /// The path of the picture on this simulator, `None` if there is none.
    pub(super) picture_path: Option<String>,
}

impl Platform {
    /// Who that is; `None` if the person or the account is gone.
    pub(super) fn who(&self, grant: &Grant) -> Option<Who> {
        let person = self.people.get(&grant.person)?;
        let platform = self.account(&grant.appid)?.open_platform.as_deref();
        Some(if grant.virtual_user {
            Who {
                openid: ids::virtual_openid_of(person, &grant.appid),
                unionid: platform.filter(|_| person.unionid).map(|platform| {
                    let shared = self.settings.shared_snapshot_unionid;
                    ids::virtual_unionid_of((!shared).then_some(person), platform)
                }),
                nickname: VIRTUAL_NICKNAME.to_owned(),
                picture_path: None,
            }
        } else {
            Who {
                openid: ids::openid_of(person, &grant.appid),
                unionid: platform.and_then(|platform| ids::unionid_of(person, platform)),
                nickname: person.nickname.clone(),
                // The last segment is WeChat's: the edge of the picture in pixels.
                picture_path: (person.picture != Picture::None)
                    .then(|| format!("/_simulator/avatar/{}/132", person.id)),
            }
        })
    }

    /// What goes wrong for this person whatever is asked.
    ///
    /// # Errors
    /// 50002 for a limited user, 40226 for a high-risk one. WeChat documents 40226 for mini programs; that it occurs
    /// here is our guess.
    pub(super) fn check_person(&self, grant: &Grant) -> Result<(), ApiRefusal> {
        match self.habit_of(grant) {
            Some(Habit::Limited) => Err(ApiRefusal::UserLimited),
            Some(Habit::HighRisk) => Err(ApiRefusal::HighRiskUser),
            _ => Ok(()),
        }
    }

    /// The same, and 42007 if the person has changed the password since the exchange.
    pub(super) fn check_token_holder(&self, grant: &Grant) -> Result<(), ApiRefusal> {
        match self.habit_of(grant) {
            Some(Habit::PasswordChanged) => Err(ApiRefusal::PasswordChanged),
            _ => self.check_person(grant),
        }
    }

    pub(super) fn habit_of(&self, grant: &Grant) -> Option<Habit> {
        self.people.get(&grant.person)?.habit
    }
}

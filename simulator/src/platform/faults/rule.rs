//! A rule as its author wrote it, and as it wears out.

use serde::{Deserialize, Serialize};

use super::{Effect, Endpoint, Subject};

/// A fault rule: where it strikes, whom, what it does, how often.
///
/// ```
/// use wechat_simulator::{Effect, Endpoint, Fault};
///
/// let busy = Effect::Errcode { errcode: -1, errmsg: None };
/// let fault = Fault::new(Endpoint::AccessToken, busy).times(1).for_person("xiaoming");
/// assert_eq!(fault.count, Some(1));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What of WeChat it strikes.
    pub endpoint: Endpoint,
    /// Only requests about this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// Only requests about this person: the holder of the phone, or the one behind a code or token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// After that many requests the rule removes itself. `None`: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The part of all requests that is struck, more than 0 and at most 1, which is the default.
    #[serde(default = "always")]
    pub probability: f64,
    /// The same seed draws the same lots. Default: 0.
    #[serde(default)]
    pub seed: u64,
    /// The work is done first, so that a code is spent although the answer is an error, as developers report of -1.
    /// Default: `false`, the fault comes instead of the work; `truncated_json`, `wrong_charset` and `reset_after`
    /// do the work in any case.
    #[serde(default)]
    pub after_work: bool,
}

impl Fault {
    /// A rule for every request to an endpoint, until it is removed.
    pub fn new(endpoint: Endpoint, effect: Effect) -> Self {
        Self {
            endpoint,
            appid: None,
            person: None,
            effect,
            count: None,
            probability: always(),
            seed: 0,
            after_work: false,
        }
    }

    /// Only for so many requests.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }

    /// Only for this account.
    #[must_use]
    pub fn for_appid(mut self, appid: impl Into<String>) -> Self {
        self.appid = Some(appid.into());
        self
    }

    /// Only for this person.
    #[must_use]
    pub fn for_person(mut self, person: impl Into<String>) -> Self {
        self.person = Some(person.into());
        self
    }

    /// Only for a part of all requests, drawn by this seed.
    #[must_use]
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = probability;
        self.seed = seed;
        self
    }

    /// Does the work before the answer is spoiled, so that a code is spent.
    #[must_use]
    pub fn after_work(mut self) -> Self {
        self.after_work = true;
        self
    }
}

const fn always() -> f64 {
    1.0
}

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActiveFault {
    /// By which it is removed.
    pub id: u64,
    /// As it was ordered.
    #[serde(flatten)]
    pub fault: Fault,
    /// How often it will still strike. `None`: until it is removed.
    pub left: Option<u32>,
}

/// A rule with what is left of it.
pub(super) struct Rule {
    id: u64,
    fault: Fault,
    left: Option<u32>,
    lots: u64,
}

impl Rule {
    pub(super) fn new(id: u64, fault: Fault) -> Self {
        Self {
            id,
            left: fault.count,
            lots: fault.seed,
            fault,
        }
    }

    pub(super) const fn id(&self) -> u64 {
        self.id
    }

    pub(super) const fn effect(&self) -> &Effect {
        &self.fault.effect
    }

    pub(super) const fn is_after_work(&self) -> bool {
        self.fault.after_work || self.fault.effect.always_after_work()
    }

    pub(super) fn is_spent(&self) -> bool {
        self.left == Some(0)
    }

    pub(super) fn applies_to(&self, endpoint: Endpoint, subject: &Subject) -> bool {
        let fits =
            |wanted: &Option<String>, given: &Option<String>| wanted.is_none() || wanted == given;
        self.fault.endpoint == endpoint
            && fits(&self.fault.appid, &subject.appid)
            && fits(&self.fault.person, &subject.person)
    }

    /// Draws a lot, and counts if it strikes.
    pub(super) fn fires(&mut self) -> bool {
        if self.draw() >= self.fault.probability {
            return false;
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        true
    }

    pub(super) fn to_public(&self) -> ActiveFault {
        ActiveFault {
            id: self.id,
            fault: self.fault.clone(),
            left: self.left,
        }
    }

    /// A number from 0 up to but not including 1, by the generator known as SplitMix64.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit into an f64")]
    fn draw(&mut self) -> f64 {
        self.lots = self.lots.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.lots;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}

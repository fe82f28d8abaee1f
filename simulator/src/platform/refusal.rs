//! What happens after 拒绝: WeChat's documents contradict each other, so it is a setting.

use serde::{Deserialize, Serialize};

/// Where a person who refuses ends up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalBehaviour {
    /// Back to the page before the consent page, as developers report from iOS. Where the browser has no such page,
    /// a page that says so and links to the `redirect_uri`.
    #[default]
    GoBack,
    /// A page that stays empty, as developers report from Android.
    Blank,
    /// A redirect with `state` and without `code`, as WeChat's third-party platform page documents.
    RedirectWithState,
}

//! 网页快照: what stands in for the app when WeChat shows a snapshot of it.

use maud::{Markup, html};

use crate::platform::{AuthorizeRequest, Person};

use super::avatar::logo;
use super::{fragment, layout};

/// WeChat's hint, and the two ways on.
pub(crate) fn snapshot(request: &AuthorizeRequest, holder: &Person, raw_query: &str) -> Markup {
    layout::page(
        "网页快照",
        "plain",
        html! {
            p.snapshot-bar { "当前为网页快照，只能浏览部分内容" }
            main.message {
                p.asker.centred { (logo(&request.appid, &request.title)) span { (request.title) } }
                h1 { "以网页快照打开" }
                p.secondary { bdi { (holder.display_name()) } " 先以虚拟账号访问，微信不会弹出授权框。" }
                form method="post" action=(format!("/_simulator/snapshot?{raw_query}")) {
                    button.button.default type="submit" { "以快照浏览" }
                }
                p.full-service {
                    a.button.primary href=(format!("/_simulator/full-service?{raw_query}")) { "使用完整服务" }
                }
            }
            aside.hint aria-label="模拟器说明" {
                h2 { "模拟器说明（微信不会显示这一框）" }
                dl {
                    dt { "以快照浏览" }
                    dd { "应用收到虚拟用户的 code，换到的 openid、unionid、昵称都不是本人的，通常带 is_snapshotuser: 1。" }
                    dt { "使用完整服务" }
                    dd {
                        "在微信里，这个按钮浮在应用页面的右下角。模拟器没法画在应用的页面上，所以放在这里："
                        "浏览快照之后按返回，再点它，应用会收到本人的新 code。"
                    }
                }
            }
            (fragment::warning())
        },
    )
}

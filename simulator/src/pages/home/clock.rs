//! The clock by which codes and tokens expire, and the way back to the start.

use std::time::Duration;

use maud::{Markup, html};

use super::time::clock_time;

const STEPS: [(u64, &str); 4] = [
    (60, "1 分钟"),
    (300, "5 分钟（code 过期）"),
    (7200, "2 小时（access_token 过期）"),
    (30 * 86_400, "30 天（refresh_token 过期）"),
];

/// What time it is and buttons that skip some.
pub(super) fn section(now: Duration) -> Markup {
    let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    html! {
        section aria-labelledby="clock" {
            h2 #clock { "时钟" }
            div.card {
                p { "模拟器的时间：" strong { (clock_time(millis)) } small { "　从启动时的 0 开始，只能拨快" } }
                form.buttons method="post" action="/_simulator/forms/clock" {
                    @for (seconds, text) in STEPS {
                        button.button.default.mini type="submit" name="advance_seconds" value=(seconds) { "快进 " (text) }
                    }
                }
            }
            div.card {
                p { "重置" small { "　人物、设置回到启动时的样子；code、令牌、日志、故障全部清空。" } }
                form.buttons method="post" action="/_simulator/forms/reset" {
                    button.button.warn.mini type="submit" { "全部重置" }
                }
            }
        }
    }
}

//! Snapshots: the virtual user.

use super::super::Rule;
use super::{REPORTS, SILENT, guess, imitated, not_imitated, tested_guess};

pub(super) const RULES: &[Rule] = &[
    tested_guess(
        "“使用完整服务”之后：新的 code、真实用户、没有标记",
        "我们对公告的理解",
        "a_virtual_user_comes_first_and_the_real_one_after_full_service",
    ),
    tested_guess(
        "forceSnapShot=true 一定出现快照页",
        "文档如此；几位开发者在真机上没有触发",
        "force_snap_shot_and_choosing_somebody_make_a_snapshot_of_userinfo_only",
    ),
    not_imitated(
        "快照页只能滚动、存储隔离、盖在网页上的“使用完整服务”按钮：这里是跳转之前的一个页面",
        "模拟器画不到接入方的页面上",
    ),
    imitated(
        "网页快照的虚拟用户带 is_snapshotuser: 1，openid 和 unionid 都不是本人的",
        "微信接口文档、2022 年 5 月 9 日的公告",
        "virtual_user_is_flagged_and_shares_no_id_with_the_person",
    ),
    imitated(
        "取虚拟用户的资料可能得到 48001（设置）",
        REPORTS,
        "virtual_users_may_share_a_unionid_and_have_no_userinfo",
    ),
    guess(
        "虚拟用户的昵称是“微信用户”，没有头像，每次都是同一个",
        SILENT,
    ),
    imitated(
        "is_snapshotuser 可能缺失，也可能出现在真实用户上；snsapi_base 从不出现",
        "微信接口文档、开发者报告",
        "the_flag_may_be_missing_or_wrong",
    ),
    imitated(
        "同一开放平台的虚拟用户可能共用一个 unionid，openid 各不相同（设置）",
        "一位开发者的报告",
        "virtual_users_may_share_a_unionid_and_have_no_userinfo",
    ),
    not_imitated(
        "最初几次没有标记、forcePopup=true 引出快照页、返回键回到快照页",
        "开发者报告互相矛盾",
    ),
];

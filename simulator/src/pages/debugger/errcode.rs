//! What an errcode asks of the app, in one sentence.

/// Advice for developers, in Chinese. The meanings follow WeChat's table of return codes; what to do is our advice.
pub(super) fn advice(errcode: i64) -> &'static str {
    match errcode {
        -1 => "系统繁忙：查询可以稍后重试；换 code 不要重试，code 可能已经用掉，请重新发起授权。",
        40001 => "凭证无效或不是最新的：核对 secret 属于哪个账号，或重新授权。",
        40002 => "grant_type 不对：换 code 用 authorization_code，刷新用 refresh_token。",
        40003 => "openid 不属于这个令牌。",
        40013 => "appid 不对：核对配置。",
        40014 => "access_token 的格式不对。",
        40029 => "code 无效：写错了、过期了，或者是另一个账号的。让用户重新授权，但要限制次数。",
        40030 => "refresh_token 无效：重新授权。",
        40125 => "secret 不对：这是配置错误，重新授权没有用。",
        40163 => "code 已经用过：多半是回调来了两次，请返回第一次的结果。",
        40226 => "高风险用户，微信拒绝登录。",
        41001 | 41002 | 41003 | 41004 | 41008 | 41009 => "缺少参数：errmsg 里有它的名字。",
        42001 => "access_token 过期：刷新，再试一次。",
        42002 => "refresh_token 过期：重新授权。",
        42003 => "code 过期：重新授权。",
        42007 => "用户改过密码，令牌全部失效：重新授权；接入方自己的会话可以保留。",
        43001 => "要用 GET 请求。",
        45009 | 45011 => "调用太频繁：等一会儿再试，不要循环重试。",
        48001 => "没有权限：多半是用 snsapi_base 的令牌去取用户资料。不带资料也应当能登录。",
        50001 => "用户没有授权，或已经取消：重新授权。",
        50002 => "用户受限：告诉用户，不要循环重试。",
        _ => "微信拒绝了这个请求，原因见 errmsg。",
    }
}

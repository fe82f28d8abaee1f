"""social-auth-core's backends `weixin` (QR code) and `weixinapp` (in WeChat), behind social-auth-app-django."""

from urllib.parse import parse_qsl, urlsplit

from simulator import WEBSITE, claims_of, openid, settings
from site_with_logins import Visitor, override_settings

# After the site, which sets Django up.
from social_core.exceptions import AuthException
from social_django.models import UserSocialAuth

claim = claims_of("social_auth_core")


def begin(backend):
    return f"/social/login/{backend}/"


def complete(backend):
    return f"/social/complete/{backend}/"


def in_wechat(scope):
    return override_settings(SOCIAL_AUTH_WEIXINAPP_SCOPE=[scope])


def signed_in(visitor, answer, backend, uid):
    """Expects that the library has signed in somebody whom WeChat knows by this openid."""
    assert answer.status_code == 302, answer
    account = UserSocialAuth.objects.get(provider=backend, uid=uid)
    assert account.user_id == visitor.user_id()
    return account


def refused(errcode, visitor, backend, query):
    """Expects the library's own error with this number of WeChat's."""
    try:
        answer = visitor.finish(complete(backend), query)
    except AuthException as error:
        assert error.provider_code == errcode, f"{error!r} instead of {errcode}"
    else:
        raise AssertionError(f"{answer} instead of {errcode}")


@claim
def qr_login_signs_in_whoever_scanned():
    for _ in range(2):
        visitor = Visitor("xiaohong")
        answer = visitor.finish(complete("weixin"), visitor.phone.scan(visitor.begin(begin("weixin"))))
        account = signed_in(visitor, answer, "weixin", openid("xiaohong", WEBSITE))
        assert account.extra_data["username"] == "小红", account.extra_data
        assert account.extra_data["profile_image_url"].endswith("/132")


@claim
def login_in_wechat_asks_for_consent():
    visitor = Visitor("yijia")
    with in_wechat("snsapi_userinfo"):
        query = visitor.phone.authorize(visitor.begin(begin("weixinapp")))
        answer = visitor.finish(complete("weixinapp"), query)
    account = signed_in(visitor, answer, "weixinapp", openid("yijia"))
    assert account.extra_data["username"] == "👨‍👩‍👧‍👦一家四口"


@claim
def strict_order_accepts_the_address_in_wechat():
    settings(strict_order=True, require_wechat=True, require_state=True)
    visitor = Visitor()
    with in_wechat("snsapi_userinfo"):
        query = visitor.phone.authorize(visitor.begin(begin("weixinapp")))
    settings()
    assert query["code"], query


@claim
def silent_login_is_exchanged_and_refused_with_48001():
    visitor = Visitor("aqiang")
    with in_wechat("snsapi_base"):
        query = visitor.phone.authorize(visitor.begin(begin("weixinapp")))
        refused(48001, visitor, "weixinapp", query)


@claim
def wrong_code_gets_40029_and_a_used_one_40163():
    visitor = Visitor()
    query = visitor.phone.scan(visitor.begin(begin("weixin")))
    refused(40029, visitor, "weixin", {**query, "code": "made0up0code"})
    for outcome in ["signed in", 40163]:
        # An answer must be to the question asked last.
        again = {**query, "state": dict(parse_qsl(urlsplit(visitor.begin(begin("weixin"))).query))["state"]}
        if outcome == "signed in":
            assert visitor.finish(complete("weixin"), again).status_code == 302
        else:
            refused(outcome, visitor, "weixin", again)

"""django-allauth's provider `weixin`: by QR code, as its default is, and in WeChat by its setting `AUTHORIZE_URL`."""

from contextlib import contextmanager

from simulator import BOOKS, BOOKS_SECRET, WEBSITE, WEBSITE_SECRET, claims_of, last_request, openid, settings
from site_with_logins import PAGES, Visitor, override_settings

# After the site, which sets Django up.
from allauth.socialaccount.models import SocialAccount

claim = claims_of("django_allauth")
LOGIN, CALLBACK = "/accounts/weixin/login/", "/accounts/weixin/login/callback/"


@contextmanager
def in_wechat(scope, appid=BOOKS, secret=BOOKS_SECRET):
    provider = {
        "AUTHORIZE_URL": f"{PAGES}/connect/oauth2/authorize",
        "SCOPE": [scope],
        "APP": {"client_id": appid, "secret": secret},
    }
    with override_settings(SOCIALACCOUNT_PROVIDERS={"weixin": provider}):
        yield


def on_a_computer(secret=WEBSITE_SECRET):
    provider = {"APP": {"client_id": WEBSITE, "secret": secret}}
    return override_settings(SOCIALACCOUNT_PROVIDERS={"weixin": provider})


def signed_in(visitor, answer, uid):
    """Expects that the library has signed in somebody whom WeChat knows by this openid."""
    assert answer.status_code == 302 and answer["Location"] == "/accounts/profile/", answer
    account = SocialAccount.objects.get(provider="weixin", uid=uid)
    assert account.user_id == visitor.user_id()
    return account


@claim
def qr_login_signs_in_whoever_scanned():
    visitor = Visitor("xiaohong")
    with on_a_computer():
        answer = visitor.finish(CALLBACK, visitor.phone.scan(visitor.begin(LOGIN)))
        account = signed_in(visitor, answer, openid("xiaohong", WEBSITE))
        assert str(account.get_provider_account()) == "小红" and account.extra_data["unionid"], account.extra_data


@claim
def userinfo_login_asks_for_consent_and_comes_back_to_the_same_user():
    users = set()
    for _ in range(2):
        visitor = Visitor("ahua")
        with in_wechat("snsapi_userinfo"):
            answer = visitor.finish(CALLBACK, visitor.phone.authorize(visitor.begin(LOGIN)))
            account = signed_in(visitor, answer, openid("ahua"))
            assert account.extra_data["nickname"] == "🌸阿花🌸" and account.get_avatar_url().endswith("/132")
            users.add(account.user_id)
    assert len(users) == 1


@claim
def userinfo_login_of_a_follower_from_the_menu_is_silent():
    visitor = Visitor("caidan")
    with in_wechat("snsapi_userinfo"):
        address = visitor.begin(LOGIN)
        assert visitor.phone.http.get(address, allow_redirects=False).status_code == 302
        answer = visitor.finish(CALLBACK, visitor.phone.authorize(address))
    signed_in(visitor, answer, openid("caidan"))


# The library asks for the profile whatever the scope is. Its own documents' example is snsapi_base, which works for
# whoever has consented before, as developers report of WeChat.
@claim
def silent_login_works_for_whoever_consented_before():
    with in_wechat("snsapi_userinfo"):
        visitor = Visitor("changming")
        visitor.finish(CALLBACK, visitor.phone.authorize(visitor.begin(LOGIN)))
    settings(silent_profile_after_consent=True)
    visitor = Visitor("changming")
    with in_wechat("snsapi_base"):
        address = visitor.begin(LOGIN)
        assert visitor.phone.http.get(address, allow_redirects=False).status_code == 302
        answer = visitor.finish(CALLBACK, visitor.phone.authorize(address))
    settings()
    signed_in(visitor, answer, openid("changming"))


@claim
def silent_login_of_a_stranger_is_exchanged_and_ends_at_48001():
    visitor = Visitor("layla")
    with in_wechat("snsapi_base"):
        query = visitor.phone.authorize(visitor.begin(LOGIN))
        try:
            answer = visitor.finish(CALLBACK, query)
        except KeyError as error:
            # Not the library's own error: it takes WeChat's refusal for a profile.
            assert error.args == ("openid",), error
        else:
            raise AssertionError(answer)
    last = last_request()
    assert (last["path"], last["errcode"]) == ("/sns/userinfo", 48001), last


@claim
def wrong_code_and_wrong_secret_are_the_librarys_own_error():
    for secret, code, errcode in [(BOOKS_SECRET, "made0up0code", 40029), ("wrong", None, 40125)]:
        visitor = Visitor()
        with in_wechat("snsapi_userinfo", secret=secret):
            query = visitor.phone.authorize(visitor.begin(LOGIN))
            answer = visitor.finish(CALLBACK, {**query, "code": code or query["code"]})
        error = answer.context["auth_error"]["exception"]
        assert type(error).__name__ == "OAuth2Error" and str(errcode) in str(error), error
        assert "_auth_user_id" not in visitor.browser.session

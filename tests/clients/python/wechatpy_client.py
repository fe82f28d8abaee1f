"""wechatpy's client pointed at the simulator, and what the claims about it share.

The only thing that differs from production is the base URL, which wechatpy keeps in two class attributes.
"""

from wechatpy.exceptions import WeChatOAuthException
from wechatpy.oauth import WeChatOAuth

from phone import Phone
from simulator import BOOKS, BOOKS_SECRET, SIMULATOR, claims_of

# Where an app would wait; nobody has to listen there.
CALLBACK = "http://127.0.0.1:8080/me?from=wechatpy&t=茶"
claim = claims_of("wechatpy")


class Client(WeChatOAuth):
    """wechatpy's client with the simulator for WeChat."""

    API_BASE_URL = f"{SIMULATOR}/"
    OAUTH_BASE_URL = f"{SIMULATOR}/connect/"


def client(scope="snsapi_base", state="s1", appid=BOOKS, secret=BOOKS_SECRET):
    return Client(appid, secret, CALLBACK, scope, state)


def code_for(oauth, person="xiaoming"):
    return Phone(SIMULATOR, person).authorize(oauth.authorize_url)["code"]


def logged_in(scope="snsapi_userinfo", person="xiaoming", **account):
    oauth = client(scope, **account)
    oauth.fetch_access_token(code_for(oauth, person))
    return oauth


def refused(errcode, call, *arguments):
    """Expects wechatpy's exception with this errcode, raised from a 200 in plain text with a rid at its end."""
    try:
        result = call(*arguments)
    except WeChatOAuthException as error:
        assert error.errcode == errcode, f"{error!r} instead of {errcode}"
        assert ", rid: " in error.errmsg, error.errmsg
        assert error.response.status_code == 200
        assert error.response.headers["Content-Type"] == "text/plain"
    else:
        raise AssertionError(f"{result} instead of {errcode}")

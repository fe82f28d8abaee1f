"""wechatpy's client of the server API: tickets, followers, mini-programs. It reaches WeChat by requests, whose sessions
exchange the host since site_with_logins."""

import json

import requests
import site_with_logins  # noqa: F401
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from simulator import BOOKS, BOOKS_SECRET, SIMULATOR, claims_of, openid, settings, skip

MINIPROGRAM, MINIPROGRAM_SECRET = "wx00000000000000a4", "simulator-secret-a4"
PAGE = "https://books.example.com/order?id=茶"
claim = claims_of("wechatpy")


def books():
    return WeChatClient(BOOKS, BOOKS_SECRET)


def code(person):
    body = {"appid": MINIPROGRAM, "person": person}
    return requests.post(f"{SIMULATOR}/_simulator/codes", json=body).json()["code"]


def judged(signature, page=PAGE):
    """What WeChat's client makes of it."""
    values = {"n": 1, "appid": BOOKS, "timestamp": 1414587457, "nonce": "n1", "signature": signature, "now": page}
    phone = {"User-Agent": "Mobile MicroMessenger/8.0.63"}
    answer = requests.get(f"{SIMULATOR}/_simulator/jssdk/verify", values, headers=phone).text
    return json.loads(answer[answer.index("{") : answer.rindex("}") + 1])["errMsg"]


def refused(errcode, call, *arguments):
    try:
        result = call(*arguments)
    except WeChatClientException as error:
        assert error.errcode == errcode, error
    else:
        raise AssertionError(f"{result} instead of {errcode}")


@claim
def get_jsapi_signature_is_accepted_for_its_address_and_no_other():
    client = books()
    ticket = client.jsapi.get_jsapi_ticket()
    assert client.jsapi.get_ticket()["ticket"] == ticket
    signature = client.jsapi.get_jsapi_signature("n1", ticket, 1414587457, PAGE)
    assert judged(signature) == "config:ok"
    assert judged(signature, PAGE + "&from=x") == "config:invalid signature"


@claim
def user_get_tells_followers_from_strangers():
    client = books()
    follower = client.user.get(openid("xiaoming"))
    assert follower["subscribe"] == 1 and follower["unionid"], follower
    stranger = client.user.get(openid("moshengren"))
    assert stranger["subscribe"] == 0 and "unionid" not in stranger, stranger
    refused(40003, client.user.get, openid("xiaoming", MINIPROGRAM))
    both = client.user.get_batch([follower["openid"], stranger["openid"]])
    assert both == [follower, stranger], both
    refused(40032, client.user.get_batch, [])


@claim
def a_dead_account_token_is_replaced_by_the_package_itself():
    client = books()
    before = client.access_token
    skip(7200)
    assert client.user.get(openid("xiaoming"))["subscribe"] == 1
    # Another system's token ends this one, which is told in other words and replaced as well.
    second = client.access_token
    books().fetch_access_token()
    skip(300)
    assert client.user.get(openid("xiaoming"))["subscribe"] == 1
    assert len({before, second, client.access_token}) == 3


@claim
def quotas_are_an_exception():
    client = books()
    client.user.get(openid("xiaoming"))
    settings(followers_per_day=1)
    refused(45009, client.user.get, openid("xiaoming"))
    settings()


@claim
def code_to_session_logs_in_although_it_sends_an_account_token():
    client = WeChatClient(MINIPROGRAM, MINIPROGRAM_SECRET)
    once = code("xiaohong")
    session = client.wxa.code_to_session(once)
    assert session["openid"] == openid("xiaohong", MINIPROGRAM) and len(session["session_key"]) == 24, session
    assert session["unionid"] == books().user.get(openid("xiaohong"))["unionid"]
    refused(40163, client.wxa.code_to_session, once)
    refused(40226, client.wxa.code_to_session, code("gaofengxian"))
    refused(48001, client.jsapi.get_ticket)

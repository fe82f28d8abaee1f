"""From the authorize address to a name, and every way a code can be refused."""

import requests

from phone import Phone
from simulator import FLOWERS, FLOWERS_SECRET, SIMULATOR, skip
from wechatpy_client import claim, client, code_for, logged_in, refused


@claim
def authorize_url_redirects_at_once_with_code_and_state():
    query = Phone(SIMULATOR).authorize(client(state="abc123").authorize_url)
    assert len(query["code"]) == 32
    assert (query["state"], query["from"], query["t"]) == ("abc123", "wechatpy", "茶"), query


@claim
def authorize_url_without_state_works():
    query = Phone(SIMULATOR).authorize(client(state="").authorize_url)
    assert query["code"] and query["state"] == "", query


@claim
def authorize_url_of_an_unknown_appid_ends_on_wechats_page():
    assert "10016" in Phone(SIMULATOR).page(client(appid="wxffffffffffffffff").authorize_url)


@claim
def silent_code_gives_openid_and_tokens_without_unionid():
    oauth = client()
    token = oauth.fetch_access_token(code_for(oauth))
    assert set(token) == {"access_token", "expires_in", "refresh_token", "openid", "scope"}, token
    assert (token["scope"], token["expires_in"]) == ("snsapi_base", 7200)
    assert len(oauth.open_id) == 28 and oauth.open_id == token["openid"]


@claim
def consent_gives_unionid_name_and_a_picture_that_loads():
    oauth = client("snsapi_userinfo")
    token = oauth.fetch_access_token(code_for(oauth))
    assert token["scope"] == "snsapi_userinfo" and len(token["unionid"]) == 28
    user = oauth.get_user_info()
    assert (user["nickname"], user["unionid"]) == ("小明", token["unionid"])
    assert (user["sex"], user["province"], user["city"], user["country"]) == (0, "", "", "")
    assert user["privilege"] == [] and user["openid"] == token["openid"]
    picture = requests.get(user["headimgurl"])
    assert picture.status_code == 200 and picture.headers["Content-Type"].startswith("image/")


@claim
def account_without_open_platform_gets_no_unionid():
    oauth = logged_in(appid=FLOWERS, secret=FLOWERS_SECRET)
    user = oauth.get_user_info()
    assert user["nickname"] == "小明" and "unionid" not in user


@claim
def every_kind_of_name_arrives_whole():
    for person, nickname in [
        ("ahua", "🌸阿花🌸"),
        ("yijia", "👨‍👩‍👧‍👦一家四口"),
        ("layla", "ليلى"),
        ("aqiang", "\ue415阿强\ue056"),
        ("biaoqian", '<b>小&"白"</b>'),
        ("wuming", ""),
        # wechatpy leaves out what is no UTF-8.
        ("canque", "残缺"),
    ]:
        assert logged_in(person=person).get_user_info()["nickname"] == nickname, person


@claim
def answers_are_plain_text_without_a_charset():
    # wechatpy decodes the bytes itself; who trusts the header as requests' `text` does reads å°æ for 小明.
    oauth = logged_in()
    answers = []
    oauth._http.hooks["response"].append(lambda answer, **_: answers.append(answer))
    assert oauth.get_user_info()["nickname"] == "小明"
    assert answers[0].headers["Content-Type"] == "text/plain"
    assert "小明" in answers[0].content.decode("utf-8") and "小明" not in answers[0].text


@claim
def wrong_secret_gets_40125_and_leaves_the_code_usable():
    code = code_for(client())
    refused(40125, client(secret="wrong").fetch_access_token, code)
    assert client().fetch_access_token(code)["openid"]


@claim
def unknown_appid_gets_40013_and_a_code_of_another_account_40029():
    code = code_for(client())
    refused(40013, client(appid="wxffffffffffffffff").fetch_access_token, code)
    refused(40029, client(appid=FLOWERS, secret=FLOWERS_SECRET).fetch_access_token, code)
    refused(40029, client().fetch_access_token, "made0up0code")
    refused(41008, client().fetch_access_token, "")


@claim
def used_code_gets_40163_and_40029_once_it_has_expired():
    code = code_for(client())
    client().fetch_access_token(code)
    refused(40163, client().fetch_access_token, code)
    skip(300)
    refused(40029, client().fetch_access_token, code)


@claim
def unused_code_expires_after_five_minutes():
    early, late = code_for(client()), code_for(client())
    skip(290)
    assert client().fetch_access_token(early)["openid"]
    skip(10)
    refused(40029, client().fetch_access_token, late)


@claim
def userinfo_with_a_silent_token_gets_48001():
    refused(48001, logged_in("snsapi_base").get_user_info)


@claim
def userinfo_of_somebody_else_gets_40003():
    refused(40003, logged_in().get_user_info, logged_in(person="xiaohong").open_id)

"""Special people, special clients, special accounts."""

from phone import Phone
from simulator import SIMULATOR, WEBSITE, WEBSITE_SECRET, settings, skip
from wechatpy_client import claim, client, code_for, logged_in, refused


@claim
def snapshot_logs_in_a_virtual_user_with_a_flag():
    settings(snapshot_at_once=True)
    oauth = client("snsapi_userinfo")
    token = oauth.fetch_access_token(code_for(oauth, "kuaizhao"))
    user = oauth.get_user_info()
    settings()
    assert token["is_snapshotuser"] == 1, token
    assert "is_snapshotuser" not in user and user["openid"] == token["openid"]
    assert user["nickname"] != "快照" and token["openid"] != logged_in("snsapi_base", "kuaizhao").open_id


@claim
def silent_logins_are_never_flagged():
    oauth = client()
    assert "is_snapshotuser" not in oauth.fetch_access_token(code_for(oauth, "kuaizhao"))


@claim
def strict_order_accepts_wechatpys_address():
    settings(strict_order=True, require_wechat=True, require_state=True)
    query = Phone(SIMULATOR).authorize(client().authorize_url)
    settings()
    assert query["code"], query


@claim
def qrconnect_url_logs_in_at_a_website_with_a_code_of_ten_minutes():
    oauth = client("snsapi_login", appid=WEBSITE, secret=WEBSITE_SECRET)
    code = Phone(SIMULATOR, "xiaohong").scan(oauth.qrconnect_url)["code"]
    skip(590)
    token = oauth.fetch_access_token(code)
    assert token["scope"] == "snsapi_login", token
    user = oauth.get_user_info()
    # One open platform: the website's customer is the bookshop's follower.
    follower = logged_in(person="xiaohong").get_user_info()
    assert user["nickname"] == "小红" and user["openid"] != follower["openid"]
    assert user["unionid"] == follower["unionid"]


@claim
def what_a_name_says_happens():
    refused(40029, client().fetch_access_token, code_for(client(), "guoqi"))
    refused(42007, logged_in(person="gaimima").get_user_info)
    for person, errcode in [("shouxian", 50002), ("gaofengxian", 40226)]:
        refused(errcode, logged_in, "snsapi_userinfo", person)
    assert "unionid" not in logged_in(person="wuunionid").get_user_info()

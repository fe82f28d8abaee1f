"""What becomes of a token once it is there."""

from simulator import skip
from wechatpy_client import claim, client, code_for, logged_in, refused

TWO_HOURS, THIRTY_DAYS = 7200, 30 * 24 * 3600


@claim
def check_access_token_says_true_for_either_scope():
    assert logged_in("snsapi_base").check_access_token() is True
    assert logged_in("snsapi_userinfo").check_access_token() is True


@claim
def check_access_token_refuses_a_foreign_openid_and_a_made_up_token():
    oauth = logged_in()
    refused(40003, oauth.check_access_token, logged_in(person="xiaohong").open_id)
    refused(40001, oauth.check_access_token, oauth.open_id, f"86_{'x' * 100}")


@claim
def early_refresh_keeps_the_access_token_and_gives_it_two_more_hours():
    oauth = logged_in()
    before, openid = oauth.access_token, oauth.open_id
    skip(TWO_HOURS - 60)
    token = oauth.refresh_access_token(oauth.refresh_token)
    assert token["access_token"] == before and token["openid"] == openid, token
    assert (token["scope"], token["expires_in"]) == ("snsapi_userinfo", TWO_HOURS)
    assert "unionid" not in token and "is_snapshotuser" not in token
    skip(TWO_HOURS - 60)
    assert oauth.get_user_info()["nickname"] == "小明"


@claim
def late_refresh_brings_a_new_access_token():
    oauth = logged_in()
    before, refresh_token = oauth.access_token, oauth.refresh_token
    skip(TWO_HOURS)
    refused(42001, oauth.get_user_info)
    refused(42001, oauth.check_access_token)
    token = oauth.refresh_access_token(refresh_token)
    assert token["access_token"] != before and token["refresh_token"] == refresh_token
    assert oauth.get_user_info()["nickname"] == "小明"


@claim
def refresh_with_a_made_up_token_gets_40030():
    refused(40030, client().refresh_access_token, f"86_{'x' * 100}")


@claim
def refresh_after_thirty_days_gets_42002():
    oauth = logged_in()
    skip(THIRTY_DAYS)
    refused(42002, oauth.refresh_access_token, oauth.refresh_token)


@claim
def each_login_has_tokens_of_its_own():
    first, second = logged_in(), logged_in()
    assert first.open_id == second.open_id and first.access_token != second.access_token
    assert first.get_user_info() == second.get_user_info()


@claim
def a_new_code_works_after_all_that_time():
    assert client().fetch_access_token(code_for(client()))["openid"]

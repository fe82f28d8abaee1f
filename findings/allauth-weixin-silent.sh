#!/bin/bash
# django-allauth 65.22.1, provider weixin, with the settings its own documentation gives as the example:
# AUTHORIZE_URL https://open.weixin.qq.com/connect/oauth2/authorize and SCOPE ['snsapi_base'].
#
# A token of snsapi_base does not open /sns/userinfo: WeChat documents and answers 48001, HTTP 200. The provider asks for
# the profile all the same and looks for "openid" in the refusal.
#
# Expected: a login by the openid of the token's answer, or allauth's page "authentication error" (HTTP 401 or 200).
# Seen:     KeyError: 'openid', HTTP 500, for everybody who logs in like this.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Python 3.11 and pip's registry, nothing of WeChat's.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
python3 -m venv v && v/bin/pip install --quiet --disable-pip-version-check 'django-allauth[socialaccount]==65.22.1' 'Django==5.2.19' || exit 2
cat >try.py <<'PY'
import importlib.metadata
import json
import sys

import django
import requests
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import include, path

apps = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
        "allauth", "allauth.account", "allauth.socialaccount", "allauth.socialaccount.providers.weixin"]
settings.configure(
    SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, INSTALLED_APPS=apps,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware",
                "allauth.account.middleware.AccountMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]}}],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    LOGGING_CONFIG=None,
    SOCIALACCOUNT_PROVIDERS={"weixin": {
        "AUTHORIZE_URL": "https://open.weixin.qq.com/connect/oauth2/authorize", "SCOPE": ["snsapi_base"],
        "APP": {"client_id": "wx00000000000000a1", "secret": "s"}}},
)
django.setup()
urlpatterns = [path("accounts/", include("allauth.urls"))]
call_command("migrate", verbosity=0)


class WeChat(requests.adapters.BaseAdapter):
    """WeChat's two answers to a silent login, as documented."""

    def send(self, request, **_):
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer.headers["Content-Type"] = "text/plain"
        body = {"errcode": 48001, "errmsg": "api unauthorized, rid: 6206378a-793424c0-2e4091cc"}
        if "/sns/oauth2/access_token" in request.url:
            body = {"access_token": "86_a", "expires_in": 7200, "refresh_token": "86_r",
                    "openid": "oA7q4noU33qyH6Ge9czpVdZRCVeQ", "scope": "snsapi_base"}
        answer._content = json.dumps(body).encode()
        return answer

    def close(self):
        pass


plain = requests.Session.__init__
requests.Session.__init__ = lambda self: (plain(self), self.mount("https://api.weixin.qq.com/", WeChat()))[0]

browser = Client(raise_request_exception=False)
begun = browser.post("/accounts/weixin/login/")
state = dict(pair.split("=") for pair in begun["Location"].split("?")[1].split("&"))["state"]
answer = browser.get("/accounts/weixin/login/callback/", {"code": "041mCi1007RPWO1Ywe400hiNY53mCi1a", "state": state})
error = repr(answer.exc_info[1]) if getattr(answer, "exc_info", None) else "no exception"
print("django-allauth", importlib.metadata.version("django-allauth"))
print("expected: a redirect to the site, or allauth's own page of errors")
print(f"seen:     HTTP {answer.status_code}, {error}")
sys.exit(0 if answer.status_code == 500 and error == "KeyError('openid')" else 1)
PY
v/bin/python try.py 2>/dev/null

"""A Django site with django-allauth and with social-auth-core (by social-auth-app-django), and its way to the simulator.

Both have WeChat's API host inside their methods and reach it by requests, so every session of requests sends to the
simulator what is meant for that host. A visitor's phone does the same with the host of the pages.
"""

import django
import requests
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings, setup_test_environment
from django.urls import include, path
from requests.adapters import HTTPAdapter

from phone import Phone
from simulator import BOOKS, BOOKS_SECRET, SIMULATOR, WEBSITE, WEBSITE_SECRET

API, PAGES = "https://api.weixin.qq.com", "https://open.weixin.qq.com"
APPS = [
    *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")),
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.weixin",
    "social_django",
]
SETTINGS = {
    "SECRET_KEY": "of a site that lives for a second",
    "ALLOWED_HOSTS": ["*"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "INSTALLED_APPS": APPS,
    # Tables without a history.
    "MIGRATION_MODULES": {name.rsplit(".", 1)[-1]: None for name in APPS},
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    "AUTHENTICATION_BACKENDS": [
        "allauth.account.auth_backends.AuthenticationBackend",
        "social_core.backends.weixin.WeixinOAuth2",
        "social_core.backends.weixin.WeixinOAuth2APP",
    ],
    "ROOT_URLCONF": __name__,
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "SOCIAL_AUTH_WEIXIN_KEY": WEBSITE,
    "SOCIAL_AUTH_WEIXIN_SECRET": WEBSITE_SECRET,
    "SOCIAL_AUTH_WEIXINAPP_KEY": BOOKS,
    "SOCIAL_AUTH_WEIXINAPP_SECRET": BOOKS_SECRET,
    "SOCIAL_AUTH_WEIXINAPP_IGNORE_DEFAULT_SCOPE": True,
}


class ToSimulator(HTTPAdapter):
    def send(self, request, *arguments, **options):
        request.url = request.url.replace(API, SIMULATOR, 1)
        return super().send(request, *arguments, **options)


class Session(requests.Session):
    def __init__(self):
        super().__init__()
        self.mount(API, ToSimulator())


requests.Session = requests.sessions.Session = Session
settings.configure(**SETTINGS)
django.setup()
urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("social/", include("social_django.urls", namespace="social")),
]
call_command("migrate", run_syncdb=True, verbosity=0)
setup_test_environment()


class Visitor:
    """Somebody's browser at the site, and the phone beside it."""

    def __init__(self, person="xiaoming"):
        self.phone = Phone(SIMULATOR, person)
        self.browser = Client(headers={"host": "127.0.0.1:8000"})

    def begin(self, address):
        """Presses the site's button and gives the address it leads to."""
        answer = self.browser.post(address)
        assert answer.status_code == 302 and answer["Location"].startswith(PAGES), answer
        return answer["Location"].replace(PAGES, SIMULATOR)

    def finish(self, address, query):
        """Comes back with what WeChat gave."""
        return self.browser.get(address, query)

    def user_id(self):
        """Who is signed in at the site."""
        return int(self.browser.session["_auth_user_id"])


__all__ = ["BOOKS", "Visitor", "override_settings"]

"""The simulator under test, and the claims that clients make about it."""

import sys

import requests

SIMULATOR = sys.argv[1].rstrip("/")
BOOKS, BOOKS_SECRET = "wx00000000000000a1", "simulator-secret-a1"
FLOWERS, FLOWERS_SECRET = "wx00000000000000b1", "simulator-secret-b1"
WEBSITE, WEBSITE_SECRET = "wx00000000000000d1", "simulator-secret-d1"
CLAIMS = []


def claims_of(package):
    """A decorator for what this package finds."""

    def claim(function):
        CLAIMS.append((f"{package}::{function.__name__}", function))
        return function

    return claim


def skip(seconds):
    """Moves the simulator's clock."""
    answer = requests.post(f"{SIMULATOR}/_simulator/clock", json={"advance_seconds": seconds})
    answer.raise_for_status()


def settings(**changed):
    """Sets these switches and all others to their defaults."""
    requests.put(f"{SIMULATOR}/_simulator/settings", json=changed).raise_for_status()


def openid(person, appid=BOOKS):
    """What the simulator knows somebody by."""
    return requests.get(f"{SIMULATOR}/_simulator/personas/{person}/ids").json()[appid]["openid"]


def last_request():
    """What WeChat's side was asked last, and how it ended."""
    return requests.get(f"{SIMULATOR}/_simulator/requests").json()[-1]

"""The documents' example of a test that steers the simulator, as it is but for the address."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import requests

from simulator import BOOKS, BOOKS_SECRET, SIMULATOR, claims_of, openid

claim = claims_of("sample")
SAMPLE = Path(__file__).resolve().parents[3] / "docs/deploy/steering.py"


@claim
def the_ordered_fault_strikes_once_and_then_the_code_is_the_chosen_persons():
    text = SAMPLE.read_text(encoding="utf-8")
    assert "http://127.0.0.1:8082" in text
    names, printed = {}, StringIO()
    with redirect_stdout(printed):
        exec(text.replace("http://127.0.0.1:8082", SIMULATOR), names)
    call = {"appid": BOOKS, "secret": BOOKS_SECRET, "grant_type": "authorization_code", "code": printed.getvalue().strip()}
    answers = [requests.get(f"{SIMULATOR}/sns/oauth2/access_token", params=call).json() for _ in range(2)]
    names["steer"]("POST", "reset")
    assert answers[0]["errcode"] == -1 and answers[1]["openid"] == openid("xiaohong"), answers

#!/bin/bash
# wechatpy 1.8.18: a mini-program's user signs in by client.wxa.code_to_session(code), in a process that has called nothing
# else yet.
#
# WeChat's /sns/jscode2session takes appid, secret, js_code and grant_type, and no access_token.
#
# Expected: one request, that one.
# Seen:     before it a request to /cgi-bin/token, whose answer replaces the token that the company's other programs hold
#           (WeChat keeps the one before for five minutes), counts for its small daily quota, and can fail by the IP
#           whitelist; and the token it gave, put into the address of the login.
#
# Ends with 0 while that is so, with 1 once it changes. Needs Python 3.11 and pip's registry, nothing of WeChat's.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
python3 -m venv v && v/bin/pip install --quiet --disable-pip-version-check wechatpy==1.8.18 cryptography==46.0.3 || exit 2
cat >try.py <<'PY'
import importlib.metadata
import json
import sys
from urllib.parse import parse_qs, urlsplit

import requests
from wechatpy import WeChatClient

asked = []


class WeChat(requests.adapters.BaseAdapter):
    """WeChat's two answers, as documented."""

    def send(self, request, **_):
        address = urlsplit(request.url)
        asked.append(f"{address.path} ({', '.join(sorted(parse_qs(address.query)))})")
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer.headers["Content-Type"] = "text/plain"
        body = {"access_token": "86_a", "expires_in": 7200}
        if address.path == "/sns/jscode2session":
            body = {"session_key": "IT7jqiSi0000000000000w==", "openid": "oA7q4noU33qyH6Ge9czpVdZRCVeQ"}
        answer._content = json.dumps(body).encode()
        return answer

    def close(self):
        pass


client = WeChatClient("wx00000000000000a2", "s")
client._http.mount("https://api.weixin.qq.com/", WeChat())
client.wxa.code_to_session("041mCi1007RPWO1Ywe400hiNY53mCi1a")
print("wechatpy", importlib.metadata.version("wechatpy"))
print("expected: /sns/jscode2session (appid, grant_type, js_code, secret)")
print("seen:    ", " then ".join(asked))
as_seen = [
    "/cgi-bin/token (appid, grant_type, secret)",
    "/sns/jscode2session (access_token, appid, grant_type, js_code, secret)",
]
sys.exit(0 if asked == as_seen else 1)
PY
v/bin/python try.py

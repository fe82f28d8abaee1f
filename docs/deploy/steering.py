# Chooses who logs in, orders a fault and takes a code from the simulator, as a test of your own would.
import requests
from urllib.parse import parse_qs, urlsplit

S = "http://127.0.0.1:8082"

def steer(method, path, **body):
    requests.request(method, f"{S}/_simulator/{path}", json=body or None).raise_for_status()

def code(appid="wx00000000000000a1", callback="http://127.0.0.1:8080/callback"):
    asked = {"appid": appid, "redirect_uri": callback, "response_type": "code", "scope": "snsapi_base", "state": "s"}
    answer = requests.get(f"{S}/connect/oauth2/authorize", params=asked, allow_redirects=False)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

steer("POST", "reset")
steer("PUT", "current", persona="xiaohong")
steer("POST", "faults", endpoint="access_token", effect={"kind": "errcode", "errcode": -1}, count=1)
print(code())

"""schemathesis over the description of a running proxy: once as a stranger, once signed in and with a service key.

python run.py PROXY SIMULATOR SEED CASES [SERVICE_KEY]

Without a service key, what needs one or is no part of the API is left out: a web server in front keeps it to itself.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

HERE = Path(__file__).parent
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.68(0x1800442b)"
VERIFIER = "fuzzfuzzfuzzfuzzfuzzfuzzfuzzfuzz"

# What a web server in front does not pass on.
INSIDE = "^/(service|healthz)"


def session_cookie(proxy, simulator):
    """Logs in as the simulator's present person, silently, and gives the cookie's value."""
    http = requests.Session()
    http.headers["User-Agent"] = WECHAT
    bootstrap = http.get(f"{proxy}/api/bootstrap").json()
    account = bootstrap["default_account"]
    query = {
        "appid": bootstrap["accounts"][account]["appid"],
        "redirect_uri": "http://127.0.0.1:8080/",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "fuzz",
    }
    answer = http.get(f"{simulator}/connect/oauth2/authorize", params=query, allow_redirects=False)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    body = {"account": account, "code": code, "verifier": VERIFIER}
    answer = http.post(f"{proxy}/api/session", json=body)
    answer.raise_for_status()
    return next(iter(answer.cookies.values()))


def configuration(folder, auth):
    """The committed configuration, with who asks."""
    text = (HERE / "schemathesis.toml").read_text(encoding="utf-8")
    for scheme, (field, value) in auth.items():
        # A JSON string of plain ASCII is a TOML string.
        text += f"\n[auth.openapi.{scheme}]\n{field} = {json.dumps(value)}\n"
    path = Path(folder) / "schemathesis.toml"
    path.write_text(text, encoding="utf-8")
    return path


def fuzz(who, proxy, seed, cases, auth, left_out=()):
    """One run; whether it found nothing."""
    print(f"{who}: seed {seed}", flush=True)
    program = Path(sys.executable).with_name("schemathesis")
    with tempfile.TemporaryDirectory() as folder:
        command = [program, f"--config-file={configuration(folder, auth)}", "run", f"{proxy}/api/openapi.json"]
        command += [f"--seed={seed}", f"--max-examples={cases}", "--checks=all", "--no-color", *left_out]
        environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, cwd=folder, env=environment, check=False).returncode == 0


def main():
    proxy, simulator, seed, cases, *service_key = sys.argv[1:]
    keys = {"session": ("api_key", session_cookie(proxy, simulator))}
    # TRACE is answered by nginx itself, which does not say what is allowed instead.
    left_out = [f"--exclude-path-regex={INSIDE}", "--exclude-checks=unsupported_method,allow_header_conformance"]
    if service_key:
        keys["service_key"] = ("bearer", service_key[0])
        left_out = []
    clean = [
        fuzz("a stranger", proxy, seed, cases, {}, left_out),
        fuzz("signed in", proxy, seed, cases, keys, left_out),
    ]
    sys.exit(0 if all(clean) else 1)


if __name__ == "__main__":
    main()

"""A phone with WeChat, as far as a login needs one: opens an authorize address and answers the pages it meets."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.68(0x1800442b) NetType/WIFI Language/zh_CN"
)


class Phone:
    """Somebody's phone. Every phone has cookies of its own."""

    def __init__(self, simulator, person="xiaoming"):
        self.simulator = simulator
        self.http = requests.Session()
        self.http.headers["User-Agent"] = WECHAT
        answer = self.http.put(f"{simulator}/_simulator/current", json={"persona": person})
        answer.raise_for_status()

    def authorize(self, url):
        """Opens the address, says 允许 where asked, and gives what the callback's query holds."""
        answer = self.http.get(url, allow_redirects=False)
        for _ in range(5):
            if answer.is_redirect:
                target = urljoin(answer.url, answer.headers["Location"])
                if not target.startswith(f"{self.simulator}/"):
                    return dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
                answer = self.http.get(target, allow_redirects=False)
            else:
                form = AllowForm(answer.text)
                assert form.fields, f"no way to say 允许 on this page:\n{answer.text}"
                action = urljoin(answer.url, form.action)
                answer = self.http.post(action, data=form.fields, allow_redirects=False)
        raise AssertionError(f"still no callback at {answer.url}")

    def scan(self, url):
        """Opens a website's QR page as a computer would, scans it, says 允许, and gives what the callback's query holds."""
        shown = re.search(r"/_simulator/scan/\w+", self.page(url))
        assert shown, "no QR code to scan"
        address = f"{self.simulator}{shown[0]}"
        form = AllowForm(self.page(address))
        self.http.post(address, data=form.fields).raise_for_status()
        return self.authorize(f"{address}/continue")

    def page(self, url):
        """The text of a page that leads nowhere."""
        answer = self.http.get(url, allow_redirects=False)
        assert answer.status_code == 200, f"{answer.status_code} at {url}"
        return answer.content.decode("utf-8")


class AllowForm(HTMLParser):
    """The form with a button whose value is `allow`: where it goes, and what it sends when that is pressed."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields = None, {}
        self._action, self._fields = "", {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self._action, self._fields = attributes.get("action") or "", {}
        elif tag == "input":
            is_choice = attributes.get("type") in ("radio", "checkbox")
            if "name" in attributes and (not is_choice or "checked" in attributes):
                self._fields[attributes["name"]] = attributes.get("value") or ""
        elif tag == "button" and attributes.get("value") == "allow":
            self.action = self._action
            self.fields = self._fields
            self.fields[attributes["name"]] = "allow"

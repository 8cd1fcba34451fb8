"""A browser without scripts: it keeps cookies by name and sends forms with the token of its session."""

from collections.abc import Mapping
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import requests

SESSION = "__Host-bai-wx-console"
TOKEN = "starlette_admin_csrftoken"
FIELD = "csrftoken"
"""The field of a form that holds the token."""
HEADER = "X-CSRFToken"
LOGIN = "/console/login"
TIMEOUT_S = 120  # the console gives way to everything else on the machine


class Visitor:
    """Somebody who asks for pages of the console. Redirects are not followed."""

    def __init__(self, url: str, **cookies: str) -> None:
        self.url = url
        self.cookies = dict(cookies)
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def token(self) -> str:
        """The token that the last page gave for forms, `""` before the first page."""
        return self.cookies.get(TOKEN, "")

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str | bytes] | None = None,
        **options: Any,
    ) -> requests.Response:
        """Send a request with the cookies, the path as it is written, and keep the cookies of its answer."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given: dict[str, str | bytes] = {"Cookie": kept} if kept else {}
        request = requests.Request(
            method, self.url, headers={**given, **(headers or {})}, **options
        )
        prepared = self._session.prepare_request(request)
        prepared.url = self.url + path  # as it is written: `//` and `%2e` too
        answer = self._session.send(prepared, allow_redirects=False, timeout=TIMEOUT_S)
        self._session.cookies.clear()
        for line in answer.raw.headers.getlist("Set-Cookie"):
            self._keep(line)
        return answer

    def get(self, path: str, **options: Any) -> requests.Response:
        """Ask for a page."""
        return self.send("GET", path, **options)

    def post(
        self, path: str, form: Mapping[str, Any] | None = None, **options: Any
    ) -> requests.Response:
        """Send a form with the token."""
        return self.send("POST", path, data={FIELD: self.token, **(form or {})}, **options)

    def log_in(self, name: str, password: str, path: str = LOGIN) -> requests.Response:
        """Fill the form of the login page."""
        assert self.get(path).status_code == 200
        return self.post(path, {"username": name, "password": password})

    def _keep(self, line: str) -> None:
        for name, cookie in SimpleCookie(line).items():
            if cookie["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value


def address(path: str, query: Mapping[str, str]) -> str:
    """A path with a query."""
    return f"{path}?{urlencode(query)}" if query else path


class _Form(HTMLParser):
    """Collects what a browser would send of a page's forms."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"checkbox", "radio"} and "checked" not in given:
                return
            if kind not in {"submit", "button", "file"}:
                self._add(name, value or ("on" if kind == "checkbox" else ""))
        elif tag == "textarea" and name:
            self._area = name
            self._add(name, "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._add(self._select, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # The line break right behind the tag is none of the text.
            text = self.values[self._area][-1]
            self.values[self._area][-1] = text.removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


def form_of(page: requests.Response) -> dict[str, list[str]]:
    """The fields of a page's forms with their values, as a browser would send them unchanged."""
    assert page.status_code == 200, page.text[:500]
    reader = _Form()
    reader.feed(page.text)
    return reader.values

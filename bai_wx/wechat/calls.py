"""A call of WeChat's API: what is sent, how long it may take, what its answer means.

Two modules send calls: `transport` from a thread, `on_loop` from the event loop. What both keep to stands here:

- a deadline over connecting, waiting and reading together, so that neither a head nor a body that drips
  can hold anybody;
- at most 64 KiB of answer, uncompressed, a JSON object with status 200;
- a connection idle for long is not used again. WeChat may close it just as we send, and then nobody can
  tell whether the code was spent;
- the query carries our secret: what is raised or logged has it blotted out.
"""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import quote_plus, urlsplit

import orjson
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies

from bai_wx.errors import WechatUnavailable

Answer = dict[str, Any]

MAX_ANSWER_BYTES: Final = 64 * 1024
MAX_IDLE_S: Final = 15.0
MAX_CONNECTIONS: Final = 64
HEADERS: Final = {"User-Agent": "bai-wx", "Accept": "*/*", "Accept-Encoding": "identity"}

TOO_LARGE: Final = f"more than {MAX_ANSWER_BYTES} bytes"

_SENSITIVE = re.compile(r"\b(secret|access_token|js_code)=[^&\s'\")]*")


class NotSent(WechatUnavailable):
    """The connection was refused: WeChat has seen nothing, so asking again is safe."""


class Deadline:
    """A moment `seconds` from now, by which everything has to be done."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def remaining_s(self) -> float:
        """Seconds left, more than 0. Raises: `WechatUnavailable` when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise WechatUnavailable("out of time")
        return left


@dataclass(frozen=True)
class Call:
    """One question to WeChat. Its `repr` shows the path alone."""

    method: str
    path: str
    params: Mapping[str, str] = field(repr=False)
    body: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def query(self) -> str:
        """The parameters as an address has them."""
        # `urlencode` writes the same and takes three times as long; the names need no quoting.
        return "&".join([f"{name}={quote_plus(value)}" for name, value in self.params.items()])


@dataclass(frozen=True)
class Surroundings:
    """What the environment says about the way to WeChat."""

    proxies: Mapping[str, str]
    ca_bundle: str  # a file, or a folder

    @classmethod
    def of(cls, base_url: str) -> Self:
        """Read the environment, as `requests` would for each request."""
        is_here = urlsplit(base_url).hostname in {"127.0.0.1", "localhost", "::1"}
        proxies = {} if is_here else get_environ_proxies(base_url)
        return cls(proxies, os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH)


def status_problem(status: int) -> str:
    """What is wrong with an answer of this status, `""` for nothing: redirects are not followed."""
    return "" if status == HTTPStatus.OK else f"status {status}"


def parse(call: Call, body: bytes) -> Answer:
    """Read an answer's body. Raises: `WechatUnavailable` when it is no JSON object."""
    # WeChat calls its JSON text/plain, so the content type says nothing.
    try:
        answer = orjson.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise WechatUnavailable(f"{call.path}: {len(body)} bytes that are no JSON object")
    return answer


def hide(text: str) -> str:
    """`text` with the values of sensitive query parameters blotted out."""
    return _SENSITIVE.sub(r"\1=***", text)

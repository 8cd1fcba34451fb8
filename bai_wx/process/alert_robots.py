"""Robots of group chats, which alerts are sent to: 企业微信, 飞书, 钉钉, and any other webhook.

Each answers HTTP 200 whatever it makes of a message, and says in its JSON whether it took it. The address
holds a key: it is in no message of ours, and no exception of the library that has it is chained to ours.
Sources: developer.work.weixin.qq.com/document/path/91770, open.feishu.cn "Use custom bots", open.dingtalk.com
"自定义机器人".
"""

import base64
import hashlib
import hmac
import platform
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import orjson
import requests

LIMIT_S: Final = 10  # for a whole message: who drips is given up
TIMEOUT_S: Final = 5  # for each piece
MAX_ANSWER: Final = 64 * 1024  # bytes
MAX_TEXT: Final = 2000  # bytes of UTF-8: 企业微信 takes 2048
MAX_SAID: Final = 200  # characters of what a robot says
TYPE: Final = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "bai-wx"}
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

Body = dict[str, Any]


class RobotError(Exception):
    """A message was not taken. The text says why, and never holds the address."""


@dataclass(frozen=True)
class Kind:
    """How one company's robots are spoken to."""

    name: str
    body: Callable[[str], Body]
    """The JSON of a message."""
    codes: tuple[str, ...] = ()
    """The keys of an answer that hold its code, which is 0 where the message was taken."""
    sign: Callable[[str, float], tuple[Body, dict[str, str]]] | None = None
    """From the secret and the Unix time: what is added to the body and to the query."""


def _digest(key: str, message: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), message.encode(), hashlib.sha256)).decode()


def _sign_feishu(secret: str, now: float) -> tuple[Body, dict[str, str]]:
    moment = str(int(now))
    return {"timestamp": moment, "sign": _digest(f"{moment}\n{secret}", "")}, {}


def _sign_dingtalk(secret: str, now: float) -> tuple[Body, dict[str, str]]:
    moment = str(int(now * 1000))
    return {}, {"timestamp": moment, "sign": _digest(secret, f"{moment}\n{secret}")}


WECOM: Final = Kind(
    "企业微信", lambda text: {"msgtype": "text", "text": {"content": text}}, ("errcode",)
)
FEISHU: Final = Kind(
    "飞书",
    lambda text: {"msg_type": "text", "content": {"text": text}},
    ("code", "StatusCode"),
    _sign_feishu,
)
DINGTALK: Final = Kind(
    "钉钉",
    lambda text: {"msgtype": "text", "text": {"content": text}},
    ("errcode",),
    _sign_dingtalk,
)
WEBHOOK: Final = Kind("webhook", lambda text: {"text": text})

HOSTS: Final[Mapping[str, Kind]] = {
    "qyapi.weixin.qq.com": WECOM,
    "open.feishu.cn": FEISHU,
    "open.larksuite.com": FEISHU,
    "oapi.dingtalk.com": DINGTALK,
}


def checked(url: str) -> str:
    """Let an address through that a robot may have. Raises: `ValueError`, which never shows it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    is_local = host in LOOPBACK and url.startswith("http://")
    if not host or not (url.startswith("https://") or is_local) or not url.isprintable():
        raise ValueError("is no address of a robot; write https://… as its group shows it")
    if " " in url or parts.username is not None:
        raise ValueError("holds a blank or a user; write https://… as the robot's group shows it")
    return url


class Robot:
    """The robot at an address. A secret for signatures stands behind it, as `#secret=…`."""

    def __init__(self, url: str, hosts: Mapping[str, Kind] = HOSTS) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self.kind = hosts.get(self.host, WEBHOOK)
        self._secret = "".join(parse_qs(parts.fragment).get("secret", ()))
        self._parts = parts._replace(fragment="")
        self._sending: threading.Thread | None = None

    @property
    def shown(self) -> str:
        """What may be told of it."""
        signed = ", signed" if self._secret and self.kind.sign else ""
        return f"{self.kind.name} at {self.host}{signed}"

    def send(self, text: str) -> None:
        """Send a message, and wait until the robot has taken it, for `LIMIT_S` at most.

        Raises: `RobotError` where it does not.
        """
        if self._sending is not None and self._sending.is_alive():
            raise RobotError("the message before it is still being sent")
        outcome: queue.Queue[str] = queue.Queue()
        # A thread can be left alone: the time-outs of `requests` bound a piece, not the whole.
        self._sending = threading.Thread(
            target=lambda: outcome.put(self._sent(cut(text))), daemon=True, name="bai-wx-robot"
        )
        self._sending.start()
        try:
            problem = outcome.get(timeout=LIMIT_S)
        except queue.Empty:
            problem = f"no answer within {LIMIT_S} s"
        if problem:
            raise RobotError(problem)

    def _sent(self, text: str) -> str:
        """Send. Returns: what was wrong, `""` where nothing was."""
        body = self.kind.body(text)
        query: dict[str, str] = {}
        if self._secret and self.kind.sign is not None:
            signed, query = self.kind.sign(self._secret, time.time())
            body |= signed
        try:
            with requests.post(
                self._address(query),
                data=orjson.dumps(body),
                headers=TYPE,
                timeout=TIMEOUT_S,
                allow_redirects=False,
                stream=True,
            ) as answer:
                return self._problem(answer.status_code, answer.raw.read(MAX_ANSWER))
        except (
            Exception
        ) as exc:  # whatever a broken server can raise; its text may hold the address
            return f"it cannot be asked ({type(exc).__name__})"

    def _address(self, query: Mapping[str, str]) -> str:
        whole = "&".join(filter(None, [self._parts.query, urlencode(query)]))
        return urlunsplit(self._parts._replace(query=whole))

    def _problem(self, status: int, answer: bytes) -> str:
        if not 200 <= status < 300:
            return f"it answered HTTP {status}"
        if not self.kind.codes:
            return ""
        try:
            said = orjson.loads(answer)
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict) or said.keys().isdisjoint(self.kind.codes):
            return "its answer is not that of a robot"
        code = next(said[key] for key in self.kind.codes if key in said)
        if code == 0:
            return ""
        words = said.get("errmsg") or said.get("msg") or ""
        return f"it answered {code!r}: {str(words)[:MAX_SAID]!r}"[: 2 * MAX_SAID]


def cut(text: str) -> str:
    """A text as long as every robot takes it."""
    return text.encode()[:MAX_TEXT].decode(errors="ignore")


def headed(text: str) -> str:
    """A message as it is sent: the name first, which a robot may demand as its keyword."""
    return f"[bai-wx {platform.node()}] {text}"


def try_out(url: str) -> None:
    """Send a message that says it is a test. Raises: `RobotError` where it is not taken."""
    Robot(url).send(headed("这是一条测试消息，告警可以送达"))

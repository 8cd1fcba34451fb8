"""What the stand-in answers, and why: WeChat's rules and the codes' names. Knows no sockets."""

import base64
import hashlib
import json
import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from bai_wx.wechat.errcodes import ErrCode

APPID: Final = "wxdemo0000000000"
# Not a secret: the stand-in's own, as its words say.
SECRET: Final = "demo-secret-not-real-0000000000"

SESSION_PATH: Final = "/sns/jscode2session"
TOKEN_PATH: Final = "/cgi-bin/stable_token"
PHONE_PATH: Final = "/wxa/business/getuserphonenumber"

CODE_LIFE_S = 300
TOKEN_LIFE_S = 7200
TOKEN_RENEWED_BEFORE_S = 300
MAX_BODY_BYTES = 64 * 1024
MAX_REMEMBERED = 100_000

ERRMSG: dict[int, str] = {
    ErrCode.SYSTEM_BUSY: "system error",
    ErrCode.INVALID_CREDENTIAL: "invalid credential, access_token is invalid or not latest",
    ErrCode.INVALID_GRANT_TYPE: "invalid grant_type",
    ErrCode.INVALID_APPID: "invalid appid",
    ErrCode.INVALID_ACCESS_TOKEN: "invalid access_token",
    ErrCode.INVALID_CODE: "invalid code",
    ErrCode.INVALID_SECRET: "invalid appsecret",
    ErrCode.CODE_USED: "code been used",
    ErrCode.IP_NOT_ALLOWED: "invalid ip 127.0.0.1, not in whitelist",
    ErrCode.USER_BLOCKED: "code blocked",
    ErrCode.MISSING_ACCESS_TOKEN: "access_token missing",
    ErrCode.MISSING_APPID: "appid missing",
    ErrCode.MISSING_SECRET: "appsecret missing",
    ErrCode.MISSING_CODE: "missing code",
    ErrCode.ACCESS_TOKEN_EXPIRED: "access_token expired",
    ErrCode.REQUIRE_GET: "require GET method",
    ErrCode.REQUIRE_POST: "require POST method",
    ErrCode.DAILY_LIMIT: "reach max api daily quota limit",
    ErrCode.MINUTE_LIMIT: "api minute-quota reach limit  mustslower  retry next minute",
    ErrCode.BAD_DATA_FORMAT: "data format error",
}

COUNTRIES = tuple(map(str, (1, 7, 33, 44, 49, 60, 61, 65, 66, 81, 82, 84, 86, 852, 853)))
"""The calling codes a `phone-+…` may begin with."""


class Request(NamedTuple):
    """A call the stand-in received, as `StandIn.requests` keeps it."""

    path: str
    code: str  # js_code or phone code; "" where there is none


class Delivery(Enum):
    """How an answer reaches the socket."""

    WHOLE = auto()
    DROP = auto()
    CUT = auto()
    DRIP = auto()


@dataclass(frozen=True)
class Reply:
    """An answer, not yet sent."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/plain"  # as WeChat labels its JSON
    delay_s: float = 0.0
    delivery: Delivery = Delivery.WHOLE


@dataclass
class _Issued:
    path: str
    answer: dict[str, object]
    expires_at: float
    used: bool = False


class ApiRequest(NamedTuple):
    """An HTTP request, read."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any] | None


Success = Callable[[str], dict[str, object]]
"""The successful answer for a name."""


def session_of(name: str) -> dict[str, object]:
    """What `jscode2session` answers for the user `name`: the same openid every time."""
    return session_answer(openid_of(name))


def openid_of(name: str) -> str:
    """The 28 characters of the user `name`, of the alphabet real openids use."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()
    legible = re.sub(r"[^A-Za-z0-9]", "", name)[:8]
    return f"oDEMO-{legible}-{digest}"[:28]


def session_key_of(openid: str) -> str:
    """24 characters of base64, like a real one; a test that knows the openid can look for it."""
    digest = hashlib.sha256(b"session_key:" + openid.encode()).digest()
    return base64.b64encode(digest[:16]).decode()


def phone_of(name: str) -> dict[str, object]:
    """What `getuserphonenumber` answers for a number, or for the user `name`."""
    if re.fullmatch(r"\+?\d{5,15}", name):
        return _phone(*_split_number(name))
    return _phone("86", f"138{int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**8:08d}")


def _split_number(number: str) -> tuple[str, str]:
    if not number.startswith("+"):
        return "86", number
    digits = number[1:]
    country = max((c for c in COUNTRIES if digits.startswith(c)), key=len, default=digits[:2])
    return country, digits[len(country) :]


def session_answer(openid: str, unionid: str = "") -> dict[str, object]:
    """What `jscode2session` answers for an openid; no unionid, no such key."""
    answer: dict[str, object] = {"session_key": session_key_of(openid), "openid": openid}
    return {**answer, "unionid": unionid} if unionid else answer


def _phone(country: str, number: str) -> dict[str, object]:
    info = {
        "phoneNumber": number if country == "86" else f"+{country}{number}",
        "purePhoneNumber": number,
        "countryCode": country,
        "watermark": {"timestamp": int(time.time()), "appid": APPID},
    }
    return {"errcode": 0, "errmsg": "ok", "phone_info": info}


def _json(answer: object, **how: Any) -> Reply:
    return Reply(json.dumps(answer).encode(), **how)


def _error(errcode: int) -> Reply:
    errmsg = ERRMSG.get(errcode, "unnamed error")
    return _json({"errcode": errcode, "errmsg": f"{errmsg}, rid: demo"})


HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"

BAD_BODIES: dict[str, Reply] = {
    "html": Reply(HTML, content_type="text/html"),
    "array": Reply(b'[{"openid": "oNotAnObject"}]'),
    "empty": Reply(),
    "blank": Reply(b"{}"),
    "huge": _json({"openid": "oHuge", "session_key": "0" * 2 * MAX_BODY_BYTES}),
    "redirect": Reply(status=HTTPStatus.FOUND),
    "drop": Reply(delivery=Delivery.DROP),
    "cut": Reply(b'{"openid": "oCutShort", "session_key": "', delivery=Delivery.CUT),
    "drip": Reply(b"{", delivery=Delivery.DRIP),
}
"""By the first word of a code: a broken answer."""


class State:
    """The stand-in's memory: codes spent, codes and tokens issued. One lock guards it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.lock = threading.Lock()
        self.requests: deque[Request] = deque(maxlen=MAX_REMEMBERED)
        self.failures: dict[str, deque[int]] = {}
        self.token_life_s = TOKEN_LIFE_S
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._issued: dict[str, _Issued] = {}
        self._tokens: dict[str, float] = {}

    def note(self, request: Request) -> None:
        with self.lock:
            self.requests.append(request)

    def next_failure(self, path: str) -> int | None:
        with self.lock:
            planned = self.failures.get(path)
            return planned.popleft() if planned else None

    def plan_failures(self, path: str, errcode: int, times: int) -> None:
        with self.lock:
            self.failures.setdefault(path, deque()).extend([errcode] * times)

    def first_time(self, path: str, code: str) -> bool:
        with self.lock:
            if (path, code) in self._seen:
                return False
            self._seen[path, code] = None
            if len(self._seen) > MAX_REMEMBERED:
                self._seen.popitem(last=False)
            return True

    def issue(self, path: str, answer: dict[str, object]) -> str:
        code = "0" + secrets.token_hex(16)[1:]
        with self.lock:
            self._issued[code] = _Issued(path, answer, self.now() + CODE_LIFE_S)
        return code

    def redeem(self, path: str, code: str) -> Reply:
        with self.lock:
            issued = self._issued.get(code)
            if issued is None or issued.path != path or self.now() >= issued.expires_at:
                return _error(ErrCode.INVALID_CODE)
            if issued.used:
                return _error(ErrCode.CODE_USED)
            issued.used = True
            return _json(issued.answer)

    def stable_token(self) -> Reply:
        """The newest token while it lives long enough, else a new one; the old dies by itself."""
        with self.lock:
            token = next(reversed(self._tokens), "")
            if self._tokens.get(token, 0) - self.now() <= TOKEN_RENEWED_BEFORE_S:
                token = secrets.token_urlsafe(96)
                self._tokens[token] = self.now() + self.token_life_s
            expires_in_s = round(self._tokens[token] - self.now())
            return _json({"access_token": token, "expires_in": expires_in_s})

    def token_problem(self, token: str) -> ErrCode | None:
        with self.lock:
            expires_at = self._tokens.get(token)
        if not token:
            return ErrCode.MISSING_ACCESS_TOKEN
        if expires_at is None:
            return ErrCode.INVALID_CREDENTIAL
        return ErrCode.ACCESS_TOKEN_EXPIRED if self.now() >= expires_at else None

    def revoke_tokens(self) -> None:
        with self.lock:
            self._tokens.clear()


class Api:
    """Answers requests: endpoint, method and credentials are checked, then the code decides."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._endpoints: dict[str, tuple[str, Callable[[ApiRequest], Reply]]] = {
            SESSION_PATH: ("GET", self._session),
            TOKEN_PATH: ("POST", self._token),
            PHONE_PATH: ("POST", self._phone),
        }

    def answer(self, ask: ApiRequest) -> Reply:
        self._state.note(Request(ask.path, _code_in(ask)))
        if ask.path not in self._endpoints:
            return Reply(HTML, status=HTTPStatus.NOT_FOUND, content_type="text/html")
        method, serve = self._endpoints[ask.path]
        if ask.method != method:
            return _error(ErrCode.REQUIRE_GET if method == "GET" else ErrCode.REQUIRE_POST)
        failure = self._state.next_failure(ask.path)
        return serve(ask) if failure is None else _error(failure)

    def _session(self, ask: ApiRequest) -> Reply:
        problem = _app_problem(ask.query, "authorization_code")
        return _error(problem) if problem else self._exchange(ask, session_of, SCRIPTS)

    def _token(self, ask: ApiRequest) -> Reply:
        if ask.body is None:
            return _error(ErrCode.BAD_DATA_FORMAT)
        problem = _app_problem(ask.body, "client_credential")
        return _error(problem) if problem else self._state.stable_token()

    def _phone(self, ask: ApiRequest) -> Reply:
        problem = self._state.token_problem(ask.query.get("access_token", ""))
        if problem is None and ask.body is None:
            problem = ErrCode.BAD_DATA_FORMAT
        return _error(problem) if problem else self._exchange(ask, phone_of, PHONE_SCRIPTS)

    def _exchange(self, ask: ApiRequest, good: Success, scripts: dict[str, "Script"]) -> Reply:
        code = _code_in(ask)
        if not code:
            return _error(ErrCode.MISSING_CODE)
        word, _, rest = code.partition("-")
        if word in BAD_BODIES and rest:
            return BAD_BODIES[word]
        scripted = scripts[word](self._state, ask.path, rest, good) if word in scripts else None
        return scripted or self._state.redeem(ask.path, code)


def _code_in(ask: ApiRequest) -> str:
    code = ask.query.get("js_code") if ask.path == SESSION_PATH else (ask.body or {}).get("code")
    return code if isinstance(code, str) else ""


def _app_problem(given: dict[str, Any], grant_type: str) -> ErrCode | None:
    checks = (
        (given.get("appid"), ErrCode.MISSING_APPID),
        (given.get("appid") == APPID, ErrCode.INVALID_APPID),
        (given.get("secret"), ErrCode.MISSING_SECRET),
        (given.get("secret") == SECRET, ErrCode.INVALID_SECRET),
        (given.get("grant_type") == grant_type, ErrCode.INVALID_GRANT_TYPE),
    )
    return next((errcode for right, errcode in checks if not right), None)


Script = Callable[[State, str, str, Success], Reply | None]
"""From the path and the rest of a code to its answer; None where the rest makes no sense."""


def _always(_state: State, _path: str, rest: str, good: Success) -> Reply | None:
    return _json(good(rest)) if rest else None


def _once(state: State, path: str, rest: str, good: Success) -> Reply | None:
    if not rest:
        return None
    if not state.first_time(path, f"code-{rest}"):
        return _error(ErrCode.CODE_USED)
    return _json(good(rest.partition("-")[0]))


def _failing(state: State, path: str, rest: str, good: Success) -> Reply | None:
    if once := re.fullmatch(r"once-(-?\d{1,6})-(.+)", rest, re.DOTALL):
        first = state.first_time(path, f"err-{rest}")
        return _error(int(once[1])) if first else _json(good(once[2]))
    return _error(int(rest)) if re.fullmatch(r"-?\d{1,6}", rest) else None


def _slow(_state: State, _path: str, rest: str, good: Success) -> Reply | None:
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?)-(.+)", rest, re.DOTALL)
    return _json(good(match[2]), delay_s=float(match[1])) if match else None


def _status(_state: State, _path: str, rest: str, _good: Success) -> Reply | None:
    match = re.match(r"[2-5]\d\d", rest)
    return Reply(HTML, status=int(match[0]), content_type="text/html") if match else None


SCRIPTS: dict[str, Script] = {
    "demo": _always,
    "code": _once,
    "err": _failing,
    "slow": _slow,
    "status": _status,
}
"""By the first word of a code: what happens to it."""

PHONE_SCRIPTS = {**SCRIPTS, "phone": _always}

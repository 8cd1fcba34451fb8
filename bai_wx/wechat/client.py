"""The client of WeChat's server API: a login code to an openid, a phone code to a number.

Every failure leaves as one of `errors`' Wechat classes; nothing else is raised. WeChat's numbers
become those classes by the tables below. Our secret stays in the client, and `session_key` is never
read out of the answer.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from bai_wx.errors import (
    ApiError,
    WechatBusy,
    WechatCodeInvalid,
    WechatCodeUsed,
    WechatMisconfigured,
    WechatUnavailable,
    WechatUserBlocked,
)
from bai_wx.wechat.calls import MAX_CONNECTIONS, Answer, Call, Deadline, NotSent, Surroundings
from bai_wx.wechat.errcodes import OPERATOR_MUST_ACT, STALE_ACCESS_TOKEN, ErrCode
from bai_wx.wechat.observed import PHONE_PATH, SESSION_PATH, TOKEN_PATH, ask
from bai_wx.wechat.on_loop import LoopWire
from bai_wx.wechat.refused_codes import REFUSALS, RefusedCodes, RefusedOnce
from bai_wx.wechat.replicated_logins import ReplicatedLogins
from bai_wx.wechat.shared_logins import SharedLogins
from bai_wx.wechat.single_flight import SingleFlight
from bai_wx.wechat.transport import Wire, finished

_log = logging.getLogger("bai_wx.wechat")

Result = TypeVar("Result")
Tables = tuple[SharedLogins | ReplicatedLogins, ...]
ErrorTable = Mapping[int, Callable[[str], ApiError]]

RETRY_PAUSE_S = 0.2
LOOK_AGAIN_S = 0.02  # whether another worker has its answer
BUSY_RETRY_AFTER_S = 60
"""45011 counts calls within a minute."""

MAX_CODE_CHARS = 512
MAX_OPENID_CHARS = 128
MAX_E164_DIGITS = 15
MAINLAND = "86"

CODE_ERRORS: ErrorTable = MappingProxyType(
    {
        ErrCode.INVALID_CODE: WechatCodeInvalid,
        ErrCode.CODE_USED: WechatCodeUsed,
        ErrCode.MINUTE_LIMIT: partial(WechatBusy, retry_after_s=BUSY_RETRY_AFTER_S),
        ErrCode.USER_BLOCKED: WechatUserBlocked,
        ErrCode.INVALID_APPID: WechatMisconfigured,
        ErrCode.INVALID_SECRET: WechatMisconfigured,
    }
)
"""What login and the phone exchange raise. A number that is not a row is `WechatUnavailable`."""

TOKEN_ERRORS: ErrorTable = MappingProxyType(
    {
        ErrCode.INVALID_APPID: WechatMisconfigured,
        ErrCode.INVALID_SECRET: WechatMisconfigured,
        ErrCode.IP_NOT_ALLOWED: WechatMisconfigured,
        ErrCode.DAILY_LIMIT: partial(WechatBusy, retry_after_s=BUSY_RETRY_AFTER_S),
        ErrCode.MINUTE_LIMIT: partial(WechatBusy, retry_after_s=BUSY_RETRY_AFTER_S),
    }
)
"""What fetching an access token raises."""


@dataclass(frozen=True)
class Session:
    """Who logged in. `unionid` is `""` unless the app is bound to an open-platform account."""

    openid: str
    unionid: str


class _KeptToken(NamedTuple):
    text: str
    good_until: float  # time.monotonic()


class WeChatClient:
    """WeChat, asked on behalf of one mini program. Any number of threads and one event loop may share it.

    `timeout_s` bounds a whole method call: connecting, answers, the one retry and an access token.
    The retry is made where the code is surely unspent, after a refused connection and after errcode
    -1; never after a read time-out or a connection that broke.

    One call is in flight per code: whoever brings the same code to this process meanwhile waits
    and gets the same result or the same error, so a double tap on login does not fail one of the
    two. With `shared` that holds among the workers of a server, with `replicated` among servers, and a
    success is answered again for ten seconds. After that a code is asked about again, and WeChat says 40163.
    With `refused` WeChat is asked no second time about a code that it refused.
    """

    def __init__(
        self,
        appid: str,
        secret: str,
        base_url: str = "https://api.weixin.qq.com",
        *,
        timeout_s: float = 5.0,
        shared: SharedLogins | None = None,
        replicated: ReplicatedLogins | None = None,
        refused: RefusedCodes | None = None,
    ) -> None:
        """`shared`: where the workers of one server tell each other which codes were exchanged.

        `replicated`: where the replicas of one shop do. `refused`: where the workers of one server note
        codes that WeChat refused.
        """
        self._appid = appid
        self._secret = secret
        self._timeout_s = timeout_s
        self._refused = refused
        self._tables = tuple(table for table in (shared, replicated) if table is not None)
        surroundings = Surroundings.of(base_url)
        self._wire = Wire(base_url, surroundings)
        # Proxies are known to `requests` alone.
        self._loop_wire = (
            None if surroundings.proxies else LoopWire(base_url, surroundings.ca_bundle)
        )
        self._threads = ThreadPoolExecutor(MAX_CONNECTIONS, "bai-wx-wechat")
        self._logins: SingleFlight[Session] = SingleFlight()
        self._phones: SingleFlight[str] = SingleFlight()
        self._tokens: SingleFlight[str] = SingleFlight()
        self._kept: _KeptToken | None = None

    def __repr__(self) -> str:
        return f"WeChatClient(appid={self._appid!r})"

    def code_to_session(self, js_code: str) -> Session:
        """Exchange a login code for the user's openid.

        Args: `js_code` from `wx.login()`; valid once, for about five minutes.
        Raises: `WechatCodeInvalid`, `WechatCodeUsed`, `WechatBusy`, `WechatUserBlocked`,
        `WechatMisconfigured`, `WechatUnavailable`.
        Source: WeChat mini-program server docs, 小程序登录 (code2Session).
        """
        _refuse_impossible(js_code)
        deadline = Deadline(self._timeout_s)

        def work() -> Session:
            return finished(self._log_in(self._wire, js_code, deadline, self._tables))

        with RefusedOnce(self._refused, SESSION_PATH, js_code):
            return _shared(self._logins, js_code, work, deadline)

    async def session_of(self, js_code: str) -> Session:
        """As `code_to_session`, on the event loop: no thread waits, unless there is a proxy."""
        wire = self._loop_wire
        if wire is None:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self.code_to_session, js_code)
        _refuse_impossible(js_code)
        deadline = Deadline(self._timeout_s)
        with RefusedOnce(self._refused, SESSION_PATH, js_code):
            work = self._log_in(wire, js_code, deadline, self._tables)
            try:
                return await self._logins.share_on_loop(js_code, work, deadline.remaining_s())
            except TimeoutError:
                raise _still_asking() from None

    def phone_number(self, phone_code: str) -> str:
        """Exchange the code of a phone-number button for the number.

        Args: `phone_code` from `bindgetphonenumber`'s event; valid once, for about five minutes.
        Returns: the 11 digits of a mainland number, `"+<country><number>"` (E.164) of any other.
        Raises: as `code_to_session`.
        Source: WeChat mini-program server docs, 获取手机号 (getPhoneNumber).
        """
        _refuse_impossible(phone_code)
        deadline = Deadline(self._timeout_s)
        work = partial(self._exchange_phone_code, phone_code, deadline)
        with RefusedOnce(self._refused, PHONE_PATH, phone_code):
            return _shared(self._phones, phone_code, work, deadline)

    async def _log_in(
        self, wire: Wire | LoopWire, js_code: str, deadline: Deadline, tables: Tables
    ) -> Session:
        """Exchange a code, unless one of the tables says that another did, or is about to."""
        if not (tables := tuple(table for table in tables if not table.rests)):
            return await self._exchange_login_code(wire, js_code, deadline)
        table, further = tables[0], tables[1:]
        ask = wire.aside if table.waits else _here
        claim = partial(table.claim, js_code)
        while not (found := await ask(partial(claim, deadline.remaining_s()))).is_ours:
            if found.answer is not None:
                return _session_told(found.answer)
            await wire.pause(LOOK_AGAIN_S, deadline)
        try:
            session = await self._log_in(wire, js_code, deadline, further)
        except REFUSALS as refusal:
            await ask(partial(table.refuse, js_code, refusal.code))
            raise
        except BaseException:  # whatever it is, the next one may ask
            await ask(partial(table.drop, js_code))
            raise
        keep = partial(table.keep, js_code, f"{session.openid}\n{session.unionid}")
        if table.waits:
            # Who logs in need not wait until another replica knows: that one looks again.
            wire.beside(keep)
        else:
            keep()
        return session

    async def _exchange_login_code(
        self, wire: Wire | LoopWire, js_code: str, deadline: Deadline
    ) -> Session:
        params = {
            "appid": self._appid,
            "secret": self._secret,
            "js_code": js_code,
            "grant_type": "authorization_code",
        }
        call = Call("GET", SESSION_PATH, params)
        answer = await self._answer(wire, call, deadline)
        self._raise_for(call, answer, CODE_ERRORS)
        return _read_session(answer)

    def _exchange_phone_code(self, phone_code: str, deadline: Deadline) -> str:
        for _ in range(2):
            token = self._access_token(deadline)
            call = Call("POST", PHONE_PATH, {"access_token": token}, {"code": phone_code})
            answer = self._ask(call, deadline)
            if _errcode(answer) not in STALE_ACCESS_TOKEN:
                break
            self._drop(token)
        self._raise_for(call, answer, CODE_ERRORS)
        return _read_phone(answer)

    def _access_token(self, deadline: Deadline) -> str:
        return self._kept_token() or _shared(
            self._tokens, None, partial(self._fetch_token, deadline), deadline
        )

    def _kept_token(self) -> str:
        kept = self._kept
        return kept.text if kept and time.monotonic() < kept.good_until else ""

    def _fetch_token(self, deadline: Deadline) -> str:
        """A new token, unless another thread brought one after this one looked.

        Source: WeChat mini-program server docs, 获取稳定版接口调用凭据 (getStableAccessToken).
        """
        if token := self._kept_token():
            return token
        body = {"grant_type": "client_credential", "appid": self._appid, "secret": self._secret}
        call = Call("POST", TOKEN_PATH, {}, body)
        answer = self._ask(call, deadline)
        self._raise_for(call, answer, TOKEN_ERRORS)
        self._kept = _read_token(answer)
        return self._kept.text

    def _drop(self, token: str) -> None:
        kept = self._kept
        if kept and kept.text == token:  # else another thread has already replaced it
            self._kept = None

    def _ask(self, call: Call, deadline: Deadline) -> Answer:
        return finished(self._answer(self._wire, call, deadline))

    async def _answer(self, wire: Wire | LoopWire, call: Call, deadline: Deadline) -> Answer:
        """WeChat's answer; the second one where the first try surely spent nothing."""
        answer = None
        with suppress(NotSent):
            answer = await ask(wire, call, deadline)
        if answer is not None and _errcode(answer) != ErrCode.SYSTEM_BUSY:
            return answer
        await wire.pause(RETRY_PAUSE_S, deadline)
        return await ask(wire, call, deadline)

    def _raise_for(self, call: Call, answer: Answer, table: ErrorTable) -> None:
        errcode = _errcode(answer)
        if errcode == ErrCode.OK:
            return
        detail = f"{call.path}: errcode {errcode}: {self._errmsg(answer)!r}"
        if errcode in OPERATOR_MUST_ACT:
            _log.critical(
                "WeChat refuses this server. Check WECHAT_APPID, WECHAT_SECRET and the IP whitelist"
                " in WeChat's console. %s",
                detail,
            )
        raise table.get(errcode, WechatUnavailable)(detail)

    def _errmsg(self, answer: Answer) -> str:
        text = str(answer.get("errmsg", ""))
        return (text.replace(self._secret, "***") if self._secret else text)[:200]


async def _here(work: Callable[[], Result]) -> Result:
    return work()


def _shared(
    flights: SingleFlight[Result], key: str | None, work: Callable[[], Result], deadline: Deadline
) -> Result:
    try:
        return flights.share(key, work, deadline.remaining_s())
    except TimeoutError:
        raise _still_asking() from None


def _still_asking() -> WechatUnavailable:
    return WechatUnavailable("somebody else is still asking about this code")


def _refuse_impossible(code: str) -> None:
    """WeChat's codes are some dozens of ASCII characters: what cannot be sent is none of them."""
    try:
        possible = 0 < len(code.encode()) <= MAX_CODE_CHARS
    except UnicodeEncodeError:
        possible = False
    if not possible:
        raise WechatCodeInvalid("empty, too long or not encodable; WeChat was not asked")


def _errcode(answer: Answer) -> int:
    errcode = answer.get("errcode", 0)
    if type(errcode) is not int:
        raise WechatUnavailable(f"errcode is a {type(errcode).__name__}")
    return errcode


def _read_session(answer: Answer) -> Session:
    openid, unionid = answer.get("openid"), answer.get("unionid") or ""
    if not (_is_id(openid) and (unionid == "" or _is_id(unionid))):
        raise WechatUnavailable(f"{SESSION_PATH}: no usable openid or unionid")
    return Session(openid=str(openid), unionid=str(unionid))


def _session_told(answer: str) -> Session:
    """What another process was answered. Raises: what WeChat said of a code that it refused."""
    for refusal in REFUSALS:
        if answer == refusal.code:
            raise refusal("another replica was refused; WeChat was not asked")
    openid, _, unionid = answer.partition("\n")
    return Session(openid, unionid)


def _is_id(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_OPENID_CHARS
        and value.isascii()
        and value.isprintable()
    )


def _read_token(answer: Answer) -> _KeptToken:
    token, expires_in_s = answer.get("access_token"), answer.get("expires_in")
    if not (isinstance(token, str) and token and type(expires_in_s) is int and expires_in_s > 0):
        raise WechatUnavailable(f"{TOKEN_PATH}: no usable access_token")
    return _KeptToken(token, time.monotonic() + _keep_s(expires_in_s))


def _keep_s(expires_in_s: int) -> float:
    """Five minutes less than it lives; of a short life nine tenths."""
    return expires_in_s - min(300, expires_in_s / 10)


def _read_phone(answer: Answer) -> str:
    info = answer.get("phone_info")
    if not isinstance(info, dict):
        raise WechatUnavailable(f"{PHONE_PATH}: no phone_info")
    # The docs type countryCode as a string and show it as a number.
    country, number = str(info.get("countryCode")), str(info.get("purePhoneNumber"))
    if not (_is_digits(country) and _is_digits(number) and _fits(country, number)):
        raise WechatUnavailable(f"{PHONE_PATH}: no usable number")
    return number if country == MAINLAND else f"+{country}{number}"


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _fits(country: str, number: str) -> bool:
    return len(country) + len(number) <= MAX_E164_DIGITS

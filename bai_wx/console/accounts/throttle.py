"""How often somebody may try to log in, counted in the database so that all workers count together.

Failures are counted for the account from one client, for the client's address, and for the account from
everywhere. After some free tries each further one waits, twice as long as the one before, up to a limit:
nobody is shut out for good. A client from which the operator has logged in before, told by its device
cookie or its address, has a count of its own and heeds neither the address's count nor the account's: so
whoever guesses at a name elsewhere does not keep its owner out.

A try is counted before its password is looked at, or many at once would all be free.
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from peewee import BigIntegerField, CompositeKey, IntegerField, Model, TextField

from bai_wx.console.accounts.errors import TooManyAttempts
from bai_wx.database.connection import database, lock_name
from bai_wx.record import clock

FORGET_S: Final = 3600
"""A count begins anew when nothing failed for so long."""
KNOWN_S: Final = 90 * 24 * 3600
"""A client is known for so long after the operator's last login from it."""
MAX_EXPIRED_REMOVED: Final = 20
"""How many forgotten counts are removed with each try: more than a try adds, so they cannot pile up."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many tries are free; the next waits a second, each after it twice as long, `longest_s` at most."""

    free: int
    longest_s: int

    def wait_s(self, failures: int) -> int:
        """How long after the last of so many failures the next try is looked at, in seconds."""
        over = failures - self.free
        return 0 if over < 0 else min(2 ** min(over, 20), self.longest_s)


OF_KNOWN_CLIENT: Final = Pace(free=5, longest_s=60)
OF_CLIENT: Final = Pace(free=5, longest_s=15 * 60)
OF_ADDRESS: Final = Pace(free=20, longest_s=15 * 60)
OF_ACCOUNT: Final = Pace(free=50, longest_s=60)


class LoginFailure(Model):
    """A count of failures. `key` is a digest: names that were tried are not kept. `last` is in Unix ms."""

    key = TextField(primary_key=True)
    failures = IntegerField()
    last = BigIntegerField(index=True)

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_login_failures"


class KnownClient(Model):
    """A client from which an operator has logged in: the digest of its device cookie or its address."""

    operator_id = TextField()
    client = TextField()
    seen = TextField(index=True)

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_known_clients"
        primary_key = CompositeKey("operator_id", "client")


@dataclass(frozen=True, slots=True)
class Client:
    """Who tries: the network address, and the value of the device cookie where there is one."""

    address: str
    device: str = ""

    @property
    def network(self) -> str:
        """The address; of IPv6 its /64, which is one customer's."""
        try:
            found = ipaddress.ip_address(self.address.partition("%")[0])
        except ValueError:
            return self.address
        if isinstance(found, ipaddress.IPv4Address):
            return str(found)
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))

    @property
    def marks(self) -> list[str]:
        """The digests that it is known by, the surest first."""
        device = [digest("device", self.device)] if self.device else []
        return [*device, digest("address", self.network)]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted: the keys of its counts, that of account and client first."""

    keys: Sequence[str]


def claim(account: str, operator_id: str, client: Client) -> Attempt:
    """Count a try to log in as `account` before anything of it is looked at.

    `operator_id` is the account's, `""` where there is none: nobody has a known client then.
    Raises: `TooManyAttempts`, and counts nothing, where the client is to wait.
    """
    paces = _paces(account, known_mark(operator_id, client), client)
    with database.atomic():
        for key in sorted(paces):  # in one order, so that nobody waits in a circle
            lock_name(key)
        now = int(time.time() * 1000)
        found = _counts(list(paces), now)
        wait_ms = max(_wait_ms(pace, found.get(key), now) for key, pace in paces.items())
        if wait_ms > 0:
            raise TooManyAttempts(math.ceil(wait_ms / 1000))
        for key in paces:
            _store(key, (found[key].failures if key in found else 0) + 1, now)
        _remove_forgotten(now)
    return Attempt(list(paces))


def release(attempt: Attempt) -> None:
    """Take the try back: it was none, as its password was right and only a code was missing."""
    lower = {"failures": LoginFailure.failures - 1}
    some = LoginFailure.failures > 0
    LoginFailure.update(lower).where(LoginFailure.key.in_(list(attempt.keys)), some).execute()


def succeed(attempt: Attempt, operator_id: str, client: Client) -> None:
    """The try was right: its account and client begin anew, and the client is known from now on."""
    with database.atomic():
        release(attempt)
        LoginFailure.delete().where(LoginFailure.key == attempt.keys[0]).execute()
        KnownClient.delete().where(KnownClient.seen < _ago(KNOWN_S)).execute()
        for mark in client.marks:
            _know(operator_id, mark)


def forget_clients(operator_id: str) -> None:
    """No client of this operator is known any longer."""
    KnownClient.delete().where(KnownClient.operator_id == operator_id).execute()


def known_mark(operator_id: str, client: Client) -> str:
    """The mark by which this client is known as the operator's; `""` where it is not."""
    if not operator_id:
        return ""
    own = KnownClient.operator_id == operator_id
    recent = KnownClient.seen > _ago(KNOWN_S)
    query = KnownClient.select(KnownClient.client).where(
        own, recent, KnownClient.client.in_(client.marks)
    )
    found = {row.client for row in query}
    return next((mark for mark in client.marks if mark in found), "")


def digest(*parts: str) -> str:
    """One short text of these, from which they cannot be read."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()


def _paces(account: str, mark: str, client: Client) -> dict[str, Pace]:
    if mark:
        return {digest("known", account, mark): OF_KNOWN_CLIENT}
    return {
        digest("client", account, client.network): OF_CLIENT,
        digest("from", client.network): OF_ADDRESS,
        digest("account", account): OF_ACCOUNT,
    }


def _counts(keys: list[str], now_ms: int) -> dict[str, LoginFailure]:
    recent = LoginFailure.last > now_ms - FORGET_S * 1000
    rows = LoginFailure.select().where(LoginFailure.key.in_(keys), recent)
    return {row.key: row for row in rows}


def _wait_ms(pace: Pace, found: LoginFailure | None, now_ms: int) -> int:
    if found is None:
        return 0
    # A clock that was set back must not make anybody wait longer than the pace says.
    last = min(found.last, now_ms)
    return int(last + pace.wait_s(found.failures) * 1000 - now_ms)


def _store(key: str, failures: int, now_ms: int) -> None:
    row = {"key": key, "failures": failures, "last": now_ms}
    LoginFailure.insert(row).on_conflict(
        conflict_target=[LoginFailure.key], update={"failures": failures, "last": now_ms}
    ).execute()


def _know(operator_id: str, mark: str) -> None:
    now = clock.now()
    row = {"operator_id": operator_id, "client": mark, "seen": now}
    key = [KnownClient.operator_id, KnownClient.client]
    KnownClient.insert(row).on_conflict(conflict_target=key, update={"seen": now}).execute()


def _remove_forgotten(now_ms: int) -> None:
    forgotten = LoginFailure.last <= now_ms - FORGET_S * 1000
    oldest = LoginFailure.select(LoginFailure.key).where(forgotten).limit(MAX_EXPIRED_REMOVED)
    keys = [row.key for row in oldest]
    if keys:
        LoginFailure.delete().where(LoginFailure.key.in_(keys), forgotten).execute()


def _ago(seconds: float) -> str:
    return clock.text_of(time.time() - seconds)

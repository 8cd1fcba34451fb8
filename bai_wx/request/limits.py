"""How often one client and one user may ask: the first thing the edge does with a request is to count it here.

Counted are the requests of an address, those of a user wherever they come from, and the login codes of an
address that WeChat refused. It is counted in this process's memory, or in Redis by the `limits` library.
Memory is counted at once, on the monotonic clock: who sets the machine's clock shuts nobody out. Redis is
asked over the network, so counting there is something to wait for, and its own clock counts.
"""

import asyncio
import ipaddress
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from limits import RateLimitItem, parse_many

from bai_wx.errors import TooManyRequests

log = logging.getLogger("bai_wx.limits")

OFF = "off"
KEY_PREFIX = "bai-wx:limits"
MOST_CLIENTS = 100_000  # that a rule remembers, some 20 MiB; then the oldest begin anew
CONNECTIONS = 16  # of a worker to Redis; a count takes a fraction of a millisecond
ANSWER_S = 0.5  # Redis has so long to count; what it does not count in time is counted here
PAUSE_S = 5  # and then is left alone for so long
NETWORK_BITS = 64  # of IPv6: what one customer of a provider has
REMEMBERED_NETWORKS = 10_000


class Limits(Protocol):
    """Counts what addresses, or users, do."""

    def count(self, client: str) -> Awaitable[None] | None:
        """Count one time. Returns: None, or what there is to wait for.

        Raises: `TooManyRequests`, at once or when waited for, with the seconds after which to try again.
        """

    def check(self, client: str) -> Awaitable[None] | None:
        """See whether one more may be counted, and count nothing. Returns, raises: as `count`."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What a request is counted against."""

    clients: Limits
    """Requests of one address."""
    users: Limits
    """Requests of one user, by whichever token and from whichever address."""
    codes: Limits
    """Codes from one address that WeChat refused. Each of them cost a call, and WeChat counts our calls."""

    def count(self, client: str, user: str) -> Awaitable[None] | None:
        """Count a request of an address and of a user, who is `""` for a guest. As `Limits.count`."""
        counting = self.clients.count(client)
        if not user:
            return counting
        return self.users.count(user) if counting is None else self._count_both(counting, user)

    async def _count_both(self, counting: Awaitable[None], user: str) -> None:
        await counting
        counting_user = self.users.count(user)
        if counting_user is not None:
            await counting_user


def request_limits(clients: str, users: str, codes: str, redis: str = "") -> RequestLimits:
    """The limits of the settings of these names, shared where there is a Redis.

    Raises: ValueError when rules or address cannot be read.
    """
    counter = RedisCounter(redis) if redis and {clients, users, codes} != {OFF} else None

    def limits(rules: str, kind: str) -> Limits:
        own = OwnLimits(rules)
        return own if counter is None or rules == OFF else SharedLimits(rules, counter, own, kind)

    return RequestLimits(limits(clients, ""), limits(users, "user"), limits(codes, "code"))


def counted_as(address: str) -> str:
    """What an address is counted as: IPv6 by its network of 64 bits, of which a client has every address."""
    return _network_of(address) if ":" in address else address


@lru_cache(REMEMBERED_NETWORKS)
def _network_of(address: str) -> str:
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), NETWORK_BITS), strict=False))


class OwnLimits:
    """Limits that this process counts alone."""

    def __init__(self, rules: str, now: Callable[[], float] = time.monotonic) -> None:
        """Raises ValueError when the rules cannot be read."""
        read = [] if rules == OFF else parse_many(rules)
        self._rules = [_Rule(rule, now) for rule in read]

    def count(self, client: str) -> None:
        """Count one request. Raises TooManyRequests with the seconds after which to try again."""
        for rule in self._rules:
            wait_s = rule.hit(client)
            if wait_s:
                raise _refused(client, wait_s)

    def check(self, client: str) -> None:
        """See whether one more may be counted. Raises: as `count`."""
        for rule in self._rules:
            wait_s = rule.wait_s(client)
            if wait_s:
                raise _refused(client, wait_s)


@dataclass(slots=True)
class _Window:
    """How often one client asked, until the window ends."""

    count: int
    ends: float


class _Rule:
    """One rule: a client's window begins with its first request, and all windows are equally long."""

    def __init__(self, rule: RateLimitItem, now: Callable[[], float]) -> None:
        self._most, self._length_s, self._now = rule.amount, rule.get_expiry(), now
        self._windows: dict[str, _Window] = {}  # in the order in which they end

    def hit(self, client: str) -> float:
        """Count a request. Returns: 0, or the seconds until this client's next window."""
        now = self._now()
        window = self._windows.get(client)
        if window is None or window.ends <= now:
            self._begin(client, now)
            return 0
        window.count += 1
        return 0 if window.count <= self._most else window.ends - now

    def wait_s(self, client: str) -> float:
        """The seconds until this client's next window, 0 where this one has room."""
        window, now = self._windows.get(client), self._now()
        if window is None or window.ends <= now or window.count < self._most:
            return 0
        return window.ends - now

    def _begin(self, client: str, now: float) -> None:
        windows = self._windows
        windows.pop(client, None)
        while windows:
            oldest = next(iter(windows))
            if windows[oldest].ends > now and len(windows) < MOST_CLIENTS:
                break
            del windows[oldest]
        windows[client] = _Window(1, now + self._length_s)


class RedisCounter:
    """A Redis that counts for every process which uses it, and is left alone while it does not answer."""

    def __init__(self, address: str) -> None:
        # They take their time to import; who counts in memory needs none of them.
        from limits.aio.storage import RedisStorage
        from limits.aio.strategies import FixedWindowRateLimiter as SharedWindow
        from redis.asyncio import BlockingConnectionPool
        from redis.exceptions import RedisError

        self._pool = BlockingConnectionPool.from_url(
            address,
            max_connections=CONNECTIONS,
            timeout=ANSWER_S,
            socket_timeout=ANSWER_S,
            socket_connect_timeout=ANSWER_S,
            retry=None,  # a second try would take as long again
        )
        storage = RedisStorage(
            "async+redis://",  # the pool knows the address
            implementation="redispy",
            key_prefix=KEY_PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]  # handed on to redis-py as it is
        )
        self.limiter = SharedWindow(storage)
        self._failures = (RedisError, OSError)  # a time-out is an OSError
        self._name = shown(address)
        self._is_lost = False
        self._asked_again_at = 0.0

    async def ask(self, question: Callable[[], Awaitable[TooManyRequests | None]]) -> bool:
        """Ask it. Returns: whether it answered. Raises: what it answered."""
        if time.monotonic() < self._asked_again_at:
            return False
        if self._is_lost:  # one request tries; the others go on without
            self._asked_again_at = time.monotonic() + PAUSE_S
        try:
            async with asyncio.timeout(ANSWER_S):
                refused = await question()
        except self._failures as exc:
            self._lost(exc)
            return False
        self._found()
        if refused is not None:
            raise refused
        return True

    async def close(self) -> None:
        """Close the connections, as the end of the process does."""
        await self._pool.disconnect()

    def _lost(self, exc: Exception) -> None:
        self._asked_again_at = time.monotonic() + PAUSE_S
        if not self._is_lost:
            self._is_lost = True
            kind = type(exc).__name__  # its text may hold what the address holds
            log.warning("%s does not count (%s): each worker counts alone", self._name, kind)

    def _found(self) -> None:
        if self._is_lost:
            self._is_lost, self._asked_again_at = False, 0.0
            log.warning("%s counts again for all workers", self._name)


class SharedLimits:
    """Limits that every process which uses the same Redis counts together.

    While Redis does not answer, `own` counts: a shop that is open to everybody a little more often is
    better than one that is shut.
    """

    def __init__(self, rules: str, counter: RedisCounter, own: OwnLimits, kind: str = "") -> None:
        """`kind` tells what is counted from what else the same Redis counts."""
        self._rules, self._counter, self._own = parse_many(rules), counter, own
        self._kind = (kind,) if kind else ()

    async def count(self, client: str) -> None:
        """Count one time. Raises TooManyRequests with the seconds after which to try again."""
        if not await self._counter.ask(lambda: self._refusal(self._counter.limiter.hit, client)):
            self._own.count(client)

    async def check(self, client: str) -> None:
        """See whether one more may be counted. Raises: as `count`."""
        if not await self._counter.ask(lambda: self._refusal(self._counter.limiter.test, client)):
            self._own.check(client)

    async def _refusal(
        self, has_room: Callable[..., Awaitable[bool]], client: str
    ) -> TooManyRequests | None:
        for rule in self._rules:
            if not await has_room(rule, *self._kind, client):
                stats = await self._counter.limiter.get_window_stats(rule, *self._kind, client)
                # The library adds Redis' seconds to this machine's clock.
                return _refused(client, stats.reset_time - time.time())
        return None


def warn_of_unknown_proxy(client: str, forwarded_for: bytes) -> bool:
    """Say so when a request came through a proxy that is not trusted. Returns: whether it did.

    Of a trusted one the client is somebody whom the header names.
    """
    if client.encode() in forwarded_for:
        return False
    log.warning(
        "%s forwards for others (X-Forwarded-For) and is not trusted: all its clients share one limit;"
        " if it is your proxy, set BAI_WX_TRUSTED_PROXIES=%s",
        client,
        client,
    )
    return True


def check_redis(address: str) -> None:
    """Raise ValueError, without a word of the address, unless redis-py can make use of it."""
    from redis.asyncio import ConnectionPool

    try:
        pool = ConnectionPool.from_url(address)
        pool.connection_class(**pool.connection_kwargs)  # connects nowhere yet
        host = urlsplit(address).hostname
        if host is not None and not is_host(host):
            raise ValueError
    except (ValueError, TypeError):
        raise ValueError("is not understood; write redis://host:6379/0") from None


def is_host(name: str | None) -> bool:
    """Whether a name of a host, or an address, can be asked for at all."""
    try:
        encoded = (name or "").encode("idna")
    except UnicodeError:  # an empty label, or one of more than 63 characters
        return False
    return bool(encoded) and not any(byte <= 0x20 for byte in encoded)


def ping(address: str) -> None:
    """Ask a Redis whether it is there. Raises ConnectionError, without a word of the password."""
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(
            address, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, retry=None
        ) as client:
            client.ping()
    except (RedisError, OSError) as exc:
        raise ConnectionError(f"{shown(address)} does not answer: {type(exc).__name__}") from None


def shown(address: str) -> str:
    """Where a Redis is, without user and password."""
    parts = urlsplit(address)
    return (
        f"Redis {parts.hostname}:{parts.port or 6379}" if parts.hostname else f"Redis {parts.path}"
    )


def _refused(client: str, wait_s: float) -> TooManyRequests:
    return TooManyRequests(client, retry_after_s=max(1, math.ceil(wait_s)))

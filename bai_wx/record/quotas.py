"""How much one user may have and make: the bounds, and how they are looked up.

A quota counts the user's own rows. Of what a user owns deleted ones do not count, but for files, whose bytes
lie on the disk until a purge; of what is made in a day they do. It counts by an index and no further than its
bound, in the transaction that adds a row and behind the lock of its owner: of sixteen writers at the bound one
is let through.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Any, ClassVar, Final

from peewee import SQL, Expression, ModelSelect, Select, fn

from bai_wx.database.connection import database
from bai_wx.database.statement import Asked, Param, Statement
from bai_wx.errors import TooManyRequests
from bai_wx.record import clock

OFF: Final = "off"
MIB: Final = 1024 * 1024
DEFAULTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "companies": 50,
        "companies-a-day": 100,
        "open-orders": 500,
        "orders-a-day": 1000,
        "cart-lines-a-day": 2000,
        "uploads": 2000,
        "uploads-a-day": 500,
        "upload-mib": 2000,
        "upload-mib-a-day": 500,
        "phones-a-day": 10,
    }
)
"""The quotas of a user. `a-day` is within 24 hours."""
MOST: Final = 1_000_000_000
UPLOADS, UPLOAD_MIB = "uploads", "upload-mib"
DAY_S: Final = 24 * 3600
FULL_RETRY_AFTER_S: Final = 3600
"""Nobody knows when a user makes room; a client that asks by itself need not ask more often."""

_bounds: dict[str, int] = {}


def parse(text: str) -> dict[str, int]:
    """Read `companies:20,open-orders:off`: the bounds in force, those left out by default.

    Raises: `ValueError`, which says what would be right.
    """
    if text.lower() == OFF:
        return {}
    bounds: dict[str, int | None] = dict(DEFAULTS)
    for item in filter(None, (each.strip() for each in text.split(","))):
        name, _, bound = (part.strip() for part in item.partition(":"))
        if name not in DEFAULTS:
            raise ValueError(f"holds {name!r}; it knows {', '.join(DEFAULTS)}")
        is_number = bound.isascii() and bound.isdigit() and len(bound) <= len(str(MOST))
        if bound.lower() != OFF and not is_number:
            raise ValueError(f"holds {item!r}; write {name}:{DEFAULTS[name]}, or {name}:off")
        bounds[name] = None if bound.lower() == OFF else int(bound)
    return {name: bound for name, bound in bounds.items() if bound is not None}


def enable(text: str) -> None:
    """Put bounds in force in this process. Without this call, as in commands, there are none."""
    found = parse(text)
    _bounds.clear()
    _bounds.update(found)
    RowQuotas.prepare_all()


def bound_of(name: str) -> int | None:
    """The bound of a quota, None where it has none."""
    return _bounds.get(name)


@dataclass(frozen=True, eq=False)
class RowQuota:
    """A bound on rows. `select` makes the query of those of `openid`, of one a day those since `since`."""

    name: str
    toast: str
    select: Callable[[], "ModelSelect[Any]"]
    created: Any = None
    """The column of a row's age, where only rows of the last 24 hours count."""


OWNED: Final[dict[str, tuple[Any, Any, Expression | None]]] = {}
"""By the name of each quota of what a user owns: its owner's column, how much some rows are, which count."""


def owned(name: str, toast: str, owner: Any, counted: Expression) -> RowQuota:
    """A bound on the rows of a collection that one owns, of those which count."""
    OWNED[name] = owner, fn.COUNT(SQL("*")), counted
    model = owner.model

    def select() -> "ModelSelect[Any]":
        found: ModelSelect[Any] = model.select(SQL("1"))
        return found.where(owner == Param("openid"), counted)

    return RowQuota(name, toast, select)


def owners_above(bounds: Mapping[str, int]) -> dict[str, int]:
    """How many users own more than a bound, by the names of the quotas. They keep it, and get no more of it."""
    found = {}
    for name, (owner, amount, counted) in OWNED.items():
        if (bound := bounds.get(name)) is None:
            continue
        has_owner = owner != ""
        rows = owner.model.select(owner).where(
            has_owner if counted is None else has_owner & counted
        )
        most = bound * MIB if name == UPLOAD_MIB else bound
        found[name] = rows.group_by(owner).having(amount > most).count()
    return found


def made_in_a_day(name: str, owner: Any, toast: str) -> RowQuota:
    """A bound on the rows that one, whom the column `owner` names, makes within 24 hours, deleted ones too."""
    model = owner.model

    def select() -> "ModelSelect[Any]":
        # Both values of `is_delete`, for the index of newest rows has it between owner and age.
        is_any = model.is_delete << (0, 1)
        recent = model.created > Param("since")
        found: ModelSelect[Any] = model.select(SQL("1"))
        return found.where(owner == Param("openid"), is_any, recent)

    return RowQuota(name, toast, select, model.created)


class RowQuotas:
    """The quotas of a collection's rows, looked up by one statement."""

    _all: ClassVar[list["RowQuotas"]] = []

    def __init__(self, *quotas: RowQuota) -> None:
        self._quotas = quotas
        self._prepare()
        self._all.append(self)

    @classmethod
    def prepare_all(cls) -> None:
        """Take the bounds that are in force from now on."""
        for each in cls._all:
            each._prepare()

    def _prepare(self) -> None:
        """Make once what every check needs of the bounds."""
        known = {quota: _bounds[quota.name] for quota in self._quotas if quota.name in _bounds}
        self._look_up = _LookUp(known) if known else None

    def check(self, openid: str) -> None:
        """Let one more row of this owner through. Raises: `TooManyRequests`.

        In the transaction that adds the row, with the owner locked.
        """
        self.ask(openid)()

    def ask(self, openid: str) -> Callable[[], None]:
        """As `check`, done when what is returned is called. See `Statement.ask`."""
        return self._look_up.ask(openid) if self._look_up is not None else _let_through


class _LookUp:
    """Says of each of some quotas, by their bounds, whether an owner has so many rows."""

    def __init__(self, known: Mapping[RowQuota, int]) -> None:
        self._known = tuple(known.items())
        self._closed = next((quota for quota, bound in self._known if bound == 0), None)
        # It walks along the index, no further than the bound: 0.1 µs a row, less than COUNT(*) takes.
        self._offsets = {
            f"offset{place}": bound - 1 for place, (_, bound) in enumerate(self._known)
        }
        self._reached = _reached(tuple(known))

    def ask(self, openid: str) -> Callable[[], None]:
        """As `RowQuotas.ask`."""
        values = {**self._offsets, "openid": openid, "since": clock.ago(DAY_S)}
        return partial(self._check, self._reached.ask(values), values)

    def _check(self, reached: Asked, values: Mapping[str, Any]) -> None:
        if self._closed is not None:
            raise exceeded(self._closed.name, 0, self._closed.toast, FULL_RETRY_AFTER_S)
        row = reached.row() or ()
        if not any(row):
            return
        for (quota, bound), is_reached in zip(self._known, row, strict=True):
            if is_reached:
                raise exceeded(quota.name, bound, quota.toast, _wait_s(quota, values))


def _let_through() -> None:
    """Where no quota is in force."""


@cache
def _reached(quotas: tuple[RowQuota, ...]) -> Statement:
    """Says of each quota whether there are so many rows."""
    columns = [
        fn.EXISTS(quota.select().limit(1).offset(Param(f"offset{place}")))
        for place, quota in enumerate(quotas)
    ]
    return Statement(Select(columns=columns).bind(database))


def _wait_s(quota: RowQuota, values: Mapping[str, Any]) -> float:
    """The seconds until the oldest row that counts is a day old."""
    if quota.created is None:
        return FULL_RETRY_AFTER_S
    oldest = Statement(quota.select().select(fn.MIN(quota.created))).row(values)
    return DAY_S - clock.age_s(oldest[0]) if oldest and oldest[0] else 0


def exceeded(name: str, bound: int, toast: str, wait_s: float) -> TooManyRequests:
    """The refusal of one more. It says in Chinese what there is too much of, on native paths the quota."""
    refused = TooManyRequests(f"{name}: at most {bound}", retry_after_s=max(1, math.ceil(wait_s)))
    refused.errmsg = toast  # type: ignore[misc]  # this one says more
    refused.message = f"Too many requests: the quota {name} is {bound}."  # type: ignore[misc]  # as above
    return refused


@dataclass(frozen=True)
class SizeQuota:
    """Bounds on the number and the bytes of a user's files, by the names of their quotas."""

    number: str
    mib: str
    since_s: int | None
    """Only files of so many last seconds count; None: all."""


def check_sizes(quota: SizeQuota, statement: Statement, openid: str, size: int, toast: str) -> None:
    """Let a file of so many bytes through. Raises: `TooManyRequests`.

    `statement` answers number and bytes of the files of `openid` since `since`, of at most `most` of them.
    """
    number, mib = _bounds.get(quota.number), _bounds.get(quota.mib)
    if number is None and mib is None:
        return
    since = "" if quota.since_s is None else clock.ago(quota.since_s)
    most = MOST if number is None else number
    found = statement.row({"openid": openid, "since": since, "most": most})
    count, used, oldest = found or (0, 0, None)
    if number is not None and count >= number:
        name, bound = quota.number, number
    elif mib is not None and used + size > mib * MIB:
        name, bound = quota.mib, mib
    else:
        return
    is_daily = quota.since_s is not None and oldest
    raise exceeded(
        name, bound, toast, DAY_S - clock.age_s(oldest) if is_daily else FULL_RETRY_AFTER_S
    )

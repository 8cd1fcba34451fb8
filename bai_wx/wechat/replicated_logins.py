"""Login codes that the replicas of a shop have exchanged just now, or are exchanging.

As `shared_logins` among the workers of one server, in the database that the replicas share. It is a help
and no condition: where the table cannot be used, each replica asks WeChat for itself. A server that is alone
uses it no more than it must to know that.
"""

import logging
from collections.abc import Callable
from typing import ClassVar, TypeVar

from bai_wx.database.connection import PeeweeException, request_connection
from bai_wx.database.presence import Presence
from bai_wx.record import login_codes
from bai_wx.wechat.refused_codes import KEPT_S as REFUSED_S
from bai_wx.wechat.shared_logins import KEPT_S, OURS, Claim

_log = logging.getLogger("bai_wx.wechat")

Result = TypeVar("Result")


class ReplicatedLogins:
    """The table. Every method waits for the database, and holds a connection no longer than that."""

    waits: ClassVar[bool] = True
    """As `SharedLogins.waits`."""

    def __init__(self, presence: Presence | None = None) -> None:
        """`presence` knows of other servers; without it there may always be some."""
        self._presence = presence

    @property
    def rests(self) -> bool:
        """As `SharedLogins.rests`."""
        return self._presence is not None and self._presence.is_known_alone

    def claim(self, code: str, patience_s: float) -> Claim:
        """As `SharedLogins.claim`."""
        return _tried(lambda: self._claimed(code, patience_s), OURS)

    def keep(self, code: str, answer: str) -> None:
        """As `SharedLogins.keep`."""
        self._told(lambda: login_codes.keep(code, answer, KEPT_S))

    def refuse(self, code: str, refusal: str) -> None:
        """Tell the other replicas that WeChat refused a code. `refusal` stands for what it said."""
        self._told(lambda: login_codes.keep(code, refusal, REFUSED_S))

    def drop(self, code: str) -> None:
        """As `SharedLogins.drop`."""
        self._told(lambda: login_codes.drop(code))

    def _claimed(self, code: str, patience_s: float) -> Claim:
        if self._is_alone():
            login_codes.sweep(login_codes.SWEEP_ALONE_EVERY_S)
            return OURS
        if login_codes.claim(code, patience_s):
            return OURS
        return Claim(login_codes.answer_of(code) or None, is_ours=False)

    def _told(self, tell: Callable[[], None]) -> None:
        _tried(lambda: None if self._is_alone() else tell(), None)

    def _is_alone(self) -> bool:
        return self._presence is not None and self._presence.is_alone()


def _tried(work: Callable[[], Result], otherwise: Result) -> Result:
    try:
        return work()
    except PeeweeException as exc:
        _log.warning("replicas cannot tell each other of login codes: %s", exc)
        return otherwise
    finally:
        request_connection.pause()

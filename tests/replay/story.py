"""Which request comes next: drawn by a seed from all that can be asked, about what the answers told."""

from collections.abc import Callable
from random import Random
from typing import Final

from tests.replay.asking import asked
from tests.replay.hooks import HOOKS
from tests.replay.known import LOGINS, Known
from tests.replay.native import NATIVE
from tests.replay.oddities import ODDITIES
from tests.replay.uploads import UPLOADS, too_large
from tests.replay.wire import Answer, Request

SEED: Final = 13
LARGE_EVERY: Final = 1501
"""Requests between two uploads of ten megabytes."""
ASKED: Final[dict[Callable[[Random, Known], Request], int]] = {
    **HOOKS,
    **NATIVE,
    **UPLOADS,
    **ODDITIES,
}


class Story:
    """Requests without end; each may name what `told` has learnt from the answers before it."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed)
        self._known = Known()

    def next(self) -> Request:
        """The next request: first each user logs in."""
        number = self._known.sent
        if number < len(LOGINS):
            body = {"users_wx_code": f"demo-{LOGINS[number]}"}
            return asked("login", "POST", "/pb/api/wechat/login", (), body)
        if number % LARGE_EVERY == LARGE_EVERY - 1:
            return too_large(self._draw, self._known)
        (ask,) = self._draw.choices(list(ASKED), list(ASKED.values()))
        return ask(self._draw, self._known)

    def told(self, request: Request, answer: Answer) -> None:
        """Learn from an answer."""
        self._known.learn(request, answer)

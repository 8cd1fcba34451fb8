"""The server's own secrets: the first one signs tokens, and each one that is accepted may have signed one.

A secret is rotated without logging anybody out: from then on tokens are signed by the new one, and those of the
one before hold until they end by themselves. Whoever holds `SigningSecrets` learns of it by `look_again`, which
costs a look at two files: a worker looks once a second, and at once when no secret that it knows fits a token.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from threading import Lock
from typing import Final

log = logging.getLogger("bai_wx.server")

TOKEN_LIFETIME_S: Final = 7 * 24 * 3600
"""How long a token of ours lives, and so how long the secret that signed it is needed."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A secret, and the moment (Unix seconds) from which what it signed holds no more."""

    secret: str = field(repr=False)
    ends: float = inf


Read = Callable[[], Sequence[Accepted]]
Stamp = Callable[[], object]


class SigningSecrets:
    """The secrets of one server, the signing one first.

    `read` reads them, and raises `OSError` or `ValueError` where they cannot be used. `stamp` differs when
    there may be others.
    """

    def __init__(self, read: Read, stamp: Stamp = lambda: None) -> None:
        self._read, self._stamp = read, stamp
        self._seen = stamp()  # before they are read: what comes between is read again
        self._told: object = None
        self._known = tuple(read())
        self._listeners: list[Callable[[], None]] = []
        self._looking = Lock()

    @classmethod
    def fixed(cls, *secrets: str) -> "SigningSecrets":
        """Secrets that never change."""
        given = tuple(map(Accepted, secrets))
        return cls(lambda: given)

    @property
    def signing(self) -> str:
        """The secret that signs."""
        return self._known[0].secret

    @property
    def known(self) -> tuple[Accepted, ...]:
        """All of them, the signing one first. It is another tuple when there are others."""
        return self._known

    def accepted(self) -> list[Accepted]:
        """The signing secret, and those before it whose time is not over."""
        now = time.time()
        return [each for each in self._known if now < each.ends]

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever there are other secrets than before."""
        self._listeners.append(listener)

    def look_again(self) -> None:
        """Read the secrets anew where they may have changed; who comes meanwhile waits for that.

        Those that cannot be used change nothing; the log says so, once. Those that cannot be read now, as
        where a process has no descriptor left, are read again the next time.
        """
        with self._looking:
            stamp = self._stamp()
            if stamp == self._seen:
                return
            try:
                read = tuple(self._read())
            except (OSError, ValueError) as exc:
                if stamp != self._told:
                    log.warning("the secrets stay as they were: %s", exc)
                self._told = stamp
                if isinstance(exc, ValueError):
                    self._seen = stamp
                return
            self._seen, self._told = stamp, None
            if read != self._known:
                self._known = read
                for listener in self._listeners:
                    listener()

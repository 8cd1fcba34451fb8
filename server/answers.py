"""Answers that are the same for everybody, remembered until the collection behind them changes.

The contract names the collection (`x-remembered`). A remembered answer is given only while the
database's own count of the collection's changes is what it was before the answer was made, so it is
never older than the request.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from models.versions import version_of
from server.incoming import Incoming
from server.render import Reply

MOST_BYTES = 12 * 1024 * 1024  # of one operation in one worker: some 350 lists of fifty products
KEY_BYTES = 200  # what remembering one costs beside its texts, roughly

# Macros and functions ask for the time, `@random` for luck; related rows are not counted, and some are
# the caller's own. Escaped letters may spell any of it.
_DIFFERS = re.compile(rb"[@(~]|expand|_via_|[a-z_]\.[a-z_]|%(?:2[8e]|[4-7][0-9a-f])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    reply: Reply


class Answers:
    """The remembered answers of one operation."""

    def __init__(self, collection: str) -> None:
        self._collection = collection
        self._kept: dict[tuple[bytes, ...], _Kept] = {}  # the oldest first
        self._bytes = 0
        self._keeping = threading.Lock()

    def of(self, incoming: Incoming, answer: Callable[[Incoming], Reply]) -> Reply:
        """The remembered answer to this request, or a new one from `answer`.

        Raises: what the database raises.
        """
        version = version_of(self._collection)
        key = (incoming.query_string, *map(str.encode, incoming.path_params.values()))
        kept = self._kept.get(key)
        if kept is not None and kept.version == version:
            return kept.reply
        reply = answer(incoming)
        if version is not None and reply.status == 200:
            self._keep(key, _Kept(version, reply))
        return reply

    def _keep(self, key: tuple[bytes, ...], kept: _Kept) -> None:
        with self._keeping:
            self._drop(key)
            self._kept[key] = kept
            self._bytes += _size(key, kept)
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[bytes, ...]) -> None:
        outlived = self._kept.pop(key, None)
        if outlived is not None:
            self._bytes -= _size(key, outlived)


def _size(key: tuple[bytes, ...], kept: _Kept) -> int:
    return KEY_BYTES + sum(map(len, key)) + len(kept.reply.body)


def is_same_for_all(incoming: Incoming) -> bool:
    """Whether the answer depends on nothing but the query and the collection's rows."""
    query = incoming.query_string
    return not incoming.body and not (query and _DIFFERS.search(query))

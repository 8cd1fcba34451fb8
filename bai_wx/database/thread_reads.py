"""A standby's connections for threads: long reads wait there, and for nobody's on the event loop."""

import os
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import psycopg


class ThreadConnections:
    """A connection for each thread that reads."""

    def __init__(self, open_one: Callable[[], "psycopg.Connection[Any]"]) -> None:
        self._open_one = open_one
        self._own = threading.local()
        self._all: WeakSet[psycopg.Connection[Any]] = WeakSet()
        self._adding = threading.Lock()

    def run(self, sql: str, values: Sequence[Any]) -> "psycopg.Cursor[Any]":
        """Run a statement on this thread's own. Raises: the driver's exceptions, Peewee's where none opens."""
        connection = getattr(self._own, "connection", None)
        if connection is None or connection.closed:
            connection = self._own.connection = self._open_one()
            with self._adding:
                self._all.add(connection)
        cursor: psycopg.Cursor[Any] = connection.execute(sql, values)
        return cursor

    def hang_up(self) -> None:
        """Have each of them fail now, from another thread: a server that stands still would never answer."""
        with self._adding:
            opened = list(self._all)
        for connection in opened:
            # What a thread waits for must not be closed under it; its end of the line may.
            with (
                suppress(OSError, psycopg.Error),
                socket.socket(fileno=os.dup(connection.fileno())) as line,
            ):
                line.shutdown(socket.SHUT_RDWR)

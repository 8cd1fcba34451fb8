"""Stands between a server and PostgreSQL, in a process of its own: counts round trips, and adds time each way.

    python -m bench.relay ADDRESS [--delay-ms 1]

Its first line names its port. For each line on its standard input it answers one: how many round trips
(libpq's Sync and simple queries) went through so far, its CPU in seconds, and the statements it saw since the
line before. It ends with its input.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from typing import Any, Final, NamedTuple, Self

import uvloop
from psycopg.conninfo import conninfo_to_dict

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
SYNC, QUERY, PARSE = b"SQP"
HEAD: Final = 5  # bytes: the type, and the length of what follows with itself
# Source: PostgreSQL's documentation, "Message Formats".


class Trips:
    """Counts the round trips in what one client sends, and notes its statements."""

    def __init__(self, statements: set[str]) -> None:
        self.count = 0
        self._statements = statements
        self._buffer = bytearray()
        self._is_open = False

    def feed(self, data: bytes) -> None:
        """Read what came."""
        self._buffer += data
        while self._is_open or len(self._buffer) >= 8:
            head = HEAD if self._is_open else 4
            if len(self._buffer) < head:
                return
            length = int.from_bytes(self._buffer[head - 4 : head], "big") + head - 4
            if len(self._buffer) < length:
                return
            if self._is_open:
                kind = self._buffer[0]
                self.count += kind in (SYNC, QUERY)
                if kind in (PARSE, QUERY):
                    texts = bytes(self._buffer[HEAD:length]).split(b"\0")
                    self._statements.add(texts[kind == PARSE].decode())
            else:
                code = int.from_bytes(self._buffer[4:8], "big")
                self._is_open = code not in (SSL_REQUEST, GSS_REQUEST)
            del self._buffer[:length]


class Way(asyncio.Protocol):
    """One direction: what comes here goes to `other`, after a while."""

    def __init__(self, delay_s: float, trips: Trips | None = None) -> None:
        self.transport: Any = None
        self.other: Way | None = None
        self.early = bytearray()
        self._delay_s, self._trips = delay_s, trips

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what came before."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Pass it on, in turn: all wait as long."""
        if self._trips is not None:
            self._trips.feed(data)
        if self._delay_s:
            asyncio.get_running_loop().call_later(self._delay_s, self._pass, data)
        else:
            self._pass(data)

    def _pass(self, data: bytes) -> None:
        other = self.other
        if other is None:
            self.early += data
        elif other.transport is not None and not other.transport.is_closing():
            other.transport.write(data)

    def meet(self, other: "Way") -> None:
        """From now on what comes goes there."""
        self.other = other
        early, self.early = bytes(self.early), bytearray()
        if early:
            self._pass(early)

    def connection_lost(self, _exc: Exception | None) -> None:
        """End the other one, too."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


async def _relay(address: str, delay_s: float) -> None:
    loop = asyncio.get_running_loop()
    counted: list[Trips] = []
    statements: set[str] = set()
    connecting: set[asyncio.Task[None]] = set()
    parts = conninfo_to_dict(address)
    host, port = str(parts.get("host", "127.0.0.1")), int(parts.get("port") or 5432)

    def accept() -> Way:
        trips = Trips(statements)
        counted.append(trips)
        client = Way(delay_s, trips)
        connecting.add(loop.create_task(connect(client)))
        return client

    async def connect(client: Way) -> None:
        server = Way(delay_s)
        if host.startswith("/"):
            await loop.create_unix_connection(lambda: server, f"{host}/.s.PGSQL.{port}")
        else:
            await loop.create_connection(lambda: server, host, port)
        server.meet(client)
        client.meet(server)

    listening = await loop.create_server(accept, "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        trips = sum(each.count for each in counted)
        new = sorted(statements)
        statements.clear()
        said = {"trips": trips, "cpu_s": time.process_time(), "statements": new}
        print(json.dumps(said), flush=True)


class Said(NamedTuple):
    """What a relay has done so far, and the statements it saw since it was asked last."""

    trips: int
    cpu_s: float
    statements: list[str]


class Relay:
    """A relay in a process of its own, before the PostgreSQL at an address: `with Relay(...) as relay`."""

    def __init__(self, address: str, delay_ms: float = 0) -> None:
        command = [sys.executable, "-m", "bench.relay", address, "--delay-ms", str(delay_ms)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        parts = conninfo_to_dict(address)
        user, name = parts.get("user"), parts.get("dbname")
        self.address = f"postgresql://{user}@127.0.0.1:{int(self._line())}/{name}"
        """That of the database, through the relay."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes its pipes: without input it ends
            pass

    def said(self) -> Said:
        """How many round trips it has seen, and its CPU."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Said(**json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def main() -> None:
    """Relay until the standard input ends."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("to")
    parser.add_argument("--delay-ms", type=float, default=0)
    options = parser.parse_args()
    uvloop.run(_relay(options.to, options.delay_ms / 1000))


if __name__ == "__main__":
    main()

"""One fuzzing process: Hypothesis makes requests, a server of its own answers them.

    python -m bench.fuzzing FOLDER SECONDS SEED

The last line of stdout is what came of it, as JSON.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bench.failures import told
from tests.running import Client, Server

ROOT = Path(__file__).parent.parent
TOP = 10
SHOWN = 160  # bytes of a request
BATCH, EXAMPLES = 20, 100
LOOKS = 10  # at the worker's memory
SILENCE_S = 0.3  # what waits for more is left
DEAR_MS = 10.0  # a batch below it holds nothing worth a second look
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")

TRACE = "\nTraceback (most recent call last):\n"
"""A line of its own: Hypothesis draws words of our code too, and the log tells of them inside its lines."""

LISTS = ("tbl_product_list", "tbl_document", "tbl_attachments", "tbl_company", "tbl_cart")
HOOKS = ("wechat/login", "wechat/profile", "cart/create", "cart/update", "cart/list")
HOOKS += ("order/create", "order/update", "order/list")

_BYTES = st.binary(max_size=40)
_LINE = _BYTES.map(lambda b: b.replace(b"\r", b"").replace(b"\n", b""))
_NAMES = [b"Host", b"Content-Length", b"Transfer-Encoding", b"Connection", b"Upgrade", b"Expect"]
_NAMES += [b"Content-Type", b"Authorization", b"Range", b"If-None-Match", b"X-HTTP-Method-Override"]
_NAMES += [
    b"X-Forwarded-For",
    b"Origin",
    b"Idempotency-Key",
    b"Content-Encoding",
    b"Trailer",
    b"TE",
]
_VALUES = [b"shop", b"0", b"2", b"chunked", b"gzip, chunked", b"close", b"upgrade", b"h2c", b"*"]
_VALUES += [
    b"application/json",
    b"multipart/form-data; boundary=x",
    b"bytes=-1",
    b"PATCH",
    b"a" * 9000,
]
_HEADER = st.builds(
    lambda name, colon, value: name + colon + value + b"\r\n",
    st.sampled_from(_NAMES) | _LINE,
    st.sampled_from([b": ", b": ", b": ", b":", b" :", b":\t"]),
    st.sampled_from(_VALUES) | _LINE,
)
_METHODS = st.sampled_from(
    [b"GET", b"POST", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"get", b"FOO"]
)
_PATHS = st.sampled_from(
    [b"/pb/api/health", b"/pb/api/cart/list", b"/pb/api/collections/tbl_cart/records", b"*", b"/"]
) | _LINE.map(lambda b: b"/" + b)

_PIECES = [
    "id",
    "created",
    "prod_list_name",
    "prod_list_icon.id",
    "document_content",
    "expand",
    "*",
]
_PIECES += [
    "=",
    "!=",
    "~",
    "?~",
    "&&",
    "||",
    "(",
    ")",
    "'",
    '"',
    "\\",
    "%",
    ",",
    ".",
    ":",
    "-",
    "@",
]
_PIECES += [
    "now",
    "null",
    "1",
    "-1",
    "1e999",
    "strftime('%Y',created)",
    ":each",
    ":length",
    ":lower",
]
_PIECES += [
    ":excerpt(9,true)",
    ":excerpt(999999)",
    "tbl_product_list_via_prod_list_icon",
    "商",
    "\0",
]
_TEXT = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join) | st.text(max_size=60)
_LONG_TEXT = st.builds(lambda text, times: text * times, _TEXT, st.sampled_from([1, 1, 1, 20, 200]))

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                ["cart_id", "cart_ids", "items", "quantity", "order_amount", "users_name"]
            )
            | st.text(max_size=8),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def _request(head: bytes, headers: bytes = b"", body: bytes = b"") -> bytes:
    return head + b"Host: shop\r\nConnection: close\r\n" + headers + b"\r\n" + body


def _sized(head: bytes, kind: bytes, body: bytes, token: str) -> bytes:
    headers = b"Content-Type: " + kind + b"\r\nContent-Length: %d\r\n" % len(body)
    return _request(head, headers + f"Authorization: Bearer {token}\r\n".encode(), body)


def _head(method: bytes, path: bytes, headers: list[bytes], body: bytes) -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\n" + b"".join(headers) + b"\r\n" + body


def _trailers(chunk: bytes, trailers: list[bytes]) -> bytes:
    head = b"POST /pb/api/cart/list HTTP/1.1\r\n"
    headers = b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
    body = b"%x\r\n" % len(chunk) + chunk + b"\r\n" if chunk else b""
    return _request(head, headers, body + b"0\r\n" + b"".join(trailers) + b"\r\n")


def _listing(collection: str, name: str, text: str, raw: bool) -> bytes:
    value = text.encode(errors="replace") if raw else quote(text, errors="replace").encode()
    value = re.sub(rb"[\x00-\x20#]", b"+", value)
    path = f"/pb/api/collections/{collection}/records?{name}=".encode()
    return _request(b"GET " + path + value + b" HTTP/1.1\r\n")


def strategies(token: str) -> dict[str, st.SearchStrategy[bytes]]:
    """By kind: whole requests. `token` is of a user."""
    post = b"POST /pb/api/collections/tbl_attachments/records HTTP/1.1\r\n"
    kinds = (
        st.sampled_from([b"application/json", b"multipart/form-data", b"text/plain", b""]) | _LINE
    )
    media = st.builds(
        lambda kind, filler, times, end: kind + filler * times + end,
        kinds,
        st.sampled_from([b" ", b";", b"\t", b'"', b"a=", b"; boundary=", b"\\"]),
        st.sampled_from([0, 1, 3, 500, 5000]),
        _LINE,
    )
    part = st.builds(
        lambda header, value: (
            b"--x\r\nContent-Disposition: " + header + b"\r\n\r\n" + value + b"\r\n"
        ),
        st.sampled_from([b'form-data; name="attachments_link"; filename="a.png"', b"form-data"])
        | st.builds(lambda name: b'form-data; name="' + name + b'"', _LINE)
        | st.builds(lambda name: b"form-data; name=attachments_link; filename*=" + name, _LINE),
        _BYTES,
    )
    form = st.builds(lambda parts, end: b"".join(parts) + end, st.lists(part, max_size=5), _END)
    hooks = st.sampled_from(HOOKS).map(lambda path: f"POST /pb/api/{path} HTTP/1.1\r\n".encode())
    bodies = _JSON.map(lambda value: json.dumps(value).encode()) | _BYTES
    lists = st.sampled_from(LISTS)
    names = st.sampled_from(["filter", "sort", "expand", "page", "perPage", "skipTotal"])
    return {
        "head": st.builds(_head, _METHODS, _PATHS, st.lists(_HEADER, max_size=8), _BYTES),
        "trailer": st.builds(_trailers, _BYTES, st.lists(_HEADER, max_size=5)),
        "query": st.builds(_listing, lists, names, _LONG_TEXT, st.booleans()),
        "fields": st.builds(_listing, lists, st.just("fields"), _LONG_TEXT, st.booleans()),
        "media type": st.builds(lambda kind: _sized(post, kind, b"{}", token), media),
        "multipart": st.builds(
            lambda body: _sized(post, b"multipart/form-data; boundary=x", body, token), form
        ),
        "JSON body": st.builds(
            lambda head, body: _sized(head, b"application/json", body, token), hooks, bodies
        ),
    }


_END = st.sampled_from([b"--x--\r\n", b"--x--\r\n", b"--x--\r\n", b"", b"--x"])


@dataclass
class Fuzz:
    """Sends requests and remembers what came."""

    server: Server
    kinds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    dearest: list[tuple[float, str, str]] = field(default_factory=list)
    mib: list[float] = field(default_factory=list)

    def batch(self, kind: str, requests: list[bytes]) -> None:
        """Send some; where they cost much together, each once more by itself."""
        before = self._cpu_ms()
        for request in requests:
            self._one(kind, request)
        if self._cpu_ms() - before < DEAR_MS:
            return
        for request in requests:
            before = self._cpu_ms()
            self._exchange(request)
            self._note(self._cpu_ms() - before, kind, request)

    def _one(self, kind: str, request: bytes) -> None:
        answer = self._exchange(request)
        self.kinds[kind] += 1
        found = STATUS.match(answer)
        status = found[1].decode() if found else "closed" if not answer else "no HTTP"
        self.statuses[status] += 1
        if status == "no HTTP" or (status[0] == "5" and status not in ("501", "503", "505")):
            self.wrong.append(f"{kind}: {status}: {request[:SHOWN]!a}".replace("`", "'"))

    def _exchange(self, request: bytes) -> bytes:
        address = urlsplit(self.server.url)
        answer = b""
        with socket.create_connection((str(address.hostname), address.port), 10) as connection:
            with suppress(OSError):  # it may close before it has read everything
                connection.sendall(request)
            connection.settimeout(SILENCE_S)
            with suppress(OSError):
                while part := connection.recv(65536):
                    answer = answer or part
                    connection.settimeout(10 if STATUS.match(answer) else SILENCE_S)
                    if _is_whole(answer):
                        break
        return answer

    def _cpu_ms(self) -> float:
        pid = self.server.workers()[0]
        tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
        total = 0
        for task in tasks:
            with suppress(OSError):
                total += int(task.read_text().split()[0])
        return total / 1e6

    def _note(self, ms: float, kind: str, request: bytes) -> None:
        row = (round(ms, 1), kind, ascii(request[:SHOWN]).replace("`", "'").replace("|", "\\|"))
        if len(self.dearest) < TOP:
            heappush(self.dearest, row)
        else:
            heappushpop(self.dearest, row)


def _is_whole(answer: bytes) -> bool:
    """Whether an answer that came in one piece is all there; the rest waits for the close."""
    head, found, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head.lower())
    return bool(found and length and len(body) >= int(length[1]))


def _go(fuzz: Fuzz, kind: str, requests: st.SearchStrategy[bytes], number: int) -> None:
    @seed(number)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(requests, min_size=BATCH, max_size=BATCH))
    def put(batch: list[bytes]) -> None:
        fuzz.batch(kind, batch)

    work: Callable[[], None] = put
    work()


def side_by_side(seconds: float, processes: int, first_seed: int) -> list[dict[str, Any]]:
    """Let several processes fuzz, each a server of its own. Returns: what each of them found."""
    with tempfile.TemporaryDirectory() as folder:
        running = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "bench.fuzzing", f"{folder}/{number}"),
                    *(str(seconds), str(first_seed + number)),
                ],
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for number in range(processes)
        ]
        try:
            return [json.loads(each.communicate()[0].splitlines()[-1]) for each in running]
        finally:
            for each in running:
                each.terminate()


def main(folder: str, seconds: str, first_seed: str) -> None:
    """Fuzz for so long."""
    with Server(Path(folder) / "home", BAI_WX_CHECK_RESPONSES="") as server:
        token = Client(server.url).login("fuzz").token
        fuzz, number = Fuzz(server), int(first_seed)
        until = time.monotonic() + float(seconds)
        every = float(seconds) / LOOKS
        next_look = time.monotonic()
        made = strategies(token)
        while time.monotonic() < until:
            for kind, requests in made.items():
                if time.monotonic() >= until:
                    break
                _go(fuzz, kind, requests, number)
                number += 1
                if time.monotonic() >= next_look:
                    fuzz.mib.append(max(server.resident_mib()))
                    next_look += every
        fuzz.mib.append(max(server.resident_mib()))
        if TRACE in server.log:
            fuzz.wrong.append("a trace in the log: " + server.log.partition(TRACE)[2][:SHOWN])
    said = {name: getattr(fuzz, name) for name in ("kinds", "statuses", "wrong", "dearest", "mib")}
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    with told():  # whoever stops it stops its server
        main(*sys.argv[1:])

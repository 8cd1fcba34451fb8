"""PostgreSQL's own `pgbench` running the statements of our requests, with as many connections: the limit.

The statements of one request of each kind are read off the server's log. What names a user, a product or a line
of the dataset in them is drawn anew for each transaction of `pgbench`; the ids of what is inserted are random.
"""

import http.client
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bench import dataset
from bench.failures import LoadFailed
from bench.load import CONNECTIONS
from bench.peers import Peer
from bench.results import Results, median
from bench.table import number, table
from bench.workloads import CODE, PRODUCT, WORKLOADS, Ask, Workload
from tests.failover.cluster import Cluster, Node, programs

LIMIT: Final = "pgbench"
WARM: Final = 12  # requests before the one whose statements are kept: of each worker several
FLUSHED_S: Final = 0.3  # after which the server's log holds what was asked
PATIENCE_S: Final = 30
_ENTRY: Final = re.compile(r"^\S+ \S+ \S+ \[\d+\] ", re.MULTILINE)
_RUN: Final = re.compile(r"LOG:  duration: [\d.]+ ms  execute \S+: (.*)", re.DOTALL)
_PARAMETERS: Final = re.compile(r"DETAIL:  [Pp]arameters: (.*)", re.DOTALL)
_PARAMETER: Final = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
_RANDOM: Final = "left(md5(random()::text || clock_timestamp()::text), 15)"
_MADE: Final = frozenset({"id", "cart_id", "order_id", "order_number", "cart_product_id"})
"""Columns of an insert that a unique index demands to be another each time."""
_DRAWN: Final = {
    r"'u0\d{13}'": "('u' || lpad(:user::text, 14, '0'))",
    r"'oBENCH\d{22}'": "('oBENCH' || lpad(:user::text, 22, '0'))",
    r"'p0\d{13}'": "('p' || lpad(:product::text, 14, '0'))",
    r"'P-\d{6}'": "('P-' || lpad(:product::text, 6, '0'))",
    r"'c0\d{13}'": "('c' || lpad(:user::text, 14, '0'))",
    r"'[0-9a-f]{64}'": "(md5(:code::text) || md5(:code::text))",
}
"""What a value is drawn as. A user's first line in the cart has the user's number."""


class _Statement(NamedTuple):
    sql: str
    values: dict[int, str]
    """Literals, by their numbers."""


def measure_limit(
    results: Results, ours: Peer, cluster: Cluster, rounds: int, seconds: int
) -> None:
    """Add what `pgbench` does of every workload measured; the database of `ours` grows."""
    for key in results.loads:
        with tempfile.TemporaryDirectory() as folder:
            scripts = list(_scripts(ours, cluster.primary, WORKLOADS[key], Path(folder)))
            rates = [_run(cluster.near_address, scripts, seconds) for _ in range(rounds)]
        results.floor[key] = {LIMIT: median(rates)}


def limits(results: Results) -> str:
    """What `pgbench` does, and what of it ours reaches, as a table."""
    rows = []
    for key, rates in results.floor.items():
        rate = results.median(key, results.peers[0], "rate")
        share = f"{rate / rates[LIMIT]:.2f}"
        rows.append([f"{key} {WORKLOADS[key].title}", number(rate), number(rates[LIMIT]), share])
    head = ["workload", f"{results.peers[0]}, req/s", "pgbench, the same statements, /s", "of it"]
    return table(head, rows)


def _scripts(ours: Peer, node: Node, workload: Workload, folder: Path) -> Iterator[str]:
    """Write a script for each kind of request of a workload. Yields: its option, with its weight."""
    asks = workload.asks(ours.prefix, ours.sample, ours.token)
    kinds = Counter(_kind(ask) for ask in asks)
    firsts = {_kind(ask): ask for ask in reversed(asks)}
    for place, (kind, weight) in enumerate(kinds.items()):
        script = folder / f"{place}.sql"
        script.write_text(_script(_statements(ours, node, firsts[kind])), encoding="utf-8")
        yield f"--file={script}@{weight}"


def _kind(ask: Ask) -> str:
    path = ask.path.partition("?")[0]
    return re.sub(r"/[cp]\d{14}$", "/id", path)


def _statements(ours: Peer, node: Node, ask: Ask) -> list[_Statement]:
    """The statements of one request, as the server's log has them."""
    for turn in range(WARM):
        _send(ours, ask, turn)
    node.ask("ALTER SYSTEM SET log_min_duration_statement = 0")
    node.ask("SELECT pg_reload_conf()")
    time.sleep(FLUSHED_S)
    before = node.log.stat().st_size
    try:
        _send(ours, ask, WARM)
        time.sleep(FLUSHED_S)
        logged = node.log.read_bytes()[before:].decode()
    finally:
        node.ask("ALTER SYSTEM RESET log_min_duration_statement")
        node.ask("SELECT pg_reload_conf()")
    found = list(_read(_ENTRY.split(logged)))
    if not found:
        raise LoadFailed(f"{ask.path}: no statement in {node.log}")
    return found


def _send(ours: Peer, ask: Ask, turn: int) -> None:
    """Ask once, on a connection of its own. Raises: `LoadFailed`."""
    product = dataset.record_id("p", 500 + turn)
    code = f"bench-{time.time_ns()}-{turn}"
    body = ask.body.replace(PRODUCT, product).replace(CODE, code)
    headers = {"Authorization": ask.token} if ask.token else {}
    headers |= {"Content-Type": "application/json"} if body else {}
    connection = http.client.HTTPConnection("127.0.0.1", ours.port, timeout=PATIENCE_S)
    try:
        connection.request(ask.method, ask.path, body.encode() or None, headers)
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    if answer.status >= 400:
        raise LoadFailed(f"{ask.path}: {answer.status} {said[:200]!r}")


def _read(entries: Iterable[str]) -> Iterator[_Statement]:
    sql = ""
    for entry in entries:
        run, parameters = _RUN.match(entry), _PARAMETERS.match(entry)
        if parameters and sql:
            values = {int(n): value for n, value in _PARAMETER.findall(parameters[1])}
            yield _Statement(sql, values)
            sql = ""
        elif run:
            if sql:
                yield _Statement(sql, {})
            sql = run[1].strip()
    if sql:
        yield _Statement(sql, {})


def _script(statements: Iterable[_Statement]) -> str:
    """The statements as `pgbench` reads them."""
    lines = [
        f"\\set user random(0, {dataset.BUYERS - 1})",
        f"\\set product random(0, {dataset.PRODUCTS - 1})",
        "\\set code random(1, 1000000000000)",
    ]
    for sql, values in statements:
        made = _made(sql)
        written = {n: _RANDOM if n in made else _drawn(value) for n, value in values.items()}
        text = re.sub(r"\$(\d+)", lambda found, w=written: w[int(found[1])], sql)
        lines.append(" ".join(text.split()) + ";")
    return "\n".join(lines) + "\n"


def _made(sql: str) -> set[int]:
    """The numbers of an insert's parameters that are made anew."""
    inserted = re.match(r'INSERT INTO "\w+" \(([^)]*)\)\s+VALUES \(([^)]*)\)', sql)
    if inserted is None:
        return set()
    columns = re.findall(r'"(\w+)"', inserted[1])
    places = [int(n) for n in re.findall(r"\$(\d+)", inserted[2])]
    return {n for name, n in zip(columns, places, strict=True) if name in _MADE}


def _drawn(value: str) -> str:
    """What stands for a value: something drawn, or itself."""
    for pattern, drawn in _DRAWN.items():
        if re.fullmatch(pattern, value):
            return drawn
    return value.replace(":", "' || chr(58) || '") if ":" in value else value


def _run(address: str, scripts: list[str], seconds: int) -> float:
    """Transactions a second of `pgbench`."""
    command = [str(programs() / "pgbench"), "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={CONNECTIONS}", "--jobs=1", f"--time={seconds}", *scripts, address]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds + PATIENCE_S, check=False
    )
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if done.returncode or rate is None:
        raise LoadFailed(f"pgbench: {done.stderr[-500:]}")
    return float(rate[1])

"""Ask both servers something and see both answers.

python -m tests.conformance.ask 'filter=prod_list_sort>3' 'sort=-created'
python -m tests.conformance.ask -c cart -u alice 'expand=cart_product_id'
python -m tests.conformance.ask -c product_list --filters file.txt   # a filter a line; - is stdin
python -m tests.conformance.ask -u own -X POST -c cart -d '{"cart_owner":"{openid}"}'
python -m tests.conformance.ask --case 'headers'      # cases with this in group or name
python -m tests.conformance.ask --serve /tmp/x.json   # keep both running; others: --at /tmp/x.json
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from tests.conformance.compare import Case, ask, differences, records
from tests.conformance.peer import Pair, running
from tests.conformance.table import groups, own_rows_wanted

SHOWN = 1500  # characters of an answer


def main() -> int:
    """Print both answers and what differs. Returns: how many requests were answered differently."""
    given = _arguments()
    if given.serve:
        return _serve(given.serve)
    with _pair(given.at) as pair:
        return sum(_show(pair, case, brief=given.brief) for case in _cases(given))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("query", nargs="*", help="name=value, encoded for you")
    parser.add_argument("-c", "--collection", default="product_list", help="without tbl_")
    parser.add_argument("-i", "--id", default="", help="a record's id, appended to the path")
    parser.add_argument("-p", "--path", default="", help="the whole path instead, below /api")
    parser.add_argument("-q", "--raw-query", default="", help="a query sent as it is")
    parser.add_argument("-X", "--method", default="GET")
    parser.add_argument("-u", "--user", default="guest", help="alice bob carol dave own")
    parser.add_argument("-d", "--data", help="the body; JSON unless -H says otherwise")
    parser.add_argument("-H", "--header", action="append", default=[], help="Name: value")
    parser.add_argument("--filters", help="a file with a filter a line")
    parser.add_argument("--case", help="run the table's cases with this text in group or name")
    parser.add_argument("-b", "--brief", action="store_true", help="only what differs")
    parser.add_argument("--serve", type=Path, help="keep both running, their address in this file")
    parser.add_argument("--at", type=Path, help="ask the ones that --serve keeps")
    return parser.parse_args()


def _cases(given: argparse.Namespace) -> Iterator[Case]:
    if given.case is not None:
        for group, cases in groups().items():
            yield from (case for case in cases if given.case in f"{group}: {case.name}")
        return
    path = given.path or records(given.collection) + (f"/{given.id}" if given.id else "")
    query = [tuple(each.split("=", 1)) for each in given.query]
    headers = dict(each.split(": ", 1) for each in given.header)
    if given.data is not None:
        headers.setdefault("Content-Type", "application/json")
    body = given.data.encode() if given.data is not None else None
    for one in _filters(given.filters):
        yield Case(
            one or "ask",
            path,
            given.method,
            given.raw_query or [*query, *([("filter", one)] if one else [])],
            headers=headers,
            user=given.user,
            body=body,
        )


def _filters(name: str | None) -> list[str]:
    if name is None:
        return [""]
    text = sys.stdin.read() if name == "-" else Path(name).read_text()
    return [line for line in text.splitlines() if line.strip()]


def _show(pair: Pair, case: Case, *, brief: bool) -> bool:
    ours, theirs = ask(pair, case)
    found = differences(case, ours, theirs)
    verdict = "DIFFERENT" if found else "equal"
    print(f"{verdict}  {case.name}: {case.method} {case.path} {case.query or ''}")
    for line in found[:20]:
        print(f"    {line}")
    if not brief:
        for side, answer in (("ours", ours), ("theirs", theirs)):
            text = answer.body.decode(errors="replace")
            with suppress(ValueError):
                value = json.loads(text)
                if isinstance(value, dict) and "items" in value:
                    ids = [row.get("id") for row in value["items"]]
                    print(f"  {side} totalItems {value.get('totalItems')}, ids {ids}")
                text = json.dumps(value, ensure_ascii=False, sort_keys=True)
            print(f"  {side} {answer.status} {text[:SHOWN]}")
    return bool(found)


@contextmanager
def _pair(at: Path | None) -> Iterator[Pair]:
    if at:
        yield Pair(**json.loads(at.read_text()))
        return
    with tempfile.TemporaryDirectory() as folder, _started(Path(folder)) as pair:
        yield pair


def _started(folder: Path) -> AbstractContextManager[Pair]:
    return running(folder, [("ask", {}), *own_rows_wanted()])


def _serve(state: Path) -> int:
    """Run both until SIGTERM or Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory() as folder, _started(Path(folder)) as pair:
        state.write_text(json.dumps(asdict(pair)))
        print(f"ours {pair.ours}, PocketBase {pair.theirs}; both in {state}", flush=True)
        try:
            signal.pause()
        finally:
            state.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())

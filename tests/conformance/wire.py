"""The raw exchanges of `tests/faults` asked of us and of PocketBase (Go's net/http): prints where they differ.

    python -m tests.conformance.wire >docs/runs/wire.md

Our hooks do not exist there (404): of those rows only the number of answers is compared, which tells where
each server sees a request end.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conformance.peer import Pair, running
from tests.conformance.rows import dataset
from tests.faults.wire import HOOK, LAST, SMUGGLED, Row, exchange, statuses
from tests.faults.wire_rows import table

REASONS = {
    "A1-CONNECT": "Go routes a CONNECT by its host; we answer no tunnel at all",
    "A1-offer-and-100": "Go closes after an answer that came without reading an expected body",
    "A7-trailer": "Go does not check trailers nobody asks for",
    "C0-an-expectation": "Go closes after an answer that came without reading an expected body",
    "C0-an-unknown": "Go answers 417, which RFC 9110 leaves to the server",
    "C0-length-and": "Go lets Transfer-Encoding win; RFC 9112, 6.1 lets a server refuse",
    "C0-chunked-and": "Go lets Transfer-Encoding win; RFC 9112, 6.1 lets a server refuse",
    "C0-two-equal": "Go takes equal lengths for one; RFC 9110, 8.6 lets a server refuse",
    "C0-chunks-in": "Go bounds what is no data, not the number of chunks",
    "C0-another": "Go looks at no scheme; we speak http and https",
    "C0-star": "PocketBase answers every OPTIONS with CORS alike, Go answers * itself",
    "C0-fragment": "Go takes a raw # into the query; what follows it may be a filter's rest",
    "C0-empty-lines": "RFC 9112, 2.2: a server should ignore an empty line before a request",
    "C0-folded": "Go unfolds, which RFC 9112, 5.2 lets a server refuse",
    "C0-bare-LF": "Go takes a line feed for a line's end; a proxy may not",
    "C0-LF-alone": "Go takes a line feed for a line's end; a proxy may not",
    "C0-version": "Go answers 505, we answer no 5xx beside a declared 503",
    "C0-head": "Go bounds a head by 1 MiB, we by 256 KiB",
    "C0-target": "Go bounds a head by 1 MiB, we an address by 64 KiB",
    "C2-no-UTF-8": "PocketBase drops what it cannot decode, and the filter with it",
    "C4-a-404": "PocketBase compares the length with its limit before it routes",
}
"""By how a row's name begins."""


def main() -> None:
    """Print the page."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), []) as pair:
        user = dataset()["tbl_auth_users"][0]
        rows = table()
        different = [line for row in rows if (line := _compared(pair, user, row))]
    print("# Raw exchanges: ours beside PocketBase's\n")
    print(f"{len(rows)} exchanges, {len(different)} answered differently.\n")
    print("| exchange | ours | PocketBase | why |\n| --- | --- | --- | --- |")
    print("\n".join(different))


def _compared(pair: Pair, user: Mapping[str, Any], row: Row) -> str:
    sent = row.sent.replace(b"@TOKEN@", pair.token(user).encode()) + LAST
    ours = statuses(exchange(pair.ours, sent))
    # Bodies keep their length: only targets are written as PocketBase has them.
    there = SMUGGLED.join(part.replace(b"/pb/api/", b"/api/") for part in sent.split(SMUGGLED))
    theirs = statuses(exchange(pair.theirs, there, quiet_s=1))
    if ours == theirs or (HOOK in row.sent and len(ours) == len(theirs)):
        return ""
    why = next((why for name, why in REASONS.items() if row.name.startswith(name)), "")
    return (
        f"| {row.name} | {_shown(ours)} | {_shown(theirs)} | {why or row.why or 'not explained'} |"
    )


def _shown(found: tuple[int, ...]) -> str:
    return " ".join(map(str, found)) or "closed"


if __name__ == "__main__":
    main()

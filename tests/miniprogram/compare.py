"""The mini program's client beside PocketBase's JavaScript SDK: the page docs/runs/client.md.

python -m tests.miniprogram.compare    # measures and writes the page
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from tests import node
from tests.api import tokens
from tests.running import Client, Server
from tests.tree import RUNS

PAGE = RUNS / "client.md"
LIMIT_BYTES = 6_000
"""What the client may have, minified: a mini program's package is small."""

CALLS = {
    "load": "the package is loaded",
    "make": "a client is made",
    "login": "login by `wx.login`",
    "list": "a list with a filter",
    "create": "a record is created",
    "change": "a record is changed (PATCH)",
    "batch": "a batch",
    "upload": "a file is uploaded",
}
"""The calls that are tried in a mini program, in order."""

SWITCH = "p9x2c5v8b1n4m7q"

SITUATIONS = {
    "lostOrder": "the answer of an order is lost",
    "lostTwice": "it is lost until the call fails, and the user taps again",
    "taps": "two taps at once",
    "lostList": "the answer of a list is lost",
    "lists": "two pages of one list at once",
    "expired": "the user's own cart, with a token that has expired",
}
"""What goes wrong, in order."""

INTRODUCTION = """# The client beside PocketBase's JavaScript SDK

`python -m tests.miniprogram.compare` writes this page, and a test holds it: `bai-wx-miniprogram` of this
checkout and `pocketbase` 0.28.1, both against a demo server. PocketBase's SDK is made for browsers and Node,
where it does more than ours: realtime, admin calls, any collection without a build. This page is about mini
programs alone.
"""


def measure(client: Path, server: Server) -> dict[str, Any]:
    """What `clients/tests/compare.mjs` finds with the built client against a server with the demo shop."""
    user = Client(server.url).login("expired")
    user.data("/cart/create", {"cart_product_id": SWITCH, "cart_product_quantity": 1})
    claims = tokens.claims_of(user) | {"exp": int(time.time()) - tokens.HOUR_S}
    environment = {
        "SERVER_URL": server.url,
        "CLIENT": str(client / "miniprogram_dist" / "index.js"),
        "EXPIRED_TOKEN": tokens.signed(claims, tokens.key_of(server, user.user_id)),
    }
    found: dict[str, Any] = json.loads(node.run(["node", "compare.mjs"], node.TOOLS, environment))
    return found


def page(found: dict[str, Any]) -> str:
    """The page of what was found."""
    chapters = (
        INTRODUCTION,
        _sizes(found["sizes"]),
        _runs(found["runs"]),
        _network(found["network"]),
    )
    return "\n".join(chapters)


def _sizes(sizes: dict[str, dict[str, int]]) -> str:
    rows = [
        [what, *(f"{sizes[who][key] / 1024:.1f} KB" for who in ("ours", "pocketbase"))]
        for key, what in (("minified", "minified"), ("compressed", "minified, gzip"))
    ]
    return "## Size\n\nA CommonJS file of ES2018, by esbuild.\n\n" + _table(
        ["", "bai-wx-miniprogram", "PocketBase's SDK"], rows
    )


def _runs(runs: dict[str, dict[str, str]]) -> str:
    columns = [runs[who] for who in ("ours", "pocketbase", "polyfilled")]
    rows = [[what, *(_said(column[key]) for column in columns)] for key, what in CALLS.items()]
    said = (
        "## What runs in a mini program\n\nA realm with ES2018, timers and `wx`, and nothing else "
        "(`clients/tests/host`). The last column gives the SDK a `fetch` made of\n`wx.request`, an "
        "`AbortController` and a `FormData` that do nothing.\n\n"
    )
    heads = ["", "bai-wx-miniprogram", "PocketBase's SDK", "PocketBase's SDK, polyfilled"]
    return said + _table(heads, rows)


def _network(network: dict[str, dict[str, Any]]) -> str:
    rows = [
        [what, *(_outcome(network[who][key]) for who in ("ours", "pocketbase"))]
        for key, what in SITUATIONS.items()
    ]
    said = (
        "## What each does when the network fails\n\nOurs in that realm; PocketBase's SDK under Node, "
        "where it has all it needs. Orders are counted on the server.\n\n"
    )
    return said + _table(["", "bai-wx-miniprogram", "PocketBase's SDK"], rows)


def _outcome(outcome: dict[str, Any]) -> str:
    ends = ", ".join(outcome["ends"])
    if "orders" not in outcome:
        return ends
    return f"{ends}; {outcome['orders']} order{'s' if outcome['orders'] != 1 else ''}"


def _said(outcome: str) -> str:
    return outcome if outcome == "runs" else f"fails: `{outcome}`"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Measure, and write the page."""
    client = node.build_client()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "home") as server:
        PAGE.write_text(page(measure(client, server)), "utf-8")


if __name__ == "__main__":
    main()

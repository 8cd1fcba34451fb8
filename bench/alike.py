"""Before anything is measured: the same question gets the same answer from every peer."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import requests

from bench import dataset
from bench.failures import Unlike
from bench.peers import Peer
from bench.workloads import CODE, PRODUCT, Ask, Workload

MADE = frozenset(
    {
        *("pb_id", "created", "updated", "token", "order_id", "order_number", "order_create"),
        *("cart_id", "cart_number", "cart_create"),
    }
)
"""What each server makes for itself in the answer to a write."""

SHARED = MADE | {"cart_product_quantity"}
"""The same for a peer on the database of the first, which finds the first one's cart lines there."""

PLACE = 190
"""The place in a cart that these questions fill; no workload does."""

ASKED = 3
"""How many requests of a workload are compared: the first, and others spread over the rest."""

REFUSED: tuple[tuple[str, str, dict[str, Any], int | None, int], ...] = (
    ("a guest's cart", "cart/list", {}, None, 401),
    ("no product", "cart/create", {"cart_product_quantity": 1}, 0, 400),
    (
        "an unknown product",
        "cart/create",
        {"cart_product_id": "x", "cart_product_quantity": 1},
        0,
        400,
    ),
    ("an unknown key", "cart/list", {"order": 1}, 0, 400),
    ("too many", "order/create", {"order_source": "product", "items": [{}] * 201}, 0, 400),
    ("an unknown code", "wechat/login", {"users_wx_code": "nobody"}, None, 400),
)
"""Requests both must refuse: what, path, body, as which user, status."""


def compare(peers: Sequence[Peer], workloads: Iterable[Workload]) -> None:
    """Ask every peer the same and compare. Raises: `Unlike`, naming workload, peer and place."""
    first, *others = peers
    for workload in workloads:
        spread = _spread(workload, first)
        for number in spread:
            expected = _answer(first, workload, number)
            for other in others:
                ignored = SHARED if other.sent is first.sent else MADE
                found = _answer(other, workload, number)
                ignored = ignored if workload.writes else frozenset()
                for place in differences(expected, found, ignored):
                    raise Unlike(
                        f"{workload.key}: {other.name} differs from {first.name} at {place}"
                    )
    whole = [peer for peer in peers if peer.refuses_as_we_do]
    for name, path, body, user, status in REFUSED:
        codes = {peer.name: _refusal(peer, path, body, user, status) for peer in whole}
        if len(set(codes.values())) > 1:
            raise Unlike(f"{name}: refused as {codes}")


def _spread(workload: Workload, peer: Peer) -> list[int]:
    size = len(workload.asks(peer.prefix, peer.sample, peer.token))
    return sorted({size * n // ASKED for n in range(ASKED)})


def _answer(peer: Peer, workload: Workload, number: int) -> Any:
    ask = workload.asks(peer.prefix, peer.sample, peer.token)[number]
    answer = requests.request(
        ask.method,
        peer.url + ask.path,
        data=_body(ask, peer).encode() or None,
        headers=_headers(ask),
        timeout=30,
    )
    if answer.status_code != 200:
        raise Unlike(
            f"{workload.key}: {peer.name} answers {answer.status_code}: {answer.text[:300]}"
        )
    return answer.json()


def _headers(ask: Ask) -> dict[str, str]:
    authorization = {"Authorization": f"Bearer {ask.token}"} if ask.token else {}
    return {"Content-Type": "application/json", **authorization}


def _body(ask: Ask, peer: Peer) -> str:
    if ask.varies == "code":
        # Each peer has codes of its own, all of the same user.
        code = f"bench-{peer.name[:1]}check{len(peer.sent)}{peer.port}-{0:010d}"
        return ask.body.replace(CODE, code)
    if ask.varies:
        offset, first, _, of = map(int, ask.varies.split()[1:])
        product = offset + (first + PLACE) % of
        return ask.body.replace(PRODUCT, dataset.record_id("p", product))
    return ask.body


def differences(a: Any, b: Any, ignored: frozenset[str], place: str = "") -> Iterator[str]:
    """Where two answers differ; of `ignored` names the values do not matter."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted({*a, *b}):
            if name not in a or name not in b:
                yield f"{place}.{name}, which one of them lacks"
            elif name not in ignored:
                yield from differences(a[name], b[name], ignored, f"{place}.{name}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for n, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from differences(left, right, ignored, f"{place}[{n}]")
    elif a != b or isinstance(a, bool) is not isinstance(b, bool):
        yield f"{place}: {_brief(a)} is not {_brief(b)}"


def _brief(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]


def _refusal(peer: Peer, path: str, body: Any, user: int | None, status: int) -> tuple[int, str]:
    headers = (
        {} if user is None else {"Authorization": f"Bearer {peer.token(peer.sample.users[user])}"}
    )
    answer = requests.post(f"{peer.url}/pb/api/{path}", json=body, headers=headers, timeout=30)
    if answer.status_code != status:
        raise Unlike(
            f"{path}: {peer.name} answers {answer.status_code}, not {status}: {answer.text[:300]}"
        )
    return status, str(answer.json()["data"]["code"])

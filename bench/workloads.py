"""What the mini program asks, as lists of requests that wrk sends in turn.

W1 to W9 are the goals of the benchmark. W2 and W3 name the owner in the filter too: PocketBase's rule
alone compiles to a join that scans the table, and beating a scan proves little. The plain forms stand
beside them as W2p and W3p.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from bench import dataset
from bench.dataset import Sample

Token = Callable[[int], str]
"""Gives a user's token by the user's number."""

PRODUCT = "@" * 15
CODE = "#" * 25
"""What `turns.lua` replaces in a body."""

ADDED, ADDED_BY_MIX = (10, 100), (110, 80)
"""First place and number of the places in a cart that W6 and W9 fill, below the limit of 200 lines.

W6 makes 200,000 lines before it comes to a product for the second time and adds to its line.
"""

MIX = {"product list": 35, "product view": 35, "cart list": 20, "cart create": 8, "order create": 2}
MIX_TURNS = 100


class Ask(NamedTuple):
    """A request; `varies` says what `turns.lua` replaces in its body."""

    method: str
    path: str
    token: str = ""
    varies: str = ""
    body: str = ""


@dataclass(frozen=True)
class Workload:
    """Requests under a name. `asks` makes them for the prefix of native paths, a sample and tokens."""

    key: str
    title: str
    asks: Callable[[str, Sample, Token], list[Ask]]
    writes: bool = False


def _records(prefix: str, collection: str, **query: Any) -> str:
    path = f"{prefix}/api/collections/{collection}/records"
    return path + (
        "?" + "&".join(f"{k}={quote(str(v))}" for k, v in query.items()) if query else ""
    )


def _post(path: str, body: dict[str, Any], token: str = "", varies: str = "") -> Ask:
    return Ask("POST", f"/pb/api/{path}", token, varies, json.dumps(body, ensure_ascii=False))


def cart_view(prefix: str, sample: Sample, token: Token) -> list[Ask]:
    """W1: a cart line of each user, as its owner."""
    path = _records(prefix, "tbl_cart")
    lines = ((u, dataset.cart_line_number(u, n % 10)) for n, u in enumerate(sample.users))
    return [Ask("GET", f"{path}/{dataset.record_id('c', line)}", token(u)) for u, line in lines]


def _order_lists(
    condition: Callable[[int], str], **query: Any
) -> Callable[[str, Sample, Token], list[Ask]]:
    def asks(prefix: str, sample: Sample, token: Token) -> list[Ask]:
        more = {"perPage": 30, "sort": "-created", **query}
        filters = ((u, condition(u)) for u in sample.buyers)
        return [
            Ask(
                "GET",
                _records(prefix, "tbl_order", **more, **({"filter": f} if f else {})),
                token(u),
            )
            for u, f in filters
        ]

    return asks


def _owned(user: int) -> str:
    return f"order_owner='{dataset.openid(user)}'"


def _pending(_user: int) -> str:
    return "order_status='pending' && order_amount>=1"


def product_list(prefix: str, sample: Sample, _token: Token) -> list[Ask]:
    """W4: fifty products of a category below a price, sorted, with totals, for a guest."""
    return [
        Ask(
            "GET",
            _records(prefix, "tbl_product_list", perPage=50, page=page, filter=each, sort=sort),
        )
        for below in range(900, 1_000, 10)
        for sort in ("prod_list_sort", "-prod_list_sort")
        for page in (1, 2)
        for category in sample.categories
        for each in [
            f"prod_list_category='{dataset.category(category)}' && prod_list_basic_price<{below}"
        ]
    ]


def cart_list(_prefix: str, sample: Sample, token: Token) -> list[Ask]:
    """W5: each user's ten newest active cart lines, with their products.

    Ten also of whoever has more by now: the quicker server has put more into the carts before.
    """
    return [_cart_list(token(user)) for user in sample.users]


def _cart_list(token: str) -> Ask:
    body = {"page": 1, "perPage": dataset.CART_LINES_EACH, "cart_status": "active"}
    return _post("cart/list", body, token)


def cart_create(_prefix: str, sample: Sample, token: Token) -> list[Ask]:
    """W6: a product into each user's cart, another one each time around: nearly all are new lines."""
    return [_cart_create(user, token, ADDED) for user in sample.users]


def _cart_create(user: int, token: Token, places: tuple[int, int]) -> Ask:
    offset, first = divmod(dataset.product_number(user, places[0]), dataset.PRODUCTS)
    varies = f"product {offset * dataset.PRODUCTS} {first} {places[1]} {dataset.PRODUCTS}"
    body = {"cart_product_id": PRODUCT, "cart_product_quantity": 1}
    return _post("cart/create", body, token(user), varies)


def order_create(_prefix: str, sample: Sample, token: Token) -> list[Ask]:
    """W7: each user orders one product or two."""
    return [_order_create(n, sample, token(user)) for n, user in enumerate(sample.users)]


def _order_create(number: int, sample: Sample, token: str) -> Ask:
    chosen = [sample.products[(number + n) % dataset.PRODUCTS] for n in range(number % 2 + 1)]
    items = [{"prod_list_id": f"P-{each:06d}", "quantity": number % 3 + 1} for each in chosen]
    return _post("order/create", {"order_source": "product", "items": items}, token)


def login(_prefix: str, _sample: Sample, _token: Token) -> list[Ask]:
    """W8: users who were here before log in, each with a code of its own."""
    return [_post("wechat/login", {"users_wx_code": CODE}, varies="code")]


def mix(prefix: str, sample: Sample, token: Token) -> list[Ask]:
    """W9: what a shop is asked in a day, in a fixed shuffled order."""
    kinds = [kind for kind, share in MIX.items() for _ in range(share)] * MIX_TURNS
    random.Random(9).shuffle(kinds)
    lists = product_list(prefix, sample, token)
    random.Random(10).shuffle(lists)
    view = _records(prefix, "tbl_product_list")
    made: dict[str, Callable[[int, int], Ask]] = {
        "product list": lambda n, _: lists[n % len(lists)],
        "product view": lambda n, _: Ask(
            "GET", f"{view}/{dataset.record_id('p', sample.products[n % dataset.PRODUCTS])}"
        ),
        "cart list": lambda _, user: _cart_list(token(user)),
        "cart create": lambda _, user: _cart_create(user, token, ADDED_BY_MIX),
        "order create": lambda n, user: _order_create(n, sample, token(user)),
    }
    # Counted by kind: each user puts into the cart once a turn, and not the same few all the time.
    counted = {kind: _counting(sample.users) for kind in MIX}
    return [made[kind](*next(counted[kind])) for kind in kinds]


def _counting(users: list[int]) -> Iterator[tuple[int, int]]:
    n = 0
    while True:
        yield n, users[n % len(users)]
        n += 1


WORKLOADS = {
    each.key: each
    for each in (
        Workload("W1", "view a cart line", cart_view),
        Workload("W2", "30 orders, totals, newest first", _order_lists(_owned)),
        Workload("W2p", "the same, the owner by rule alone", _order_lists(lambda _: "")),
        Workload(
            "W3",
            "30 orders, two-field filter, no totals",
            _order_lists(lambda u: f"{_owned(u)} && {_pending(u)}", skipTotal="true"),
        ),
        Workload(
            "W3p", "the same, the owner by rule alone", _order_lists(_pending, skipTotal="true")
        ),
        Workload("W4", "50 products, filtered and sorted", product_list),
        Workload("W5", "cart list (hook)", cart_list),
        Workload("W6", "cart create (hook)", cart_create, writes=True),
        Workload("W7", "order create (hook)", order_create, writes=True),
        Workload("W8", "login", login, writes=True),
        Workload("W9", "mix of a day", mix, writes=True),
    )
}

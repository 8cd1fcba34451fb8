"""Requests to the hook operations: login, profile, tokens, cart and orders."""

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, Final

from tests.conformance.samples import TEXTS
from tests.replay.asking import JSON_TYPE, asked, authorization, posted
from tests.replay.dataset import PRODUCTS, code, product
from tests.replay.known import LOGINS, UNKNOWN_CODE, Known
from tests.replay.wire import Request

BAD_SHARE: Final = 0.1
REMARKS: Final = (*TEXTS, "请配白色面板", "x" * 500, "改" * 500)
REFUSALS: Final = (-1, 40013, 40029, 40125, 40163, 40226, 45009, 45011, 99999)
"""WeChat's error numbers; those after which the server pauses and asks again are slow."""
CODES: Final = (
    *(f"err-{number}" for number in REFUSALS),
    *("html-a", "array-a", "empty-a", "blank-a", "huge-a", "status-500-a", "status-404-a"),
    *(
        "redirect-a",
        "cut-a",
        "",
        "unknown",
        "x" * 65,
        "x" * 300,
        "demo-",
        " demo-frank",
        "demo-a\n",
    ),
    *("err-once-40029-judy", "err-once-45011-judy", "code-mallory-1", "code-mallory-2"),
)
NUMBERS: Final = ("", None, "客厅", "卧室", "N-0007", "长" * 64, "长" * 65, 7)
"""What clients call groups of lines and orders."""
QUANTITIES: Final = (1, 1, 1, 2, 3, 10, 100, 9998, 9999, 2.0)


def _good_product(draw: Random) -> int:
    return draw.choice((draw.randrange(40), draw.randrange(40, PRODUCTS), draw.randrange(10)))


def wechat_login(draw: Random, known: Known) -> Request:
    """A login: mostly of somebody known."""
    name = f"demo-{draw.choice(LOGINS)}" if draw.random() < 0.7 else draw.choice(CODES)
    return posted(draw, "login", "/pb/api/wechat/login", (), {"users_wx_code": name}, 0.1)


def refresh_token(draw: Random, known: Known) -> Request:
    """A new token for a token, or for a code of WeChat's."""
    headers = authorization(draw, known, known.anybody(draw))
    body: dict[str, Any] = {}
    if draw.random() < 0.4:
        body = {"users_wx_code": draw.choice((f"demo-{draw.choice(LOGINS)}", "err-40029", "x"))}
    return posted(draw, "refresh-token", "/pb/api/system/refresh-token", headers, body, 0.1)


def auth_refresh(draw: Random, known: Known) -> Request:
    """The same for PocketBase's SDKs."""
    ask = draw.choice(
        ("", "", "?expand=company", "?fields=record.openid,token:excerpt(10)", "?fields=record")
    )
    target = f"/pb/api/collections/tbl_auth_users/auth-refresh{ask}"
    return asked("auth-refresh", "POST", target, authorization(draw, known, known.anybody(draw)))


def users_count(draw: Random, known: Known) -> Request:
    """How many users there are."""
    return asked("users-count", "GET", "/pb/api/system/users-count")


def wechat_profile(draw: Random, known: Known) -> Request:
    """A change of name, picture, phone number or company."""
    values: dict[str, Any] = {
        "users_name": draw.choice(("王小明", "Alice", "a" * 50, "名" * 51, "a\u202eb", *TEXTS)),
        "users_picture": draw.choice(
            (
                *list(known.files)[-3:],
                "https://thirdwx.qlogo.cn/a.png",
                "",
                "wxfile://tmp/a.png",
                "http://127.0.0.1:9/__tmp__/a.png",
                "/pb/api/files/x",
            )
        ),
        "users_phone_code": draw.choice(
            ("phone-13812348000", "phone-+85291234567", "demo-alice", "err-40029", "err-45011", "x")
        ),
        "company_id": draw.choice(
            (*(known.companies.one_of(draw, "alice").code for _ in range(4)), "", "C-NONE")
        ),
    }
    body = {name: values[name] for name in draw.sample(list(values), draw.choice((1, 1, 1, 2, 3)))}
    headers = authorization(draw, known, known.anybody(draw))
    return posted(draw, "profile", "/pb/api/wechat/profile", headers, body, BAD_SHARE)


def _hook(draw: Random, known: Known, path: str, who: str, body: dict[str, Any]) -> Request:
    family = path.replace("/", " ")
    headers = authorization(draw, known, who)
    return posted(draw, family, f"/pb/api/{path}", headers, body, BAD_SHARE)


def _list_of(draw: Random, known: Known, path: str, status: str, states: Any, keys: Any) -> Request:
    values: dict[str, Any] = {
        "page": draw.choice((1, 1, 2, 3, 9, 10**6)),
        "perPage": draw.choice((1, 2, 5, 20, 100)),
        "keyword": draw.choice((*TEXTS[:8], "WX-00", "开关", "N-000", "%", "_", "P-prod", "alpha")),
        status: draw.choice((*states, "", None)),
        status.replace("status", "number"): draw.choice(NUMBERS),
        "sort": ",".join(
            draw.choice(("", "-")) + key for key in draw.sample(keys, draw.choice((1, 1, 2)))
        ),
    }
    chosen = draw.sample(list(values), draw.choice((0, 1, 1, 2, 3)))
    body = {name: values[name] for name in chosen}
    if draw.random() < 0.9:
        body["perPage"] = values["perPage"]
    return _hook(draw, known, path, known.anybody(draw), body)


def cart_list(draw: Random, known: Known) -> Request:
    """A page of the cart."""
    keys = "created updated cart_create cart_number cart_status cart_product_quantity cart_at_price"
    return _list_of(draw, known, "cart/list", "cart_status", ("active", "ordered"), keys.split())


def order_list(draw: Random, known: Known) -> Request:
    """A page of the orders."""
    keys = "created updated order_create order_number order_status order_amount"
    states = ("pending", "confirmed", "completed", "cancelled")
    return _list_of(draw, known, "order/list", "order_status", states, keys.split())


def cart_detail(draw: Random, known: Known) -> Request:
    """One line."""
    who = known.holder(draw, known.lines)
    return _hook(draw, known, "cart/detail", who, {"cart_id": known.lines.one_of(draw, who).code})


def cart_create(draw: Random, known: Known) -> Request:
    """A product into the cart, by either of its ids; some with an Idempotency-Key."""
    number = _good_product(draw)
    name = draw.choice((product(number), code("tbl_product_list", number)))
    body: dict[str, Any] = {
        "cart_product_id": name if draw.random() < 0.96 else "P-NONE",
        "cart_product_quantity": draw.choice(QUANTITIES),
    }
    if draw.random() < 0.4:
        body["cart_remark"] = draw.choice(REMARKS)
    if draw.random() < 0.3:
        body |= {"cart_number": draw.choice(NUMBERS), "cart_status": "active", "is_delete": 0}
    return keyed(draw, _hook(draw, known, "cart/create", known.anybody(draw), body))


def keyed(draw: Random, request: Request) -> Request:
    """Some creates get an Idempotency-Key, a few of them one that is none."""
    if draw.random() >= 0.2:
        return request
    bad = ("", "k" * 65, "a\tb", "重复")
    key = draw.choice(bad) if draw.random() < 0.1 else f"key {draw.randrange(10**6)}"
    return replace(request, headers=(*request.headers, ("Idempotency-Key", key)))


def sent_again(draw: Random, known: Known) -> Request:
    """A create with its Idempotency-Key once more, or another body with that key."""
    if not known.keyed:
        return cart_create(draw, known)
    request = draw.choice(known.keyed)
    if draw.random() < 0.75:
        return replace(request, family="sent again")
    return replace(request, family="another body with a key", body=request.body[:-1] + b" }")


def cart_update(draw: Random, known: Known) -> Request:
    """Another quantity, remark or group."""
    who = known.holder(draw, known.lines)
    changes = {
        "cart_product_quantity": draw.choice(QUANTITIES),
        "cart_remark": draw.choice(REMARKS),
        "cart_number": draw.choice(NUMBERS),
    }
    some = {name: changes[name] for name in draw.sample(list(changes), draw.choice((1, 1, 2)))}
    return _hook(
        draw, known, "cart/update", who, {"cart_id": known.lines.one_of(draw, who).code, **some}
    )


def cart_delete(draw: Random, known: Known) -> Request:
    """One line, softly."""
    who = known.holder(draw, known.lines)
    return _hook(draw, known, "cart/delete", who, {"cart_id": known.lines.one_of(draw, who).code})


def order_detail(draw: Random, known: Known) -> Request:
    """One order."""
    who = known.holder(draw, known.orders)
    return _hook(
        draw, known, "order/detail", who, {"order_id": known.orders.one_of(draw, who).code}
    )


def order_create(draw: Random, known: Known) -> Request:
    """An order of cart lines or of products, by lists of them or as a whole record."""
    who = known.anybody(draw)
    body = _lines(draw, known, who) if draw.random() < 0.45 else _products(draw)
    if draw.random() < 0.3:
        body["order_remark"] = draw.choice(REMARKS)
    if draw.random() < 0.1:
        body["order_amount"] = draw.choice((0, None, "", "12.34", 0.1, "abc", -1))
    if draw.random() < 0.1:
        body |= {"order_number": draw.choice(NUMBERS), "order_status": "pending"}
    if draw.random() < 0.1:
        body.pop("order_source")
    return keyed(draw, _hook(draw, known, "order/create", who, body))


def _lines(draw: Random, known: Known, who: str) -> dict[str, Any]:
    recent = [thing.code for thing in known.lines.known.get(who, [])[-6:]] or [UNKNOWN_CODE]
    names = draw.sample(recent, min(len(recent), draw.choice((1, 1, 1, 2, 3))))
    ways: tuple[dict[str, Any], ...] = (
        {"cart_ids": names},
        {"order_source_id": draw.choice(",|").join(names)},
        _snapshot(draw, [{"cart_id": name} for name in names]),
    )
    return {"order_source": "cart", **draw.choice((ways[0], *ways))}


def _products(draw: Random) -> dict[str, Any]:
    numbers = draw.sample(range(40, PRODUCTS), draw.choice((1, 1, 2, 5)))
    numbers += [draw.randrange(40)] if draw.random() < 0.3 else []
    items = [_item(draw, number) for number in numbers]
    ways: tuple[dict[str, Any], ...] = (
        {"items": items},
        {"order_source_id": draw.choice(",|").join(map(product, numbers))},
        _snapshot(draw, items),
    )
    return {"order_source": "product", **draw.choice((ways[0], *ways))}


def _snapshot(draw: Random, items: list[dict[str, Any]]) -> dict[str, Any]:
    """`order_snap` in one of its forms."""
    form = draw.choice((items, {"items": items}, json.dumps(items), json.dumps({"items": items})))
    return {"order_snap": form}


def _item(draw: Random, number: int) -> dict[str, Any]:
    return {
        "prod_list_id": code("tbl_product_list", number),
        "quantity": draw.choice(QUANTITIES),
    }


def order_update(draw: Random, known: Known) -> Request:
    """Another remark, or a cancellation."""
    who = known.holder(draw, known.orders)
    changes = {
        "order_status": draw.choice(("cancelled", "cancelled", "confirmed", "pending")),
        "order_remark": draw.choice(REMARKS),
    }
    some = {name: changes[name] for name in draw.sample(list(changes), draw.choice((1, 1, 2)))}
    body = {"order_id": known.orders.one_of(draw, who).code, **some}
    return _hook(draw, known, "order/update", who, body)


def order_delete(draw: Random, known: Known) -> Request:
    """One order, softly."""
    who = known.holder(draw, known.orders)
    return _hook(
        draw, known, "order/delete", who, {"order_id": known.orders.one_of(draw, who).code}
    )


def oversize(draw: Random, known: Known) -> Request:
    """A body above what a hook takes, on a connection of its own: it may be answered unread."""
    headers = (*authorization(draw, known, "alice"), JSON_TYPE)
    size = draw.choice((65_000, 65_536, 66_000, 70_000))
    body = b'{"keyword":"~zeros%d~"}' % size
    return Request("oversize", "POST", "/pb/api/cart/list", headers, body, is_alone=True)


HOOKS: Final[dict[Callable[[Random, Known], Request], int]] = {
    wechat_login: 30,
    refresh_token: 18,
    auth_refresh: 18,
    users_count: 8,
    wechat_profile: 30,
    cart_list: 40,
    cart_detail: 30,
    cart_create: 60,
    sent_again: 16,
    cart_update: 40,
    cart_delete: 16,
    order_list: 40,
    order_detail: 30,
    order_create: 60,
    order_update: 30,
    order_delete: 16,
    oversize: 4,
}
"""What is asked, and how often."""

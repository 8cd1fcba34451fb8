"""Requests to the records API: lists, views and writes of every collection."""

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

from tests.conformance.samples import TEXTS
from tests.replay import filters
from tests.replay.asking import (
    FORM_TYPE,
    JSON_TYPE,
    ODD_VALUES,
    UNREADABLE,
    asked,
    authorization,
    multipart,
    query,
)
from tests.replay.dataset import DOCUMENTS, PRODUCTS, code, product
from tests.replay.hooks import QUANTITIES, REMARKS, keyed
from tests.replay.known import UNKNOWN_ID, Known, Rows
from tests.replay.wire import Headers, Request
from tests.row_ids import record_id

BAD_SHARE: Final = 0.1


def records(collection: str) -> str:
    """The path of a collection's records."""
    return f"/pb/api/collections/{collection}/records"


def _asker(draw: Random, known: Known, collection: str) -> str:
    return known.who(draw) if collection in filters.OWNED else known.anybody(draw)


def list_rows(draw: Random, known: Known) -> Request:
    """A list with any of its parameters."""
    collection = draw.choice(filters.COLLECTIONS)
    moment = f"~time{draw.randrange(known.sent)}~" if known.sent else "2026-01-01"
    values: dict[str, Any] = {
        "filter": filters.filter_of(draw, collection, moment),
        "sort": filters.sort_of(draw, collection),
        "expand": filters.expand_of(draw, collection),
        "fields": filters.fields_of(draw, collection),
        "page": draw.choice((1,) * 5 + (2, 2, 3, 0, -1, 10**6, "x", "")),
        "skipTotal": draw.choice(("1", "true", "0", "false") * 3 + ("maybe",)),
    }
    shares = {"filter": 0.8, "sort": 0.5, "expand": 0.25, "fields": 0.2, "page": 0.3}
    chosen = {n: v for n, v in values.items() if draw.random() < shares.get(n, 0.12)}
    if draw.random() < 0.85:
        chosen["perPage"] = draw.choice((1, 2, 3, 5, 10) * 4 + (30, 0, -5, 500, 5000, "x"))
    headers = authorization(draw, known, _asker(draw, known, collection))
    target = f"{records(collection)}?{query(**chosen)}"
    return asked(f"list {collection}", "GET", target, headers)


def view_row(draw: Random, known: Known) -> Request:
    """One row: one's own, somebody else's, a hidden or an unknown one."""
    collection = draw.choice(filters.COLLECTIONS)
    is_fixed = collection in filters.FIXED
    who = known.anybody(draw) if is_fixed else known.holder(draw, _rows(known, collection))
    name = _row_of(draw, known, collection, who)
    parameters = {
        "expand": filters.expand_of(draw, collection) if draw.random() < 0.4 else None,
        "fields": filters.fields_of(draw, collection) if draw.random() < 0.3 else None,
    }
    ask = query(**parameters)
    target = f"{records(collection)}/{name}" + (f"?{ask}" if ask else "")
    return asked(f"view {collection}", "GET", target, authorization(draw, known, who))


def _row_of(draw: Random, known: Known, collection: str, who: str) -> str:
    if draw.random() < 0.04:
        return draw.choice((UNKNOWN_ID, "nope", "a%00b", "%E5%BC%80", "A" * 15, "x" * 300))
    numbers = {"tbl_product_list": PRODUCTS, "tbl_document": DOCUMENTS}
    if collection in numbers:
        return record_id(collection, draw.randrange(min(42, numbers[collection])))
    return _rows(known, collection).one_of(draw, who).id


def _rows(known: Known, collection: str) -> Rows:
    return {
        "tbl_cart": known.lines,
        "tbl_order": known.orders,
        "tbl_company": known.companies,
        "tbl_attachments": known.attachments,
    }[collection]


def _line(draw: Random, known: Known, who: str) -> dict[str, Any]:
    number = draw.randrange(40) if draw.random() < 0.4 else draw.randrange(40, PRODUCTS)
    return {
        "cart_owner": known.openid(who),
        "cart_product_id": product(number),
        "cart_product_quantity": draw.choice(QUANTITIES),
        "cart_remark": draw.choice(REMARKS),
    }


def _order(draw: Random, known: Known, who: str) -> dict[str, Any]:
    numbers = draw.sample(range(40, PRODUCTS), draw.choice((1, 1, 2, 4)))
    goods = [
        {"prod_list_id": code("tbl_product_list", number), "quantity": draw.choice(QUANTITIES)}
        for number in numbers
    ]
    body = {
        "order_owner": known.openid(who),
        "order_source": draw.choice(("product", "cart")),
        "order_snap": {"items": goods},
        "order_remark": draw.choice(REMARKS),
    }
    return body | ({"order_amount": draw.choice((0, 1.5, "x"))} if draw.random() < 0.15 else {})


def _company(draw: Random, known: Known, who: str) -> dict[str, Any]:
    number = draw.randrange(10**6)
    values: dict[str, Any] = {
        "company_type": draw.choice(("LLC", "个体", "x" * 51)),
        "company_usci": draw.choice(
            (f"91350100M00{number % 10000:04d}A0Y", "91350100M000100Y43", "")
        ),
        "company_city": draw.choice(TEXTS),
        "company_status": draw.choice(("active", "有效", "", "长" * 51)),
        "company_owner_openid": known.openid(who),
        "company_remark": draw.choice(REMARKS),
        "nope": 1,
    }
    some = {name: values[name] for name in draw.sample(list(values), draw.randrange(4))}
    return {"company_name": f"公司 {number}", **some}


def create_row(draw: Random, known: Known) -> Request:
    """A create, as JSON or as a form."""
    collection, make = draw.choice(
        (("tbl_cart", _line), ("tbl_order", _order), ("tbl_company", _company))
    )
    who = known.anybody(draw)
    body = make(draw, known, who)
    if draw.random() < BAD_SHARE:
        body[draw.choice(list(body))] = draw.choice(ODD_VALUES)
    ask = draw.choice(("", "", "", "", "?expand=cart_product_id", "?fields=*", "?fields=id:nope()"))
    headers = authorization(draw, known, who)
    request = _sent(draw, f"create {collection}", "POST", records(collection) + ask, headers, body)
    return keyed(draw, request)


def _sent(
    draw: Random, family: str, method: str, target: str, headers: Headers, body: dict[str, Any]
) -> Request:
    """A body as JSON, as one of the two forms, or as something that cannot be read."""
    way = draw.random()
    if way < 0.06:
        return Request(family, method, target, (*headers, JSON_TYPE), draw.choice(UNREADABLE))
    if way > 0.2:
        return asked(family, method, target, headers, body)
    texts = {name: v if isinstance(v, str) else json.dumps(v) for name, v in body.items()}
    if way < 0.13:
        return Request(family, method, target, (*headers, FORM_TYPE), urlencode(texts).encode())
    kind, content = multipart(list(texts.items()))
    return Request(family, method, target, (*headers, *kind), content)


def update_row(draw: Random, known: Known) -> Request:
    """A change, by PATCH or by POST with the header that says so."""
    collection = draw.choice(("tbl_cart", "tbl_cart", "tbl_order", "tbl_company"))
    who = known.holder(draw, _rows(known, collection))
    changes = {
        "tbl_cart": {
            "cart_product_quantity": draw.choice(QUANTITIES),
            "cart_product_quantity+": 1,
            "cart_remark": draw.choice(REMARKS),
            "cart_product_id": product(draw.randrange(PRODUCTS)),
            "cart_owner": known.openid(draw.choice((who, "alice"))),
            "is_delete": draw.choice((0, 1, 2)),
        },
        "tbl_order": {
            "order_remark": draw.choice(REMARKS),
            "order_status": draw.choice(("cancelled", "confirmed")),
            "order_amount": 1,
            "is_delete": draw.choice((0, 1)),
        },
        "tbl_company": _company(draw, known, who),
    }[collection]
    number = min(len(changes), draw.choice((1, 1, 1, 2)))
    some = {name: changes[name] for name in draw.sample(list(changes), number)}
    if draw.random() < BAD_SHARE:
        some[draw.choice(list(changes))] = draw.choice(ODD_VALUES)
    target = f"{records(collection)}/{_row_of(draw, known, collection, who)}"
    headers = authorization(draw, known, who)
    request = _sent(draw, f"update {collection}", "PATCH", target, headers, some)
    return _overridden(draw, request)


def _overridden(draw: Random, request: Request) -> Request:
    """Half of the requests as `wx.request` sends them, which knows no PATCH."""
    if draw.random() < 0.5:
        return request
    name = draw.choice(("X-HTTP-Method-Override", "x-http-method-override", "X-HTTP-Method"))
    headers = (*request.headers, (name, request.method))
    return replace(request, method="POST", headers=headers)


def delete_row(draw: Random, known: Known) -> Request:
    """A soft delete."""
    collection = draw.choice(("tbl_cart", "tbl_cart", "tbl_order", "tbl_company"))
    who = known.holder(draw, _rows(known, collection))
    target = f"{records(collection)}/{_row_of(draw, known, collection, who)}"
    headers = authorization(draw, known, who)
    return _overridden(draw, asked(f"delete {collection}", "DELETE", target, headers))


NATIVE: Final[dict[Callable[[Random, Known], Request], int]] = {
    list_rows: 330,
    view_row: 90,
    create_row: 80,
    update_row: 70,
    delete_row: 16,
}
"""What is asked, and how often."""

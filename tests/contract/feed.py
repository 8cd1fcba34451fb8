"""Which part of which request is given what from the stock."""

import json
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CaseMetadata, TestPhase

from tests.contract import natives
from tests.contract.stock import PDF, PNG, Stock
from tests.paths import CART_RECORDS, COMPANIES

FED = 0.85  # of the parts that are valid anyway; in stories all, or they end too soon

Values = dict[str, Any]

HEADERS: dict[str, Callable[[Stock], str]] = {
    # Generated keys are few, and soon used for something else.
    "Idempotency-Key": lambda stock: str(uuid.uuid4()),
    "Range": lambda stock: stock.random.choice(["bytes=0-9", "bytes=-5", "bytes=999999-"]),
    "If-Match": lambda stock: stock.random.choice(["*", "*", "*", '"another"']),
    "If-None-Match": lambda stock: stock.random.choice(["*", '"another"']),
}
LISTS = {
    **natives.searched(),
    "company_list": "company_name",
    "attachment_list": "attachments_filetype",
    "product_list": "prod_list_name",
    "document_list": "document_title",
    "dict_list": "dict_name",
    "cart_record_list": "cart_number",
    "order_record_list": "order_number",
}

PICTURES = {"users_picture", "users_title_picture", "users_id_pic_a", "users_id_pic_b"}

_seen: deque[CaseMetadata] = deque(maxlen=100)


def feed(case: Case, operation_id: str, stock: Stock) -> None:
    """Give a case real ids where it may have them, with a probability.

    What a check sends again (as another user, without a token) shares the metadata of the first
    request and stays as that was.
    """
    if case.meta is None or any(case.meta is seen for seen in _seen):
        return
    _seen.append(case.meta)
    if operation_id in PATHS and _may_change(case, ParameterLocation.PATH, stock):
        case.path_parameters = {**case.path_parameters, **PATHS[operation_id](stock)}
    if _may_change(case, ParameterLocation.QUERY, stock):
        case.query = _asked(case, LISTS.get(operation_id, ""), stock)
    if _may_change(case, ParameterLocation.HEADER, stock):
        case.headers.update({name: HEADERS[name](stock) for name in HEADERS.keys() & case.headers})
    if operation_id in BODIES and _may_change(case, ParameterLocation.BODY, stock):
        case.body = BODIES[operation_id](stock, dict(case.body))


def _may_change(case: Case, location: ParameterLocation, stock: Stock) -> bool:
    """Whether this part is there, valid, not given by an earlier step, and the dice say so."""
    meta = case.meta
    if meta is None or location not in meta.components or meta.is_negative_at(location):
        return False
    if location is ParameterLocation.BODY and not isinstance(case.body, dict):
        return False
    if meta.phase.name is not TestPhase.STATEFUL:
        return stock.random.random() < FED
    # Steps before this one fill paths and bodies; headers differ by the token, which is no step's.
    is_linked = bool(getattr(case._override, location.container_name))
    return location is ParameterLocation.HEADER or not is_linked


def _asked(case: Case, field: str, stock: Stock) -> Values:
    """Expressions over fields the collection has, where the query has any.

    A step that others follow is asked for its first page, whole: they take their ids from it.
    """
    assert case.meta is not None
    fitting = {
        "sort": [field, f"-{field},created", "-updated", "+id"],
        "filter": [f'{field} != ""', f"{field} ~ 'a' || created > '2026-01-01'", "is_delete = 0"],
        "fields": ["*", "id,created", f"id,{field}:excerpt(5)"],
    }
    unhelpful = ("page", "fields") if case.meta.phase.name is TestPhase.STATEFUL else ()
    return {
        name: stock.random.choice(fitting[name]) if name in fitting and field else value
        for name, value in case.query.items()
        if name not in unhelpful
    }


def _file(stock: Stock) -> Values:
    attachment = stock.any_of("tbl_attachments")
    return {
        "collection": "tbl_attachments",
        "recordId": attachment["id"],
        "filename": attachment["attachments_link"],
    }


def _line(stock: Stock) -> Values:
    return {"recordId": stock.line()["pb_id"]}


def _active_line(stock: Stock) -> Values:
    """Most of the cart's lines are ordered after a while, and those are not changed any more."""
    return {"recordId": stock.active_line()["pb_id"]}


def _order(stock: Stock) -> Values:
    return {"recordId": stock.order()["pb_id"]}


PATHS: dict[str, Callable[[Stock], Values]] = {
    **natives.paths(),
    "company_update": lambda stock: {"recordId": stock.own_company()["id"]},
    "cart_record_view": _line,
    "cart_record_update": _active_line,
    "cart_record_delete": _line,
    "order_record_view": _order,
    "order_record_update": _order,
    "order_record_delete": _order,
    "file_download": _file,
}


def _login(stock: Stock, body: Values) -> Values:
    return {**body, "users_wx_code": f"demo-{stock.random.choice('abcdefgh')}"}


def _profile(stock: Stock, body: Values) -> Values:
    if "users_phone_code" in body:
        body["users_phone_code"] = f"phone-138{stock.random.randrange(10**8):08d}"
    if "company_id" in body:
        company = stock.any_of("tbl_company")["company_id"]
        body["company_id"] = stock.random.choice(["", None, company])
    for name in PICTURES & body.keys():
        picture = stock.any_of("tbl_attachments")["attachments_id"]
        body[name] = stock.random.choice(["", None, "https://a.example/1.png", picture])
    return body


def _choose_new_id(stock: Stock, body: Values) -> None:
    """A client may choose the record id; the generated ones are soon taken."""
    if "id" in body:
        body["id"] = "".join(stock.random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=15))


def _company(stock: Stock, body: Values) -> Values:
    _choose_new_id(stock, body)
    if "company_usci" in body:
        body["company_usci"] = stock.random.choice(["", stock.usci()])
    return body


def _cart_create(stock: Stock, body: Values) -> Values:
    product = stock.any_of("tbl_product_list")
    named_by = stock.random.choice(["id", "prod_list_id"])
    return {
        **body,
        "cart_product_id": product[named_by],
        "cart_product_quantity": stock.random.randint(1, 9),
    }


GOODS = {"order_source", "cart_ids", "items", "order_source_id", "order_snap", "order_amount"}
"""The keys of a body that say what is ordered, and what it costs."""


def _order_create(stock: Stock, body: Values) -> Values:
    """Lines or products, each by its list or as clients of the earlier backend name them."""
    kept = {key: value for key, value in body.items() if key not in GOODS}
    item = {"prod_list_id": stock.any_of("tbl_product_list")["prod_list_id"], "quantity": 2}
    match stock.random.choice(["lines", "ids", "products", "snapshot"]):
        case "lines":
            return {**kept, "order_source": "cart", "cart_ids": stock.new_lines()}
        case "ids":
            return {**kept, "order_source_id": "|".join(stock.new_lines())}
        case "products":
            return {**kept, "order_source": "product", "items": [item]}
        case _:
            return {**kept, "order_source": "product", "order_snap": json.dumps([item])}


def _cart_record_create(stock: Stock, body: Values) -> Values:
    _choose_new_id(stock, body)
    product = stock.product_not_in_cart()
    return {**body, "cart_owner": stock.openid, "cart_product_id": product["id"]}


def _cart_record_update(stock: Stock, body: Values) -> Values:
    """Of a full cart no line is deleted for a free product: it may be the one that is changed."""
    free = stock.free_products() if "cart_product_id" in body else []
    kept = {key: value for key, value in body.items() if key != "cart_product_id"}
    return {**kept, "cart_product_id": stock.random.choice(free)["id"]} if free else kept


def _order_record_create(stock: Stock, body: Values) -> Values:
    item = {
        "prod_list_id": stock.any_of("tbl_product_list")["prod_list_id"],
        "quantity": stock.random.randint(1, 3),
    }
    _choose_new_id(stock, body)
    body.pop("order_amount", None)
    return {**body, "order_owner": stock.openid, "order_snap": {"items": [item]}}


def _cart_id(stock: Stock, body: Values) -> Values:
    return {**body, "cart_id": stock.line()["cart_id"]}


def _line_to_change(stock: Stock, body: Values) -> Values:
    """Most of them are new: orders take lines faster than fuzzing changes them."""
    new = stock.new_lines() if stock.random.random() < 0.8 else []
    return {**body, "cart_id": new[0]} if new else _cart_id(stock, body)


def _order_id(stock: Stock, body: Values) -> Values:
    return {**body, "order_id": stock.order()["order_id"]}


def _order_update(stock: Stock, body: Values) -> Values:
    if "order_status" in body and stock.random.random() < 0.5:
        body["order_status"] = "cancelled"
    return _order_id(stock, body)


def _upload(stock: Stock, body: Values) -> Values:
    return {**body, "attachments_link": stock.random.choice([PNG, PDF])}


def _batch(stock: Stock, body: Values) -> Values:
    """A company, and maybe a line of one's own cart changed; in a form as a text."""
    made = {"company_name": f"批量 {stock.random.randrange(10**6)}"}
    requests = [{"method": "POST", "url": f"/api{COMPANIES}", "body": made}]
    if stock.random.random() < 0.3:
        url = f"/pb/api{CART_RECORDS}/{stock.line()['pb_id']}?fields=id"
        requests.append({"method": "PATCH", "url": url, "body": {}})
    if "requests" in body:
        return {**body, "requests": requests}
    return {**body, "@jsonPayload": json.dumps({"requests": requests})}


BODIES: dict[str, Callable[[Stock, Values], Values]] = {
    **natives.bodies(),
    "wechat_login": _login,
    "refresh_token": _login,
    "wechat_profile": _profile,
    "company_create": _company,
    "company_update": _company,
    "cart_detail": _cart_id,
    "cart_create": _cart_create,
    "cart_update": _line_to_change,
    "cart_delete": _cart_id,
    "cart_record_create": _cart_record_create,
    "cart_record_update": _cart_record_update,
    "order_detail": _order_id,
    "order_create": _order_create,
    "order_update": _order_update,
    "order_delete": _order_id,
    "order_record_create": _order_record_create,
    "attachment_create": _upload,
    "batch": _batch,
}

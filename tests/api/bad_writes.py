"""Bad inputs of native writes: bodies, rights, and every field PocketBase would refuse."""

from collections.abc import Iterator
from typing import Any

from tests.answers import CREATE_REFUSED, DELETE_REFUSED, MEDIA, TOO_LARGE, UPDATE_REFUSED
from tests.api.bad_hook_families import BROKEN_JSON, DEEPEST, KEYS
from tests.api.bad_hooks import STATES
from tests.api.bad_inputs import OVERSIZE, Bad
from tests.api.bad_native import BAD_RECORD_IDS, GUESTS, generic, gone, own_id
from tests.api.bundle import NATIVE
from tests.sent import FORM, JSON, TEXT

REQUIRED = "validation_required"
NOT_UNIQUE = "validation_not_unique"
TOO_SHORT = "validation_min_text_constraint"
TOO_LONG = "validation_max_text_constraint"
TOO_BIG = "validation_max_number_constraint"
TOO_SMALL = "validation_min_number_constraint"
NOT_WHOLE = "validation_only_int_constraint"
NO_NUMBER = "validation_not_a_number"
BAD_FORMAT = "validation_invalid_format"
BAD_VALUE = "validation_invalid_value"
NO_RELATION = "validation_missing_rel_records"
NO_MOVE = "validation_invalid_transition"
OTHER_ID = "validation_pk_change"
OTHER_AMOUNT = "validation_amount_mismatch"
UPDATES = [op for op in NATIVE if op.id.endswith("_update")]
DELETES = [op for op in NATIVE if op.id.endswith("_delete")]
CREATES = ("company_create", "cart_record_create", "order_record_create")
DIME = {"prod_list_id": "P-T-DIME", "quantity": 1}
GOOD_BODY: dict[str, dict[str, Any]] = {
    "company_create": {"company_name": "某公司"},
    "cart_record_create": {
        "cart_owner": "$alice_openid",
        "cart_product_id": "$product",
        "cart_product_quantity": 1,
    },
    "order_record_create": {
        "order_owner": "$alice_openid",
        "order_source": "product",
        "order_snap": {"items": [DIME]},
    },
}
"""A body each create would take; a row spoils one thing of it."""
OWN_ROW = {
    "company_update": "$company_pb",
    "cart_record_update": "$line_pb",
    "order_record_update": "$order_pb",
}
"""The row each update is sent to unless it says otherwise."""
Problems = dict[str, str]
"""Field to code."""


def refused(
    operation: str, claim: str, problems: Problems, body: dict[str, Any], **more: Any
) -> Bad:
    """A write whose fields are refused, all at once."""
    message = CREATE_REFUSED if operation.endswith("create") else UPDATE_REFUSED
    more.setdefault("record", OWN_ROW.get(operation, ""))
    body = {**GOOD_BODY.get(operation, {}), **body}
    return Bad(operation, claim, 400, message, problems, body=body, **more)


# --- bodies, rows and rights -----------------------------------------------------------------------------

CUT_FORM = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx'
XML = {"Content-Type": "application/xml"}


def _bodies() -> Iterator[Bad]:
    broken = {claim: raw for claim, raw in BROKEN_JSON.items() if claim != "a JSON null"}
    for operation in [*CREATES, *(op.id for op in [*UPDATES, *DELETES])]:
        for claim, raw in broken.items():
            yield generic(operation, f"{claim} for a body", raw=raw, headers=JSON)
        claim = "JSON nested 100,000 deep for a body"
        yield generic(operation, claim, raw=DEEPEST, headers=JSON)
        yield generic(operation, "an XML body", raw=b"<a/>", headers=XML)
        yield generic(operation, "a form cut short", raw=CUT_FORM, headers=FORM)
        yield Bad(operation, "a text body", 400, MEDIA, {}, raw=b"{}", headers=TEXT)
        yield Bad(operation, "a body called nothing", 400, MEDIA, {}, raw=b"{}")
        claim = "a body of 8 MiB and a byte"
        yield Bad(operation, claim, 413, TOO_LARGE, {}, raw=OVERSIZE, headers=JSON)
    for operation in (*CREATES, "attachment_create"):
        for word, key in KEYS.items():
            headers = {"Idempotency-Key": key}
            yield generic(operation, f"an Idempotency-Key {word}", headers=headers)


def _rights() -> Iterator[Bad]:
    for op in [*UPDATES, *DELETES]:
        for claim, record in BAD_RECORD_IDS.items():
            yield gone(op.id, claim, record=own_id(op.id, record))
        row = OWN_ROW[op.id.replace("delete", "update")]
        bad = {"cart_product_quantity": -1, "order_remark": "长" * 501, "company_name": ""}
        body = bad if op in UPDATES else {}
        for who in (*GUESTS, "bob"):
            yield gone(op.id, f"{who} writes to alice's row", who=who, record=row)
            yield gone(op.id, f"{who}'s bad values tell nothing", who=who, record=row, body=body)
    for operation in CREATES:
        for who in GUESTS:
            yield refused(operation, f"{who} creates", {}, {}, who=who)
    for operation, owner in (("cart_record", "cart_owner"), ("order_record", "order_owner")):
        create, update = f"{operation}_create", f"{operation}_update"
        yield refused(create, "bob creates in alice's name", {}, {}, who="bob")
        for claim, value in (
            ("bob's name", "$bob_openid"),
            ("nobody's name", ""),
            ("null for an owner", None),
            ("a list of owners", ["$alice_openid"]),
            ("the user's record id for an owner", "$alice_id"),
        ):
            yield refused(create, claim, {}, {owner: value})
            yield gone(update, claim, record=OWN_ROW[update], body={owner: value})
    body = {"company_name": "改"}
    yield gone("company_update", "a company nobody owns", record="tcompanynobody0", body=body)


BAD_FLAGS = {
    "is_delete of 2": (2, TOO_BIG),
    "is_delete of -1": (-1, TOO_SMALL),
    "is_delete of a half": (0.5, NOT_WHOLE),
    "is_delete of NaN in words": ("NaN", NO_NUMBER),
}
BAD_NEW_IDS = {
    "an id of 3 letters": ("abc", TOO_SHORT),
    "an id of 16 letters": ("a" * 16, TOO_LONG),
    "an id in capitals": ("A" * 15, BAD_FORMAT),
    "an id with SQL": ("abcdefghij' or1", BAD_FORMAT),
    "an id with an emoji": ("abcdefghijklmn🛒", BAD_FORMAT),
}
TAKEN_IDS = {
    "company_create": ("$company_pb", "$bob_company_pb", "tcompanydeleted"),
    "cart_record_create": ("$line_pb", "$bob_line_pb", "$deleted_cart_pb"),
    "order_record_create": ("$order_pb", "$bob_order_pb", "$deleted_order_pb"),
}


def _common_fields() -> Iterator[Bad]:
    for operation in OWN_ROW:
        for claim, (flag, code) in BAD_FLAGS.items():
            yield refused(operation, claim, {"is_delete": code}, {"is_delete": flag})
        yield refused(operation, "another id", {"id": OTHER_ID}, {"id": "a" * 15})
    for operation, ids in TAKEN_IDS.items():
        for claim, (given, code) in BAD_NEW_IDS.items():
            yield refused(operation, claim, {"id": code}, {"id": given})
        for whose, given in zip(("one's own", "bob's", "a deleted row's"), ids, strict=True):
            yield refused(operation, f"{whose} id again", {"id": NOT_UNIQUE}, {"id": given})


# --- companies -------------------------------------------------------------------------------------------

COMPANY_LIMITS = {
    "company_name": 200,
    "company_type": 50,
    "company_entity": 100,
    "company_nationality": 50,
    "company_nationality_code": 50,
    "company_province": 50,
    "company_province_code": 50,
    "company_city": 50,
    "company_city_code": 50,
    "company_district": 50,
    "company_district_code": 50,
    "company_status": 50,
    "company_postalcode": 20,
    "company_add": 300,
    "company_level": 20,
    "company_remark": 1000,
}
BAD_CREDIT_CODES = {
    "17 characters": "91350100M000100Y4",
    "19 characters": "91350100M000100Y433",
    "a wrong check digit": "91350100M000100Y44",
    "small letters": "91350100m000100y43",
    "a space in front": " 91350100M000100Y43",
    "the letter I": "9135010IM000100Y43",
    "SQL": "' OR 1=1 --       ",
}
BAD_COMPANIES: dict[str, tuple[Problems, dict[str, Any]]] = {
    "a blank name": ({"company_name": REQUIRED}, {"company_name": ""}),
    "null for a name": ({"company_name": REQUIRED}, {"company_name": None}),
    "a list for a name": ({"company_name": REQUIRED}, {"company_name": ["a"]}),
    "two bad fields told at once": (
        {"company_name": REQUIRED, "company_status": TOO_LONG},
        {"company_name": "", "company_status": "x" * 51},
    ),
}


def _companies() -> Iterator[Bad]:
    both = ("company_create", "company_update")
    for operation in both:
        for name, most in COMPANY_LIMITS.items():
            claim, long = f"{name} of {most + 1} characters", "长" * (most + 1)
            yield refused(operation, claim, {name: TOO_LONG}, {name: long})
        for claim, code in BAD_CREDIT_CODES.items():
            claim, body = f"a credit code of {claim}", {"company_usci": code}
            yield refused(operation, claim, {"company_usci": BAD_FORMAT}, body)
        for claim, (problems, body) in BAD_COMPANIES.items():
            yield refused(operation, claim, problems, body)
    problems = {"company_name": REQUIRED}
    yield Bad("company_create", "no body", 400, CREATE_REFUSED, problems)
    body = {"Company_Name": "某公司"}
    yield Bad("company_create", "another case", 400, CREATE_REFUSED, problems, body=body)


# --- cart lines ------------------------------------------------------------------------------------------

BAD_QUANTITIES: dict[str, tuple[Any, str]] = {
    "no pieces": (0, REQUIRED),
    "minus one piece": (-1, TOO_SMALL),
    "10,000 pieces": (10_000, TOO_BIG),
    "10^30 pieces": (10**30, NOT_WHOLE),
    "one and a half pieces": (1.5, NOT_WHOLE),
    "a word for a quantity": ("two", REQUIRED),
    "null for a quantity": (None, REQUIRED),
    "a list for a quantity": ([1], REQUIRED),
    "Infinity in words": ("Infinity", NO_NUMBER),
}
BAD_PRODUCTS: dict[str, tuple[Any, str]] = {
    "no product": ("", REQUIRED),
    "null for a product": (None, REQUIRED),
    "an unknown product": ("zzzzzzzzzzzzzzz", NO_RELATION),
    "a product off sale": ("tproductoffsale", NO_RELATION),
    "a deleted product": ("tproductdeleted", NO_RELATION),
    "SQL for a product": ("' OR 1=1 --", NO_RELATION),
    "a business id for a product": ("P-T-DIME", NO_RELATION),
}
TWICE = {"cart_owner": NOT_UNIQUE, "cart_product_id": NOT_UNIQUE}


def _carts() -> Iterator[Bad]:
    create, update = "cart_record_create", "cart_record_update"
    for operation in (create, update):
        for claim, (value, code) in BAD_QUANTITIES.items():
            field = "cart_product_quantity"
            yield refused(operation, claim, {field: code}, {field: value})
        for claim, (value, code) in BAD_PRODUCTS.items():
            yield refused(operation, claim, {"cart_product_id": code}, {"cart_product_id": value})
        long = {"cart_remark": "长" * 501}
        yield refused(operation, "a remark of 501 characters", {"cart_remark": TOO_LONG}, long)
        body = {"cart_product_id": "", "cart_product_quantity": 10_000}
        problems = {"cart_product_id": REQUIRED, "cart_product_quantity": TOO_BIG}
        yield refused(operation, "two bad fields told at once", problems, body)
    yield refused(create, "a product in the cart", TWICE, {"cart_product_id": "$line_product"})
    yield refused(update, "another line's product", TWICE, {"cart_product_id": "$other_product"})
    for field, value in (("cart_product_quantity", 77), ("cart_remark", "晚了")):
        problems, claim = {"cart_status": NO_MOVE}, f"{field} of an ordered line"
        yield refused(update, claim, problems, {field: value}, record="$ordered_line_pb")
    yield Bad(create, "no body", 400, CREATE_REFUSED, {})


# --- orders ----------------------------------------------------------------------------------------------

BAD_SNAPS: dict[str, tuple[Any, str]] = {
    "no snapshot": (None, REQUIRED),
    "an empty text for a snapshot": ("", REQUIRED),
    "an empty object for a snapshot": ({}, REQUIRED),
    "a list for a snapshot": ([DIME], REQUIRED),
    "no items": ({"items": []}, REQUIRED),
}
BAD_ITEMS: dict[str, list[Any]] = {
    "an unknown product": [{**DIME, "prod_list_id": "P-NONE"}],
    "a product off sale": [{**DIME, "prod_list_id": "P-T-OFFSALE"}],
    "a deleted product": [{**DIME, "prod_list_id": "P-T-DELETED"}],
    "a good item beside a bad one": [DIME, {**DIME, "prod_list_id": "P-NONE"}],
    "SQL for a product": [{**DIME, "prod_list_id": "' OR 1=1 --"}],
    "no pieces": [{**DIME, "quantity": 0}],
    "10,000 pieces": [{**DIME, "quantity": 10_000}],
    "half a piece": [{**DIME, "quantity": 0.5}],
    "a quantity in words": [{**DIME, "quantity": "two"}],
    "an item without a quantity": [{"prod_list_id": "P-T-DIME"}],
    "an item without a product": [{"quantity": 1}],
    "items of text": ["P-T-DIME"],
    "201 items": [DIME] * 201,
    "more than an amount can hold": [{"prod_list_id": "P-T-DEAREST", "quantity": 2}],
}
BAD_ORDERS: dict[str, tuple[Problems, dict[str, Any]]] = {
    "no source": ({"order_source": REQUIRED}, {"order_source": ""}),
    "a source there is not": ({"order_source": BAD_VALUE}, {"order_source": "gift"}),
    "an amount that is too low": ({"order_amount": OTHER_AMOUNT}, {"order_amount": 0.09}),
    "an amount of one fen too many": ({"order_amount": OTHER_AMOUNT}, {"order_amount": 0.11}),
    "a negative amount": ({"order_amount": TOO_SMALL}, {"order_amount": -1}),
    "1,001 characters of source": ({"order_source_id": TOO_LONG}, {"order_source_id": "x" * 1001}),
    "a remark of 501 characters": ({"order_remark": TOO_LONG}, {"order_remark": "长" * 501}),
    "two bad fields told at once": (
        {"order_source": BAD_VALUE, "order_snap": REQUIRED},
        {"order_source": "gift", "order_snap": None},
    ),
}


def _orders() -> Iterator[Bad]:
    create, update = "order_record_create", "order_record_update"
    for claim, (snap, code) in BAD_SNAPS.items():
        yield refused(create, claim, {"order_snap": code}, {"order_snap": snap})
    for claim, items in BAD_ITEMS.items():
        yield refused(create, claim, {"order_snap": BAD_VALUE}, {"order_snap": {"items": items}})
    for claim, (problems, body) in BAD_ORDERS.items():
        yield refused(create, claim, problems, body)
    yield Bad(create, "no body", 400, CREATE_REFUSED, {})
    long = {"order_remark": "长" * 501}
    yield refused(update, "a remark of 501 characters", {"order_remark": TOO_LONG}, long)
    for state in STATES:
        record = f"${state}_order_pb"
        for move in (*STATES, "shipped", "' OR 1=1 --"):
            if move != state and (state, move) != ("pending", "cancelled"):
                claim, problems = f"from {state} to {move}", {"order_status": NO_MOVE}
                yield refused(update, claim, problems, {"order_status": move}, record=record)
        if state != "pending":
            claim, problems = f"the remark of a {state} order", {"order_remark": NO_MOVE}
            yield refused(update, claim, problems, {"order_remark": "晚了"}, record=record)
    in_progress, record = {"order_status": "order_in_progress"}, "$confirmed_order_pb"
    claim, body = "a confirmed order", {"is_delete": 1}
    yield Bad("order_record_delete", claim, 409, DELETE_REFUSED, in_progress, record=record)
    claim = "is_delete of a confirmed order"
    yield Bad(update, claim, 409, UPDATE_REFUSED, in_progress, record=record, body=body)


ROWS = [
    *_bodies(),
    *_rights(),
    *_common_fields(),
    *_companies(),
    *_carts(),
    *_orders(),
]
assert set(CREATES) | {"attachment_create"} == {op.id for op in NATIVE if op.id.endswith("_create")}

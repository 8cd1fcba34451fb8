"""Values that must be unique, and ids a client chooses."""

from typing import Any, Final

from tests.conformance.compare import CART, ORDER, Case, created, records, updated
from tests.conformance.rows import product
from tests.conformance.samples import PDF, USCI

CODES: Final = (
    "91310000MA1FL0QH50",
    "91440300708461136T",
    "91110000802100433B",
)
COMPANY: Final = {"company_name": "示例公司"}
TAKEN: Final = USCI[1]

IDS: Final[dict[str, Any]] = {
    "one character short": "abcdefghij0000",
    "one character long": "abcdefghij000011",
    "capitals": "ABCDEFGHIJ00001",
    "a dash": "abcdefghij-0001",
    "a blank": "abcdefghij 0001",
    "a line's end": "abcdefghij0001\n",
    "NUL": "abcdefghi\0j0001",
    "Chinese": "中文中文中文中文中文中文中文中",
    "digits of another script": "٣٣٣٣٣٣٣٣٣٣٣٣٣٣٣",
    "SQL": "'; DROP TABLE x",
    "very long": "a" * 15_000,
    "nothing": "",
    "null": None,
    "a number of ten digits": 1234567890,
    "a number and a half": 123456789012345.5,
    "a negative number": -12345678901234,
    "true": True,
    "a list": [],
    "an object": {},
}


def _company(name: str, **fields: Any) -> Case:
    return created(name, "company", COMPANY | fields)


def _second_line(name: str, first: dict[str, Any], **fields: Any) -> Case:
    """Another line of the same product, beside the case's own."""
    return created(name, "cart", CART | fields, own={"tbl_cart": first})


def _same_number(name: str, first: dict[str, Any], **fields: Any) -> Case:
    """Another order of the same number, beside the case's own."""
    own = {"tbl_order": {"order_number": "采购-2", **first}}
    return created(name, "order", ORDER | {"order_number": "采购-2"} | fields, own=own)


def _renamed(name: str, collection: str, value: Any) -> Case:
    return updated(name, collection, {}, {"id": value})


def _alices(name: str, line: int, **fields: Any) -> Case:
    """A change that is refused, of a line of Alice's."""
    return Case(name, f"{records('cart')}/cart{line:011d}", "PATCH", user="alice", json={**fields})


CASES: list[Case] = [
    _second_line("second active line", {}),
    _second_line("second line of nothing", {}, cart_product_quantity=0),
    _second_line("second line with too long a remark", {}, cart_remark="x" * 501),
    _second_line("second line with the id of the first", {}, id="{tbl_cart}"),
    _second_line("second line with a bad id", {}, id="short"),
    _second_line("second line of another product", {}, cart_product_id=product(1)),
    _second_line("line beside a deleted one", {"is_delete": 1}),
    _second_line("line with a deleted one's id", {"is_delete": 1}, id="{tbl_cart}"),
    _second_line("line beside an ordered one", {"cart_status": "ordered"}),
    _second_line("line with an ordered one's id", {"cart_status": "ordered"}, id="{tbl_cart}"),
    _second_line("line that would be ordered", {}, cart_status="ordered"),
    _second_line("line that would be deleted", {}, is_delete=1),
    updated("line onto its own product", "cart", {}, {"cart_product_id": product(0)}),
    _alices("line onto another's product", 0, cart_product_id=product(1)),
    _alices("line onto another's product, of nothing", 0, cart_product_id=product(2), is_delete=2),
    _company("id taken", id="comp00000000001"),
    _company("id taken by a deleted row", id="comp00000000005"),
    _company("id taken, credit code of another", id="comp00000000001", company_usci=TAKEN),
    created("id taken, no name", "company", {"id": "comp00000000001"}),
    created("cart id taken", "cart", CART | {"id": "cart00000000001"}),
    created("order id taken", "order", ORDER | {"id": "orde00000000001"}),
    created("order number of the client's", "order", ORDER | {"order_number": "采购-1"}),
    created("order number of another's", "order", ORDER | {"order_number": f"2025{1:020d}"}),
    created("empty order number", "order", ORDER | {"order_number": ""}),
    created("null for an order number", "order", ORDER | {"order_number": None}),
    _same_number("order number of one's own", {}),
    _same_number("order number of one's own deleted order", {"is_delete": 1}),
    _same_number("order number of one's own, and an unknown source", {}, order_source="gift"),
    updated("order number is kept", "order", {}, {"order_number": "采购-3"}),
    created("line of a group", "cart", CART | {"cart_number": "客厅"}),
    created("line of an empty group", "cart", CART | {"cart_number": ""}),
    _second_line("second line of the same group", {}, cart_number="客厅"),
    updated("line into another group", "cart", {"cart_number": "客厅"}, {"cart_number": "卧室"}),
    updated("line into no group", "cart", {"cart_number": "客厅"}, {"cart_number": ""}),
    updated(
        "ordered line into another group",
        "cart",
        {"cart_status": "ordered"},
        {"cart_number": "卧室"},
    ),
    created("business id is not the client's", "company", COMPANY | {"company_id": "C-x"}),
    _company("credit code of another company", company_usci=TAKEN),
    _company("credit code of another and a bad id", company_usci=TAKEN, id="x"),
    created("credit code of another company, no name", "company", {"company_usci": TAKEN}),
    updated("credit code of another", "company", {}, {"company_usci": TAKEN}),
    updated("credit code kept", "company", {"company_usci": CODES[0]}, {"company_usci": CODES[0]}),
    updated("credit code unset", "company", {"company_usci": CODES[1]}, {"company_usci": ""}),
    updated(
        "credit code of another, no name",
        "company",
        {},
        {"company_name": "", "company_usci": TAKEN},
    ),
    updated(
        "credit code of another while deleting",
        "company",
        {},
        {"company_usci": TAKEN, "is_delete": 1},
    ),
    created(
        "credit code of a deleted company",
        "company",
        COMPANY | {"company_usci": CODES[2]},
        own={"tbl_company": {"company_usci": CODES[2], "is_delete": 1}},
    ),
    _company("no credit code, as many have", company_usci=""),
    *(_company(f"id of {name}", id=value) for name, value in IDS.items()),
    *(_renamed(f"another id: {name}", "company", value) for name, value in IDS.items()),
    _renamed("another id that would do", "cart", "abcdefghij00099"),
    _renamed("another's id", "order", "orde00000000001"),
    updated("another id while deleting", "company", {}, {"id": "x", "is_delete": 1}),
    updated("another id beside half a deletion", "cart", {}, {"id": "x", "is_delete": 1.5}),
    _renamed("the same id", "cart", "{tbl_cart}"),
    created("an id that will do", "cart", CART | {"id": "writescart00001"}),
    created("an id that is a number", "order", ORDER | {"id": 123456789012345}),
    created("a bad id beside other problems", "company", {"id": "x", "company_status": "x" * 51}),
    Case(
        "id of an upload taken",
        records("attachments"),
        "POST",
        user="own",
        multipart=[
            ("attachments_link", ("document.pdf", PDF, "application/pdf")),
            ("id", "atta00000000001"),
        ],
    ),
]

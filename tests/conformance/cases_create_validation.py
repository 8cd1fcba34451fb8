"""Create: what each field refuses, all of it at once."""

from typing import Any, Final

from tests.conformance.compare import CART, ORDER, Case, created, records
from tests.conformance.rows import product
from tests.conformance.samples import PDF, PNG

COMPANY: Final = {"company_name": "示例公司"}
PRODUCT_ID: Final = f"P-{product(1)}"
KEPT: Final = (
    "id,created,updated,collectionId,collectionName,is_delete,attachments_filename,"
    "attachments_filetype,attachments_size,attachments_md5,attachments_owner,attachments_ocr,"
    "attachments_status,attachments_remark"
)
"""All fields of an attachment but the names that each server makes."""


def _company(name: str, **fields: Any) -> Case:
    return created(name, "company", COMPANY | fields)


def _cart(name: str, **fields: Any) -> Case:
    return created(name, "cart", CART | fields)


def _order(name: str, **fields: Any) -> Case:
    return created(name, "order", ORDER | fields)


def _goods(name: str, *items: Any) -> Case:
    return _order(name, order_snap={"items": list(items)})


def _item(quantity: Any, reference: Any = PRODUCT_ID) -> dict[str, Any]:
    return {"prod_list_id": reference, "quantity": quantity}


def _without(name: str, collection: str, body: dict[str, Any], field: str) -> Case:
    return created(name, collection, {key: body[key] for key in body if key != field})


def _upload(name: str, *parts: Any, user: str = "own") -> Case:
    return Case(
        name,
        records("attachments"),
        "POST",
        user=user,
        query={"fields": KEPT},
        multipart=[*parts],
    )


LINK: Final = ("attachments_link", ("document.pdf", PDF, "application/pdf"))

LONGEST: Final = {
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
"""How many characters a company's texts may have."""

CASES: list[Case] = [
    created("nothing", "cart", {}),
    created("a company of nothing", "company", {}),
    created("an order of nothing", "order", {}),
    *(_company(f"{name} as long as may be", **{name: "字" * n}) for name, n in LONGEST.items()),
    *(_company(f"{name} one too long", **{name: "x" * (n + 1)}) for name, n in LONGEST.items()),
    _company("characters outside the basic plane", company_type="🚀" * 50),
    _company("one of them too many", company_type="🚀" * 51),
    _company("combining characters count", company_type="e\u0301" * 26),
    _company("blanks are a name", company_name=" "),
    _company("an empty name", company_name=""),
    _company("a status of its own", company_status=" 停用? "),
    _order("a source in capitals", order_source="CART"),
    _order("a source that ends in a full stop", order_source="Inc."),
    _order("a source that asks", order_source="cart?"),
    _order("a source with blanks", order_source=" cart "),
    _order("a source of a blank", order_source=" "),
    _company("a credit code", company_usci="91310000MA1FL0QH50"),
    _company("a credit code's wrong check digit", company_usci="91310000MA1FL0QH54"),
    _company("a credit code in small letters", company_usci="91310000ma1fl0qh50"),
    _company("a credit code with a blank", company_usci=" 91310000MA1FL0QH50"),
    _company("a credit code that is short", company_usci="91310000MA1FL0QH5"),
    _company("a credit code with letters it has not", company_usci="91310000MI1FL0QH53"),
    _company("a credit code beyond any text", company_usci="9" * 5001),
    created(
        "all of a company at once",
        "company",
        {"id": "x", "company_usci": "x"}
        | {name: "x" * (n + 1) for name, n in LONGEST.items() if name != "company_name"},
    ),
    _cart("quantity too large", cart_product_quantity=10000),
    _cart("the largest quantity", cart_product_quantity=9999),
    _cart("no quantity", cart_product_quantity=0),
    _cart("a negative quantity", cart_product_quantity=-1),
    _cart("half a piece", cart_product_quantity=0.5),
    _cart("too many and not whole", cart_product_quantity=10000.5),
    _cart("more than integers hold", cart_product_quantity=1e20),
    _cart("as much as integers hold", cart_product_quantity=9.2e18),
    _cart("no number at all", cart_product_quantity="NaN"),
    _cart("endlessly many", cart_product_quantity="Infinity"),
    _cart("remark too long", cart_remark="长" * 501),
    _cart("group too long", cart_number="长" * 65),
    _cart("a product off sale", cart_product_id=product(4)),
    _cart("a deleted product", cart_product_id=product(36)),
    _cart("no such product", cart_product_id="prod99999999999"),
    _cart("a product by its business id", cart_product_id=PRODUCT_ID),
    _cart("no id of a product", cart_product_id="nope"),
    _cart(
        "all of a line at once",
        id="X",
        cart_product_id="nope",
        cart_product_quantity=-5,
        cart_remark="x" * 501,
    ),
    _without("a line without an owner", "cart", CART, "cart_owner"),
    _without("a line of nothing", "cart", CART, "cart_product_id"),
    _without("a line without a quantity", "cart", CART, "cart_product_quantity"),
    _without("an order of nobody", "order", ORDER, "order_owner"),
    _without("an order from nowhere", "order", ORDER, "order_source"),
    _without("an order without goods", "order", ORDER, "order_snap"),
    _order("an unknown source", order_source="gift"),
    _order("a source's ids too long", order_source_id="1" * 1001),
    _order("an order's remark too long", order_remark="x" * 501),
    _order("an order's number too long", order_number="7" * 65),
    _order("an order's number that is a number", order_number=7),
    _order("goods that are no object", order_snap="goods"),
    _order("goods that are a list", order_snap=[_item(1)]),
    _order("items that are an object", order_snap={"items": {"a": 1}}),
    _order("items that are true", order_snap={"items": True}),
    _order("items that are null", order_snap={"items": None}),
    _goods("no items"),
    _goods("an item that is a number", 1),
    _goods("an item of nothing", {}),
    _goods("an item without a quantity", {"prod_list_id": PRODUCT_ID}),
    _goods("an item of quantity 0", _item(0)),
    _goods("an item of half a piece", _item(1.5)),
    _goods("an item whose quantity is a text", _item("1")),
    _goods("an item whose quantity is true", _item(True)),
    _goods("an item of too many", _item(10000)),
    _goods("an item of very many", _item(9999)),
    _goods("an item by the record's id", _item(1, product(1))),
    _goods("an item off sale", _item(1, product(4))),
    _goods("a deleted item", _item(1, f"P-{product(36)}")),
    _goods("an unknown item", _item(1, "nope")),
    _goods("an item whose id is a number", _item(1, 7)),
    _goods("the same item twice", _item(1), _item(2)),
    _goods("200 items", *[_item(1)] * 200),
    _goods("201 items", *[_item(1)] * 201),
    _goods("a sum past the limit", _item(9999, product(9))),
    _order("the amount as it is", order_amount=0.2),
    _order("the amount as a text", order_amount="0.20"),
    _order("another amount", order_amount=0.1),
    _order("another amount by half a fen", order_amount=0.205),
    _order("an amount below nothing", order_amount=-1),
    _order("an amount past the limit", order_amount=10_000_000),
    _order("an amount past any float's cents", order_amount=1e308),
    _order("an amount that is no number", order_amount="NaN"),
    _order("amount and source wrong", order_amount=3, order_source="gift"),
    _upload("a document", LINK, ("attachments_remark", "备注")),
    _upload("a picture", ("attachments_link", ("p.png", PNG, "image/png"))),
    _upload("a document called a text", ("attachments_link", ("a.txt", PDF, "text/plain"))),
    _upload("an upload without its file", ("attachments_remark", "x")),
    _upload("an upload under another name", ("file", LINK[1])),
    _upload("an upload that is a text", ("attachments_link", "a.pdf")),
    _upload("an upload's text beside its file", ("attachments_link", "a.pdf"), LINK),
    _upload("two files", LINK, ("attachments_link", ("p.png", PNG, "image/png"))),
    _upload("an upload's texts as long as may be", LINK, ("attachments_remark", "长" * 1000)),
    _upload(
        "all of an upload at once",
        ("id", "x"),
        ("attachments_remark", "x" * 1001),
        ("attachments_ocr", "x" * 5001),
    ),
    _upload("what an upload may not say", LINK, ("attachments_status", "invalid"), ("id", "")),
    _upload("a guest's upload", LINK, user="guest"),
    _upload("a disabled user's upload", LINK, user="dave"),
]

"""What a guest is answered."""

from tests.conformance.compare import GUEST, ORDER, Case, listed, records
from tests.conformance.rows import USERS, attachment, product
from tests.row_ids import record_id

LINE, ORDERED = record_id("tbl_cart", 1), record_id("tbl_order", 1)
COMPANY, DOCUMENT = record_id("tbl_company", 1), record_id("tbl_document", 1)
ROWS = {
    "company": COMPANY,
    "attachments": attachment(1),
    "product_list": product(1),
    "document": DOCUMENT,
    "cart": LINE,
    "order": ORDERED,
    "auth_users": record_id("tbl_auth_users", 0),
}
"""A row of each collection."""

PICTURE = ("a.png", b"\x89PNG\r\n\x1a\n", "image/png")


def asked(name: str, collection: str, method: str, record: str = "", json: object = None) -> Case:
    """A guest's request for a collection's rows, or one of them."""
    path = f"{records(collection)}/{record}" if record else records(collection)
    return Case(name, path, method, user=GUEST, json=json)


CASES: list[Case] = [
    listed("cart list", "cart"),
    Case("cart view", "/collections/tbl_cart/records/cart00000000001"),
    Case("cart create", "/collections/tbl_cart/records", "POST", json={"cart_owner": "x"}),
    *(listed(f"guest lists {name}", name) for name in ROWS if name != "cart"),
    *(
        asked(f"guest views {name}", name, "GET", row)
        for name, row in ROWS.items()
        if name != "cart"
    ),
    *(asked(f"guest asks for the head of {name}", name, "HEAD", row) for name, row in ROWS.items()),
    *(
        asked(f"guest creates {name}", name, "POST", json={})
        for name in ROWS
        if name not in ("cart", "attachments")
    ),
    *(
        asked(f"guest updates {name}", name, "PATCH", row, {"is_delete": 1})
        for name, row in ROWS.items()
    ),
    *(asked(f"guest deletes {name}", name, "DELETE", row) for name, row in ROWS.items()),
    Case(
        "guest uploads",
        records("attachments"),
        "POST",
        multipart=[("attachments_link", PICTURE)],
    ),
    Case(
        "guest creates a good company",
        records("company"),
        "POST",
        json={"company_name": "A company"},
    ),
    Case(
        "guest creates a line for alice",
        records("cart"),
        "POST",
        json={
            "cart_owner": USERS["alice"],
            "cart_product_id": product(30),
            "cart_product_quantity": 1,
        },
    ),
    Case(
        "guest creates a line of nobody",
        records("cart"),
        "POST",
        json={"cart_owner": "", "cart_product_id": product(30), "cart_product_quantity": 1},
    ),
    Case(
        "guest orders for alice",
        records("order"),
        "POST",
        json={**ORDER, "order_owner": USERS["alice"]},
    ),
    Case("guest refreshes", "/collections/tbl_auth_users/auth-refresh", "POST"),
    Case("guest refreshes elsewhere", "/collections/tbl_cart/auth-refresh", "POST"),
    Case("guest asks for health", "/health"),
    # What is not shown.
    asked("guest views a product off sale", "product_list", "GET", product(4)),
    asked("guest views a deleted product", "product_list", "GET", product(36)),
    asked("guest views an invalid attachment", "attachments", "GET", attachment(4)),
    asked("guest views a deleted attachment", "attachments", "GET", attachment(13)),
    asked("guest views a draft", "document", "GET", record_id("tbl_document", 7)),
    asked("guest views a document to come", "document", "GET", record_id("tbl_document", 4)),
    asked("guest views a document that expired", "document", "GET", record_id("tbl_document", 5)),
    asked("guest views a deleted company", "company", "GET", record_id("tbl_company", 5)),
    asked("guest views no company", "company", "GET", "nope"),
    asked("guest views an id in capitals", "product_list", "GET", product(1).upper()),
    asked("guest views an encoded id", "product_list", "GET", f"%70{product(1)[1:]}"),
    # Who reads what through others.
    listed(
        "guest filters by an owner", "company", filter=f"company_owner_openid = '{USERS['carol']}'"
    ),
    listed("guest filters by the request", "cart", filter="cart_owner = @request.auth.openid"),
    listed("guest filters by a collection", "cart", filter="@collection.tbl_cart.id != ''"),
    listed("guest sorts by the request", "cart", sort="@request.auth.id"),
    listed("guest sorts a list of nothing", "cart", sort="-created"),
    listed("guest sorts a list of nothing by nothing", "cart", sort="nope"),
    listed("guest filters a null rule", "auth_users", filter="(("),
    # Tokens that do not hold.
    listed("a disabled user lists its lines", "cart", user="dave"),
    Case(
        "a disabled user creates",
        records("company"),
        "POST",
        user="dave",
        json={"company_name": "x"},
    ),
    Case(
        "an expired user creates",
        records("company"),
        "POST",
        user="alice",
        headers={"Authorization": "{expired}"},
        json={"company_name": "x"},
    ),
    Case(
        "an expired user refreshes",
        "/collections/tbl_auth_users/auth-refresh",
        "POST",
        user="alice",
        headers={"Authorization": "{expired}"},
    ),
]

"""Somebody else's rows look like none."""

from tests.conformance.compare import CART, ORDER, Case, created, listed, records, updated
from tests.conformance.rows import USERS, product
from tests.row_ids import record_id

LINE, ORDERED = record_id("tbl_cart", 1), record_id("tbl_order", 1)
COMPANY, OWN_ROW = record_id("tbl_company", 1), record_id("tbl_auth_users", 1)


def bob(name: str, path: str, method: str = "GET", json: object = None) -> Case:
    """Bob asks for what is not his."""
    return Case(name, path, method, user="bob", json=json)


CASES: list[Case] = [
    Case("view another's line", "/collections/tbl_cart/records/cart00000000001", user="bob"),
    Case(
        "delete another's line",
        "/collections/tbl_cart/records/cart00000000001",
        "DELETE",
        user="bob",
    ),
    Case(
        "create for another",
        "/collections/tbl_cart/records",
        "POST",
        user="bob",
        json={"cart_owner": "oALICE-conformance"},
    ),
    bob("head of another's line", f"{records('cart')}/{LINE}", "HEAD"),
    bob(
        "update another's line", f"{records('cart')}/{LINE}", "PATCH", {"cart_product_quantity": 2}
    ),
    bob("update another's line with nothing", f"{records('cart')}/{LINE}", "PATCH", {}),
    bob(
        "update another's line, badly",
        f"{records('cart')}/{LINE}",
        "PATCH",
        {"cart_product_quantity": -1},
    ),
    bob("delete another's line by update", f"{records('cart')}/{LINE}", "PATCH", {"is_delete": 1}),
    bob("take another's line", f"{records('cart')}/{LINE}", "PATCH", {"cart_owner": USERS["bob"]}),
    bob("view another's order", f"{records('order')}/{ORDERED}"),
    bob("head of another's order", f"{records('order')}/{ORDERED}", "HEAD"),
    bob("update another's order", f"{records('order')}/{ORDERED}", "PATCH", {"order_remark": "x"}),
    bob(
        "cancel another's order",
        f"{records('order')}/{ORDERED}",
        "PATCH",
        {"order_status": "cancelled"},
    ),
    bob("delete another's order", f"{records('order')}/{ORDERED}", "DELETE"),
    bob("delete no order", f"{records('order')}/nope", "DELETE"),
    bob(
        "update another's company",
        f"{records('company')}/{COMPANY}",
        "PATCH",
        {"company_name": "x"},
    ),
    bob(
        "update nobody's company",
        f"{records('company')}/{record_id('tbl_company', 2)}",
        "PATCH",
        {"company_name": "x"},
    ),
    bob(
        "update a deleted company",
        f"{records('company')}/{record_id('tbl_company', 5)}",
        "PATCH",
        {"company_name": "x"},
    ),
    bob(
        "take another's company",
        f"{records('company')}/{COMPANY}",
        "PATCH",
        {"company_owner_openid": USERS["bob"]},
    ),
    bob("view oneself", f"{records('auth_users')}/{OWN_ROW}"),
    bob("view another user", f"{records('auth_users')}/{record_id('tbl_auth_users', 0)}"),
    bob("list users", records("auth_users")),
    bob(
        "update oneself",
        f"{records('auth_users')}/{record_id('tbl_auth_users', 1)}",
        "PATCH",
        {"users_name": "x"},
    ),
    bob("refresh as bob elsewhere", "/collections/tbl_order/auth-refresh", "POST"),
    bob("view one's deleted line", f"{records('cart')}/{record_id('tbl_cart', 51)}"),
    bob("delete one's deleted line", f"{records('cart')}/{record_id('tbl_cart', 51)}", "DELETE"),
    bob("view one's deleted order", f"{records('order')}/{record_id('tbl_order', 50)}"),
    # Lists.
    *(
        listed(f"{user}'s lines", "cart", user=user, perPage=100)
        for user in ("alice", "bob", "carol")
    ),
    *(
        listed(f"{user}'s orders", "order", user=user, perPage=100)
        for user in ("alice", "bob", "carol")
    ),
    # Through filters and sorts.
    listed("filter by another's openid", "cart", "bob", filter=f"cart_owner = '{USERS['alice']}'"),
    listed("filter by another's id", "cart", "bob", filter=f"id = '{LINE}'"),
    listed("filter that is always true", "cart", "bob", filter=f"id = '{LINE}' || 1 = 1"),
    listed("filter that closes a parenthesis", "cart", "bob", filter="id != '') || (1 = 1"),
    listed("filter for deleted rows", "cart", "bob", filter="is_delete = 1"),
    listed(
        "filter through products to lines",
        "product_list",
        "bob",
        filter="tbl_cart_via_cart_product_id.cart_product_quantity ?> 100",
    ),
    listed(
        "filter back and forth",
        "cart",
        "bob",
        filter=f"cart_product_id.tbl_cart_via_cart_product_id.cart_owner ?= '{USERS['alice']}'",
    ),
    listed("filter by users", "company", "bob", filter="tbl_auth_users_via_company.openid ?!= ''"),
    listed(
        "filter by one's own openid",
        "company",
        "alice",
        filter=f"company_owner_openid = '{USERS['alice']}'",
    ),
    listed(
        "filter through a product off sale",
        "cart",
        "alice",
        filter="cart_product_id.prod_list_status = 'off_sale'",
    ),
    # Through expand.
    listed(
        "expand to lines", "product_list", "bob", expand="tbl_cart_via_cart_product_id", perPage=12
    ),
    listed(
        "expand there and back",
        "cart",
        "bob",
        expand="cart_product_id.tbl_cart_via_cart_product_id",
    ),
    listed("expand to users", "company", "alice", expand="tbl_auth_users_via_company.company"),
    # What is one's own.
    updated("view one's own line after an update", "cart", {}, {"cart_product_quantity": 3}),
    updated("give a line away", "cart", {}, {"cart_owner": USERS["alice"], "cart_remark": "x"}),
    updated("give a company away", "company", {}, {"company_owner_openid": USERS["alice"]}),
    Case(
        "delete one's own line",
        f"{records('cart')}/{{tbl_cart}}",
        "DELETE",
        user="own",
        own={"tbl_cart": {}},
    ),
    created("order for another", "order", {**ORDER, "order_owner": USERS["alice"]}),
    created("a line under another's id", "cart", {**CART, "id": LINE}),
    created("a line of a product another has", "cart", {**CART, "cart_product_id": product(1)}),
    created("a line of nobody", "cart", {**CART, "cart_owner": ""}),
]

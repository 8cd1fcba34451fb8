"""Expand: forward, back, nested, what this caller may see."""

from tests.conformance.compare import CART, ORDER, Case, created, listed, records, updated
from tests.conformance.rows import product

BACK = "tbl_cart_via_cart_product_id"
THERE_AND_BACK = ("prod_list_icon", "tbl_product_list_via_prod_list_icon")


def _levels(number: int) -> str:
    """A path of so many levels, from a product to its icon and back."""
    return ".".join((THERE_AND_BACK * 5)[:number])


CASES: list[Case] = [
    listed("one relation", "product_list", expand="prod_list_icon"),
    listed("many", "document", expand="document_images"),
    listed("three relations to many", "document", expand="document_images,document_videos,x"),
    listed("nested", "cart", user="alice", expand="cart_product_id.prod_list_icon"),
    listed("nested in many", "document", expand=f"document_images.{THERE_AND_BACK[1]}", perPage=5),
    # What leads nowhere.
    listed("expand of an unknown name", "product_list", expand="nope"),
    listed("expand of a text", "product_list", expand="prod_list_name"),
    listed("expand of JSON", "product_list", expand="prod_list_function"),
    listed("expand in another case", "product_list", expand="PROD_LIST_ICON"),
    listed("expand of a star", "product_list", expand="*"),
    listed("a bad name beside a good one", "product_list", expand="nope,prod_list_icon"),
    listed("a bad tail", "product_list", expand="prod_list_icon.nope"),
    listed("a bad tail after its head", "product_list", expand="prod_list_icon,prod_list_icon.x"),
    listed(
        "a bad tail of two",
        "cart",
        user="alice",
        expand="cart_product_id.nope,cart_product_id.prod_list_icon",
    ),
    listed("a bad tail deep down", "cart", "alice", expand="cart_product_id.prod_list_icon.id"),
    # How it is written.
    listed("spaces inside a path", "product_list", expand=" prod_list _icon , "),
    listed("a tab before a path", "product_list", expand="\tprod_list_icon"),
    listed("dots at the ends of a path", "product_list", expand=".prod_list_icon.."),
    listed("an expand twice", "product_list", expand="prod_list_icon,prod_list_icon"),
    Case(
        "the parameter expand twice",
        records("product_list"),
        query="expand=nope&expand=prod_list_icon",
    ),
    # Rows that point back.
    listed("back, own lines", "product_list", user="alice", expand=BACK),
    listed("back, lines of nobody", "product_list", expand=BACK),
    listed("back, another's lines", "product_list", user="bob", expand=BACK),
    listed("back, as once written", "product_list", "alice", expand="tbl_cart(cart_product_id)"),
    listed(
        "back by collection id", "product_list", "alice", expand="pbc_4274881862_via_" + BACK[13:]
    ),
    listed(
        "back by id, as once written", "product_list", "bob", expand=f"pbc_4274881862({BACK[13:]})"
    ),
    listed(
        "back, collection in capitals", "product_list", "alice", expand=f"TBL_CART_via_{BACK[13:]}"
    ),
    listed(
        "back, id in capitals", "product_list", "alice", expand=f"PBC_4274881862_via_{BACK[13:]}"
    ),
    listed(
        "back, field in capitals", "product_list", "alice", expand="tbl_cart_via_CART_PRODUCT_ID"
    ),
    listed("back by no relation", "product_list", "alice", expand="tbl_cart_via_cart_owner"),
    listed(
        "back by another's relation",
        "product_list",
        "alice",
        expand="tbl_document_via_document_images",
    ),
    listed("back from a null rule", "company", "alice", expand="tbl_auth_users_via_company"),
    listed(
        "back over a relation to many", "attachments", expand="tbl_document_via_document_images"
    ),
    listed(
        "back and forth", "product_list", "alice", expand=f"{BACK}.cart_product_id.prod_list_icon"
    ),
    listed("back with a bad tail", "product_list", "alice", expand=f"{BACK}.nope"),
    # What is invisible.
    listed(
        "a deleted and an off-sale product",
        "cart",
        user="bob",
        expand="cart_product_id",
        perPage=100,
    ),
    Case(
        "a line of a product off sale",
        f"{records('cart')}/cart00000000004",
        user="alice",
        query={"expand": "cart_product_id.prod_list_icon"},
    ),
    Case(
        "a relation to a row that is gone",
        f"{records('product_list')}/{product(22)}",
        query={"expand": "prod_list_icon"},
    ),
    Case(
        "many with one that is gone",
        f"{records('document')}/docu00000000002",
        query={"expand": "document_images"},
    ),
    listed("expand of nothing", "cart", user="carol", expand="cart_product_id"),
    # How deep.
    listed("six levels", "product_list", expand=_levels(6), perPage=2),
    listed("seven levels", "product_list", expand=_levels(7), perPage=2),
    listed("a bad name at the seventh level", "product_list", expand=f"{_levels(6)}.x", perPage=2),
    listed("a bad name at the sixth level", "product_list", expand=f"{_levels(5)}.x", perPage=2),
    # What is written.
    created("expand on create", "cart", CART, query={"expand": "cart_product_id.prod_list_icon"}),
    created("an unknown expand on create", "cart", CART, query={"expand": "nope"}),
    created("expand of an order on create", "order", ORDER, query={"expand": "order_owner"}),
    updated(
        "expand on update",
        "cart",
        {"cart_product_id": product(1)},
        {"cart_product_id": product(2)},
        query={"expand": "cart_product_id.prod_list_icon", "fields": "cart_product_id,expand"},
    ),
]

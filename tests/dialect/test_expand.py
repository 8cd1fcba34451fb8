"""Related rows inside a record, each only to those who may see it."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from peewee import Database

from bai_wx import dialect
from bai_wx.dialect.expand import MAX_BACK
from bai_wx.errors import BadQuery
from bai_wx.record.base import Caller
from models.attachments import Attachment
from models.cart import CartLine
from models.company import Company
from models.products import Product
from tests.dialect.sample import Sample, listed, make_sample
from tests.factories import (
    ALICE,
    BOB,
    make_attachment,
    make_cart_line,
    make_company,
    make_document,
    make_product,
    make_user,
)

CAROL = Caller("carol0000000000", "openid-carol")


@pytest.fixture(scope="module", autouse=True)
def rows(database: Database) -> Iterator[None]:
    """A sample with all of its relations, one with invisible ones, one without any."""
    make_attachment(id="icon00000000000", attachments_filename="icon")
    make_attachment(id="second000000000", attachments_filename="second")
    make_attachment(id="invalid00000000", attachments_status="invalid")
    make_company(id="acme00000000000", company_name="Acme")
    make_product(id="onsale000000000", prod_list_name="on sale", prod_list_icon="icon00000000000")
    make_product(id="offsale00000000", prod_list_status="off_sale")
    pictures = '["second000000000","invalid00000000","icon00000000000","missing00000000"]'
    relations = {"company": "acme00000000000", "product": "onsale000000000"}
    make_sample(first="full", pictures=pictures, **relations)
    make_sample(first="hidden", product="offsale00000000", pictures='["invalid00000000"]')
    make_sample(first="bare")
    yield
    Sample.delete().execute()


def expanded(first: str, expand: str, names: str = "") -> Any:
    """The `expand` of one sample in a list of all, None without one."""
    query = {"expand": expand} | ({"fields": names} if names else {})
    items = listed(Sample, query, ALICE)["items"]
    [item] = [item for item in items if item["first"] == first]
    return item.get("expand")


NAMES = "first,expand.company.company_name,expand.product.prod_list_name,expand.pictures.id"


@pytest.mark.parametrize(
    ("first", "expand", "found"),
    [
        pytest.param("full", "company", {"company": {"company_name": "Acme"}}, id="single"),
        pytest.param(
            "full",
            " pictures , company",
            {
                "company": {"company_name": "Acme"},
                "pictures": [{"id": "second000000000"}, {"id": "icon00000000000"}],
            },
            id="many, in their order, visible ones",
        ),
        pytest.param("hidden", "product", {}, id="off sale"),
        pytest.param("hidden", "pictures", {}, id="none visible"),
        pytest.param("bare", "company,pictures", {}, id="no relations"),
        pytest.param("full", "nope", None, id="unknown"),
        pytest.param("full", "title", None, id="no relation"),
        pytest.param("full", "secret", None, id="hidden field"),
        pytest.param("full", "company.nope", None, id="bad tail"),
        pytest.param("full", "company,company.nope", None, id="bad tail after its head"),
        pytest.param(
            "full",
            "product.nope,product.prod_list_icon",
            {"product": {"prod_list_name": "on sale"}},
            id="one tail of two is good",
        ),
        pytest.param("full", "nope,company", {"company": {"company_name": "Acme"}}, id="one good"),
    ],
)
def test_expand(first: str, expand: str, found: object) -> None:
    """What is under `expand`, with a name each."""
    assert expanded(first, expand, NAMES) == found


def test_expand_goes_on_inside() -> None:
    """A related row has relations of its own."""
    product = expanded("full", "product.prod_list_icon")["product"]
    assert product["expand"]["prod_list_icon"]["attachments_filename"] == "icon"
    assert list(product) == sorted(product)


def test_view_expands_too() -> None:
    """As lists do."""
    record_id = Sample.get(Sample.first == "full").id
    record = dialect.view(Sample, record_id, {"expand": "company"}, ALICE)
    assert record["expand"]["company"]["company_name"] == "Acme"


def test_many_ids_take_few_statements() -> None:
    """More related rows than one statement names."""
    ids = [f"{number:015d}" for number in range(1200)]
    for number in ids[::100]:
        make_attachment(id=number)
    make_sample(first="many", pictures=orjson.dumps(ids).decode())
    assert [row["id"] for row in expanded("many", "pictures")["pictures"]] == ids[::100]


@pytest.fixture(scope="module")
def shop(database: Database) -> str:
    """A product in two carts, with a line that is gone, and in the pictures of a document.

    Returns: the product's id.
    """
    icon, product = "backicon0000000", "back00000000000"
    make_attachment(id=icon)
    make_product(id=product, prod_list_icon=icon)
    for owner in (ALICE, BOB):
        make_cart_line(owner, cart_product_id=product, cart_remark=owner.openid)
    make_cart_line(ALICE, cart_product_id=product, cart_status="ordered", is_delete=1)
    make_document(document_title="with", document_images=f'["{icon}"]')
    make_document(document_title="draft", document_images=f'["{icon}"]', document_status="草稿")
    make_document(document_title="without", document_images='["other0000000000"]')
    return product


LINES = "tbl_cart_via_cart_product_id"


@pytest.mark.parametrize(
    ("caller", "expand", "name", "remarks"),
    [
        pytest.param(ALICE, LINES, LINES, [ALICE.openid], id="one's own"),
        pytest.param(BOB, LINES, LINES, [BOB.openid], id="another's own"),
        pytest.param(CAROL, LINES, LINES, None, id="nobody's"),
        pytest.param(None, LINES, LINES, None, id="a guest's"),
        pytest.param(
            ALICE,
            "tbl_cart(cart_product_id)",
            "tbl_cart(cart_product_id)",
            [ALICE.openid],
            id="as once written",
        ),
        pytest.param(
            ALICE,
            f"{CartLine.collection_id()}_via_cart_product_id",
            f"{CartLine.collection_id()}_via_cart_product_id",
            [ALICE.openid],
            id="by id",
        ),
        pytest.param(
            ALICE,
            "TBL_Cart_via_cart_product_id",
            "TBL_Cart_via_cart_product_id",
            [ALICE.openid],
            id="in another case",
        ),
    ],
)
def test_rows_that_point_back(
    shop: str, caller: Caller | None, expand: str, name: str, remarks: list[str] | None
) -> None:
    """A list of those the caller may see, under the name asked; nothing where there are none."""
    record = dialect.view(Product, shop, {"expand": expand}, caller)
    found = record["expand"].get(name)
    assert (found and [line["cart_remark"] for line in found]) == remarks


@pytest.mark.parametrize(
    "expand",
    [
        pytest.param("tbl_cart_via_cart_owner", id="by a text"),
        pytest.param("tbl_cart_via_nope", id="by nothing"),
        pytest.param("tbl_nope_via_cart_product_id", id="of no collection"),
        pytest.param("tbl_document_via_document_images", id="to another collection"),
        pytest.param("tbl_cart_via_CART_PRODUCT_ID", id="field in capitals"),
        pytest.param(f"{LINES}.nope", id="bad tail"),
        pytest.param("tbl_cart()", id="empty parentheses"),
        pytest.param("_via_cart_product_id", id="no name"),
    ],
)
def test_what_does_not_point_back_is_ignored(shop: str, expand: str) -> None:
    """Without a trace, like any name that is no relation."""
    assert "expand" not in dialect.view(Product, shop, {"expand": expand}, ALICE)


def test_users_are_in_no_expand(database: Database) -> None:
    """Their collection's rule is null."""
    company = make_company().id
    make_user(company=company)
    asked = {"expand": "tbl_auth_users_via_company"}
    assert "expand" not in dialect.view(Company, company, asked, ALICE)


def test_back_over_a_relation_to_many(shop: str) -> None:
    """Each row that has the id among its own."""
    expand = "prod_list_icon.tbl_document_via_document_images"
    icon = dialect.view(Product, shop, {"expand": expand}, None)["expand"]["prod_list_icon"]
    documents = icon["expand"]["tbl_document_via_document_images"]
    assert [document["document_title"] for document in documents] == ["with"]


@pytest.fixture(scope="module")
def crowd(database: Database) -> str:
    """An icon of so many products that one record cannot show all of them. Returns: its id."""
    icon = "crowded00000000"
    make_attachment(id=icon)
    with database.atomic():
        for _ in range(MAX_BACK + 1):
            make_product(prod_list_icon=icon)
    return icon


def test_a_record_shows_so_many_that_point_back(crowd: str) -> None:
    """The first ones."""
    name = "tbl_product_list_via_prod_list_icon"
    shown = dialect.view(Attachment, crowd, {"expand": name}, None)["expand"][name]
    asked = {"filter": f"prod_list_icon = '{crowd}'", "perPage": str(MAX_BACK)}
    first = listed(Product, asked, None)["items"]
    assert [row["id"] for row in shown] == [row["id"] for row in first]
    assert len(shown) == MAX_BACK


BACK = "tbl_product_list_via_prod_list_icon"
SPELLINGS = [f"TBL_{BACK[4 : 4 + n].upper()}{BACK[4 + n :]}" for n in range(12)]
"""The back relation's name in other cases; after `_via_` case matters."""


@pytest.mark.parametrize(
    ("per_page", "expand", "refusal"),
    [
        pytest.param(5, f"prod_list_icon.{BACK}", "", id="a short page"),
        pytest.param(1000, f"prod_list_icon.{BACK}", "characters", id="a page too long"),
        pytest.param(
            5, f"prod_list_icon.{BACK}.prod_list_icon.{BACK}", "characters", id="back and forth"
        ),
        pytest.param(
            1,
            ",".join(f"prod_list_icon.{name}" for name in SPELLINGS * 2),
            "",
            id="twelve spellings",
        ),
        pytest.param(
            1,
            ",".join(f"prod_list_icon.{BACK}.prod_list_icon.{name}" for name in SPELLINGS)
            + "".join(f",prod_list_icon.{name}" for name in SPELLINGS),
            "rows",
            id="read again and again",
        ),
        pytest.param(1, ",".join(f"a{n}" for n in range(51)), "names", id="too many names"),
        pytest.param(1, ".".join(["a"] * 4_000), "names", id="too many levels"),
    ],
)
def test_what_an_answer_holds_is_bounded(
    crowd: str, per_page: int, expand: str, refusal: str
) -> None:
    """Each product of the page shows an icon, and that a thousand products."""
    asked = {"filter": f"prod_list_icon = '{crowd}'", "expand": expand, "perPage": str(per_page)}
    if refusal:
        with pytest.raises(BadQuery, match=refusal):
            listed(Product, asked, None)
    else:
        assert len(listed(Product, asked, None)["items"]) == per_page

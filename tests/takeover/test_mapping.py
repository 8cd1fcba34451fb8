"""The translation of whole rows, and the maps that add to it.

Covers: bai_wx/transfer/pocketbase/
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bai_wx.record import ids
from bai_wx.transfer.pocketbase import translating
from bai_wx.transfer.pocketbase.layout import PocketBaseRefused
from bai_wx.transfer.pocketbase.mapping import SourceMapping
from bai_wx.transfer.pocketbase.translating import Translator
from tests.pocketbase_versions import BEFORE_FIELDS, NEWEST
from tests.takeover import mangled
from tests.takeover.making import Made
from tests.takeover.names import openid, record_id
from tests.takeover.opened import Source, opened
from tests.takeover.shapes import COMPANIES, PRODUCTS, USERS

ATTACHMENTS, DOCUMENTS, CART, ORDERS = "tbl_attachments", "tbl_document", "tbl_cart", "tbl_order"
R0 = record_id("attachment", 0)
STATUS = "prod_list_status"


@pytest.fixture(scope="module")
def related(made_by: Callable[[str], Made]) -> Iterator[Source]:
    """The shape of a team that knows PocketBase, of 0.40.6."""
    with opened(made_by(NEWEST)) as source:
        yield source


@pytest.fixture(scope="module")
def joined(made_by: Callable[[str], Made]) -> Iterator[Source]:
    """The owner's oldest shape, of 0.22."""
    with opened(made_by(BEFORE_FIELDS)) as source:
        yield source


def test_the_oldest_shape_is_translated_whole(joined: Source) -> None:
    """Every good row of 0.22, its words, bars and business ids: none is refused."""
    odd = {row["id"] for _, row in joined.made.mangled}
    for collection in joined.mapping.collections:
        for _, row in joined.data.rows(collection):
            if row["id"] not in odd:
                assert joined.translator.translate(collection, row).refused == []
    values, changes, _ = joined.translated(PRODUCTS)
    assert values[STATUS] == "on_sale"
    assert (STATUS, translating.OLD_WORD) in changes
    user = joined.row(USERS, 1)
    assert joined.translator.translate(USERS, user).values["company"] == record_id("company", 1)


@pytest.mark.parametrize("shape", ["related", "joined"])
def test_mangled_rows_meet_their_fate(request: pytest.FixtureRequest, shape: str) -> None:
    """Each kind that a translation can see is refused, or told, or kept, as the kind says."""
    source: Source = request.getfixturevalue(shape)
    rows = {
        row["id"]: row
        for collection in source.mapping.collections
        for _, row in source.data.rows(collection)
    }
    unseen = {"a file that is gone", "a second user of an openid"}
    unique = {"a business id that another has", "an order number twice of one owner"}
    for kind, made_row in source.made.mangled:
        if kind.name in unseen | unique | {"a dictionary's name twice"} or not kind.values:
            continue
        made = source.translator.translate(kind.collection, rows[made_row["id"]])
        told = {each.field for each in (*made.refused, *made.changes)}
        if not {mangled.KEPT, mangled.JOINED} & {*kind.fates}:
            assert not kind.field or kind.field in told, kind.name
        assert mangled.REFUSED in kind.fates or not made.refused, (kind.name, made.refused)
        if kind.fates == (mangled.REFUSED,):
            assert made.refused, kind.name


def test_doubles_of_a_line_are_joined(related: Source) -> None:
    """The first has the pieces of both, and the other is kept as deleted: no row is lost."""
    double = next(
        row
        for kind, row in related.made.mangled
        if kind.name == "a second active line of a product"
    )
    [other] = [row for _, row in related.data.rows(CART) if row["id"] == double["id"]]
    first = related.row(CART)
    kept, gone = (related.translator.translate(CART, row) for row in (first, other))
    pieces = first["cart_product_quantity"] + other["cart_product_quantity"]
    assert kept.values["cart_product_quantity"] == pieces
    assert kept.values["is_delete"] == 0
    assert gone.values["is_delete"] == 1
    assert [told.field for told in (*kept.changes, *gone.changes)] == [
        "cart_product_quantity",
        "is_delete",
    ]


def test_a_refused_row_is_led_to_no_more(related: Source) -> None:
    """A line of a refused product is refused too, and an icon that was refused is left out."""
    translator = Translator(related.data, related.mapping)
    line, product = related.row(CART), related.row(PRODUCTS) | {"prod_list_icon": R0}
    assert not translator.translate(CART, line).refused
    translator.note_refused(PRODUCTS, line["cart_product_id"])
    translator.note_refused(ATTACHMENTS, R0)
    assert translator.translate(CART, line).refused[0].field == "cart_product_id"
    assert translator.translate(PRODUCTS, product).values["prod_list_icon"] == ""


def test_what_is_made_is_made_alike_by_every_run(related: Source) -> None:
    """Ids, numbers and moments of rows without follow from the row: a run that goes on makes the same."""
    empty = {"cart_id": "", "cart_number": "", "created": "2024-05-06 07:08:09.123Z"}
    row = related.row(CART, 1) | empty
    one, other = (related.translator.translate(CART, row).values for _ in range(2))
    assert one == other
    assert one["cart_id"].startswith("CART-01HX")
    assert one["cart_number"].startswith("20240506150809123")
    assert len(one["cart_number"]) == 24
    user = related.row(USERS, 1) | {"tokenKey": ""}
    keys = {related.translator.translate(USERS, user).values["token_key"] for _ in range(2)}
    assert [len(key) for key in keys] == [ids.TOKEN_KEY_LENGTH]
    dictionary, changes, _ = related.translated("tbl_system_dict")
    assert (
        dictionary["created"]
        == related.data.collections["tbl_system_dict"].created
        == dictionary["updated"]
    )
    assert ("created", translating.NO_MOMENT) in changes


GOOD = """
collections: {tbl_roles: tbl_system_dict, tbl_system_dict: null}
fields:
  tbl_roles: {role_name: dict_name, role_id: null}
  tbl_company: {company_website: company_remark}
words:
  tbl_order.order_status: {借条: pending}
"""


def test_a_map_adds_to_the_table(related: Source, tmp_path: Path) -> None:
    """Other collections, fields and words than the owner's; null leaves out."""
    path = tmp_path / "map.yaml"
    path.write_text(GOOD, encoding="utf-8")
    mapping = SourceMapping.of(related.data, path)
    assert mapping.collections["tbl_roles"] == "tbl_system_dict"
    assert "tbl_system_dict" not in mapping.collections
    assert mapping.fields("tbl_roles")["role_name"] == "dict_name"
    translator = Translator(related.data, mapping)
    role = translator.translate("tbl_roles", related.row("tbl_roles"))
    assert role.values["dict_name"] == "角色 0"
    assert "role_id" not in role.values
    company = related.row(COMPANIES)
    website = translator.translate(COMPANIES, company).values["company_remark"]
    assert website == company["company_website"]
    order = related.row(ORDERS) | {"order_status": "借条"}
    assert translator.translate(ORDERS, order).values["order_status"] == "pending"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("- a", "must have the parts", id="a list"),
        pytest.param("a: [", "is not YAML", id="no YAML"),
        pytest.param("[" * 5000, "is nested too deeply", id="too deep"),
        pytest.param("tables: {}", "tables is no part of a map", id="another part"),
        pytest.param("collections: [a]", "collections must be a table", id="a part that is a list"),
        pytest.param("fields: {tbl_order: x}", "must be a table of tables", id="a flat part"),
        pytest.param("collections: {a: tbl_order}", "has no such collection", id="unknown here"),
        pytest.param("collections: {tbl_roles: b}", "b is none of ours", id="unknown there"),
        pytest.param("collections: {tbl_roles: 1}", "put a text into quotes", id="no text"),
        pytest.param("fields: {a: {}}", "has no such collection", id="fields of nothing"),
        pytest.param(
            "fields: {tbl_roles: {role_id: x}}", "is not taken over", id="of none of ours"
        ),
        pytest.param("fields: {tbl_order: {a: null}}", "has no such field", id="a field unknown"),
        pytest.param(
            "fields: {tbl_order: {order_remark: b}}", "has no field b", id="a field of none"
        ),
        pytest.param(
            "fields: {tbl_order: {order_id: order_remark, order_number: order_remark}}",
            "order_remark is given twice",
            id="one field twice",
        ),
        pytest.param("words: {tbl_order.order_id: {a: b}}", "no field of ours", id="no state"),
        pytest.param(
            "words: {tbl_order.order_status: {a: b}}", "b is none of its words", id="another word"
        ),
        pytest.param(
            "words: {tbl_order.order_status: {off: pending}}", "into quotes", id="a word of YAML"
        ),
        pytest.param(
            "collections: {tbl_roles: tbl_order}", "would both become tbl_order", id="two of one"
        ),
    ],
)
def test_a_map_that_does_not_fit_is_refused(
    related: Source, tmp_path: Path, text: str, problem: str
) -> None:
    """With every fault, a line each."""
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PocketBaseRefused, match=problem):
        SourceMapping.of(related.data, path)


def test_owners_stay(related: Source) -> None:
    """An openid is no id of a row: it is kept as it is."""
    assert related.translated(CART)[0]["cart_owner"] == openid(0)

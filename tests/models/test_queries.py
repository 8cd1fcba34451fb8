"""Every list the contract offers is answered from an index: the database's own plan says so.

Covers: bai_wx/record/hook_lists.py
"""

from typing import Any

import pytest
from peewee import SQL, Database, fn

from bai_wx.database.connection import refresh_statistics
from bai_wx.database.statement import Param, Statement
from bai_wx.dialect import plans
from bai_wx.dialect.filter.scan import scan
from bai_wx.dialect.sort import parse
from bai_wx.record.base import Record
from bai_wx.record.hook_lists import HookList
from models.attachments import Attachment
from models.cart import CART_LIST, CartLine
from models.company import Company
from models.documents import Document
from models.orders import _SAME_NUMBER, ORDER_LIST, Order
from models.products import Product
from models.users import User
from tests.databases import IS_POSTGRES
from tests.factories import ALICE, as_sent, make_cart_line, make_order, make_user
from tests.models.explained import explain

STATES = {"cart": "active", "order": "pending"}
VALUES: dict[str, Any] = {
    "openid": ALICE.openid,
    "now": "2026-01-01 00:00:00.000Z",
    "keyword": "%x%",
    "number": "x",
    "limit": 20,
    "offset": 0,
    "name": "x",
    "id": "x",
}

LISTS = {"cart": CART_LIST, "order": ORDER_LIST}


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        pytest.param(
            name,
            {"sort": sort, **more},
            id=f"{name}, {sort}, {' and '.join(more) or 'no filter'}",
        )
        for name, hook_list in LISTS.items()
        for sort in hook_list.sortable
        for more in (
            {},
            {f"{name}_status": STATES[name]},
            {f"{name}_number": "x"},
            {"keyword": "x"},
        )
    ],
)
def test_hook_lists_search_an_index(database: Database, name: str, ask: dict[str, str]) -> None:
    """Rows and their number; no table is scanned."""
    pages = LISTS[name].pages(ask)
    for statement in (pages.rows, pages.count):
        plan = explain(database, statement, VALUES)
        assert any(index.startswith(f"tbl_{name}_") for index in plan.indexes)
        assert not plan.scanned


def test_a_number_is_looked_for_in_its_index(database: Database) -> None:
    """Whether an order has it: asked before each order is placed, and answered without the order."""
    plan = explain(database, _SAME_NUMBER, VALUES)
    assert plan.indexes == {"tbl_order_order_number_order_owner"}
    assert plan.from_index_alone


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("with_status", [False, True])
def test_the_default_hook_list_needs_no_sorting_and_counts_from_the_index(
    database: Database, name: str, with_status: bool
) -> None:
    """The newest rows first is the order of an index."""
    ask = {f"{name}_status": STATES[name]} if with_status else {}
    pages = LISTS[name].pages(ask)
    assert not explain(database, pages.rows, VALUES).sorts
    assert explain(database, pages.count, VALUES).from_index_alone


@pytest.mark.parametrize("hook_list", [pytest.param(made, id=name) for name, made in LISTS.items()])
def test_a_detail_searches_the_unique_business_id(database: Database, hook_list: HookList) -> None:
    """One row."""
    detail = Statement(hook_list.select().where(hook_list.named_by == Param("name")))
    own = f"{hook_list.model.collection()}_{hook_list.named_by.name}"
    assert own in explain(database, detail, VALUES).indexes


def native_list(model: type[Record], *order: Any) -> Statement:
    """A page as the native records APIs read it."""
    seen = model.visible(model, Param("openid"), Param("now"))
    query = model.select(model.id).where(seen)
    return Statement(query.order_by(*order, model.seq).limit(Param("limit")))


@pytest.mark.parametrize(
    ("model", "order"),
    [
        pytest.param(Company, [], id="companies"),
        pytest.param(Company, [Company.company_name], id="companies by name"),
        pytest.param(Attachment, [], id="attachments"),
        pytest.param(Product, [], id="products"),
        pytest.param(Product, [Product.prod_list_sort], id="products by their place"),
        pytest.param(Product, [Product.prod_list_basic_price], id="products by price"),
        pytest.param(Product, [Product.created.desc()], id="products by age"),
        pytest.param(Document, [], id="documents"),
        pytest.param(Document, [Document.created.desc()], id="documents by age"),
        pytest.param(Document, [Document.document_create.desc()], id="documents by date"),
        pytest.param(CartLine, [], id="cart lines"),
        pytest.param(CartLine, [CartLine.created.desc()], id="cart lines by age"),
        pytest.param(Order, [], id="orders"),
        pytest.param(Order, [Order.created.desc()], id="orders by age"),
    ],
)
def test_native_lists_walk_an_index_in_their_order(
    database: Database, model: type[Record], order: list[Any]
) -> None:
    """Neither scanned nor sorted."""
    plan = explain(database, native_list(model, *order), VALUES)
    assert plan.indexes
    assert not plan.scanned
    assert not plan.sorts


ICON = "prod_list_icon.attachments_filename~'a'"
LINES = "tbl_cart_via_cart_product_id.cart_product_quantity?>1"
SEARCHED = [
    ("two of a company", Company, "company_type='a' && company_city='b'", "company_name"),
    ("two of a product", Product, "prod_list_category='a' && prod_list_sort>1", "-created"),
    (
        "two of a document",
        Document,
        "document_type='a' && document_title~'b'",
        "-document_create",
    ),
    ("a document's state", Document, "document_status='有效'", "-document_create"),
    (
        "two of an attachment",
        Attachment,
        "attachments_filetype='a' && attachments_size>1",
        "-created",
    ),
    ("two of a cart line", CartLine, "cart_status='active' && cart_at_price>1", "-created"),
    ("of a product", CartLine, "cart_product_id='a'", "-created"),
    ("two of an order", Order, "order_status='pending' && order_amount>1", "-created"),
    ("through a relation", Product, ICON, "prod_list_sort"),
    ("through two relations", CartLine, f"cart_product_id.{ICON}", "-created"),
    (
        "sorted through a relation",
        CartLine,
        "cart_status='active'",
        "cart_product_id.prod_list_sort",
    ),
    ("back along a relation", Product, LINES, "prod_list_sort"),
    (
        "back along the icon",
        Attachment,
        "tbl_product_list_via_prod_list_icon.prod_list_name='a'",
        "-created",
    ),
]


@pytest.mark.parametrize(
    ("model", "text", "sort"), [pytest.param(*rest, id=name) for name, *rest in SEARCHED]
)
def test_filtered_native_lists_search_every_table_they_read(
    database: Database, model: type[Record], text: str, sort: str
) -> None:
    """The statements that lists with this filter and sort run: their rows and their number."""
    scanned = scan(text)
    made = plans.listing(model, scanned.tokens, parse(sort))
    assert made.filter is not None
    bound = dict(VALUES)
    made.filter.bind(scanned.values, VALUES["now"], bound)
    for statement in (made.pages.rows, made.pages.count):
        plan = explain(database, statement, bound)
        assert not plan.scanned
        assert any(index.startswith(model.collection()) for index in plan.indexes)


@pytest.mark.parametrize("model", [Company, Attachment, Product, Document, CartLine, Order, User])
def test_every_count_is_answered_from_an_index_alone(
    database: Database, model: type[Record]
) -> None:
    """COUNT(*) of the visible rows."""
    seen = model.visible(model, Param("openid"), Param("now"))
    count = model.select(fn.COUNT(SQL("*"))).where(seen)
    if model is User:  # its count is of all undeleted users
        count = model.select(fn.COUNT(SQL("*"))).where(model.is_delete == 0)
    assert explain(database, Statement(count), VALUES).from_index_alone


def test_a_statement_runs_again_with_other_values(database: Database) -> None:
    """The text is made once, the values are bound each time."""
    first, second = make_user(), make_user()
    by_id = Statement(User.select(User.openid).where(User.id == Param("id")))
    assert by_id.row({"id": first.id}) == (first.openid,)
    assert by_id.rows({"id": second.id}) == [(second.openid,)]
    assert by_id.row({"id": "nobody"}) is None


@pytest.mark.parametrize("sort", ["", "-created", "company_name"])
def test_ones_own_companies_are_found_by_the_owners_index(database: Database, sort: str) -> None:
    """However many companies there are, and in whichever order they are asked for."""
    names = [{"company_name": f"公司{n}", "company_owner_openid": f"o-{n}"} for n in range(3000)]
    for start in range(0, len(names), 500):
        Company.insert_many(names[start : start + 500]).execute()
    refresh_statistics()
    scanned = scan(f"company_owner_openid = '{ALICE.openid}'")
    made = plans.listing(Company, scanned.tokens, parse(sort))
    assert made.filter is not None
    bound = dict(VALUES)
    made.filter.bind(scanned.values, VALUES["now"], bound)
    for statement in (made.pages.rows, made.pages.count):
        sql, parameters = statement.prepare(bound)
        words = "EXPLAIN" if IS_POSTGRES else "EXPLAIN QUERY PLAN"
        plan = str(database.execute_sql(f"{words} {sql}", parameters).fetchall())
        assert "tbl_company_company_owner_openid" in plan
        assert "tbl_company_is_delete" not in plan


def test_values_are_bound_and_never_become_sql(database: Database) -> None:
    """Whatever the caller's openid or keyword holds."""
    make_cart_line()
    make_order()
    hostile = {"keyword": "x' OR 1=1 --"}
    assert as_sent(CartLine.page(ALICE, hostile))["items"] == []
    assert as_sent(Order.page(ALICE, hostile))["items"] == []

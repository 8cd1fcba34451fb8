"""Documents and products of the contract before, carried to the owner's and back.

Covers: models/migrations/0007_catalog.py
"""

from typing import Any

import pytest
from peewee import Database

from bai_wx.process import schema
from models.documents import Document
from models.products import Product
from tests.factories import PAST, make_attachment

STEP = "0007_catalog"
OLD_DOCUMENT: dict[str, Any] = {
    "created": PAST,
    "updated": PAST,
    "is_delete": 0,
    "document_subtitle": "",
    "document_summary": "",
    "document_content": "",
    "document_type": "guide",
    "document_image": "[]",
    "document_video": "[]",
    "document_file": "[]",
    "document_owner": "技术部",
    "document_relation_model": "",
    "document_keywords": "null",
    "document_product_categories": "null",
    "document_application_scenarios": "null",
    "document_share_count": 3,
    "document_download_count": 0,
    "document_favorite_count": 0,
    "document_status": "published",
    "document_effect": "",
    "document_expiry": "",
    "document_remark": "",
}


@pytest.fixture
def before(database: Database) -> Database:
    """The database of the contract before, with three attachments."""
    for number in range(3):
        make_attachment(id=f"picture0000000{number}", attachments_id=f"A-{number}")
    while STEP not in schema.pending(database):
        schema.revert(database)
    return database


def insert(database: Database, table: str, **columns: Any) -> None:
    """Insert a row as the code before did."""
    marks = ", ".join([database.param] * len(columns))
    names = ", ".join(columns)
    database.execute_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))


def document(database: Database, name: str, **columns: Any) -> None:
    """An old document."""
    ids = {"id": name.rjust(15, "0"), "document_id": f"D-{name}", "document_title": name}
    insert(database, "tbl_document", **{**OLD_DOCUMENT, **ids, **columns})


def product(database: Database, name: str, tags: str) -> None:
    """An old product."""
    texts = ("modelnumber", "icon", "description", "feature", "plantype", "category")
    texts += ("comm_type", "series", "remark")
    insert(
        database,
        "tbl_product_list",
        id=name.ljust(15, "0"),
        created=PAST,
        updated=PAST,
        is_delete=0,
        prod_list_id=f"P-{name}",
        prod_list_name=name,
        prod_list_parameters="[]",
        prod_list_sort=1,
        prod_list_basic_price=1990,
        prod_list_status="on_sale",
        prod_list_tags=tags,
        **{f"prod_list_{text}": "" for text in texts},
    )


def column(database: Database, table: str, name: str) -> list[Any]:
    """A column of all rows, in their order."""
    return [row[0] for row in database.execute_sql(f"SELECT {name} FROM {table} ORDER BY seq")]


def test_rows_are_carried_forward(before: Database) -> None:
    """Relations keep their ids and get their texts; a row that is gone has none."""
    images = '["picture00000002","gone00000000000","picture00000000"]'
    document(before, "one", document_image=images, document_effect=PAST, document_expiry=PAST)
    document(before, "two", document_status="draft", document_file='["picture00000001"]')
    document(before, "three", document_status="", document_keywords='["门锁","智能"]')
    schema.migrate(before)
    one, two, three = Document.select().order_by(Document.seq)
    assert (one.document_images, one.document_image) == (images, "A-2|A-0")
    assert (one.document_effect_date, one.document_expiry_date) == (PAST, PAST)
    assert (one.document_create, one.document_hotel_type) == (PAST, "")
    assert (one.document_owner, one.document_share_count) == ("技术部", 3)
    assert (two.document_files, two.document_file) == ('["picture00000001"]', "A-1")
    states = [row.document_status for row in (one, two, three)]
    assert states == ["有效", "草稿", "草稿"], "what was not shown is not shown now"
    assert three.document_keywords == "门锁|智能"


@pytest.mark.parametrize(
    ("before_it", "after_it", "back"),
    [
        pytest.param('["新品","热销"]', "新品|热销", '["新品","热销"]', id="a list"),
        pytest.param('["新品"]', "新品", '["新品"]', id="one"),
        pytest.param("[]", "", "null", id="none"),
        pytest.param("null", "", "null", id="null"),
        pytest.param("", "", "null", id="unset"),
        pytest.param('"新品"', "新品", '["新品"]', id="a text"),
        pytest.param('{"a":1}', '{"a":1}', '{"a":1}', id="an object"),
        pytest.param("[1]", "[1]", "[1]", id="numbers"),
        pytest.param('["[热销"]', "[热销", '["[热销"]', id="a bracket"),
        pytest.param('["5","{热销}"]', "5|{热销}", '["5","{热销}"]', id="a number"),
        pytest.param('["a|b"]', "a|b", '["a","b"]', id="a bar"),
    ],
)
def test_lists_are_joined_and_split(
    before: Database, before_it: str, after_it: str, back: str
) -> None:
    """Tags of a product and the words of a document."""
    product(before, "tags", before_it)
    document(before, "words", document_application_scenarios=before_it)
    schema.migrate(before)
    assert Product.get().prod_list_tags == after_it
    assert Document.get().document_application_scenarios == after_it
    assert (Product.get().prod_list_function, Product.get().prod_list_barcode) == ("null", "")
    while STEP not in schema.pending(before):
        schema.revert(before)
    assert column(before, "tbl_product_list", "prod_list_tags") == [back]
    assert column(before, "tbl_document", "document_application_scenarios") == [back]


def test_rows_are_carried_back(before: Database) -> None:
    """As the code before read them, more rows than are converted at once."""
    for number in range(1_001):
        state = ("published", "draft")[number % 2]
        images = f'["picture0000000{number % 3}"]'
        document(before, f"d{number}", document_status=state, document_image=images)
    table = "SELECT * FROM tbl_document ORDER BY seq"
    old = before.execute_sql(table).fetchall()
    names = [each.name for each in before.get_columns("tbl_document")]
    schema.migrate(before)
    assert Document.select().where(Document.document_status == "有效").count() == 501
    assert schema.differences(before) == ""
    while STEP not in schema.pending(before):
        schema.revert(before)
    now = [each.name for each in before.get_columns("tbl_document")]
    rows = before.execute_sql(table).fetchall()
    assert [dict(zip(now, row, strict=True)) for row in rows] == [
        dict(zip(names, row, strict=True)) for row in old
    ]
    schema.migrate(before)
    assert schema.differences(before) == ""


def test_products_count_their_changes_as_before(before: Database) -> None:
    """The triggers of an earlier step outlive the new columns."""
    product(before, "one", '["a"]')
    schema.migrate(before)
    [version] = column_of_version(before)
    Product.update(prod_list_barcode="6950000000019").execute()
    [changed] = column_of_version(before)
    assert changed > version


def column_of_version(database: Database) -> list[int]:
    """The number of changes of products."""
    return [row[0] for row in database.execute_sql("SELECT number FROM collection_version")]

"""An import names rows by record id, by business id, and in joined texts.

Covers: bai_wx/transfer/importer.py
"""

from typing import Any

import pytest

from bai_wx.transfer.importer import Imported, ImportRefused, Source, SourceRow, load
from models.documents import Document
from models.products import Product
from tests.factories import PAST, make_attachment

pytestmark = pytest.mark.usefixtures("database")

PICTURES = [{"id": f"picture0000000{number}", "attachments_id": f"A-{number}"} for number in (1, 2)]


def brought(**tables: list[dict[str, Any]]) -> Imported:
    """Import these rows."""
    return load(
        Source(name, name, [SourceRow(line, row) for line, row in enumerate(rows, 1)])
        for name, rows in tables.items()
    )


def document(**values: Any) -> Document:
    """The document that an import of these values leaves, with two attachments in a later file."""
    brought(
        tbl_document=[{"document_title": "文", "created": PAST, **values}], tbl_attachments=PICTURES
    )
    found: Document = Document.get()
    return found


BOTH = '["picture00000001","picture00000002"]'


@pytest.mark.parametrize(
    ("given", "relation", "text"),
    [
        pytest.param(
            {"document_images": ["picture00000001", "picture00000002"]}, BOTH, "A-1|A-2", id="ids"
        ),
        pytest.param({"document_images": ["A-1", "A-2"]}, BOTH, "A-1|A-2", id="business ids"),
        pytest.param({"document_image": "A-1|A-2"}, BOTH, "A-1|A-2", id="the text"),
        pytest.param(
            {"document_image": "A-2| A-1 |A-2"},
            '["picture00000002","picture00000001"]',
            "A-2| A-1 |A-2",
            id="the text as it came",
        ),
        pytest.param(
            {"document_image": "X-7|A-2"}, '["picture00000002"]', "X-7|A-2", id="a lost id"
        ),
        pytest.param({"document_image": "X-7"}, "[]", "X-7", id="only a lost id"),
        pytest.param(
            {"document_images": ["picture00000001"], "document_image": "A-1|X-7"},
            '["picture00000001"]',
            "A-1|X-7",
            id="an export",
        ),
        pytest.param(
            {"document_images": ["picture00000001"], "document_image": "A-2|X-7"},
            '["picture00000001"]',
            "A-1|X-7",
            id="the relation wins",
        ),
        pytest.param({"document_images": [], "document_image": ""}, "[]", "", id="nothing"),
    ],
)
def test_a_relation_and_its_text_are_brought_by_either(
    given: dict[str, Any], relation: str, text: str
) -> None:
    found = document(**given)
    assert (found.document_images, found.document_image) == (relation, text)


def test_ids_that_lead_to_no_row_are_reported() -> None:
    """Each, by field."""
    done = brought(
        tbl_document=[
            {"document_title": "甲", "document_image": "X-1|X-2|A-1"},
            {"document_title": "乙", "document_file": "X-1"},
        ],
        tbl_attachments=PICTURES,
    )
    [note] = done.notes
    assert (note.key, note.rows) == ("unresolved", 3)
    assert "tbl_document.document_file 1, tbl_document.document_image 2" in note.sentence


def test_rows_that_were_there_before_are_found() -> None:
    make_attachment(id="picture00000009", attachments_id="A-9")
    brought(tbl_document=[{"document_title": "文", "document_video": "A-9"}])
    assert Document.get().document_videos == '["picture00000009"]'


@pytest.mark.parametrize("icon", ["A-2", "picture00000002"])
def test_an_icon_is_named_by_either_id(icon: str) -> None:
    brought(
        tbl_product_list=[{"prod_list_name": "灯", "prod_list_icon": icon}],
        tbl_attachments=PICTURES,
    )
    assert Product.get().prod_list_icon == "picture00000002"


@pytest.mark.parametrize("icon", ["A-7", "picture00000007"])
def test_an_icon_that_is_not_there_is_refused(icon: str) -> None:
    """Relations lead to rows; only a joined text may name what is missing."""
    with pytest.raises(ImportRefused, match=f"points at {icon}, which tbl_attachments does not"):
        brought(
            tbl_product_list=[{"prod_list_name": "灯", "prod_list_icon": icon}],
            tbl_attachments=PICTURES,
        )
    assert Product.select().count() == 0


def test_the_moment_of_a_document_is_that_of_its_row() -> None:
    """Unless it brings one of its own."""
    assert document().document_create == PAST
    later = "2024-05-06 07:08:09.000Z"
    brought(tbl_document=[{"document_title": "文", "created": PAST, "document_create": later}])
    assert Document.select().order_by(-Document.seq).first().document_create == later

"""Texts of business ids follow their relation, whoever writes it."""

import pytest

from bai_wx.record import joined
from models.documents import Document
from tests.factories import make_attachment, make_document

KNOWN = {"A-1", "A-2", "A-3"}


@pytest.mark.parametrize(
    ("text", "named", "written"),
    [
        pytest.param("", ["A-1", "A-2"], "A-1|A-2", id="made"),
        pytest.param("A-1|A-2", [], "", id="emptied"),
        pytest.param("A-1|A-2", ["A-2", "A-1"], "A-2|A-1", id="in the relation's order"),
        pytest.param("A-1|X|A-2", ["A-1", "A-2"], "A-1|X|A-2", id="unchanged, with a lost id"),
        pytest.param("X|A-1|Y", ["A-2"], "A-2|X|Y", id="changed, lost ids stay"),
        pytest.param(" A-1 | A-2 ", ["A-1", "A-2"], " A-1 | A-2 ", id="blanks that came stay"),
        pytest.param("A-1||A-2|", ["A-3"], "A-3", id="empty parts are none"),
    ],
)
def test_a_text_names_the_rows_of_its_relation(text: str, named: list[str], written: str) -> None:
    assert joined.rewritten(text, named, KNOWN) == written


@pytest.mark.usefixtures("database")
def test_fill_looks_rows_up() -> None:
    """Deleted ones too; a row that is not there has no business id to name."""
    for number, is_delete in (1, 0), (2, 1):
        name = f"A-{number}"
        make_attachment(id=f"picture0000000{number}", attachments_id=name, is_delete=is_delete)
    values = {"document_images": '["picture00000002","gone00000000000","picture00000001"]'}
    joined.fill(Document, values, {"document_image": "A-1|A-9"})
    assert values["document_image"] == "A-2|A-1|A-9"


@pytest.mark.usefixtures("database")
def test_fill_leaves_texts_whose_relation_is_not_written() -> None:
    stored = make_document(document_image="A-9")
    values = {"document_title": "x", "document_videos": "[]"}
    joined.fill(Document, values, stored.__data__)
    assert values == {"document_title": "x", "document_videos": "[]", "document_video": ""}

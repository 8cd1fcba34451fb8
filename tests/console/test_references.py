"""Where a row is used, which state and types a document has, on both databases.

Covers: bai_wx/console/references.py, bai_wx/console/document_states.py, bai_wx/console/document_types.py
"""

import orjson
import pytest

from bai_wx.console import document_states, document_types
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.document_states import State, state_of
from bai_wx.console.references import uses_of
from bai_wx.errors import NotFound
from models.attachments import FILES
from models.dict import Dictionary
from models.documents import DRAFT, VALID, Document
from tests.factories import make_attachment, make_company, make_document, make_product, make_user

pytestmark = pytest.mark.usefixtures("database")

PAST, FUTURE = "2020-01-01 00:00:00.000Z", "2099-01-01 00:00:00.000Z"


def test_an_attachment_is_used_by_relations_texts_and_rich_texts() -> None:
    picture, other = make_attachment(), make_attachment()
    ids = orjson.dumps([other.id, picture.id]).decode()
    content = f'<p><img src="https://shop.example.com{FILES}{picture.id}/icon_0123456789.png"></p>'
    users = [
        make_product(prod_list_icon=picture.id),
        make_document(document_images=ids),
        make_document(document_content=content),
        make_user(users_picture=picture.attachments_id),
    ]
    make_product(prod_list_icon=picture.id, is_delete=1)
    make_product(prod_list_icon=other.id)
    assert {row.id for row in uses_of(picture)} == {row.id for row in users}


def test_a_company_is_used_by_its_members() -> None:
    company = make_company()
    member = make_user(company=company.id)
    make_user(company=make_company().id)
    assert [row.id for row in uses_of(company)] == [member.id]


STATES = {
    "a draft": (DRAFT, "", "", State.DRAFT),
    "a draft to come": (DRAFT, FUTURE, "", State.DRAFT),
    "always": (VALID, "", "", State.SHOWN),
    "without a state": ("", "", "", State.SHOWN),
    "begun": (VALID, PAST, FUTURE, State.SHOWN),
    "to come": (VALID, FUTURE, "", State.COMING),
    "over": (VALID, PAST, PAST, State.EXPIRED),
}


@pytest.mark.parametrize("name", STATES)
def test_the_state_of_a_document_is_the_one_it_is_found_by(name: str) -> None:
    status, effect, expiry, state = STATES[name]
    dates = {"document_effect_date": effect, "document_expiry_date": expiry}
    document = make_document(document_status=status, **dates)
    assert state_of(document) is state
    found = {s for s in State if Document.select().where(document_states.condition(s)).count()}
    assert found == {state}
    is_visible = Document.visible_to(None).count() == 1
    assert is_visible is (state in {State.SHOWN, State.EXPIRED})


def test_the_types_of_documents_come_from_the_dictionaries_they_use() -> None:
    make_document(document_type="类型@说明书|旧类型@图纸")
    make_document(document_type="没有字典")
    make_document(document_type="无关@x", is_delete=1)
    Dictionary.create(
        dict_name="类型", dict_word_enum="说明书|方案|样本", dict_word_is_enabled="1|1|0"
    )
    Dictionary.create(dict_name="无关", dict_word_enum="x|y")
    assert document_types.types() == ["类型@说明书", "类型@方案", "旧类型@图纸"]


def test_documents_are_published_all_or_none() -> None:
    draft = make_document(document_status=DRAFT)
    with pytest.raises(NotFound):
        document_states.put([draft.id, "0" * 15], VALID, COMMAND_LINE)
    assert Document.get_by_id(draft.seq).document_status == DRAFT

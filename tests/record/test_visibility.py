"""Who may see which row: the one rule everything starts from.

Covers: bai_wx/record/base.py, bai_wx/record/collections.py, models/documents.py, models/products.py
"""

from collections.abc import Callable

import pytest

from bai_wx.record.base import Caller, Record
from bai_wx.record.collections import COLLECTIONS
from tests.factories import (
    ALICE,
    BOB,
    FUTURE,
    PAST,
    make_attachment,
    make_cart_line,
    make_company,
    make_document,
    make_order,
    make_product,
    make_user,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("make", "caller", "seen"),
    [
        pytest.param(lambda: make_product(), None, True, id="product on sale, guest"),
        pytest.param(
            lambda: make_product(prod_list_status="off_sale"), ALICE, False, id="off sale"
        ),
        pytest.param(lambda: make_product(prod_list_status=""), None, False, id="product unset"),
        pytest.param(lambda: make_product(is_delete=1), None, False, id="deleted product"),
        pytest.param(lambda: make_company(), None, True, id="company, guest"),
        pytest.param(
            lambda: make_company(company_status="停用"), None, True, id="a company of any state"
        ),
        pytest.param(lambda: make_company(is_delete=1), ALICE, False, id="deleted company"),
        pytest.param(lambda: make_attachment(), None, True, id="valid attachment"),
        pytest.param(
            lambda: make_attachment(attachments_status="invalid"), None, False, id="invalid"
        ),
        pytest.param(lambda: make_document(), None, True, id="valid, no dates"),
        pytest.param(lambda: make_document(document_status="草稿"), None, False, id="draft"),
        pytest.param(lambda: make_document(document_effect_date=PAST), None, True, id="in effect"),
        pytest.param(
            lambda: make_document(document_effect_date=FUTURE), None, False, id="not yet in effect"
        ),
        pytest.param(
            lambda: make_document(document_expiry_date=FUTURE), None, True, id="not yet expired"
        ),
        pytest.param(lambda: make_document(document_expiry_date=PAST), None, True, id="expired"),
        pytest.param(lambda: make_document(document_status=""), None, True, id="document unset"),
        pytest.param(lambda: make_cart_line(ALICE), ALICE, True, id="own line"),
        pytest.param(lambda: make_cart_line(ALICE), BOB, False, id="somebody else's line"),
        pytest.param(lambda: make_cart_line(ALICE), None, False, id="line, guest"),
        pytest.param(
            lambda: make_cart_line(Caller("", "")), None, False, id="ownerless line, guest"
        ),
        pytest.param(lambda: make_cart_line(ALICE, is_delete=1), ALICE, False, id="own, deleted"),
        pytest.param(lambda: make_order(ALICE), ALICE, True, id="own order"),
        pytest.param(lambda: make_order(ALICE), BOB, False, id="somebody else's order"),
        pytest.param(lambda: make_order(ALICE, is_delete=1), ALICE, False, id="own order, deleted"),
        pytest.param(lambda: make_user(openid=ALICE.openid), ALICE, True, id="oneself"),
        pytest.param(lambda: make_user(openid=ALICE.openid), BOB, False, id="another user"),
    ],
)
def test_who_sees_what(make: Callable[[], Record], caller: Caller | None, seen: bool) -> None:
    """Deleted, foreign and hidden rows are no rows."""
    row = make()
    assert [found.id for found in type(row).visible_to(caller)] == ([row.id] if seen else [])


@pytest.mark.parametrize(("name", "model"), COLLECTIONS.items(), ids=COLLECTIONS)
def test_every_collection_has_the_common_fields_first(name: str, model: type[Record]) -> None:
    """`seq` is ours; the contract does not know it."""
    fields = list(model.record_fields())
    assert fields[:4] == ["id", "created", "updated", "is_delete"]
    assert name.startswith("tbl_")


@pytest.mark.parametrize(
    ("name", "collection_id"),
    [
        pytest.param("tbl_cart", "pbc_4274881862", id="base collection"),
        pytest.param("tbl_auth_users", "pbc_421601843", id="auth collection"),
    ],
)
def test_collection_ids_are_made_as_pocketbase_makes_them(name: str, collection_id: str) -> None:
    """The CRC-32 of type and name: PocketBase's own `cats` of type `base` is pbc_3834699042."""
    model = COLLECTIONS[name]
    assert model.collection_id() == collection_id


def test_a_soft_deletion_touches_nothing_but_its_mark_and_updated() -> None:
    """Everything else is still what it was."""
    product = make_product(updated=PAST)
    before = {name: getattr(product, name) for name in product.record_fields()}
    product.mark_deleted()
    stored = type(product).get_by_id(product.seq)
    after = {name: getattr(stored, name) for name in stored.record_fields()}
    assert {name for name in before if before[name] != after[name]} == {"is_delete", "updated"}
    assert after["is_delete"] == 1

"""No private value leaks: whatever is asked, the answer is the same whoever owns the rows of others.

The rows of strangers get other owners, and everything is asked again: lists, counts, filters with every
operator and modifier, sorts and expands, on the rows themselves and through relations in either direction.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from bai_wx import dialect
from bai_wx.dialect import layout
from bai_wx.dialect.filter.operators import ANY, OPERATORS
from bai_wx.errors import BadQuery
from bai_wx.record.base import Caller, Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import Private
from models.attachments import Attachment
from models.company import Company
from models.documents import Document
from models.users import User
from tests.factories import (
    BOB,
    as_sent,
    caller,
    make_attachment,
    make_company,
    make_document,
    make_product,
    make_user,
)

pytestmark = pytest.mark.usefixtures("database")

STRANGERS = (("oAnna-1", "oBert-22"), ("oZoe-333333", "oAnna-1"))
"""The owners of the two strange rows of each collection: first these, then those."""

MODIFIERS = ("", ":lower", ":length", ":each")
LITERALS = ("'oAnna-1'", "'anna'", "'oanna-1'", "''", "'oM'", "7")
DEPTH = 2

PRIVATE = {
    model: name
    for model in COLLECTIONS.values()
    for name, field in model.record_fields().items()
    if isinstance(field, Private)
}


def _world() -> dict[type[Record], list[Record]]:
    """Of each collection with a private field: two strange rows, one of Bob's and one of nobody."""
    owners = (*STRANGERS[0], BOB.openid, "")
    pictures = [make_attachment(attachments_owner=owner) for owner in owners]
    for picture in pictures:
        make_product(prod_list_icon=picture.id)
    papers = make_attachment(attachments_owner=owners[0], attachments_is_identity=1)
    make_product(prod_list_icon=papers.id)
    return {
        Attachment: pictures,
        Company: [make_company(company_owner_openid=owner) for owner in owners],
        Document: [
            make_document(document_owner=owner, document_files=f'["{picture.id}","{papers.id}"]')
            for owner, picture in zip(owners, pictures, strict=True)
        ],
    }


def _paths(model: type[Record], depth: int = DEPTH) -> Iterator[tuple[str, ...]]:
    """Ways from a collection's rows to a private field, itself last."""
    if model in PRIVATE:
        yield (PRIVATE[model],)
    if not depth:
        return
    for step, target in _steps(model):
        for rest in _paths(target, depth - 1):
            yield step, *rest


def _steps(model: type[Record]) -> Iterator[tuple[str, type[Record]]]:
    """One relation to each collection, and one back from each."""
    found = {}
    for source in filter(lambda other: other.LISTED, COLLECTIONS.values()):
        for name, field in layout.of(source).fields.items():
            if source is model and field.target:
                found.setdefault(field.target, name)
            if field.target == model.collection():
                found.setdefault(f"back {source}", f"{source.collection()}_via_{name}")
    for step in found.values():
        source, _, _ = step.partition("_via_")
        target = source if "_via_" in step else layout.of(model).fields[step].target
        yield step, COLLECTIONS[target]


def _asked(path: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Everything that can be asked of a path."""
    name = ".".join(path)
    is_direct = len(path) == 1
    operators = [*OPERATORS, *(f"{ANY}{operator}" for operator in OPERATORS if not is_direct)]
    literals = LITERALS if is_direct else LITERALS[:1]
    for modifier, operator, literal in product(MODIFIERS, operators, literals):
        yield {"filter": f"{name}{modifier}{operator}{literal}"}
        if operator.endswith("~"):
            yield {"filter": f"{literal}{operator}{name}{modifier}"}
    yield {"filter": f"{name}={name} && {name}!={name}:lower"}
    yield {"sort": name}
    yield {"sort": f"-{name},-created"}
    yield {"expand": ".".join(path[:-1])}
    yield {"fields": f"{name},{name}:excerpt(5)"}


def _answers(model: type[Record], asked: list[dict[str, str]], who: Caller | None) -> list[Any]:
    return [as_sent(dialect.list_page(model, dict(query), who)) for query in asked]


CASES = [
    pytest.param(model, path, id=f"{model.collection()} {'.'.join(path)}")
    for model in COLLECTIONS.values()
    if model.LISTED
    for path in _paths(model)
]


@pytest.mark.parametrize("who", [pytest.param(None, id="guest"), pytest.param(BOB, id="bob")])
@pytest.mark.parametrize(("model", "path"), CASES)
def test_answers_do_not_depend_on_who_owns_the_rows_of_others(
    model: type[Record], path: tuple[str, ...], who: Caller | None
) -> None:
    """Neither a guest nor another user learns anything of an owner."""
    rows = _world()
    asked = list(_asked(path))
    before = _answers(model, asked, who)
    for owned, held in rows.items():
        for row, owner in zip(held[:2], STRANGERS[1], strict=True):
            change = {PRIVATE[owned]: owner}
            owned.update(change).where(owned.seq == row.seq).execute()
    for query, first, second in zip(asked, before, _answers(model, asked, who), strict=True):
        assert first == second, query


def test_every_private_field_is_walked() -> None:
    """The world has rows of each collection that holds one."""
    assert _world().keys() == PRIVATE.keys()


def test_users_are_no_place_to_look_into() -> None:
    """Neither their identity numbers nor anything else, by a list or on a way that leads there."""
    company = make_company()
    user = make_user(company=company.id, users_id_number="440305199001011234")
    for query in (
        {"filter": "tbl_auth_users_via_company.users_id_number ?~ '4403'"},
        {"sort": "tbl_auth_users_via_company.users_id_number"},
    ):
        with pytest.raises(BadQuery):
            dialect.list_page(Company, query, BOB)
    shown = as_sent(dialect.list_page(Company, {"expand": "tbl_auth_users_via_company"}, BOB))
    assert "440305199001011234" not in str(shown)
    own = as_sent(dialect.view(User, user.id, {}, caller(user)))
    assert own["users_id_number"] == "440305199001011234"

"""Private values in a walk over everything that could tell them: lists, filters, sorts, expands, counts.

Which fields are private and which relations lead to them is read from the contract, so that a new
one is walked as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

import pytest

from bai_wx.contract.collections import CollectionSpec, collections
from tests.api.pictures import PNG
from tests.clients import world
from tests.clients.visitors import NewVisitor, Visitor
from tests.clients.wx import MiniProgram
from tests.contract import operations
from tests.running import Server

CONTRACT: Final = collections(operations.CONTRACT)
LISTED: Final = {
    name: spec
    for name, spec in CONTRACT.items()
    if any(operation.verb == "list" for operation in spec.operations.values())
}
OPERATORS: Final = ("=", "!=", "~", "!~", ">", ">=", "<", "<=", "?=", "?!=", "?~", "?>")
DECOY: Final = "oNOBODY-at-all-has-this-openid"
FURTHEST: Final = 2
"""Steps along relations."""
OWNED: Final = "owned"
"""What the ids of the owner's rows have in them."""


def relations(spec: CollectionSpec) -> Iterator[tuple[str, str]]:
    """What leads from a collection to another: its relations, and others' relations back to it."""
    for each in spec.fields.values():
        if each.target in LISTED:
            yield each.name, each.target
    for name, other in LISTED.items():
        for each in other.fields.values():
            if each.target == spec.name:
                yield f"{name}_via_{each.name}", name


def ways(name: str, below: str = "", steps: int = FURTHEST) -> Iterator[tuple[str, str]]:
    """Every path of relations from a collection, as text, and the collection at its end."""
    yield below, name
    if steps:
        for step, target in relations(LISTED[name]):
            yield from ways(target, f"{below}.{step}" if below else step, steps - 1)


def paths_to_private(name: str) -> list[str]:
    """Every way to name a private value in a filter of a collection."""
    return [
        f"{way}.{each.name}" if way else each.name
        for way, target in ways(name)
        for each in LISTED[target].fields.values()
        if each.private
    ]


@pytest.fixture(scope="module")
def program(server: Server) -> Iterator[MiniProgram]:
    """One mini program for the whole walk."""
    opened = MiniProgram(server.url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def owner(
    program: MiniProgram, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Visitor:
    """A user whose openid stands in every private field, in rows that others can reach."""
    visitor = NewVisitor(program)
    visitor.login("wx-walk-owner")
    photo = tmp_path_factory.mktemp("phone") / "a.png"
    photo.write_bytes(PNG)
    links = [visitor.upload(photo)["id"] for _ in range(3)]
    server.take(
        {
            "tbl_document": [
                world.document(f"{OWNED}{n}", document_owner=visitor.openid, document_images=[link])
                for n, link in enumerate(links)
            ],
            "tbl_product_list": [
                world.product(f"{OWNED}{n}", 1, prod_list_icon=link)
                for n, link in enumerate(links[:2])
            ],
        }
    )
    visitor.create("tbl_company", company_name="有主的酒店")
    return visitor


@pytest.fixture(scope="module", params=["a guest", "another user"])
def other(program: MiniProgram, request: pytest.FixtureRequest) -> Visitor:
    """Somebody whom the values do not concern, though he has rows of his own."""
    visitor = NewVisitor(program)
    if request.param == "another user":
        visitor.login("wx-walk-other")
        visitor.create("tbl_company", company_name="另一家酒店")
    return visitor


def test_there_is_something_to_walk() -> None:
    """Private fields, and ways to them along and back along relations."""
    private = {
        each.name for spec in LISTED.values() for each in spec.fields.values() if each.private
    }
    assert private == {"company_owner_openid", "attachments_owner", "document_owner"}
    assert "document_images.attachments_owner" in paths_to_private("tbl_document")
    back = "tbl_document_via_document_images.document_owner"
    assert back in paths_to_private("tbl_attachments")
    assert f"prod_list_icon.{back}" in paths_to_private("tbl_product_list")


@pytest.mark.parametrize("name", LISTED)
def test_no_filter_tells_a_private_value(owner: Visitor, other: Visitor, name: str) -> None:
    """An openid that is there is answered like one that nobody has, count included."""
    refused = 0
    for path, operator in product(paths_to_private(name), OPERATORS):
        secret, decoy = (
            other.get(
                f"/collections/{name}/records",
                {"filter": f'{path}{operator}"{value}"', "perPage": 200, "fields": "id"},
            )
            for value in (owner.openid, DECOY)
        )
        assert (secret.status, secret.data) == (decoy.status, decoy.data), f"{path}{operator}"
        refused += secret.status != 200
    assert refused <= len(paths_to_private(name)) * len(OPERATORS) // 2


@pytest.mark.parametrize("name", LISTED)
def test_no_sort_tells_a_private_value(owner: Visitor, other: Visitor, name: str) -> None:
    """Among rows that all lead to a private value the id decides, which is the second key."""
    mine = {} if name in ("tbl_company", "tbl_attachments") else {"filter": f'id~"{OWNED}"'}
    for path in (path for path in paths_to_private(name) if "_via_" not in path):
        for sign in ("", "-"):
            query = {"sort": f"{sign}{path},id", "perPage": 500, "fields": "id", **mine}
            ids = [row["id"] for row in other.rows(name, **query)]
            own = other.openid and name == "tbl_company"
            assert own or ids == sorted(ids), path


@pytest.mark.parametrize("name", LISTED)
def test_no_expand_tells_a_private_value(owner: Visitor, other: Visitor, name: str) -> None:
    """Along and back along every relation, with every field."""
    expand = ",".join(way for way, _ in ways(name) if way)
    found = other.rows(name, expand=expand, perPage=500, fields="*,expand.*")
    assert owner.openid not in str(found)


@pytest.mark.parametrize("name", ["tbl_company", "tbl_attachments", "tbl_document"])
def test_the_owner_finds_his_own(owner: Visitor, name: str) -> None:
    """So the walk would have seen something."""
    for path in paths_to_private(name):
        if "." not in path:
            assert owner.page(name, filter=f'{path}="{owner.openid}"')["totalItems"] >= 1

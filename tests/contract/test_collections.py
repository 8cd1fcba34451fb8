"""The collections as the contract declares them.

Covers: bai_wx/contract/field_specs.py, bai_wx/contract/keywords.py, bai_wx/contract/spots.py
"""

from pathlib import Path
from typing import Any

import pytest

from bai_wx.contract import loader
from bai_wx.contract.collections import CollectionSpec, collections
from bai_wx.contract.field_specs import Derived
from bai_wx.contract.files import ContractError

RECORD = """
openapi: 3.1.0
info: {title: small, version: '1'}
paths:
  /pb/api/collections/tbl_leaf/records:
    get:
      operationId: leaf_list
      x-max-body: 100
      responses:
        '200':
          description: leaves
          content:
            application/json:
              schema:
                type: object
                properties:
                  items: {type: array, items: {$ref: '#/components/schemas/Leaf'}}
    post:
      operationId: leaf_create
      x-max-body: 8388608
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [leaf_name]
              properties:
                id: {type: string}
                leaf_name: {type: string, maxLength: 20}
                leaf_tree: {type: string, readOnly: true}
      responses: {'200': {description: a leaf}}
components:
  schemas:
    DateTime: {type: string, pattern: '^[0-9]+$'}
    DateTimeOrEmpty: {type: string, pattern: '^([0-9]+)?$'}
    Money: {type: number, minimum: 0}
    PocketBaseRecordBase:
      type: object
      properties:
        id: {type: string, pattern: '^[a-z0-9]{15}$'}
        collectionId: {type: string}
        created: {$ref: '#/components/schemas/DateTime'}
        is_delete: {type: integer, enum: [0, 1]}
    Fields:
      type: object
      properties:
        leaf: {FIELD}
    Leaf:
      title: 叶
      type: object
      x-owner: leaf_key
      x-visible: leaf != ''
      x-unique: [{fields: [leaf, leaf_key], when: is_delete = 0}]
      x-hidden-fields:
        leaf_key: {type: string, maxLength: 50}
      allOf:
        - $ref: '#/components/schemas/PocketBaseRecordBase'
        - $ref: '#/components/schemas/Fields'
      properties:
        email: {const: ''}
"""


def leaf(folder: Path, field: str) -> CollectionSpec:
    """The collection `tbl_leaf` with one field of this schema."""
    (folder / "leaf.yaml").write_text(RECORD.replace("FIELD", field))
    return collections(loader.read(folder / "leaf.yaml"))["tbl_leaf"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        pytest.param(
            "type: string, maxLength: 9, title: 名",
            {"kind": "text", "max_length": 9, "title": "名"},
        ),
        pytest.param("type: string", {"kind": "text", "max_length": 5000}, id="text of any length"),
        pytest.param("type: string, minLength: 1", {"is_filled": True, "required": True}),
        pytest.param(
            "type: string, minLength: 1, readOnly: true",
            {"is_filled": True, "required": False, "server_made": True},
            id="the server fills it",
        ),
        pytest.param(
            "type: string, pattern: '^([0-9a-f]{32})?$'",
            {"pattern": "[0-9a-f]{32}", "max_length": 32, "required": False},
            id="pattern of a set value",
        ),
        pytest.param("type: string, pattern: '^[A-Z]+$'", {"pattern": "[A-Z]+", "required": True}),
        pytest.param("type: string, x-private: true", {"kind": "text", "private": True}),
        pytest.param(
            "type: string, x-unique: true, x-id-prefix: L", {"unique": True, "id_prefix": "L"}
        ),
        pytest.param("type: string, x-hidden: true", {"hidden": True}),
        pytest.param(
            "type: string, format: uri, maxLength: 500", {"kind": "url", "max_length": 500}
        ),
        pytest.param("type: string, contentMediaType: text/html", {"kind": "editor"}),
        pytest.param(
            "type: string, enum: [a, b, '']",
            {"kind": "select", "values": ("a", "b"), "required": False},
        ),
        pytest.param("type: string, enum: [a, b]", {"kind": "select", "required": True}),
        pytest.param(
            "type: string, enum: [a, b, ''], x-derived: {value: b, when: leaf = 'a'}",
            {"values": ("a",), "derived": Derived(value="b", when="leaf = 'a'")},
            id="shown instead of a stored value",
        ),
        pytest.param(
            "type: string, x-derived: {joins: leaf}",
            {"kind": "text", "derived": Derived(joins="leaf")},
        ),
        pytest.param("$ref: '#/components/schemas/DateTime'", {"kind": "date", "required": True}),
        pytest.param(
            "$ref: '#/components/schemas/DateTimeOrEmpty'", {"kind": "date", "required": False}
        ),
        pytest.param(
            "$ref: '#/components/schemas/Money', title: 价", {"kind": "money", "title": "价"}
        ),
        pytest.param(
            "type: integer, minimum: 1, maximum: 9",
            {"kind": "int", "minimum": 1, "maximum": 9, "required": True},
        ),
        pytest.param(
            "type: integer, minimum: 0", {"minimum": 0, "maximum": None, "required": False}
        ),
        pytest.param("type: boolean", {"kind": "bool"}),
        pytest.param(
            "type: string, pattern: '^([a-z0-9]{15})?$', x-relation: tbl_leaf",
            {"kind": "relation", "target": "tbl_leaf", "required": False},
        ),
        pytest.param(
            "type: array, items: {type: string}, x-relation: tbl_leaf",
            {"kind": "relations", "target": "tbl_leaf"},
        ),
        pytest.param("type: string, x-file: true", {"kind": "file"}),
        pytest.param("type: [array, 'null']", {"kind": "json", "required": False}),
        pytest.param(
            "oneOf: [{type: object}, {type: 'null'}]", {"kind": "json", "required": False}
        ),
        pytest.param("type: object", {"kind": "json", "required": True}),
    ],
)
def test_field(tmp_path: Path, schema: str, said: dict[str, Any]) -> None:
    """A property's schema, and what it means for a field."""
    field = leaf(tmp_path, schema).fields["leaf"]
    assert {name: getattr(field, name) for name in said} == said


def test_collection(tmp_path: Path) -> None:
    """What the record schema says beside its properties, and what the paths offer."""
    found = leaf(tmp_path, "type: string")
    assert (found.schema, found.title, found.module) == ("Leaf", "叶", "leaf")
    assert (found.owner, found.visible) == ("leaf_key", "leaf != ''")
    assert list(found.fields) == ["leaf", "leaf_key"]
    assert found.fields["leaf_key"].hidden
    assert list(found.common) == ["id", "created", "is_delete"]
    assert found.constants == {"email": ""}
    assert [(each.fields, each.when) for each in found.uniques] == [
        (("leaf", "leaf_key"), "is_delete = 0")
    ]
    assert list(found.operations) == ["list", "create"]
    assert found.operations["list"].max_body == 100
    assert found.settable("create") == {"leaf_name"}
    assert found.operations["create"].body_required == {"leaf_name"}
    assert found.settable("update") == set()


def test_facts_have_a_line(tmp_path: Path) -> None:
    """A keyword's line in its file, wherever the schema that has it stands."""
    found = leaf(tmp_path, "$ref: '#/components/schemas/Money', title: 价")
    lines = (tmp_path / "leaf.yaml").read_text().splitlines()
    field = found.fields["leaf"]
    assert lines[field.spot.line - 1].strip().startswith("leaf: ")
    assert lines[field.spot_of("minimum").line - 1].strip().startswith("Money: ")
    assert lines[found.spot_of("x-owner").line - 1].strip() == "x-owner: leaf_key"
    assert str(field.spot_of("minimum")).endswith(" /components/schemas/Money/minimum")


def test_no_kind_of_field(tmp_path: Path) -> None:
    with pytest.raises(
        ContractError,
        match=r"leaf\.yaml:\d+ /components/.*/leaf: no kind of field .*contract-extensions",
    ):
        leaf(tmp_path, "type: number")


def test_our_collections_are_read() -> None:
    """Each is understood, and each field has its place."""
    found = collections(loader.read())
    assert len(found) >= 7
    assert all(field.spot.line > 1 for each in found.values() for field in each.fields.values())

"""`bai-wx diff`: what breaks a client and what does not, told by operation, place and source.

Covers: bai_wx/cli/diff.py, bai_wx/contract/diff/
"""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bai_wx.cli.main import main
from bai_wx.contract.diff.contracts import Contract, read
from bai_wx.contract.diff.operations import compare
from bai_wx.contract.files import Files, Place
from tests.contract.planted import CART, COMPANY, SCHEMAS, Planted, edit
from tests.contract.planted_in_answers import IN_ANSWERS
from tests.contract.planted_in_requests import IN_REQUESTS
from tests.tree import ROOT as CHECKOUT

RELEASED = CHECKOUT / "spec" / "released" / "1.0.0"
PLANTED = [*IN_ANSWERS, *IN_REQUESTS]
REMARK = {"type": "string", "maxLength": 500}


@pytest.fixture(scope="module")
def old() -> Contract:
    """The contract 1.0.0."""
    return read(RELEASED)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of it to edit, which has a schema in another file to refer to."""
    folder = shutil.copytree(RELEASED, tmp_path / "spec")
    edit(folder / "openapi-wx" / "order.yaml", (*SCHEMAS, "Remark"), REMARK)
    return folder


def told(old: Contract, folder: Path) -> dict[str, set[str]]:
    """What is said of the change from one contract to another, by operation."""
    found = compare(old, read(folder))
    return {
        name: {f"{each.verdict} {each.place}: {each.text}" for each in changes}
        for name, changes in found.items()
    }


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.id)
def test_a_planted_change_is_called_rightly(old: Contract, copy: Path, planted: Planted) -> None:
    """It is found in each operation that it concerns, in no other, and nothing else is."""
    edit(copy / planted.file, planted.pointer, planted.value)
    assert told(old, copy) == planted.told


def test_there_are_more_than_thirty_of_them() -> None:
    """Each with a name of its own, and both verdicts among them."""
    assert len({planted.id for planted in PLANTED}) == len(PLANTED) >= 30
    lines = [line for row in PLANTED for said in row.told.values() for line in said]
    assert {line.split()[0] for line in lines} == {"breaking", "compatible"}


def test_a_parameter_of_a_path_may_have_another_name(old: Contract, copy: Path) -> None:
    """It is the same path: names of its parameters never leave the contract."""
    root = copy / "openapi-wx.yaml"
    text = root.read_text("utf-8")
    was = "/pb/api/collections/tbl_product_list/records/{recordId}"
    root.write_text(text.replace(was, was.replace("recordId", "productId")), "utf-8")
    products = copy / "openapi-wx" / "products.yaml"
    pointer = ("paths", "productRecordById", "get", "parameters", 0)
    parameter = Files().lookup(Place(copy / "openapi-wx" / "company.yaml"), Place(root))
    renamed = parameter["components"]["parameters"]["RecordId"] | {
        "name": "productId",
        "schema": {"type": "string", "pattern": "^[a-z0-9]{15}$"},
    }
    edit(products, pointer, renamed)
    assert told(old, copy) == {
        "GET /pb/api/collections/tbl_product_list/records/{productId}": {
            "compatible path parameter productId: called recordId before"
        }
    }


def test_a_schema_that_holds_itself_is_compared_once(copy: Path) -> None:
    """On the way down, and what changed in it is told at each place where it is met first."""
    cart = copy / CART
    tree = {"type": "object", "properties": {"below": {"$ref": "#/components/schemas/Tree"}}}
    edit(cart, (*SCHEMAS, "Tree"), tree)
    edit(
        cart,
        (*SCHEMAS, "CartDeleteData", "properties", "tree"),
        {"$ref": "#/components/schemas/Tree"},
    )
    before = read(copy)
    edit(cart, (*SCHEMAS, "Tree", "properties", "height"), {"type": "integer"})
    assert told(before, copy) == {
        "POST /pb/api/cart/delete": {"compatible 200.data.tree.height: property added"}
    }


def run(*arguments: object) -> Result:
    """`bai-wx diff` with these arguments."""
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


def test_the_command_tells_lines_by_operation_and_exits_1(copy: Path) -> None:
    """A root file and a folder are both taken; a source is a file and a pointer in it."""
    edit(copy / CART, (*SCHEMAS, "CartDeleteRequest", "properties", "why"), {"type": "string"})
    edit(copy / CART, (*SCHEMAS, "CartDeleteRequest", "required"), ["cart_id", "why"])
    result = run(RELEASED / "openapi-wx.yaml", copy)
    assert (result.exit_code, result.stdout.splitlines()) == (
        1,
        [
            "POST /pb/api/cart/delete",
            "  breaking    body.why: required property added"
            "  (openapi-wx/cart.yaml#/components/schemas/CartDeleteRequest/properties/why)",
            "",
            "1 breaking, 0 compatible changes in 1 operations",
        ],
    )


def test_the_command_answers_json_and_exits_0_where_nothing_breaks(copy: Path) -> None:
    """What scripts read: versions, counts, and each change with its kind."""
    edit(copy / CART, (*SCHEMAS, "CartDeleteRequest", "properties", "why"), {"type": "string"})
    result = run(RELEASED, copy, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "old": "1.0.0-wx",
        "new": "1.0.0-wx",
        "breaking": 0,
        "compatible": 1,
        "operations": [
            {
                "operation": "POST /pb/api/cart/delete",
                "changes": [
                    {
                        "breaking": False,
                        "kind": "property-added",
                        "place": "body.why",
                        "change": "property added",
                        "source": "openapi-wx/cart.yaml#/components/schemas/CartDeleteRequest"
                        "/properties/why",
                    }
                ],
            }
        ],
    }


def test_the_command_finds_nothing_between_a_contract_and_itself() -> None:
    result = run(RELEASED, RELEASED)
    assert result.exit_code == 0
    assert result.stdout == "0 breaking, 0 compatible changes in 0 operations\n"


def test_what_is_no_contract_is_told_in_one_line(tmp_path: Path, copy: Path) -> None:
    """An empty folder, a folder that is not there, a reference that leads nowhere."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(RELEASED, empty).stderr == f"Error: {empty}: has no openapi-wx.yaml\n"
    assert "does not exist" in run(RELEASED, tmp_path / "nowhere").stderr
    (copy / COMPANY).unlink()
    broken = run(RELEASED, copy)
    assert (broken.exit_code, broken.stderr.count("\n")) == (1, 1)
    assert "cannot read" in broken.stderr

"""What the contract may say in its extensions, and where."""

from pathlib import Path

import pytest

from bai_wx.contract import loader
from bai_wx.contract.files import ContractError

CART, PRODUCTS = "openapi-wx/cart.yaml", "openapi-wx/products.yaml"
RECORD = "    PocketBaseProductListRecord:\n"
FIELD = "        cart_remark: {"
OPERATION = "      operationId: cart_create\n"
PLANTED = [
    pytest.param(
        RECORD,
        "      x-colour: red\n",
        "PocketBaseProductListRecord/x-colour: unknown extension",
        id="unknown",
    ),
    pytest.param(
        OPERATION,
        "      x-colour: red\n",
        "post/x-colour: unknown extension",
        id="unknown, of an operation",
    ),
    pytest.param(
        OPERATION,
        "      x-owner: cart_owner\n",
        "x-owner belongs to a record schema, not an operation",
        id="misplaced",
    ),
    pytest.param(
        "    CartRecord:\n",
        "      x-visible: cart_status = ''\n",
        "x-visible belongs to a record schema",
        id="of a hook's record",
    ),
    pytest.param(
        "    CartListRequest:\n",
        "      x-refusal: 不\n",
        "not elsewhere",
        id="of a schema that is no property",
    ),
    pytest.param(
        RECORD,
        "      x-owner: [prod_list_owner]\n",
        "x-owner must be a field's name",
        id="a value of another kind",
    ),
    pytest.param(
        RECORD,
        "      x-owner: prod_list_colour\n",
        "there is no field prod_list_colour",
        id="an owner that is no field",
    ),
    pytest.param(
        RECORD,
        "      x-visible: prod_list_colour = 'red'\n",
        "prod_list_colour is no field of the row",
        id="a filter of no field",
    ),
    pytest.param(
        RECORD,
        "      x-visible: prod_list_status =\n",
        "prod_list_status =': cannot be read",
        id="half a filter",
    ),
    pytest.param(
        RECORD,
        "      x-visible: prod_list_status ~ 'a'\n",
        "the operator ~ is not understood",
        id="a pattern",
    ),
    pytest.param(
        RECORD,
        "      x-visible: prod_list_category != '' && 'sold' = prod_list_status\n",
        "prod_list_status is never 'sold'",
        id="a value that its enum lacks",
    ),
    pytest.param(
        RECORD,
        "      x-visible: prod_list_icon.id = ''\n",
        "prod_list_icon.id is no field",
        id="a relation's field",
    ),
    pytest.param(
        RECORD,
        "      x-unique: [{fields: [prod_list_colour]}]\n",
        "there is no field prod_list_colour",
        id="unique of no field",
    ),
    pytest.param(
        RECORD,
        "      x-unique: [{fields: [prod_list_id], when: 'prod_list_id'}]\n",
        "cannot be read",
        id="unique when",
    ),
    pytest.param(
        RECORD, "      x-unique: true\n", "x-unique must be a list", id="unique without fields"
    ),
    pytest.param(
        OPERATION,
        "      x-beside: 1\n",
        "x-beside must be a list of keys, or '\\*'",
        id="beside of a number",
    ),
    pytest.param(
        OPERATION,
        "      x-read-only: false\n",
        "x-read-only must be true",
        id="what would say nothing",
    ),
]


@pytest.mark.parametrize(("after", "added", "problem"), PLANTED)
def test_load_stops_at(spec: Path, after: str, added: str, problem: str) -> None:
    """The file and the pointer are named."""
    file = spec / (PRODUCTS if after == RECORD else CART)
    text = file.read_text("utf-8")
    assert after in text
    key = added.split(":")[0] + ":"
    text = "\n".join(line for line in text.split("\n") if not line.startswith(key))
    file.write_text(text.replace(after, after + added, 1), "utf-8")
    with pytest.raises(ContractError, match=problem) as stopped:
        loader.load(spec / "openapi-wx.yaml")
    assert f"{file}#/" in str(stopped.value)


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        pytest.param(
            "x-relation: tbl_colour", "there is no collection tbl_colour", id="no collection"
        ),
        pytest.param("x-derived: {value: a}", "x-derived must be", id="derived without when"),
        pytest.param(
            "x-derived: {value: a, when: colour = 1}", "colour is no field", id="derived when"
        ),
        pytest.param(
            "x-derived: {joins: colours}", "there is no field colours", id="joins no field"
        ),
        pytest.param(
            "x-own-limits: why", "belongs to a property of another schema", id="own limits"
        ),
        pytest.param("x-file: 'yes'", "x-file must be true", id="a text for true"),
    ],
)
def test_load_stops_at_a_field(spec: Path, added: str, problem: str) -> None:
    """So it does at a property of a record schema."""
    file = spec / CART
    head, fields = file.read_text("utf-8").split("    PocketBaseCartFields:\n")
    assert FIELD in fields
    fields = fields.replace(FIELD, f"{FIELD}{added}, ", 1)
    file.write_text(f"{head}    PocketBaseCartFields:\n{fields}", "utf-8")
    with pytest.raises(ContractError, match=problem) as stopped:
        loader.load(spec / "openapi-wx.yaml")
    assert "#/components/schemas/PocketBaseCartFields/properties/cart_remark/x-" in str(
        stopped.value
    )


def test_a_header_may_begin_with_x(spec: Path) -> None:
    """A name is no extension."""
    file = spec / CART
    text = file.read_text("utf-8")
    text = text.replace(
        "    PocketBaseCartFields:\n      title: 购物车字段\n",
        "    PocketBaseCartFields:\n      title: 购物车字段\n      patternProperties: {x-a: {type: string}}\n",
    )
    file.write_text(text, "utf-8")
    loader.load(spec / "openapi-wx.yaml")

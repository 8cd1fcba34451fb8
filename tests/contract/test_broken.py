"""A broken contract stops the start, and names the file and the place in it.

Covers: bai_wx/contract/openapi.py, bai_wx/contract/bundler.py, bai_wx/contract/files.py
"""

from pathlib import Path

import pytest

from bai_wx.contract import loader
from bai_wx.contract.files import ContractError


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "problem"),
    [
        pytest.param(
            "openapi-wx.yaml",
            "cart.yaml#/paths/cartList",
            "basket.yaml#/paths/cartList",
            "openapi-wx.yaml#/paths/~1pb~1api~1cart~1list:",
            "basket.yaml: No such file",
            id="missing file",
        ),
        pytest.param(
            "openapi-wx.yaml",
            "#/paths/cartList",
            "#/paths/cartLists",
            "openapi-wx.yaml#/paths/~1pb~1api~1cart~1list:",
            "has no 'cartLists'",
            id="dangling pointer to a path",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "'#/components/schemas/CartPage'",
            "'#/components/schemas/CartPages'",
            "openapi-wx/cart.yaml#/components/schemas/CartListResponse/properties/data:",
            "has no 'CartPages'",
            id="dangling pointer to a schema",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "'./system.yaml#/components/schemas/HookPage'",
            "'https://example.com/page.yaml#/HookPage'",
            "openapi-wx/cart.yaml#/components/schemas/CartPage/allOf/0:",
            "not a file of this contract",
            id="remote reference",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "'#/components/schemas/CartPage'",
            "'#CartPage'",
            "openapi-wx/cart.yaml#/components/schemas/CartListResponse/properties/data:",
            "no JSON pointer",
            id="anchor instead of a pointer",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "  cartDetail:\n",
            "  cartDetail: [\n",
            "openapi-wx/cart.yaml#/:",
            "not YAML",
            id="bad YAML",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "  cartDetail:\n",
            "  cartList:\n",
            "openapi-wx/cart.yaml#/:",
            "duplicate key 'cartList'",
            id="key said twice",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "      x-max-body: 8388608\n",
            "",
            "openapi-wx/company.yaml#/paths/companyRecords/post:",
            "POST /pb/api/collections/tbl_company/records has a body and no x-max-body",
            id="body without a bound",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "x-max-body: 8388608",
            "x-max-body: 8 MiB",
            "openapi-wx/company.yaml#/paths/companyRecords/post/x-max-body:",
            "x-max-body must be a number of bytes",
            id="bound that is no number",
        ),
        pytest.param(
            "openapi-wx/system.yaml",
            "        '200':\n",
            "        200:\n",
            "openapi-wx/system.yaml#/paths/usersCount/get/responses:",
            "the key 200 must be text",
            id="status as a number",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "schemas/OrderSource'",
            "schemas/CartStatus'",
            "openapi-wx/order.yaml#/components/schemas/",
            "has no 'CartStatus'",
            id="schema of another file",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "OrderSource",
            "CartStatus",
            "openapi-wx/order.yaml#/components/schemas/CartStatus:",
            "the schema name 'CartStatus' is taken by",
            id="name clash",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "      operationId: order_list\n",
            "      operationId: cart_list\n",
            "openapi-wx/order.yaml#/paths/orderList/post:",
            "operationId 'cart_list' is already taken by",
            id="duplicate operationId",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "      operationId: order_list\n",
            "",
            "openapi-wx/order.yaml#/paths/orderList/post:",
            "POST /pb/api/order/list has no operationId",
            id="missing operationId",
        ),
        pytest.param(
            "openapi-wx/order.yaml",
            "          description: 一页订单。\n",
            "",
            "openapi-wx/order.yaml#/paths/orderList/post/responses/200",
            "not OpenAPI 3.1",
            id="response without description",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "      in: path\n",
            "      in: route\n",
            "openapi-wx/company.yaml#/components/parameters/RecordId",
            "not OpenAPI 3.1",
            id="parameter in no place",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "      title: 数量\n      description: 1 至 9999 的整数。\n      type: integer\n",
            "      title: 数量\n      description: 1 至 9999 的整数。\n      type: whole\n",
            "openapi-wx/cart.yaml#/components/schemas/Quantity/type:",
            "not a JSON Schema",
            id="unknown type",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: many, default: 30}",
            "openapi-wx/company.yaml#/components/parameters/PerPage/schema/maximum:",
            "not a JSON Schema",
            id="bad schema of a parameter",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: 1000, pattern: '(', default: 30}",
            "openapi-wx/company.yaml#/components/parameters/PerPage/schema/pattern:",
            "not a JSON Schema",
            id="bad pattern",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: 1000, items: {discriminator: {mapping: {}}}, default: 30}",
            "openapi-wx/company.yaml#/components/parameters/PerPage/schema/items/discriminator:",
            "not a JSON Schema",
            id="bad word of OpenAPI's own, further down",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: 1000, $schema: 'urn:other', default: 30}",
            "openapi-wx",
            "Unknown JSON Schema dialect",
            id="another dialect",
        ),
        pytest.param(
            "openapi-wx/company.yaml",
            "maximum: 1000, default: 30}",
            "maximum: 1000, default: many}",
            "openapi-wx",
            "not OpenAPI 3.1",
            id="default of another type",
        ),
        pytest.param(
            "openapi-wx/files.yaml",
            "  fileDownload:\n    get:\n",
            "  fileDownload:\n    $ref: '#/paths/fileDownload'\n    get:\n",
            "openapi-wx/files.yaml#/paths/fileDownload:",
            "refers to itself",
            id="path that is itself",
        ),
        pytest.param(
            "openapi-wx/attachments.yaml",
            "        attachments_remark: {type: string, maxLength: 1000, title: 备注, description: 备注}\n    "
            "PocketBaseAttachmentListResponse:",
            "        more: {$ref: '#/components/schemas/PocketBaseAttachmentCreateRequest'}\n    "
            "PocketBaseAttachmentListResponse:",
            "openapi-wx/attachments.yaml#/components/schemas/PocketBaseAttachmentCreateRequest/",
            "cannot be written out",
            id="recursive form",
        ),
        pytest.param(
            "openapi-wx/cart.yaml",
            "    CartNumber:\n",
            "    CartNumber: {$ref: '#/components/schemas/Circle'}\n"
            "    Circle: {$ref: '#/components/schemas/CartNumber'}\n"
            "    Other:\n",
            "openapi-wx/cart.yaml#/components/schemas/CartNumber:",
            "refers to itself",
            id="schemas that are each other",
        ),
        pytest.param(
            "openapi-wx.yaml",
            "openapi: 3.1.0",
            "openapi: 3.0.3",
            "openapi-wx.yaml#/openapi",
            "not OpenAPI 3.1",
            id="another OpenAPI",
        ),
    ],
)
def test_broken_contract_names_file_and_pointer(
    spec: Path, file: str, old: str, new: str, place: str, problem: str
) -> None:
    """Whoever broke it learns where to look, in the file they wrote."""
    text = (spec / file).read_text()
    assert old in text
    (spec / file).write_text(text.replace(old, new))
    with pytest.raises(ContractError) as caught:
        loader.load(spec / "openapi-wx.yaml")
    assert f"{spec}/{place}" in str(caught.value)
    assert problem in str(caught.value)


def test_a_contract_that_is_not_there(tmp_path: Path) -> None:
    """The missing root itself is named."""
    with pytest.raises(ContractError, match=r"nowhere\.yaml: No such file"):
        loader.load(tmp_path / "nowhere.yaml")

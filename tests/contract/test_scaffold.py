"""Scaffolding: what is added for an operation without a function, and that nothing else changes.

Covers: bai_wx/cli/scaffold.py, bai_wx/contract/formatting.py, bai_wx/contract/samples.py
Covers: bai_wx/contract/stubs.py
"""

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bai_wx.cli.main import main
from bai_wx.contract import loader
from bai_wx.contract.formatting import with_imports
from bai_wx.contract.scaffold import Scaffolder
from tests.tree import ROOT

PACKAGES = ("bai_wx", "handlers", "models", "spec", "tests")

REMIND = """
  cartRemind:
    post:
      operationId: cart_remind
      x-max-body: 65536
      tags: [购物车]
      summary: 提醒购物车降价
      security:
        - BearerAuth: []
      requestBody:
        required: true
        description: 提醒谁、降到多少。
        content:
          application/json:
            schema: {$ref: '#/components/schemas/CartRemindRequest'}
            example: {cart_id: CART-1, below: 9.9}
      responses:
        '200':
          description: 已登记。
          content:
            application/json:
              schema: {type: object, description: 空}
        '501':
          description: 功能开发中。
          content:
            application/json:
              schema: {type: object, description: 错误}

"""
REMIND_SCHEMA = """
    CartRemindRequest:
      title: 降价提醒请求
      description: 提醒谁、降到多少。
      type: object
      additionalProperties: false
      required: [cart_id, below]
      properties:
        cart_id: {type: string, description: 购物车编号}
        below: {type: number, description: 价格}
        tags: {type: array, maxItems: 9, items: {type: string}, description: 标签}
"""
COUPON = """# 优惠券

paths:
  coupon:
    get:
      operationId: coupon_view
      tags: [优惠券]
      summary: 查看优惠券
      security:
        - BearerAuth: []
        - {}
      parameters:
        - name: couponId
          in: path
          required: true
          description: 优惠券编号。
          schema: {type: string, pattern: '^[a-z0-9]{15}$', description: 编号}
        - name: withRules
          in: query
          required: false
          description: 是否带规则。
          schema: {type: boolean, description: 是否}
      responses:
        '200':
          description: 优惠券。
          content:
            application/json:
              schema: {type: object, description: 优惠券}
        '501':
          description: 功能开发中。
          content:
            application/json:
              schema: {type: object, description: 错误}
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout whose contract has two operations more than functions."""
    copy = tmp_path_factory.mktemp("scaffold") / "checkout"
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("pyproject.toml",):
        shutil.copy(ROOT / name, copy / name)
    _insert(copy / "spec/openapi-wx/cart.yaml", "\npaths:\n", REMIND.strip("\n") + "\n")
    _insert(copy / "spec/openapi-wx/cart.yaml", "\n  schemas:\n", REMIND_SCHEMA.strip("\n") + "\n")
    (copy / "spec/openapi-wx/coupon.yaml").write_text(COUPON, "utf-8")
    _insert(
        copy / "spec/openapi-wx.yaml",
        "\npaths:\n",
        "  /pb/api/cart/remind:\n    $ref: './openapi-wx/cart.yaml#/paths/cartRemind'\n"
        "  /pb/api/coupon/{couponId}:\n    $ref: './openapi-wx/coupon.yaml#/paths/coupon'\n",
    )
    return copy


def _insert(path: Path, after: str, text: str) -> None:
    before, found, rest = path.read_text("utf-8").partition(after)
    assert found, f"{path.name} has no {after!r}"
    path.write_text(before + found + text + rest, "utf-8")


@pytest.fixture(scope="module")
def bundle(original: Path) -> dict[str, Any]:
    """The contract of the copy."""
    return loader.load(original / "spec" / "openapi-wx.yaml")


@pytest.fixture
def tree(original: Path, tmp_path: Path) -> Path:
    """Handlers and API tests of a test's own."""
    for name in ("handlers", "tests/api"):
        shutil.copytree(original / name, tmp_path / "own" / name)
    return tmp_path / "own"


@pytest.fixture
def work(bundle: dict[str, Any], tree: Path) -> Scaffolder:
    """The scaffolder of that tree."""
    return Scaffolder(bundle, tree / "handlers", tree / "tests")


def scaffold(tree: Path, *arguments: str) -> Result:
    """Run `bai-wx scaffold` on a tree."""
    places = ["--contract", str(tree / "spec" / "openapi-wx.yaml")]
    places += ["--handlers", str(tree / "handlers"), "--tests", str(tree / "tests")]
    return CliRunner().invoke(main, ["scaffold", *places, *arguments])


def _planned(folder: Path, answer: str) -> Scaffolder:
    """The scaffolder of one operation, which declares this answer beside its 200."""
    definition: dict[str, Any] = {
        "operationId": "a_b",
        "x-openapi-router-controller": "handlers.a",
        "responses": {"200": {}, answer: {}},
    }
    bundle = {"paths": {"/pb/api/a/b": {"post": definition}}, "components": {"schemas": {}}}
    return Scaffolder(bundle, folder, folder)


def _texts(tree: Path) -> dict[Path, str]:
    return {p: p.read_text("utf-8") for p in tree.rglob("*.py")}


def test_our_own_checkout_needs_no_scaffold() -> None:
    """Every operation has its function and every public function its operation."""
    result = scaffold(ROOT, "--check")
    assert result.exit_code == 0, result.stderr


def test_check_names_both_sides_and_writes_nothing(original: Path, tmp_path: Path) -> None:
    """An operation without a function, and a function without an operation."""
    copy = shutil.copytree(original, tmp_path / "copy")
    handler = copy / "handlers" / "order.py"
    handler.write_text(handler.read_text("utf-8") + "\n\ndef order_lost() -> None:\n    ...\n")
    before = _texts(copy)
    result = scaffold(copy, "--check")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "operation without a function: handlers.cart.cart_remind",
        "operation without a function: handlers.coupon.coupon_view",
        "function without an operation: handlers.order.order_lost",
    ]
    assert _texts(copy) == before


def test_stubs_are_added_and_nothing_else_changes(work: Scaffolder, tree: Path) -> None:
    """Lines are only ever added; a second run adds none."""
    before = _texts(tree)
    assert [each.id for each in work.write()] == ["cart_remind", "coupon_view"]
    after = _texts(tree)
    changed = {p.relative_to(tree).as_posix() for p in after if before.get(p) != after[p]}
    assert changed == {"handlers/cart.py", "handlers/coupon.py", "tests/api/test_scaffolded.py"}
    cart = tree / "handlers" / "cart.py"
    kept = iter(after[cart].splitlines())
    assert all(line in kept for line in before[cart].splitlines())
    assert work.write() == []
    assert _texts(tree) == after
    assert (work.check().missing, work.check().stray) == ([], [])


def test_stub_is_typed_by_the_contract(work: Scaffolder, tree: Path) -> None:
    """Body, path and query parameters, and the caller, as the server passes them."""
    work.write()
    cart = (tree / "handlers" / "cart.py").read_text("utf-8")
    assert '    """提醒购物车降价。"""\n    raise NotImplementedYet\n' in cart
    assert "def cart_remind(body: CartRemindBody, user: Caller) -> dict[str, Any]:" in cart
    assert "    cart_id: str\n    below: float\n    tags: NotRequired[list[str]]\n" in cart
    assert (tree / "handlers" / "coupon.py").read_text("utf-8") == (
        '"""优惠券 (`openapi-wx/coupon.yaml`)."""\n'
        "\n"
        "from typing import Any\n"
        "\n"
        "from bai_wx.errors import NotImplementedYet\n"
        "from bai_wx.record.base import Caller\n"
        "\n"
        "\n"
        "def coupon_view(\n"
        "    coupon_id: str, user: Caller | None, with_rules: bool | None = None\n"
        ") -> dict[str, Any]:\n"
        '    """查看优惠券。"""\n'
        "    raise NotImplementedYet\n"
    )


def test_rows_are_added_to_those_that_are_there(work: Scaffolder, tree: Path) -> None:
    """A row that somebody changed stays as it is."""
    work.write()
    path = tree / "tests" / "api" / "test_scaffolded.py"
    rows = path.read_text("utf-8")
    assert """("POST", "/cart/remind", {'cart_id': 'CART-1', 'below': 9.9}, 501, id=""" in rows
    assert '("GET", "/coupon/000000000000000", None, 501, id="coupon_view")' in rows
    (tree / "handlers" / "coupon.py").unlink()
    path.write_text(rows.replace('501, id="coupon_view"', '200, id="coupon_view"'), "utf-8")
    changed = path.read_text("utf-8")
    work.write()
    assert path.read_text("utf-8") == changed


def test_scaffolded_server_starts_and_answers_501(original: Path, tmp_path: Path) -> None:
    """The rows pass against the real server of that tree; the bodies are all that is left to do."""
    copy = shutil.copytree(original, tmp_path / "copy")
    result = scaffold(copy)
    assert result.stdout.split() == ["handlers.cart.cart_remind", "handlers.coupon.coupon_view"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, "tests/api/test_scaffolded.py"],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout


def test_without_ruff_a_line_says_so(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written is Python all the same, with its imports as they were asked for."""
    monkeypatch.setitem(sys.modules, "ruff", None)  # as where it is not installed
    copy = shutil.copytree(original, tmp_path / "copy")
    result = scaffold(copy)
    assert result.stdout.split() == ["handlers.cart.cart_remind", "handlers.coupon.coupon_view"]
    assert result.stderr == (
        "ruff is not installed (extra `dev`): what was written is not formatted\n"
    )
    coupon = (copy / "handlers" / "coupon.py").read_text("utf-8")
    assert coupon.startswith('"""优惠券 (`openapi-wx/coupon.yaml`)."""\n\nfrom ')
    ast.parse(coupon)


@pytest.mark.parametrize("declared", ["501", "5XX", "default"])
def test_an_answer_may_be_declared_by_its_kind(tmp_path: Path, declared: str) -> None:
    """As OpenAPI allows."""
    assert _planned(tmp_path, declared).write()


def test_an_operation_without_501_gets_no_stub(original: Path, tmp_path: Path) -> None:
    """What a stub answers must be in the contract: the operation is named, nothing is written."""
    copy = shutil.copytree(original, tmp_path / "copy")
    cart = copy / "spec" / "openapi-wx" / "cart.yaml"
    before, _, remind = cart.read_text("utf-8").partition(REMIND.strip("\n"))
    cart.write_text(before + REMIND.strip("\n").replace("'501'", "'409'") + remind, "utf-8")
    texts = _texts(copy)
    result = scaffold(copy)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: cart_remind (POST /pb/api/cart/remind) declares no answer for what is not written"
        " yet; add a `501` response to it\n"
    )
    assert _texts(copy) == texts


@pytest.mark.parametrize(
    ("text", "added", "expected"),
    [
        pytest.param(
            '"""Doc."""\n', ["import re"], '"""Doc."""\n\nimport re\n', id="below the docstring"
        ),
        pytest.param("", ["import re"], "import re\n", id="an empty module"),
        pytest.param(
            "import re\n\nX = 1\n",
            ["from bai_wx.errors import NotFound"],
            "import re\n\nfrom bai_wx.errors import NotFound\n\nX = 1\n",
            id="a section of its own",
        ),
        pytest.param(
            "from bai_wx.record.base import Caller\n",
            [
                "from bai_wx.errors import NotFound",
                "import bai_wx.errors",
                "from typing import Any",
            ],
            "from typing import Any\n\nimport bai_wx.errors\nfrom bai_wx.errors import NotFound\n"
            "from bai_wx.record.base import Caller\n",
            id="where a sorter would put them",
        ),
        pytest.param(
            "from bai_wx.record.base import (\n    Caller,\n)\n\nX = 1\n",
            ["from bai_wx.wechat.client import Session"],
            "from bai_wx.record.base import (\n    Caller,\n)\n"
            "from bai_wx.wechat.client import Session\n\nX = 1\n",
            id="after an import of several lines",
        ),
    ],
)
def test_imports_stand_where_they_belong(text: str, added: list[str], expected: str) -> None:
    """Sorted, in their section, without touching what is there."""
    assert with_imports(text, added) == expected


def test_an_import_that_would_double_is_said_by_its_module(tmp_path: Path) -> None:
    """`from bai_wx.errors import NotFound` stays as it is; the stub says `bai_wx.errors.NotImplementedYet`."""
    module = tmp_path / "a.py"
    module.write_text('"""A."""\n\nfrom bai_wx.errors import NotFound\n\nX = NotFound\n')
    assert [each.id for each in _planned(tmp_path, "501").write()] == ["a_b"]
    text = module.read_text()
    assert "import bai_wx.errors\nfrom bai_wx.errors import NotFound\n" in text
    assert "raise bai_wx.errors.NotImplementedYet" in text
    ast.parse(text)

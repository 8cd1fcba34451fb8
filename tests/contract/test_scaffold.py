"""Scaffolding: what is added for an operation without a function, and that nothing else changes.

Covers: bai_wx/cli/scaffold.py, bai_wx/contract/scaffold/
"""

import ast
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bai_wx.cli.main import main
from bai_wx.contract import loader
from bai_wx.contract.scaffold.tree import Tree
from bai_wx.contract.scaffold.writer import Scaffolder
from tests.tree import ROOT

COPIED = ("bai_wx", "handlers", "models", "spec", "tests", "docs/api.md", "pyproject.toml")

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


WRITTEN = [
    "handlers/cart.py",
    "handlers/coupon.py",
    "tests/api/test_scaffolded.py",
    "docs/api.md",
]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout whose contract has two operations more than functions."""
    copy = tmp_path_factory.mktemp("scaffold") / "checkout"
    for name in COPIED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        ignored = shutil.ignore_patterns("__pycache__")
        copying = (
            partial(shutil.copytree, ignore=ignored) if (ROOT / name).is_dir() else shutil.copy
        )
        copying(ROOT / name, copy / name)
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


@pytest.fixture
def tree(original: Path, tmp_path: Path) -> Path:
    """A copy of a test's own."""
    return Path(shutil.copytree(original, tmp_path / "copy"))


@pytest.fixture
def work(tree: Path) -> Scaffolder:
    """The scaffolder of that tree."""
    return scaffolder(tree)


def scaffolder(root: Path) -> Scaffolder:
    """The scaffolder of a checkout."""
    tree = Tree(root)
    return Scaffolder(tree, loader.read(tree.contract))


def scaffold(tree: Path, *arguments: str) -> Result:
    """Run `bai-wx scaffold` on a tree."""
    return CliRunner().invoke(main, ["scaffold", "--tree", str(tree), *arguments])


def _texts(tree: Path) -> dict[Path, str]:
    return {p: p.read_text("utf-8") for p in tree.rglob("*") if p.suffix in (".py", ".md", ".js")}


def test_our_own_checkout_needs_no_scaffold() -> None:
    """Every operation has its function and every public function its operation."""
    result = scaffold(ROOT, "--check")
    assert result.exit_code == 0, result.stderr


def test_check_names_both_sides_and_writes_nothing(tree: Path) -> None:
    """An operation without a function, and a function without an operation."""
    copy = tree
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


def test_a_path_that_the_contract_does_not_name_is_told(tree: Path) -> None:
    """Without its line in openapi-wx.yaml an operation is no part of the contract."""
    contract = tree / "spec" / "openapi-wx.yaml"
    text = contract.read_text("utf-8")
    start = text.index("  /pb/api/coupon/{couponId}:")
    contract.write_text(text[:start] + text[start:].split("\n", 2)[2], "utf-8")
    before = _texts(tree)
    for arguments in ([], ["--check"]):
        result = scaffold(tree, *arguments)
        assert result.exit_code == 1
        assert "openapi-wx/coupon.yaml#/paths/coupon: no path of" in result.stderr
    assert _texts(tree) == before


def test_a_misspelt_field_of_a_new_collections_body_is_refused(tree: Path) -> None:
    """Nobody could set it, and the field that was meant neither."""
    (tree / "models" / "cart.py").unlink()
    file = tree / "spec" / "openapi-wx" / "cart.yaml"
    head, update, rest = file.read_text("utf-8").partition("    PocketBaseCartUpdateRequest:\n")
    file.write_text(head + update + rest.replace("cart_remark: {", "cart_remarks: {", 1), "utf-8")
    result = scaffold(tree)
    assert result.exit_code == 1
    assert "the body of update has 'cart_remarks', which is no field" in result.stderr


def test_stubs_are_added_and_nothing_else_changes(work: Scaffolder, tree: Path) -> None:
    """Lines are only ever added; a second run adds none."""
    before = _texts(tree)
    written = work.write()
    after = _texts(tree)
    changed = {p.relative_to(tree).as_posix() for p in after if before.get(p) != after[p]}
    assert changed == {*WRITTEN} == {*written}
    cart = tree / "handlers" / "cart.py"
    kept = iter(after[cart].splitlines())
    assert all(line in kept for line in before[cart].splitlines())
    assert scaffolder(tree).write() == []
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
    made = " ".join(rows.split())
    assert '"POST", "/cart/remind", {"cart_id": "CART-1", "below": 9.9}, 501, id="cart_' in made
    assert '("GET", "/coupon/000000000000000", None, 501, id="coupon_view")' in rows
    (tree / "handlers" / "coupon.py").unlink()
    path.write_text(rows.replace('501, id="coupon_view"', '200, id="coupon_view"'), "utf-8")
    changed = path.read_text("utf-8")
    work.write()
    assert path.read_text("utf-8") == changed


def test_scaffolded_server_starts_and_answers_501(tree: Path) -> None:
    """The rows pass against the real server of that tree; the bodies are all that is left to do."""
    copy = tree
    result = scaffold(copy)
    assert result.stdout.split() == WRITTEN, result.stderr
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


def test_without_ruff_a_line_says_so(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is Python all the same, with its imports as they were asked for."""
    monkeypatch.setitem(sys.modules, "ruff", None)  # as where it is not installed
    copy = tree
    result = scaffold(copy)
    assert result.stdout.split() == WRITTEN
    assert result.stderr == (
        "ruff is not installed (extra `dev`): what was written is not formatted\n"
    )
    coupon = (copy / "handlers" / "coupon.py").read_text("utf-8")
    assert coupon.startswith('"""优惠券 (`openapi-wx/coupon.yaml`)."""\n\nfrom ')
    ast.parse(coupon)


def test_an_operation_without_501_gets_no_stub(tree: Path) -> None:
    """What a stub answers must be in the contract: the operation is named with its line, nothing is written."""
    cart = tree / "spec" / "openapi-wx" / "cart.yaml"
    before, _, remind = cart.read_text("utf-8").partition(REMIND.strip("\n"))
    cart.write_text(before + REMIND.strip("\n").replace("'501'", "'409'") + remind, "utf-8")
    texts = _texts(tree)
    result = scaffold(tree)
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(
        r"Error: .*/cart.yaml:\d+ /paths/cartRemind/post/operationId: cart_remind declares no answer"
        r" for what is not written yet; add a `501` response to it\n",
        result.stderr,
    )
    assert _texts(tree) == texts


def test_a_name_that_its_module_uses_otherwise_is_refused(tree: Path) -> None:
    """A function of that name would take the place of what is imported."""
    handler = tree / "handlers" / "coupon.py"
    handler.write_text("from models.cart import CartLine as coupon_view\n")
    before = _texts(tree)
    result = scaffold(tree)
    assert "handlers/coupon.py has another 'coupon_view' already" in result.stderr
    assert _texts(tree) == before

"""A model that does not say what the contract says is told, with both places; so is each kind of drift.

Covers: bai_wx/contract/drift/
"""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bai_wx.cli.main import main
from bai_wx.contract.collections import collections
from bai_wx.contract.drift.apart import report_of
from bai_wx.contract.drift.check import check
from bai_wx.contract.drift.facts import LIMITS, Report, contract_facts
from bai_wx.contract.drift.model_facts import model_facts
from bai_wx.contract.files import ContractError
from bai_wx.contract.loader import CONTRACT_ROOT, read
from bai_wx.record.collections import COLLECTIONS
from tests.contract.drift.in_contract import ALONE_IN_CONTRACT, IN_CONTRACT
from tests.contract.drift.in_models import IN_MODELS
from tests.contract.drift.rows import PRODUCTS, Planted, planted
from tests.tree import ROOT

SPEC = CONTRACT_ROOT.parent


def changed(folder: Path, rows: list[Planted]) -> None:
    """Make the changes of rows in a copy."""
    for row in rows:
        text = (folder / row.file).read_text("utf-8")
        assert row.before in text, row
        (folder / row.file).write_text(text.replace(row.before, row.after, 1), "utf-8")


def copied_spec(folder: Path) -> Path:
    """A copy of the contract, as a tree has it."""
    shutil.copytree(SPEC, folder / "spec", ignore=shutil.ignore_patterns("*.py*", "released"))
    return folder / "spec"


def of_contract(folder: Path, rows: list[Planted]) -> list[str]:
    """What the check says of our models beside a changed contract."""
    changed(copied_spec(folder), rows)
    return check(read(folder / "spec" / "openapi-wx.yaml"), COLLECTIONS).differences


@pytest.fixture(scope="module")
def contract_lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return of_contract(tmp_path_factory.mktemp("tree"), IN_CONTRACT)


@pytest.fixture(scope="module")
def scaffolded(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """`bai-wx scaffold --check` of a tree with changed models beside our contract."""
    folder = tmp_path_factory.mktemp("tree")
    copied_spec(folder)
    for name in ("bai_wx", "handlers"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "models", folder / "models")
    changed(folder / "models", IN_MODELS)
    return CliRunner().invoke(main, ["scaffold", "--check", "--tree", str(folder)])


@pytest.fixture(scope="module")
def model_lines(scaffolded: Result) -> list[str]:
    return scaffolded.stderr.splitlines()


def told(lines: list[str], row: Planted) -> list[str]:
    """The lines that a row expects, and nothing where one is missing or told twice."""
    found = [line for each in row.lines for line in lines if re.fullmatch(each, line)]
    return found if len(found) == len(row.lines) else []


@pytest.fixture(scope="module")
def report() -> Report:
    return check(read(), COLLECTIONS)


def test_models_say_what_the_contract_says(report: Report) -> None:
    """Nothing differs and nothing is left out."""
    assert report.differences == []
    assert report.left_out == []


def test_a_fact_is_compared_of_each_field_and_each_limit(report: Report) -> None:
    """Nothing of the contract's fields and nothing of the models' is in one of them alone."""
    compared = 0
    for spec in collections(read()).values():
        here, there = contract_facts(spec), model_facts(COLLECTIONS[spec.name])
        fields = {**spec.common, **spec.fields}
        assert fields.keys() == COLLECTIONS[spec.name].record_fields().keys()
        for field in fields.values():
            facts = {each.fact for each in here.keys() & there.keys() if each.field == field.name}
            assert {"kind", "required", "private", *LIMITS.get(field.kind, ())} <= facts
        compared += len(here.keys() & there.keys())
    assert sum(report.compared.values()) > compared


def test_the_check_prints_the_facts_it_compared(report: Report) -> None:
    """By collection, and that none was left out."""
    printed = str(report)
    assert f"{sum(report.compared.values())} facts compared (tbl_attachments " in printed
    assert printed.endswith(" properties set apart with a reason, 0 left out")


def test_command_fails_on_drift(scaffolded: Result) -> None:
    assert scaffolded.exit_code == 1


@pytest.mark.parametrize("row", IN_CONTRACT, ids=lambda row: row.id)
def test_drift_of_the_contract(row: Planted, contract_lines: list[str]) -> None:
    """The line names file, line and pointer, and the attribute of the model."""
    assert told(contract_lines, row), "\n".join(contract_lines)


def test_no_other_drift_of_the_contract_is_told(contract_lines: list[str]) -> None:
    expected = [line for row in IN_CONTRACT for line in told(contract_lines, row)]
    assert sorted(contract_lines) == sorted(expected)


@pytest.mark.parametrize("row", ALONE_IN_CONTRACT, ids=lambda row: row.id)
def test_drift_of_the_contract_alone(row: Planted, tmp_path: Path) -> None:
    lines = of_contract(tmp_path, [row])
    assert sorted(lines) == sorted(told(lines, row))


@pytest.mark.parametrize("row", IN_MODELS, ids=lambda row: row.id)
def test_drift_of_a_model(row: Planted, model_lines: list[str]) -> None:
    assert told(model_lines, row), "\n".join(model_lines)


def test_no_other_drift_of_a_model_is_told(model_lines: list[str]) -> None:
    expected = [line for row in IN_MODELS for line in told(model_lines, row)]
    assert sorted(model_lines) == sorted(expected)


def test_a_limit_that_no_model_has_is_left_out_and_told(tmp_path: Path) -> None:
    """So that a check that passes has compared everything."""
    row = planted(
        "",
        PRODUCTS,
        "{type: integer, title: 排序值",
        "{type: integer, multipleOf: 5, title: 排序值",
    )
    changed(copied_spec(tmp_path), [row])
    found = check(read(tmp_path / "spec" / "openapi-wx.yaml"), COLLECTIONS)
    assert [line.split(" (")[0] for line in found.left_out] == [
        "tbl_product_list.prod_list_sort multipleOf"
    ]


def test_a_collection_without_a_model_is_told() -> None:
    models = {name: model for name, model in COLLECTIONS.items() if name != "tbl_document"}
    lines = check(read(), models).differences
    assert any(
        re.fullmatch(r"tbl_document: in the contract \(.*\), and no model", line) for line in lines
    )


def test_models_that_cannot_be_imported_are_told(tmp_path: Path) -> None:
    copied_spec(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("import nothing_of_the_kind\n")
    with pytest.raises(ContractError, match="nothing_of_the_kind"):
        report_of(tmp_path)

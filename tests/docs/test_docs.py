"""The documents say what the code says, and the other way round.

Covers: bai_wx/errors.py
"""

import inspect
import re
from pathlib import Path

import click
import pytest

from bai_wx import errors
from bai_wx.cli.main import main
from bai_wx.contract import loader
from bai_wx.errors import ApiError
from bai_wx.process.settings import DEFAULT_CODE_LIMITS, DEFAULT_LIMITS, WECHAT_API
from bai_wx.record.quotas import DEFAULTS as QUOTAS
from tests.docs.pages import READMES, documents, part, rows, text, unquoted
from tests.faults.report import ROWS
from tests.tree import PACKAGES, ROOT

OUR_SETTINGS = re.compile(r'"((?:BAI_WX|WECHAT)_[A-Z0-9_]+)"')
FIELD_CODES = re.compile(r'"(validation_(?!failed)[a-z_{}]+|order_in_progress)"')
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def sources(*packages: str) -> str:
    """The text of every module of these packages."""
    files = (path for name in packages for path in sorted((ROOT / name).rglob("*.py")))
    return "\n".join(path.read_text("utf-8") for path in files)


def test_every_fault_is_on_its_page() -> None:
    """Each row that was found by attack is listed, with what was said before and what is said now."""
    page = text("docs/runs/faults.md")
    assert [row for row in ROWS if f"\n## {row}\n" not in page] == []


def test_every_case_on_the_page_of_the_faults_is_a_test() -> None:
    """By the file that it stands in now."""
    named = set(re.findall(r"`(test_\w+\.py)::(\w+)`", text("docs/runs/faults.md")))
    there = {
        file.name: file.read_text("utf-8") for file in (ROOT / "tests/faults").glob("test_*.py")
    }
    assert {
        (file, name) for file, name in named if f"def {name}(" not in there.get(file, "")
    } == set()


def error_classes() -> dict[str, type[ApiError]]:
    """Every error a caller can meet, by its class's name."""
    found = inspect.getmembers(errors, inspect.isclass)
    return {n: c for n, c in found if issubclass(c, ApiError) and c is not ApiError}


def error_rows() -> dict[str, list[str]]:
    """The errors page's rows, by the class they name."""
    return {unquoted(row[-1]): row for row in rows(part("docs/errors.md", "errors"))}


def test_errors_page_lists_exactly_the_errors_of_the_code() -> None:
    assert set(error_rows()) == set(error_classes())


@pytest.mark.parametrize("name", error_classes())
def test_an_error_is_described_as_it_is(name: str) -> None:
    """Code, status, toast and, where the class has a sentence of its own, the native message."""
    error, row = error_classes()[name], error_rows()[name]
    assert row[:3] == [f"`{error.code}`", str(error.status), error.errmsg]
    assert row[3] == error.message or (row[3] == "–" and error.message == ApiError.message)


def test_errors_page_lists_exactly_the_field_codes_of_the_code() -> None:
    """A code that the code puts together (`validation_{end}_…`) stands for every listed one it fits."""
    listed = {unquoted(row[0]) for row in rows(part("docs/errors.md", "field codes"))}
    written = set(FIELD_CODES.findall(sources(*PACKAGES)))
    shapes = {re.sub(r"{\w+}", "[a-z_]+", code) for code in written}
    assert {code for code in listed if not any(re.fullmatch(s, code) for s in shapes)} == set()
    assert {s for s in shapes if not any(re.fullmatch(s, code) for code in listed)} == set()


def test_errors_tree_names_every_error() -> None:
    """The tree at the top of bai_wx/errors.py, which is drawn by hand."""
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    assert drawn == set(error_classes())


@pytest.mark.parametrize("readme", READMES)
def test_settings_table_lists_exactly_the_settings_of_the_code(readme: str) -> None:
    listed = [unquoted(row[0]) for row in rows(part(readme, "settings"))]
    assert sorted(listed) == sorted(set(OUR_SETTINGS.findall(sources("bai_wx"))))


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize(
    ("setting", "default"),
    [
        pytest.param("BAI_WX_HOME", "./bai-wx-data", id="home"),
        pytest.param("BAI_WX_LIMITS", DEFAULT_LIMITS, id="limits"),
        pytest.param("BAI_WX_QUOTAS", ",".join(f"{n}:{v}" for n, v in QUOTAS.items()), id="quotas"),
        pytest.param("BAI_WX_CODE_LIMITS", DEFAULT_CODE_LIMITS, id="limits of codes"),
        pytest.param("WECHAT_API_BASE", WECHAT_API, id="WeChat's address"),
        pytest.param("BAI_WX_LOG", "info", id="log level"),
    ],
)
def test_settings_table_tells_the_defaults(readme: str, setting: str, default: str) -> None:
    table = {unquoted(row[0]): row for row in rows(part(readme, "settings"))}
    assert unquoted(table[setting][1]) == default


def test_operations_page_lists_exactly_the_operations_of_the_contract() -> None:
    """Method, path, operationId and whether a token is asked for."""
    declared = {
        (method.upper(), f"`{path}`", f"`{operation['operationId']}`", _token_of(operation))
        for path, method, operation in loader.operations(loader.load())
    }
    assert {tuple(row[:4]) for row in rows(text("docs/api.md"))} == declared


def _token_of(operation: dict[str, list[object]]) -> str:
    security = operation.get("security", [])
    if not security:
        return "no"
    return "optional" if {} in security else "yes"


@pytest.mark.parametrize("readme", READMES)
def test_commands_table_lists_exactly_the_commands(readme: str) -> None:
    """Each with its subcommand, and only with options it has."""
    listed = [unquoted(row[0]).split() for row in rows(part(readme, "commands"))]
    typed = {
        tuple(word for word in words[1:] if re.fullmatch("[a-z]+(-[a-z]+)*", word))
        for words in listed
    }
    assert typed == set(_commands(main))
    for words in listed:
        name = next(name for name in _commands(main) if words[1 : 1 + len(name)] == list(name))
        options = {option for each in _commands(main)[name].params for option in each.opts}
        assert set(re.findall(r"--[a-z-]+", " ".join(words))) <= options


def _commands(group: click.Group) -> dict[tuple[str, ...], click.Command]:
    """Every command by the words that call it."""
    found: dict[tuple[str, ...], click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = _commands(command) if isinstance(command, click.Group) else {(): command}
        found |= {(name, *rest): each for rest, each in below.items()}
    return found


@pytest.mark.parametrize("readme", READMES)
def test_map_of_folders_is_complete(readme: str) -> None:
    """Every folder of the map exists, and every package of ours is on it."""
    mapped = re.findall(r"^([a-z_]+)/ ", part(readme, "map"), re.MULTILINE)
    assert all((ROOT / folder).is_dir() for folder in mapped)
    assert set(mapped) >= {*PACKAGES, "spec", "tests", "docs", "bench"}


@pytest.mark.parametrize("document", documents())
def test_relative_links_lead_somewhere(document: str) -> None:
    links = LINK.findall(FENCED.sub("", text(document)))
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    lost = [link for link in local if not (ROOT / Path(document).parent / link).exists()]
    assert lost == []


def test_every_decision_is_numbered_dated_and_whole() -> None:
    """Numbers run without a gap; each record has its status, date and three parts."""
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        record = path.read_text("utf-8")
        assert re.search(r"^Status: \w+.* · \d{4}-\d{2}-\d{2}$", record, re.MULTILINE), path.name
        heads = re.findall(r"^## (\w+)$", record, re.MULTILINE)
        assert heads == ["Context", "Decision", "Consequences"], path.name


def test_both_readmes_name_the_same_documents() -> None:
    """What the English README links to, the Chinese one does too, itself and its twin aside."""
    linked = [set(LINK.findall(text(readme))) - set(READMES) for readme in READMES]
    assert linked[0] == linked[1]

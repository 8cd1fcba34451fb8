"""`bai-wx import FILE`, `export FILE` and `template`: a catalogue as a spreadsheet has it.

What a row may be is in tests/transfer/loading, what a file may be in tests/transfer/sheets.
"""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bai_wx.process.settings import Settings
from tests.cli.commands import Run, done, refused, table

PRODUCTS = "tbl_product_list"
SUFFIXES = [".xlsx", ".csv", ".jsonl"]


@pytest.fixture
def home(run: Run) -> Run:
    """A migrated home."""
    assert run("migrate").exit_code == 0
    return run


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Three products under Chinese headings, in the encoding of a Chinese Excel; the third has no price."""
    path = tmp_path / "商品.csv"
    path.write_bytes(f"{headings()}\n开关,19.90\n插座,29\n灯,贵\n".encode("gb18030"))
    return path


def headings() -> str:
    """The contract's titles of name and price."""
    from bai_wx.contract import loader
    from bai_wx.transfer.sheets.layout import layouts

    columns = layouts(loader.load())[PRODUCTS].columns
    return ",".join(columns[n].heading for n in ("prod_list_name", "prod_list_basic_price"))


def names(settings: Settings) -> dict[str, int]:
    """The price in fen of each product, by its name."""
    rows = table(settings, PRODUCTS)
    return {row["prod_list_name"]: row["prod_list_basic_price"] for row in rows}


def load(run: Run, path: Path, *options: str) -> Any:
    return run("import", str(path), "--collection", PRODUCTS, *options)


def test_a_refused_row_refuses_all_and_is_told_by_its_place(
    home: Run, settings: Settings, catalogue: Path
) -> None:
    told = load(home, catalogue)
    assert told.exit_code == 1
    assert "B4" in told.stderr
    assert "nothing is written" in told.stdout
    assert names(settings) == {}


def test_bad_rows_are_skipped_mended_and_sent_again(
    home: Run, settings: Settings, catalogue: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    assert load(home, catalogue, "--skip-bad", "--refused", str(bad)).exit_code == 1
    assert names(settings) == {"开关": 1990, "插座": 2900}
    bad.write_text(bad.read_text("utf-8-sig").replace("贵", "9.5"), "utf-8")
    report = done(load(home, bad, "--json"))
    assert (report["created"], report["refused"]) == (1, 0)
    assert names(settings) == {"开关": 1990, "插座": 2900, "灯": 950}
    again = done(load(home, bad, "--json"))
    assert (again["created"], again["unchanged"]) == (0, 1)


def test_a_dry_run_writes_nothing(home: Run, settings: Settings, catalogue: Path) -> None:
    told = load(home, catalogue, "--dry-run", "--skip-bad")
    assert "2 would be created" in told.stdout
    assert names(settings) == {}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_exported_comes_back_unchanged(
    home: Run, settings: Settings, catalogue: Path, tmp_path: Path, suffix: str
) -> None:
    load(home, catalogue, "--skip-bad")
    before, file = table(settings, PRODUCTS), tmp_path / f"out{suffix}"
    counted = done(home("export", str(file), "--collection", PRODUCTS, "--json"))
    assert counted == {"exported": {PRODUCTS: 2}}
    report = done(load(home, file, "--json"))
    assert (report["unchanged"], report["read"]) == (2, 2)
    assert table(settings, PRODUCTS) == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_template_has_no_row_yet(home: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"template{suffix}"
    assert home("template", PRODUCTS, str(file)).exit_code == 0
    assert done(load(home, file, "--json"))["read"] == 0


def test_pictures_come_from_a_zip(home: Run, settings: Settings, tmp_path: Path) -> None:
    drawn = BytesIO()
    Image.new("RGB", (20, 20), "red").save(drawn, "PNG")
    pictures, rows = tmp_path / "pictures.zip", tmp_path / "rows.jsonl"
    with zipfile.ZipFile(pictures, "w") as archive:
        archive.writestr("图/开关.png", drawn.getvalue())
    rows.write_text(
        '{"prod_list_name": "开关", "prod_list_basic_price": 1, "prod_list_icon": "开关.png"}\n'
    )
    report = done(load(home, rows, "--pictures", str(pictures), "--json"))
    assert (report["created"], report["pictures"]) == (1, 1)
    [picture] = table(settings, "tbl_attachments")
    assert table(settings, PRODUCTS)[0]["prod_list_icon"] == picture["id"]


REFUSED: list[Any] = [
    pytest.param(["import", "{csv}"], "--collection", id="no collection"),
    pytest.param(["import", "{folder}", "--skip-bad"], "--collection", id="a folder with options"),
    pytest.param(["import", "{folder}/none.csv", "--collection", PRODUCTS], "no such file", id="none"),
    pytest.param(["import", "{csv}", "--collection", "nothing"], "invalid value", id="unknown"),
    pytest.param(["export", "{folder}/a.pdf", "--collection", PRODUCTS], ".xlsx", id="a format"),
    pytest.param(["export", "{folder}/no/a.csv", "--collection", PRODUCTS], "no such folder", id="where"),
    pytest.param(["template", PRODUCTS, "{folder}/no/a.csv"], "no such folder", id="template where"),
    pytest.param(["export", "{folder}", "--pocketbase", "--collection", PRODUCTS], "every", id="both"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "told"), REFUSED)
def test_what_cannot_be_done_is_one_line(
    home: Run, catalogue: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    places = {"csv": str(catalogue), "folder": str(tmp_path)}
    said = refused(home(*(each.format(**places) for each in arguments)))
    assert told in said.lower().replace("'", "")

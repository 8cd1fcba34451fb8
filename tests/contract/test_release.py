"""The contract follows the one that was released last: no change that its version does not say."""

import shutil
from pathlib import Path

import pytest

from bai_wx.contract.diff.contracts import read
from tests.contract.planted import CART, SCHEMAS, edit
from tests.contract.release import CHANGELOG, RELEASED, SPEC, freeze, newest, problems, version_of

OLD = RELEASED / "1.0.0"
BREAKS = (*SCHEMAS, "CartCreateRequest", "properties", "cart_remark", "maxLength")
FITS = (*SCHEMAS, "CartCreateRequest", "properties", "cart_colour")
ENTRY = "- Contract 2.0.0: remarks are shorter."


def test_ours_follows_the_newest_released() -> None:
    """What CI refuses: a change without a version, a breaking one without a major and a line.

    `bai-wx diff spec/released/<newest> spec` tells the changes.
    """
    assert problems(read(SPEC), newest(), CHANGELOG.read_text("utf-8")) == []


def test_each_released_contract_is_one() -> None:
    """It hangs together, says its version, and is named after it."""
    for folder in RELEASED.iterdir():
        assert ".".join(map(str, version_of(read(folder).version))) == folder.name


def test_a_released_contract_does_not_drift() -> None:
    """Where our version is a released one, ours says what was released."""
    ours = read(SPEC)
    folder = RELEASED / ".".join(map(str, version_of(ours.version)))
    if folder.exists():
        assert problems(ours, read(folder), "") == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A contract that equals the released one, beside it, and a changelog."""
    shutil.copytree(OLD, tmp_path / "spec")
    shutil.copytree(OLD, tmp_path / "spec" / "released" / "1.0.0")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n")
    return tmp_path


def found(tree: Path) -> list[str]:
    """What keeps the tree's contract from following the released one."""
    changelog = (tree / "CHANGELOG.md").read_text()
    return problems(read(tree / "spec"), newest(tree / "spec" / "released"), changelog)


def say(tree: Path, version: str) -> None:
    """Give the tree's contract another version."""
    edit(tree / "spec" / "openapi-wx.yaml", ("info", "version"), version)


def test_what_did_not_change_needs_no_new_version(tree: Path) -> None:
    """Texts and examples may be mended at any time."""
    assert found(tree) == []
    edit(tree / "spec" / CART, (*SCHEMAS, "CartRecord", "title"), "一行")
    assert found(tree) == []


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(
            "1.0.0-wx",
            [
                "info.version is 1.0.0-wx, 1.0.0-wx is released: 1 changes need a higher minor version"
            ],
            id="the same version",
        ),
        pytest.param(
            "1.0.7",
            ["info.version is 1.0.7, 1.0.0-wx is released: 1 changes need a higher minor version"],
            id="a higher patch",
        ),
        pytest.param(
            "0.9.0",
            ["info.version is 0.9.0, 1.0.0-wx is released: a version never goes back"],
            id="a lower version",
        ),
        pytest.param("1.1.0", [], id="a higher minor"),
        pytest.param("2.0.0", [], id="a higher major"),
    ],
)
def test_a_compatible_change_needs_a_minor_version(
    tree: Path, version: str, expected: list[str]
) -> None:
    edit(tree / "spec" / CART, FITS, {"type": "string"})
    say(tree, version)
    assert found(tree) == expected


@pytest.mark.parametrize(
    ("version", "entry", "expected"),
    [
        pytest.param(
            "1.0.0",
            ENTRY,
            [
                "info.version is 1.0.0, 1.0.0-wx is released: 1 changes need a higher minor version",
                "1 of them break: a higher major one",
            ],
            id="the same version",
        ),
        pytest.param(
            "1.1.0",
            ENTRY,
            [
                "info.version is 1.1.0, 1.0.0-wx is released:"
                " 1 breaking changes need a higher major version"
            ],
            id="a higher minor",
        ),
        pytest.param(
            "2.0.0",
            "- Contract 3.0.0: something else.",
            ["CHANGELOG.md has no line `- Contract 2.0.0: …` that says what breaks"],
            id="a higher major without its line",
        ),
        pytest.param("2.0.0", ENTRY, [], id="a higher major and its line"),
    ],
)
def test_a_breaking_change_needs_a_major_version_and_a_line(
    tree: Path, version: str, entry: str, expected: list[str]
) -> None:
    edit(tree / "spec" / CART, BREAKS, 300)
    say(tree, version)
    (tree / "CHANGELOG.md").write_text(f"# Changelog\n\n{entry}\n")
    assert found(tree) == expected


def test_a_contract_is_frozen_once(tree: Path) -> None:
    """By its version, with all its files; afterwards no change passes under that version."""
    places = (tree / "spec", tree / "spec" / "released", tree / "CHANGELOG.md")
    with pytest.raises(ValueError, match=r"^1\.0\.0 is released already"):
        freeze(*places)
    edit(tree / "spec" / CART, FITS, {"type": "string"})
    with pytest.raises(ValueError, match="is released already"):
        freeze(*places)
    say(tree, "1.1.0")
    folder = freeze(*places)
    assert folder == tree / "spec" / "released" / "1.1.0"
    assert read(folder).bundle == read(tree / "spec").bundle
    assert newest(tree / "spec" / "released").root.parent == folder
    edit(tree / "spec" / CART, BREAKS, 300)
    assert found(tree)[0].startswith("info.version is 1.1.0, 1.1.0 is released")


def test_versions_are_compared_as_numbers() -> None:
    assert version_of("10.0.0") > version_of("9.12.3-wx") > version_of("9.9.9")
    with pytest.raises(ValueError, match="three numbers"):
        version_of("two")

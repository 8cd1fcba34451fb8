"""Reads the documents: their files, marked parts, tables and fenced blocks."""

import re

from tests.tree import ROOT

READMES = ("README.md", "README.zh-CN.md")


def text(name: str) -> str:
    """A document, by its path from the root."""
    return (ROOT / name).read_text("utf-8")


def documents() -> list[str]:
    """Every Markdown document of the project, by its path from the root."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def part(name: str, mark: str) -> str:
    """What stands between `<!-- mark -->` and `<!-- /mark -->`."""
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", text(name), re.DOTALL)
    assert found, f"{name} has no part marked {mark!r}"
    return found[1]


def rows(tables: str) -> list[list[str]]:
    """The cells of every table's rows, without their heads."""
    found: list[list[str]] = []
    for line in tables.splitlines():
        if line.startswith("| ---"):
            found.pop()
        elif line.startswith("| "):
            found.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found


def blocks(source: str) -> list[tuple[str, str]]:
    """The fenced blocks: language and content."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", source, re.DOTALL | re.MULTILINE)


def unquoted(cell: str) -> str:
    """A cell without the backticks around it."""
    return cell.strip("`")

"""Puts the pieces of code that a page shows where their titles and first lines say.

A piece of YAML, or of a dict in Python, begins with `# in KEY.KEY`: the place it belongs under; a key that
stands there already is replaced. One that begins with `# in class NAME` is the class's, other Python is the
module's; a function that is there already is replaced.
"""

import ast
import re
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

PIECE = re.compile(r'^```(\w+) title="([^"\n]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)
PLACE = re.compile(r"# in (class )?(\S+)\n")


class Piece(NamedTuple):
    """A titled block of a page: its language, the file that it is of, and its text."""

    language: str
    file: str
    text: str


def pieces(page: str) -> list[Piece]:
    """The pieces of a page's text, in its order."""
    return [Piece(*found) for found in PIECE.findall(page)]


def place(copy: Path, piece: Piece) -> None:
    """Put a piece into its file below `copy`, which is made where it is not there."""
    path = copy / piece.file
    text = path.read_text("utf-8") if path.exists() else ""
    where = PLACE.match(piece.text)
    if where is None:
        text = into_module(text, piece.text)
    elif where[1]:
        text = into_class(text, where[2], piece.text[where.end() :])
    else:
        text = under(text, where[2], piece.text[where.end() :])
    path.write_text(text, "utf-8")


def under(text: str, keys: str, piece: str) -> str:
    """The text with a piece under the line that the keys lead to, in the place of what it names again."""
    lines = text.splitlines(keepends=True)
    found, depth = -1, -1
    for key in keys.split("."):
        found = next(
            n
            for n in range(found + 1, len(lines))
            if re.match(rf" *{re.escape(key)}\b.*[:{{]$", lines[n]) and _depth(lines[n]) > depth
        )
        depth = _depth(lines[found])
    below = _depth(lines[found + 1])
    key = piece.partition(":")[0]
    end = next(
        (n for n in range(found + 1, len(lines)) if lines[n].strip() and _depth(lines[n]) <= depth),
        len(lines),
    )
    again = [n for n in range(found + 1, end) if lines[n].startswith(f"{' ' * below}{key}:")]
    rest = [line for n, line in enumerate(lines) if n not in again]
    return "".join([*rest[: found + 1], indent(piece, " " * below), *rest[found + 1 :]])


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def into_class(text: str, name: str, piece: str) -> str:
    """The module with the functions of a piece at the end of a class."""
    text = _without(text, _class(text, name).body, piece)
    lines, end = text.splitlines(keepends=True), _class(text, name).end_lineno
    return "".join([*lines[:end], "\n", indent(piece, "    "), *lines[end:]])


def _class(text: str, name: str) -> ast.ClassDef:
    classes = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))
    return next(node for node in classes if node.name == name)


def into_module(text: str, piece: str) -> str:
    """The module with what a piece imports and sets before its first class or function, else at its end."""
    if not text:
        return piece
    text = _without(text, ast.parse(text).body, piece)
    lines, given = text.splitlines(keepends=True), piece.splitlines(keepends=True)
    first, cut = _first_definition(text), _first_definition(piece)
    head, tail = "".join(given[:cut]), "".join(given[cut:])
    return "".join([*lines[:first], head, "\n\n", *lines[first:], "\n\n", tail])


def _first_definition(text: str) -> int:
    """The place of a module's first class or function among its lines, or of its end."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            return _start(node) - 1
    return len(text.splitlines())


def _start(node: ast.ClassDef | ast.FunctionDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _without(text: str, nodes: list[ast.stmt], piece: str) -> str:
    """The text without those functions of `nodes` that the piece writes anew."""
    named = {node.name for node in ast.parse(piece).body if isinstance(node, ast.FunctionDef)}
    lines = text.splitlines(keepends=True)
    for node in reversed(nodes):
        if isinstance(node, ast.FunctionDef) and node.name in named:
            del lines[_start(node) - 1 : node.end_lineno]
    return "".join(lines)

"""Every regular expression that may see a client's text takes time that grows with the text alone.

The patterns are found, not listed: those our modules compile or hand to `re`, and each `pattern` of the
contract. Each is fed texts of 100,000 characters, made from the pattern itself to lead it astray. A
quadratic one would take the better part of a minute, a linear one takes milliseconds; none may take
`ENDS_S`.
"""

import ast
import importlib
import re
import re._constants as kinds
import re._parser as parser
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice, product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from models.base import Record
from models.collections import COLLECTIONS
from server import contract

ROOT = Path(__file__).parent.parent
FOLDERS = ("handlers", "models", "records", "server", "wechat")
LENGTH = 100_000
ENDS_S = 3
MOST_TEXTS = 120
ENDS = ("\x01", '"\x01')
"""What fits nothing, and what only begins to fit: a quote that stays open."""

SEARCHING = frozenset({"search", "sub", "subn", "findall", "finditer", "split"})
METHODS = frozenset({"match", "fullmatch"}) | SEARCHING

SEEN_BY_A_PERSON = {
    "records.multipart": "begins at a CRLF and a boundary, over which its only repeat, of blanks, never runs",
    "models.plain": "the pattern is a field's, or that of a timestamp; both are among the fields' here",
    "records.validate": "the pattern is a field's",
    "server.scaffold": "reads the contract's own patterns, when a developer asks for a skeleton",
}
"""Calls of `re` with what is no text in the code: where, and why that is well."""

GUARDED = {
    "server.http1._FIELD": "is given what `_FIELDS` has matched: each line has its colon and its end",
}
"""Patterns that never meet such a text, because another one has read it first."""


class Found(NamedTuple):
    """A pattern, where it stands, and what is asked of it."""

    where: str
    pattern: "re.Pattern[Any]"
    methods: frozenset[str]


def found_in(name: str, tree: ast.Module, used: dict[str, frozenset[str]]) -> Iterator[Found]:
    """The patterns of a module: its constants, and what it hands to `re` as it runs."""
    with warnings.catch_warnings():  # a library's own, about its libraries
        warnings.simplefilter("ignore")
        module = importlib.import_module(name)
    for constant, value in vars(module).items():
        if isinstance(value, re.Pattern):
            yield Found(f"{name}.{constant}", value, used.get(constant) or METHODS)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        asked = call.func
        if not (isinstance(asked, ast.Attribute) and ast.unparse(asked.value) == "re"):
            continue
        if asked.attr in METHODS and isinstance(call.args[0], ast.Constant):
            pattern = re.compile(call.args[0].value, re.DOTALL if len(call.args) > 2 else 0)
            yield Found(f"{name}:{call.lineno}", pattern, frozenset({asked.attr}))


def sources() -> dict[str, ast.Module]:
    """Our modules' names and what stands in them."""
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
        for path in [*files, ROOT / "errors.py"]
        if path.stem not in ("__init__", "__main__")
    }


def all_found() -> list[Found]:
    """Every pattern of ours, and those of the records' fields."""
    trees = sources()
    used = {name: dict(_asked(tree)) for name, tree in trees.items()}
    found = []
    for name, tree in trees.items():
        # A private one is used where it stands, another by whoever imports it.
        others = {
            constant: frozenset().union(*(u.get(constant, ()) for u in used.values()))
            for constant in set().union(*used.values())
            if not constant.startswith("_")
        }
        found.extend(found_in(name, tree, used[name] | others))
    for model in COLLECTIONS.values():
        found.extend(_of_fields(model))
    return list({(f.pattern, f.methods): f for f in found}.values())


def _asked(tree: ast.Module) -> Iterator[tuple[str, frozenset[str]]]:
    """The names in a module that are asked what a pattern can be asked."""
    asked: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            asked.setdefault(ast.unparse(node.value).rpartition(".")[2], set()).add(node.attr)
    return ((name, frozenset(methods)) for name, methods in asked.items())


def _of_fields(model: type[Record]) -> Iterator[Found]:
    for name, field in model._meta.fields.items():
        if text := getattr(field, "pattern", None):
            yield Found(f"{model.__name__}.{name}", re.compile(text), frozenset({"fullmatch"}))


def test_every_pattern_is_a_constant_of_its_module() -> None:
    """So that this file finds it: none is compiled inside a function."""
    for name, tree in sources().items():
        for outer in ast.walk(tree):
            if not isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                continue
            calls = [n for n in ast.walk(outer) if isinstance(n, ast.Call)]
            asked = [c for c in calls if re.fullmatch(r"re\.[a-z]+", ast.unparse(c.func))]
            for call in asked:
                is_text = call.func.attr in METHODS and isinstance(call.args[0], ast.Constant)  # type: ignore[attr-defined]
                assert is_text or name in SEEN_BY_A_PERSON, f"{name}:{call.lineno}"


@pytest.mark.parametrize("found", all_found(), ids=lambda found: found.where)
def test_a_pattern_ends_on_hostile_texts(found: Found) -> None:
    """Whatever is asked of it."""
    if found.where in GUARDED:
        return
    is_bytes = isinstance(found.pattern.pattern, bytes)
    for text in hostile(found.pattern):
        given = text.encode("latin-1", "replace") if is_bytes else text
        for method in found.methods:
            with ends(f"{found.where}.{method}({text[:40]!r}…)"):
                _ask(found.pattern, method, given)


def test_a_quadratic_pattern_is_noticed() -> None:
    """The texts would have found the one that once read a Content-Type."""
    once = re.compile(r"\s*(?P<name>\w+/\w+)(?P<parameters>(?:\s*;\s*\w+=\w+)*)\s*;?\s*")
    assert any(_is_too_much(once.fullmatch, text) for text in hostile(once))
    assert any(_is_too_much(re.compile(r"\d+x").search, t) for t in hostile(re.compile(r"\d+x")))
    # It once read what a part of a form says of itself: blanks before a value, or in it.
    blanks = re.compile(r' *; *([^\s=;"]+) *= *(?:"([^"]*)"|([^;"]*)(?=;|\Z))')
    astray = next(t for t in hostile(blanks) if t[:4] == ";a= " and t.endswith('"\x01'))
    assert _is_too_much(blanks.match, astray)


def test_the_patterns_of_the_contract_end_on_hostile_texts() -> None:
    """They are asked by the validator itself, which does not listen to signals: in a child."""
    here = [sys.executable, "-c", "from tests import test_regexes as t; t.ask_the_contract()"]
    done = subprocess.run(here, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 15


def ask_the_contract() -> None:
    """Feed each pattern of the contract; print how many there are."""
    import jsonschema_rs

    patterns = set(_patterns(contract.load()))
    for pattern in patterns:
        validator = jsonschema_rs.Draft202012Validator({"pattern": pattern})
        for text in hostile(re.compile(pattern)):
            validator.is_valid(text)
    print(len(patterns))


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _patterns(inner)


class _TooMuch(BaseException):
    """It took as long as no linear pattern does."""


@contextmanager
def ends(what: str) -> Iterator[None]:
    """Stop what does not end. Python's own engine listens to signals."""

    def stop(*_: object) -> None:
        raise _TooMuch(what)

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, ENDS_S)
    try:
        yield
    except _TooMuch as exc:
        pytest.fail(f"does not end: {exc}")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _is_too_much(ask: Callable[[str], object], text: str) -> bool:
    try:
        with ends(text[:40]):
            ask(text)
    except pytest.fail.Exception:
        return True
    return False


def _ask(pattern: "re.Pattern[Any]", method: str, text: Any) -> None:
    if method in ("sub", "subn"):
        getattr(pattern, method)(text[:0], text)
    elif method == "finditer":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)


def hostile(pattern: "re.Pattern[Any]") -> Iterator[str]:
    """Long texts: what leads to a repeat, the repeated, and an end that does not fit."""
    written = pattern.pattern
    if isinstance(written, bytes):
        written = written.decode("latin-1")
    tree = parser.parse(written, pattern.flags & ~re.UNICODE & ~re.DEBUG)
    starts = list(dict.fromkeys(["", *_prefixes(tree)]))
    letters = list(dict.fromkeys([*_letters(tree), "a", " ", "0", "\n"]))
    units = [*letters, *map("".join, islice(product(letters, repeat=2), 60))]
    pairs = [(start, unit) for unit in letters for start in starts]
    pairs += [("", unit) for unit in units]
    for start, unit in islice(dict.fromkeys(pairs), MOST_TEXTS):
        for end in ENDS:
            yield start + (unit * LENGTH)[:LENGTH] + end


def _letters(tree: Any) -> Iterator[str]:
    """One example of everything a pattern looks for."""
    for kind, value in tree:
        if kind in (kinds.LITERAL, kinds.NOT_LITERAL, kinds.IN, kinds.ANY):
            yield _example([(kind, value)])
        else:
            for inner in _inside(kind, value):
                yield from _letters(inner)


def _prefixes(tree: Any, before: str = "") -> Iterator[str]:
    """What may stand before each repeat."""
    for kind, value in tree:
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            yield before
        for inner in _inside(kind, value):
            yield from _prefixes(inner, before)
        before += _example([(kind, value)])


def _inside(kind: Any, value: Any) -> list[Any]:
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is kinds.SUBPATTERN:
        return [value[3]]
    if kind is kinds.BRANCH:
        return list(value[1])
    if kind is kinds.ATOMIC_GROUP:
        return [value]
    return []


_OF_CATEGORY = {
    kinds.CATEGORY_DIGIT: "0",
    kinds.CATEGORY_SPACE: " ",
    kinds.CATEGORY_WORD: "a",
    kinds.CATEGORY_NOT_SPACE: "a",
    kinds.CATEGORY_NOT_DIGIT: "a",
    kinds.CATEGORY_NOT_WORD: " ",
}


def _example(tree: Any) -> str:
    """A short text that fits."""
    return "".join(_one(kind, value) for kind, value in tree)


def _one(kind: Any, value: Any) -> str:
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.IN:
        return _of_set(value)
    if kind in (kinds.NOT_LITERAL, kinds.ANY):
        return "b" if value == ord("a") else "a"
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return _example(value[2]) * min(value[0], 20)
    inner = _inside(kind, value)
    return _example(inner[0]) if inner else ""


def _of_set(items: Any) -> str:
    if items[0][0] is kinds.NEGATE:
        taken = re.compile("[" + "".join(re.escape(c) for c in _spelled(items[1:])) + "]")
        return next(c for c in "a b0-\"'<" if not taken.match(c))
    return next(iter(_spelled(items)))


def _spelled(items: Any) -> list[str]:
    spelled = []
    for kind, value in items:
        if kind is kinds.LITERAL:
            spelled.append(chr(value))
        elif kind is kinds.RANGE:
            spelled.extend(map(chr, value))
        elif kind is kinds.CATEGORY:
            spelled.append(_OF_CATEGORY[value])
    return spelled

"""Every regular expression that may see a client's text takes time that grows with the text alone.

The patterns are found, not listed: those our modules hold or hand to `re`, and each `pattern` of the
contract; those in SQL are `tests/models/test_sql_patterns.py`'s. What would not be found is refused by a
rule of its own: a pattern made as a function runs, `re` under another name, another library. Each is fed
texts of 50,000 characters, made from the pattern itself to lead it astray. A quadratic one would take
ten seconds, a linear one takes milliseconds; none may take `ENDS_S`.
"""

import ast
import importlib
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bai_wx.contract import loader
from bai_wx.record import clock
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from tests.hostile_texts import case_id, hostile
from tests.tree import PACKAGES, ROOT

ENDS_S = 2
NOTICED_S = 0.3
"""How long one that is known to be quadratic is looked at: a linear one has long ended."""

SEARCHING = frozenset({"search", "sub", "subn", "findall", "finditer", "split"})
METHODS = frozenset({"match", "fullmatch"}) | SEARCHING
MAKERS = METHODS | {"compile"}
KNOWS = frozenset({"pattern", "flags", "groups", "groupindex"})
"""What may be asked of a pattern without a text."""
FLAGS_AT = {"sub": 4, "subn": 4, "split": 3}
"""Where a function of `re` takes its flags; the others take them third."""
MADE_OF = {
    (
        "bai_wx.dialect.input.multipart",
        r"""rb"(?:\A|\r\n)--" + re.escape(boundary) + rb"(?:(--)|[ \t]*+(?=\r\n))" """,
    ): {"boundary": b"--=_ "},
}
"""Patterns that are made as a function runs: where, of what text, and an example of what stands in it."""
OF_FIELDS = {
    ("bai_wx.record.fields", "self.pattern"),
    ("bai_wx.record.strict_values", "clock.TIMESTAMP"),
    ("bai_wx.transfer.sheets.moments", "clock.TIMESTAMP"),
}
"""Those of the records' fields, which are found there."""
OF_THE_CONTRACT = {
    ("bai_wx.contract.field_specs", "pattern"),
}
"""The contract's own, found in it; here they are asked about the empty text alone."""
GUARDED = {
    "bai_wx.request.http1._FIELD": "is given what `_FIELDS` has matched: each line has its colon and its end",
}
"""Patterns that never meet such a text, because another one has read it first."""
LIBRARIES = frozenset({"regex", "re2", "hyperscan", "fnmatch", "sre_compile", "pcre"})
"""Others that make patterns; nothing of ours uses one."""


class Found(NamedTuple):
    """A pattern, where it stands, and what is asked of it."""

    where: str
    pattern: "re.Pattern[Any]"
    methods: frozenset[str]


def found_in(name: str, tree: ast.Module, used: dict[str, frozenset[str]]) -> Iterator[Found]:
    """The patterns of a module: what it holds, and what it hands to `re` as it runs."""
    for path, value in _held(vars(_imported(name)), name):
        yield Found(path, value, used.get(path.rpartition(".")[2]) or METHODS)
    for call in _calls(nodes(tree)):
        text = call.args[0]
        if isinstance(text, ast.Constant) and call.func.attr in METHODS:  # type: ignore[attr-defined]
            asked = call.func.attr  # type: ignore[attr-defined]
            pattern = re.compile(text.value, _flags(call, asked))
            yield Found(f"{name}:{call.lineno}", pattern, frozenset({asked}))


def _imported(name: str) -> Any:
    with warnings.catch_warnings():  # a library's own, about its libraries
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def _held(
    members: Mapping[Any, Any], where: str, depth: int = 3
) -> Iterator[tuple[str, "re.Pattern[Any]"]]:
    """The patterns among these values, in their tables and in classes."""
    for name, value in members.items():
        path = f"{where}.{name}"
        if isinstance(value, re.Pattern):
            yield path, value
        elif not depth or (isinstance(name, str) and name.startswith("__")):
            continue
        elif isinstance(value, Mapping):
            yield from _held(value, path, depth - 1)
        elif isinstance(value, (list, tuple, set, frozenset)):
            yield from _held(dict(enumerate(value)), path, depth - 1)
        elif isinstance(value, type) and value.__module__ in where:
            yield from _held(vars(value), path, depth - 1)


def _calls(within: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """The calls of functions of `re` that take a pattern."""
    for node in within:
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr in MAKERS and ast.unparse(node.func.value) == "re":
            yield node


def _flags(call: ast.Call, asked: str) -> int:
    place = FLAGS_AT.get(asked, 2)
    given = [word.value for word in call.keywords if word.arg == "flags"] or call.args[place:]
    return int(eval(ast.unparse(given[0]), {"re": re})) if given else 0


@cache
def sources() -> dict[str, ast.Module]:
    """Our modules' names and what stands in them: all that the wheel holds."""
    files = [path for package in PACKAGES for path in _modules(package)]
    return {_name(path): ast.parse(path.read_text("utf-8")) for path in files}


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All that stands in a module: each question about it goes through them, and finding them takes long."""
    return tuple(ast.walk(tree))


def _modules(package: str) -> Iterator[Path]:
    paths = sorted((ROOT / package).rglob("*.py"))
    return (path for path in paths if path.stem != "__main__")  # which would run


def _name(path: Path) -> str:
    *folders, last = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(folders if last == "__init__" else [*folders, last])


@cache
def all_found() -> list[Found]:
    """Every pattern of ours, and those of the records' fields."""
    trees = sources()
    used = {name: dict(_asked(tree)) for name, tree in trees.items()}
    # A private one is used where it stands, another by whoever imports it.
    others = {
        constant: frozenset().union(*(u.get(constant, ()) for u in used.values()))
        for constant in set().union(*used.values())
        if not constant.startswith("_")
    }
    found = []
    for name, tree in trees.items():
        found.extend(found_in(name, tree, used[name] | others))
    for (name, text), example in MADE_OF.items():
        pattern = re.compile(eval(text.strip(), {"re": re, **example}))
        found.append(Found(f"{name}: {text.strip()}", pattern, frozenset({"finditer"})))
    for model in COLLECTIONS.values():
        found.extend(_of_fields(model))
    found.append(
        Found(
            "bai_wx.record.clock.TIMESTAMP", re.compile(clock.TIMESTAMP), frozenset({"fullmatch"})
        )
    )
    return list({(f.pattern, f.methods): f for f in found}.values())


def _asked(tree: ast.Module) -> Iterator[tuple[str, frozenset[str]]]:
    """The names in a module that are asked what a pattern can be asked.

    Of one that is handed on as it is, who knows what is asked: everything.
    """
    asked: dict[str, set[str]] = {}
    bases = set()
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS | KNOWS:
            bases.add(node.value)
            name = ast.unparse(node.value).rpartition(".")[2]
            asked.setdefault(name, set()).update({node.attr} & METHODS)
    for node in nodes(tree):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        is_read = isinstance(getattr(node, "ctx", None), ast.Load) and node not in bases
        if is_read and name in asked:
            asked[name].update(METHODS)
    return ((name, frozenset(methods)) for name, methods in asked.items())


def _of_fields(model: type[Record]) -> Iterator[Found]:
    for name, field in model._meta.fields.items():
        if text := getattr(field, "pattern", None):
            yield Found(f"{model.__name__}.{name}", re.compile(text), frozenset({"fullmatch"}))


def test_a_pattern_is_a_constant_of_its_module_or_named_here() -> None:
    """So that this file finds it."""
    made = {
        (name, ast.unparse(call.args[0]))
        for name, tree in sources().items()
        for call in _in_functions(tree)
        if not (call.func.attr in METHODS and isinstance(call.args[0], ast.Constant))  # type: ignore[attr-defined]
    }
    named = {(name, ast.unparse(ast.parse(text.strip(), mode="eval"))) for name, text in MADE_OF}
    assert made == named | OF_FIELDS | OF_THE_CONTRACT


def _in_functions(tree: ast.Module) -> set[ast.Call]:
    inside = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    outer = (node for node in nodes(tree) if isinstance(node, inside))
    return {call for node in outer for call in _calls(ast.walk(node))}


def test_patterns_are_made_by_re_alone_and_under_its_name() -> None:
    """Nothing is imported out of it, no other library makes any, nor does Peewee in SQL."""
    for name, tree in sources().items():
        for node in nodes(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in {"re", *LIBRARIES}, f"{name}:{node.lineno}"
            elif isinstance(node, ast.Attribute):
                assert "regexp" not in node.attr.lower(), f"{name}:{node.lineno}"
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    assert alias.name not in LIBRARIES, f"{name}:{node.lineno}"
                    assert alias.name != "re" or not alias.asname, f"{name}:{node.lineno}"


def test_no_pattern_that_a_module_makes_is_left_out() -> None:
    """Whatever it is held in: each `re.compile` outside of functions made one of those that are found."""
    found = {(one.pattern.pattern, one.pattern.flags) for one in all_found()}
    for name, tree in sources().items():
        inside, members = _in_functions(tree), vars(_imported(name))
        for call in _calls(nodes(tree)):
            if call not in inside and call.func.attr == "compile":  # type: ignore[attr-defined]
                made = eval(ast.unparse(call), members)
                assert (made.pattern, made.flags) in found, f"{name}:{call.lineno}"


def named(found: Found) -> str:
    """What a case is called."""
    written = found.pattern.pattern
    return case_id(written.decode("latin-1") if isinstance(written, bytes) else written)


def test_every_pattern_ends_on_hostile_texts() -> None:
    """Whatever is asked of it. One test for all: each process would look for them to name its cases."""
    astray = {}
    for found in all_found():
        if found.where in GUARDED:
            continue
        try:
            _feed(found)
        except pytest.fail.Exception as exc:
            astray[f"{found.where}: {named(found)}"] = str(exc)
    assert astray == {}


def _feed(found: Found) -> None:
    is_bytes = isinstance(found.pattern.pattern, bytes)
    for text in hostile(found.pattern):
        given = text.encode("latin-1", "replace") if is_bytes else text
        for method in _different(found.methods):
            with ends(f"{method}({text[:40]!r}…)"):
                _ask(found.pattern, method, given)


def _different(methods: frozenset[str]) -> set[str]:
    """The methods that match each in its own way: all that search go through the text as `finditer` does."""
    return {"finditer" if method in SEARCHING else method for method in methods}


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

    patterns = set(_patterns(loader.load()))
    for pattern in patterns:
        validator = jsonschema_rs.Draft202012Validator({"pattern": pattern})
        for text in hostile(re.compile(pattern)):
            validator.is_valid(text)
    print(len(patterns))


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        yield from node.get("patternProperties", {})
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _patterns(inner)


class _TooMuch(BaseException):
    """It took as long as no linear pattern does."""


@contextmanager
def ends(what: str, within_s: float = ENDS_S) -> Iterator[None]:
    """Stop what does not end. Python's own engine listens to signals."""

    def stop(*_: object) -> None:
        raise _TooMuch(what)

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, within_s)
    try:
        yield
    except _TooMuch as exc:
        pytest.fail(f"does not end: {exc}")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _is_too_much(ask: Callable[[str], object], text: str) -> bool:
    try:
        with ends(text[:40], NOTICED_S):
            ask(text)
    except pytest.fail.Exception:
        return True
    return False


def _ask(pattern: "re.Pattern[Any]", method: str, text: Any) -> None:
    if method == "finditer":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)

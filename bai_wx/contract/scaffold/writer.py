"""Writes what the contract declares and the code lacks.

Only adds: what a file holds stays byte for byte, as far as its imports are sorted, and a second run finds
nothing to do. What cannot be written is refused before the first file is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bai_wx.contract import loader
from bai_wx.contract.bundler import CONTROLLER, Contract
from bai_wx.contract.collections import CollectionSpec, collections
from bai_wx.contract.files import ContractError, Place
from bai_wx.contract.scaffold import migration, model, names, native, page, peer, rows, stubs
from bai_wx.contract.scaffold.formatting import formatted_module
from bai_wx.contract.scaffold.plan import NewCollection, Planned
from bai_wx.contract.scaffold.python_module import Names, new_module, with_function
from bai_wx.contract.scaffold.tree import Tree, next_number
from bai_wx.contract.spots import Spots

FIRST_PEER = 1700000100
"""Where the numbers of PocketBase's scaffolded migrations begin: behind those written by hand."""


@dataclass
class Findings:
    """What does not fit together: operations without a function, functions without an operation,
    collections without a model, paths that are written and not named.
    """

    missing: list[Planned] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    without_model: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    """Paths that a file of the contract writes and the contract's own `paths` do not name."""


class Scaffolder:
    """A checkout and its contract."""

    def __init__(self, tree: Tree, contract: Contract) -> None:
        self.tree, self.bundle = tree, contract.bundle
        self._bundler = contract.bundler
        self._spots = Spots(contract.bundler)
        self._specs: Mapping[str, CollectionSpec] = collections(contract)

    def check(self) -> Findings:
        """Compare operations and public functions, collections and models, by name."""
        written = self.tree.functions()
        planned = list(self._operations())
        named = {(each.module, each.id) for each in planned}
        return Findings(
            missing=[each for each in planned if each.id not in written.get(each.module, ())],
            stray=[
                f"{self.tree.handlers.name}.{module}.{name}"
                for module, found in written.items()
                for name in found
                if (module, name) not in named
            ],
            without_model=[each.table for each in self._new_collections()],
            unnamed=[
                f"{each}: no path of spec/openapi-wx.yaml names it" for each in self._unnamed()
            ],
        )

    def write(self) -> list[str]:
        """Write what is missing. Returns: the path of each file from the root, `*` for one that was there.

        Raises: `ContractError`, before anything is written, for what cannot be.
        """
        found, new = self.check(), self._new_collections()
        missing = found.missing
        names.refuse(missing, new, found.unnamed)
        texts = dict(self._collection_files(new))
        models = self.tree.classes() | {each.table: self._model_of(each) for each in new}
        for each in missing:
            path = self.tree.handlers / f"{each.module}.py"
            text = texts.get(path) or _text(path, new_module(each))
            texts[path] = self._with_function(text, each, models)
        texts |= self._listed(missing, [path for path in texts if not path.exists()])
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return [path.relative_to(self.tree.root).as_posix() for path in texts]

    def _with_function(
        self, text: str, operation: Planned, models: Mapping[str, tuple[str, str]]
    ) -> str:
        names.of_taken(operation, Names(text).bound())
        make = partial(stubs.stub, operation, self.bundle)
        if operation.verb:
            make = partial(native.native_function, operation, models[_table(operation.path)])
        return with_function(text, make)

    def _collection_files(self, new: list[NewCollection]) -> Iterator[tuple[Path, str]]:
        """A model; a migration and PocketBase's, unless one of that name is there."""
        for each in new:
            module, _ = self._model_of(each)
            yield self.tree.models / f"{module}.py", formatted_module(model.model_text(each))
        steps = [each for each in new if not _has(self.tree.migrations, migration.file_name(each))]
        number = next_number(self.tree.migrations, "[0-9]*.py")
        for place, each in enumerate(steps, number):
            step = self.tree.migrations / f"{place:04}{migration.file_name(each)}"
            yield step, formatted_module(migration.migration_text(each))
        peers = [each for each in new if not _has(self.tree.peer, peer.file_name(each))]
        number = max(next_number(self.tree.peer, "*.js"), FIRST_PEER)
        for place, each in enumerate(peers, number):
            yield self.tree.peer / f"{place}{peer.file_name(each)}", peer.peer_text(each)

    def _model_of(self, new: NewCollection) -> tuple[str, str]:
        """The module and the class of a new model. Raises: `ContractError` where both names are taken."""
        for module in (new.module, new.table.removeprefix("tbl_")):
            if module != "migrations" and not (self.tree.models / f"{module}.py").exists():
                return module, new.class_name
        raise ContractError(f"{new.spec.spot}: models/{new.module}.py is there already")

    def _listed(self, operations: list[Planned], new: list[Path]) -> Iterator[tuple[Path, str]]:
        """The tests and the page with a line for each operation."""
        if operations:
            modules = (
                path for path in new if path.parent in (self.tree.handlers, self.tree.models)
            )
            names_of = [path.relative_to(self.tree.root).as_posix() for path in modules]
            tests = rows.with_covers(_text(self.tree.rows, rows.NEW_TESTS), names_of)
            yield (
                self.tree.rows,
                formatted_module(rows.with_rows(tests, operations, self.bundle, self._specs)),
            )
        if operations and self.tree.page.exists():
            text = self.tree.page.read_text("utf-8")
            for each in operations:
                text = page.with_line(text, each)
            yield self.tree.page, text

    def _new_collections(self) -> list[NewCollection]:
        """The collections without a model, each after those that its relations point at."""
        known, ordered = self.tree.classes(), dict[str, NewCollection]()
        for name in self._specs:
            self._add_after_targets(name, {*known}, ordered)
        return list(ordered.values())

    def _add_after_targets(
        self, name: str, seen: set[str], ordered: dict[str, NewCollection]
    ) -> None:
        if name in seen or name in ordered:
            return
        for each in self._specs[name].fields.values():
            if each.target in self._specs:
                self._add_after_targets(each.target, {*seen, name}, ordered)
        ordered[name] = NewCollection(self._specs[name])

    def _unnamed(self) -> Iterator[Place]:
        """A path item that nobody names is no part of the contract, and easily forgotten."""
        named = {self._bundler.source_of(("paths", path)) for path in self.bundle["paths"]}
        for file in map(Place, sorted(self.tree.parts.resolve().glob("*.yaml"))):
            written = self._bundler.files.lookup(file, file).get("paths", {})
            yield from (place for key in written if (place := file / "paths" / key) not in named)

    def _operations(self) -> Iterator[Planned]:
        native_by_id = {
            operation.id: operation
            for spec in self._specs.values()
            for operation in spec.operations.values()
            if operation.verb in native.FUNCTIONS and not _is_upload(operation.definition)
        }
        for path, method, definition in loader.operations(self.bundle):
            name = definition["operationId"]
            known = native_by_id.get(name)
            yield Planned(
                name,
                definition[CONTROLLER].rpartition(".")[2],
                method.upper(),
                path,
                definition,
                self._spots.of(("paths", path, method, "operationId")),
                known.verb if known else "",
            )


def _has(folder: Path, ending: str) -> bool:
    """Whether a migration of this name is there, whatever its number."""
    return any(path.name.endswith(ending) for path in folder.glob("[0-9]*"))


def _is_upload(definition: Mapping[str, Any]) -> bool:
    return "multipart/form-data" in definition.get("requestBody", {}).get("content", {})


def _table(path: str) -> str:
    return path.split("/")[4]


def _text(path: Path, otherwise: str) -> str:
    return path.read_text("utf-8") if path.exists() else otherwise

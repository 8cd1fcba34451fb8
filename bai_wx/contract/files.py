"""The contract's YAML files, and how a place in one of them is named."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Pointer: TypeAlias = tuple[str, ...]


class ContractError(Exception):
    """The contract is defective, or the code does not fit it. The message says where and what."""


@dataclass(frozen=True)
class Place:
    """A spot in one of the contract's files."""

    file: Path
    pointer: Pointer = ()

    def __truediv__(self, key: object) -> Place:
        return Place(self.file, (*self.pointer, str(key)))

    def __str__(self) -> str:
        escaped = (part.replace("~", "~0").replace("/", "~1") for part in self.pointer)
        return f"{self.file}#/{'/'.join(escaped)}"

    @property
    def is_schema(self) -> bool:
        """Whether a whole named schema lives here."""
        return len(self.pointer) == 3 and self.pointer[:2] == ("components", "schemas")


def defect(place: Place, problem: str) -> ContractError:
    """What is wrong at a place."""
    return ContractError(f"{place}: {problem}")


class _Loader(yaml.CSafeLoader):
    """Safe YAML as JSON knows it: a time stays text, and a key said twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            _refuse_duplicate_key(node)
        return mapping


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in rows if tag != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _refuse_duplicate_key(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.MarkedYAMLError(
                problem=f"duplicate key {key.value!r}", problem_mark=key.start_mark
            )
        seen.add(key.value)


@dataclass
class Files:
    """The contract's files, each read once."""

    _documents: dict[Path, Any] = field(default_factory=dict)

    @property
    def read(self) -> list[Path]:
        """Those that were read so far."""
        return list(self._documents)

    def lookup(self, place: Place, asked_from: Place) -> Any:
        """The node at `place`; a missing file or a dangling pointer is blamed on `asked_from`."""
        node = self._document(place.file, asked_from)
        for index, part in enumerate(place.pointer):
            try:
                node = node[int(part)] if isinstance(node, list) else node[part]
            except (KeyError, IndexError, ValueError, TypeError):
                found = Place(place.file, place.pointer[:index])
                raise defect(
                    asked_from, f"{place} does not exist: {found} has no {part!r}"
                ) from None
        return node

    def _document(self, file: Path, asked_from: Place) -> Any:
        if file not in self._documents:
            self._documents[file] = self._read(file, asked_from)
        return self._documents[file]

    def _read(self, file: Path, asked_from: Place) -> Any:
        try:
            document = yaml.load(file.read_bytes(), Loader=_Loader)  # noqa: S506  # a safe loader, narrowed above
        except OSError as exc:
            raise defect(asked_from, f"cannot read {file}: {exc.strerror}") from exc
        except yaml.YAMLError as exc:
            raise defect(Place(file), f"not YAML: {' '.join(str(exc).split())}") from exc
        if not isinstance(document, dict):
            raise defect(Place(file), "must be a mapping")
        return document

"""In which line of which file a part of the contract was written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bai_wx.contract.bundler import Bundler
from bai_wx.contract.files import Pointer


@dataclass(frozen=True)
class Spot:
    """A part of a contract file: `spec/openapi-wx/cart.yaml:12 /components/schemas/CartStatus`."""

    file: Path
    line: int
    pointer: Pointer

    def __str__(self) -> str:
        escaped = (part.replace("~", "~0").replace("/", "~1") for part in self.pointer)
        return f"{shown_path(self.file)}:{self.line} /{'/'.join(escaped)}"


@dataclass
class Spots:
    """The spots of a bundle's parts. A file's lines are looked up at the first question about it."""

    bundler: Bundler
    _lines: dict[Path, dict[Pointer, int]] = field(default_factory=dict)

    def of(self, pointer: Pointer) -> Spot:
        """Where the part of the bundle at `pointer` was written."""
        place = self.bundler.source_of(pointer)
        if place.file not in self._lines:
            self._lines[place.file] = lines_of(place.file)
        lines, known = self._lines[place.file], place.pointer
        while known not in lines:  # written out from elsewhere: the nearest part around it
            known = known[:-1]
        return Spot(place.file, lines[known], known)


def lines_of(file: Path) -> dict[Pointer, int]:
    """The line, from 1, of each part of a YAML file: that of its key, or of its item in a list."""
    root = yaml.compose(file.read_bytes(), Loader=yaml.CSafeLoader)
    return {(): 1, **dict(_lines(root, ()) if root else ())}


def _lines(node: yaml.Node, pointer: Pointer) -> Iterator[tuple[Pointer, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            at = (*pointer, str(key.value))
            yield at, key.start_mark.line + 1
            yield from _lines(child, at)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            at = (*pointer, str(index))
            yield at, child.start_mark.line + 1
            yield from _lines(child, at)


def shown_path(file: Path) -> str:
    """A file's path from the working directory where it lies in there, else from the root."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)

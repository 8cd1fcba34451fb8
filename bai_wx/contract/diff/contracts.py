"""A contract to compare: its bundle, and where each part of it was written."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bai_wx.contract.bundler import Bundler
from bai_wx.contract.files import ContractError, Files, Place, Pointer

ROOT_NAME: Final = "openapi-wx.yaml"


@dataclass(frozen=True)
class Contract:
    """A bundled contract that knows where each part of it was written."""

    root: Path
    bundle: dict[str, Any]
    bundler: Bundler

    @property
    def version(self) -> str:
        """Its `info.version`."""
        return str(self.bundle["info"]["version"])

    def source(self, pointer: Pointer) -> str:
        """The file, from the folder of the root file on, and the pointer in it."""
        place = self.bundler.source_of(pointer)
        file = Path(os.path.relpath(place.file, self.root.parent))
        return str(Place(file, place.pointer))


def read(path: Path) -> Contract:
    """Read a contract by its root file, or by the folder the root file is in.

    Raises: `ContractError` when there is none, or it does not hang together.
    """
    root = path if not path.is_dir() else _root_in(path)
    bundler = Bundler(Files(), Place(root))
    bundle = bundler.bundle()
    if not isinstance(bundle.get("paths"), dict) or "version" not in bundle.get("info", {}):
        raise ContractError(f"{root}: is no contract: it needs `info.version` and `paths`")
    return Contract(root, bundle, bundler)


def _root_in(folder: Path) -> Path:
    for root in (folder / ROOT_NAME, folder / "spec" / ROOT_NAME):
        if root.is_file():
            return root
    raise ContractError(f"{folder}: has no {ROOT_NAME}")

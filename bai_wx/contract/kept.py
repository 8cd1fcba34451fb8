"""The last contract that was found valid, kept in the home: a start reads it instead of the YAML.

The file `contract.valid` has three lines: the SHA-256 of what follows, the JSON of what the bundle was made
of (each file's path and SHA-256, the versions of what made it), and the bundle's own JSON. It is believed
where all of that is so still. That takes 5 ms of CPU; reading 12 files of YAML and following their references
took 200.
"""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

NAME = "contract.valid"
_MAKERS = ("bundler", "extensions", "files", "loader", "openapi", "spec")
"""Our modules that a bundle goes through: with others it may be another, or not valid."""


def kept(home: Path, root: Path) -> dict[str, Any] | None:
    """The bundle of a root document, if the home has it and none of its files has changed."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        digest, _, rest = (home / NAME).read_bytes().partition(b"\n")
        if digest == _sha256(rest):
            made_of, _, bundle = rest.partition(b"\n")
            if made_of == _made_of(root, orjson.loads(made_of)["files"]):
                return dict(orjson.loads(bundle))
    return None


def keep(home: Path, root: Path, files: Iterable[Path], bundle: dict[str, Any]) -> None:
    """Note a valid bundle. A home that is missing or cannot be written costs time, nothing else."""
    with suppress(OSError):
        rest = _made_of(root, map(str, files)) + b"\n" + orjson.dumps(bundle)
        beside = home / f".{NAME}.{os.getpid()}"
        try:
            beside.write_bytes(_sha256(rest) + b"\n" + rest)
            beside.replace(home / NAME)  # whoever reads meanwhile has the one before, whole
        finally:
            beside.unlink(missing_ok=True)


def _made_of(root: Path, files: Iterable[str]) -> bytes:
    hashes = {name: _sha256(Path(name).read_bytes()).decode() for name in sorted(files)}
    return orjson.dumps({"root": str(root), "files": hashes, "makers": _makers()})


@cache
def _makers() -> dict[str, str]:
    ours = b"".join(Path(__file__).with_name(f"{name}.py").read_bytes() for name in _MAKERS)
    return {"code": _sha256(ours).decode(), "validator": version("openapi-spec-validator")}


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()

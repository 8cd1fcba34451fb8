"""Load the contract: many YAML files in, one OpenAPI 3.1 document out.

```
root YAML ── follow every $ref ──► schemas hoisted to components/schemas, all else inlined
          ── check ──────────────► operationIds, schemas, then openapi-spec-validator
          ── answer ─────────────► one plain dict that Connexion, the docs page and clients see
```

`files` reads, `bundler` follows, `openapi` checks.
A defect stops the start with a `ContractError` that names the file and the JSON pointer.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bai_wx.contract.bundler import CONTROLLER as CONTROLLER
from bai_wx.contract.bundler import METHODS as METHODS
from bai_wx.contract.bundler import Bundler, Contract
from bai_wx.contract.files import ContractError, Files, Place, defect
from bai_wx.contract.kept import keep, kept
from bai_wx.contract.spec import MAX_BODY

CONTRACT_ROOT = Path(__file__).resolve().parents[2] / "spec" / "openapi-wx.yaml"


def load(root: Path = CONTRACT_ROOT, *, cache: Path | None = None) -> dict[str, Any]:
    """Return the bundled, validated contract.

    Args: `root` is the root YAML; `cache` a directory that keeps the last bundle found valid, so that a
        start with an unchanged contract neither makes it nor validates it again.
    Raises: `ContractError` for any defect; its message names the file and the JSON pointer.
    """
    bundle = None if cache is None else kept(cache, root)
    return read(root, cache=cache).bundle if bundle is None else bundle


def read(root: Path = CONTRACT_ROOT, *, cache: Path | None = None) -> Contract:
    """`load`, with the bundler that made the bundle."""
    bundler = Bundler(Files(), Place(root))
    bundle = bundler.bundle()
    _check_operation_ids(bundle, bundler)
    _check_body_limits(bundle, bundler)
    _name_controllers(bundle, bundler)
    if cache is None:
        _validate(bundle, bundler)
    elif kept(cache, root) != bundle:
        _validate_apart(bundle, bundler)
        keep(cache, root, bundler.files.read, bundle)
    return Contract(bundle, bundler)


def operations(bundle: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of a bundle as path, lower-case method and operation object."""
    for path, item in bundle["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


def published(bundle: dict[str, Any]) -> dict[str, Any]:
    """The bundle as clients see it, without what only our loader and resolver need."""
    paths = {
        path: {
            key: {k: v for k, v in part.items() if k != CONTROLLER}
            if isinstance(part, dict)
            else part
            for key, part in item.items()
        }
        for path, item in bundle["paths"].items()
    }
    return {**bundle, "paths": paths}


def _check_operation_ids(bundle: Mapping[str, Any], bundler: Bundler) -> None:
    """Every operation has an id, and no id is given twice."""
    _check_mappings(bundle, bundler)
    seen: dict[str, Place] = {}
    for path, method, operation in operations(bundle):
        place = bundler.source_of(("paths", path, method))
        name = operation.get("operationId")
        if not isinstance(name, str):
            raise defect(place, f"{method.upper()} {path} has no operationId")
        if name in seen:
            raise defect(place, f"operationId {name!r} is already taken by {seen[name]}")
        seen[name] = place


def _check_body_limits(bundle: Mapping[str, Any], bundler: Bundler) -> None:
    """Every operation with a body says how many bytes it may have."""
    for path, method, operation in operations(bundle):
        if "requestBody" in operation and MAX_BODY not in operation:
            place = bundler.source_of(("paths", path, method))
            raise defect(place, f"{method.upper()} {path} has a body and no {MAX_BODY}")


def _name_controllers(bundle: Mapping[str, Any], bundler: Bundler) -> None:
    """Tell the resolver which module serves an operation: wechat-auth.yaml is `wechat_auth`."""
    for path, method, operation in operations(bundle):
        file = bundler.source_of(("paths", path, method)).file
        operation.setdefault(CONTROLLER, f"handlers.{file.stem.replace('-', '_')}")


def _check_mappings(bundle: Mapping[str, Any], bundler: Bundler) -> None:
    """Whatever holds operations, and every operation, is a mapping."""
    if not isinstance(bundle.get("paths"), dict):
        raise defect(bundler.root / "paths", "must be a mapping")
    for path, item in bundle["paths"].items():
        if not isinstance(item, dict):
            raise defect(bundler.source_of(("paths", path)), "must be a mapping")
        for method in METHODS:
            if not isinstance(item.get(method, {}), dict):
                raise defect(bundler.source_of(("paths", path, method)), "must be a mapping")


def _validate(bundle: dict[str, Any], bundler: Bundler) -> None:
    # Imported here: it takes longer than all of the rest, and most starts do not need it.
    from bai_wx.contract import extensions, openapi

    openapi.validate(bundle, bundler)
    extensions.check(bundle, bundler)


def _validate_apart(bundle: dict[str, Any], bundler: Bundler) -> None:
    """The same in a child: what it takes, 11 MiB, is not for every worker to inherit."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        said = ""
        try:
            _validate(bundle, bundler)
        except ContractError as defect:
            said = str(defect)
        except BaseException as problem:
            said = f"it could not be validated: {problem!r}"
        finally:  # whatever it is, this is no second server
            try:
                os.write(writing, said.encode(errors="replace"))
            finally:
                os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    with suppress(
        ChildProcessError
    ):  # whoever started us may have told the kernel to reap children
        os.waitpid(pid, 0)
    if said:
        raise ContractError(said)


def operations_of(bundle: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation object of the bundle."""
    for item in bundle["paths"].values():
        for part in item.values():
            if isinstance(part, dict) and "operationId" in part:
                yield part

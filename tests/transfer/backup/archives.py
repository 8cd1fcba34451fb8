"""A real backup of a small shop, taken apart and put together again in other ways."""

import hashlib
import io
import tarfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from bai_wx.database.connection import connect, disconnect
from bai_wx.files.store import FileStore
from bai_wx.process import schema
from bai_wx.transfer.backup.making import Shop, make
from bai_wx.transfer.backup.targets import target_of

Part = tuple[tarfile.TarInfo, bytes]


def quiet(what: str, count: int) -> None:
    """Hear of the progress, and say nothing."""


@cache
def backup() -> bytes:
    """The archive of a shop without rows and with two files."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        files = FileStore.at(f"{folder}/files")
        files.put("tbl_attachments", "picture00000001", "a_0123456789.png", b"\x89PNG" * 5_000)
        files.put("tbl_attachments", "picture00000002", "b_0123456789.png", b"")
        chosen = connect(f"sqlite:///{folder}/shop.db")
        schema.migrate(chosen)
        shop = Shop("1.0", f"sqlite:///{folder}/shop.db", root / "shop.db", files)
        make(shop, target_of(f"{folder}/shop.tar", root, ""), keep=None, tell=quiet)
        disconnect()
        return (root / "shop.tar").read_bytes()


def parts() -> list[Part]:
    """Its entries."""
    with tarfile.open(fileobj=io.BytesIO(backup())) as tar:
        return [(info, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr]


def archive(entries: Iterable[Part]) -> bytes:
    """An archive of these entries."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in entries:
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data))
    return written.getvalue()


def entry(name: str, data: bytes = b"x", **how: Any) -> Part:
    """An entry of any name and kind."""
    info = tarfile.TarInfo(name)
    for key, value in how.items():
        setattr(info, key, value)
    return info, data


def with_entry(part: Part) -> bytes:
    """The backup with one entry more, before its manifest."""
    entries = parts()
    return archive([*entries[:2], part, *entries[2:]])


def with_content(name: str, data: bytes) -> bytes:
    """The backup with another content of one entry."""
    return archive((info, data if info.name == name else old) for info, old in parts())


def with_manifest(**changed: Any) -> bytes:
    """The backup with a manifest that says something else, and the checksum of that."""
    said = {info.name: data for info, data in parts()}
    manifest = orjson.dumps({**orjson.loads(said["manifest.json"]), **changed})
    said["manifest.json"] = manifest
    said["manifest.sha256"] = hashlib.sha256(manifest).hexdigest().encode()
    return archive((info, said[info.name]) for info, _ in parts())

"""The files of an import while they are on the server: they come in pieces, and are kept until the next ones.

A browser sends pieces of a few megabytes, one after the other: no request is larger than the console's bound,
none takes longer than an answer may, and the page knows how far it is. The files lie in a folder of this
process that nobody else may read; it goes with the process.
"""

import atexit
import hashlib
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

PIECE_BYTES: Final = 4 * 1024 * 1024
"""The largest piece."""
FREE_BYTES: Final = 256 * 1024 * 1024
"""So much of the disk is left to everything else."""
MOST_KEPT: Final = 8
"""Uploads that are kept; the one that was not touched for the longest goes."""
ABANDONED_S: Final = 24 * 3600
PREFIX: Final = "bai-wx-import-"
NAMED: Final = re.compile(r"[a-z0-9]{8,32}")
SUFFIXES: Final = frozenset({".xlsx", ".csv", ".jsonl"})


class Part(StrEnum):
    """The files of an upload."""

    TABLE = "table"
    PICTURES = "pictures"


MOST_BYTES: Final[Mapping[Part, int]] = {
    Part.TABLE: 128 * 1024 * 1024,
    Part.PICTURES: 1024 * 1024 * 1024,
}


class Refused(Exception):
    """A piece is not taken. The two texts say why, in Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.texts = (chinese, english)


@dataclass
class Upload:
    """The files of one import: their names as they were given, and where they lie."""

    id: str
    owner: str
    folder: Path
    names: dict[Part, str] = field(default_factory=dict)
    files: dict[Part, Path] = field(default_factory=dict)
    touched: float = field(default_factory=time.monotonic)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the table, as 64 hexadecimal digits."""
        with self.files[Part.TABLE].open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


class Uploads:
    """The uploads of this process, by the id that the browser has chosen for each."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._kept: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def add(
        self, upload_id: str, owner: str, part: str, name: str, offset: int, piece: bytes
    ) -> int:
        """Append a piece to a file. Returns: the file's bytes so far. Raises: `Refused`.

        `owner` is the operator's id: nobody adds to another's. `offset` is how much of the file came before; a
        piece that came already is passed over, so that one whose answer was lost can be sent again.
        """
        with self._lock:
            upload = self._upload(upload_id, owner)
            path = _file(upload, part, name)
            upload.touched = time.monotonic()
            with path.open("ab") as file:
                there = file.tell()
                if there == offset + len(piece):
                    return there
                if there != offset:
                    raise Refused(
                        "上传中断，请重新选择文件", "The upload broke off; choose the file again."
                    )
                _refuse_too_large(Part(part), offset + len(piece), self._folder)
                file.write(piece)
                return there + len(piece)

    def find(self, upload_id: str, owner: str) -> Upload | None:
        """The upload of this operator whose table is there."""
        with self._lock:
            found = self._kept.get(upload_id)
            is_whole = found is not None and found.owner == owner and Part.TABLE in found.files
            return found if is_whole else None

    def drop(self, upload_id: str) -> None:
        """Remove the files of an upload."""
        with self._lock:
            self._drop(upload_id)

    def _upload(self, upload_id: str, owner: str) -> Upload:
        found = self._kept.get(upload_id)
        if found is None:
            if not NAMED.fullmatch(upload_id):
                raise Refused("上传编号有误", "The id of the upload cannot be read.")
            while len(self._kept) >= MOST_KEPT:
                self._drop(min(self._kept.values(), key=lambda each: each.touched).id)
            folder = self._home() / upload_id
            folder.mkdir(mode=0o700)
            found = self._kept[upload_id] = Upload(upload_id, owner, folder)
        if found.owner != owner:
            raise Refused("上传编号有误", "The id of the upload cannot be read.")
        return found

    def _drop(self, upload_id: str) -> None:
        found = self._kept.pop(upload_id, None)
        if found is not None:
            shutil.rmtree(found.folder, ignore_errors=True)

    def _home(self) -> Path:
        if self._folder is None:
            _clean()
            self._folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder


def _file(upload: Upload, part: str, name: str) -> Path:
    """Where a file of the upload lies. Its own name says its kind and nothing else."""
    if part not in MOST_BYTES:
        raise Refused("文件种类有误", "There is no such file of an import.")
    if part not in upload.files:
        suffix = Path(name).suffix.lower()
        if part == Part.TABLE and suffix not in SUFFIXES:
            raise Refused(
                "请选择 Excel（.xlsx）、CSV（.csv）或 JSON Lines（.jsonl）文件；旧的 .xls 请先另存为 .xlsx",
                "Choose an Excel (.xlsx), CSV (.csv) or JSON Lines (.jsonl) file; save an .xls as .xlsx first.",
            )
        if part == Part.PICTURES and suffix != ".zip":
            raise Refused("图片请打包为 .zip 文件", "Put the pictures into a .zip file.")
        upload.names[Part(part)] = name
        upload.files[Part(part)] = upload.folder / f"{part}{suffix}"
    return upload.files[Part(part)]


def _refuse_too_large(part: Part, size: int, folder: Path | None) -> None:
    if size > MOST_BYTES[part]:
        most = MOST_BYTES[part] // 1024**2
        raise Refused(
            f"文件过大，最多 {most} MB", f"The file is too large; at most {most} MB are taken."
        )
    if shutil.disk_usage(folder or tempfile.gettempdir()).free < FREE_BYTES + PIECE_BYTES:
        raise Refused("服务器磁盘空间不足", "The server's disk is full.")


def _clean() -> None:
    """Remove what processes of ours that were killed have left behind."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            found = left.lstat()
        except OSError:
            continue
        is_old = time.time() - found.st_mtime > ABANDONED_S
        if found.st_uid == os.getuid() and is_old and left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)

"""Pictures by their file names, from a zip or a folder."""

import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Final, Self

from bai_wx.transfer.sheets import archives
from bai_wx.transfer.sheets.archives import UTF8_NAME, Limits
from bai_wx.transfer.sheets.table import refusal

LIMITS: Final = Limits(entries=120_000, unpacked=64 * 1024**3, ratio=200)
MAX_PICTURE: Final = 64 * 1024 * 1024
"""Bytes. What an upload may have is less, and is checked where the attachment is made."""
_NOT_PICTURES: Final = ("__MACOSX/",)

Reader = Callable[[], bytes]


class PictureRefused(Exception):
    """A name leads to several pictures, or to one that cannot be read. `texts` are Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.texts = chinese, english


class Pictures:
    """The pictures of a zip or a folder. A context manager: it holds the archive open."""

    def __init__(self, found: Iterator[tuple[str, int, Reader]], stack: ExitStack) -> None:
        self._stack = stack
        self._by_name: dict[str, list[tuple[str, int, Reader]]] = defaultdict(list)
        for path, size, read in found:
            for key in _keys(path):
                self._by_name[key].append((path, size, read))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a zip or a folder. Raises: `TableRefused` for what is none, or is larger than it may be."""
        with ExitStack() as stack:
            if path.is_dir():
                return cls(_in_folder(path), stack.pop_all())
            if not zipfile.is_zipfile(path):
                raise refusal("图片文件不是 zip 压缩包", "The pictures are no zip archive.")
            archive = stack.enter_context(archives.opened(path, LIMITS))
            return cls(_in_zip(archive), stack.pop_all())

    @property
    def names(self) -> list[str]:
        """The paths of the pictures in the zip or the folder."""
        return sorted({path for found in self._by_name.values() for path, _, _ in found})

    def find(self, name: str) -> bytes | None:
        """The content of the picture of this name, None where there is none.

        Case does not matter; folders and the suffix may be left out where one picture alone is meant.
        Raises: `PictureRefused` for a name of several, and for a picture that is damaged or too large.
        """
        found = self._one(name)
        if found is None:
            return None
        path, size, read = found
        if size > MAX_PICTURE:
            raise PictureRefused(f"图片“{path}”过大", f"The picture “{path}” is too large.")
        try:
            return read()
        except archives.BROKEN as exc:
            raise PictureRefused(
                f"图片“{path}”已损坏", f"The picture “{path}” is damaged: {exc}."
            ) from exc

    def own_name(self, name: str) -> str:
        """The file name of the picture that a name leads to; the name itself where there is none.

        Raises: as `find`.
        """
        found = self._one(name)
        return PurePosixPath(found[0]).name if found else name

    def _one(self, name: str) -> tuple[str, int, Reader] | None:
        found = self._by_name.get(_plain(name), [])
        if len(found) > 1:
            paths = "、".join(path for path, _, _ in found[:3])
            raise PictureRefused(
                f"有多个名为“{name}”的图片：{paths}",
                f"Several pictures are called “{name}”: {paths}.",
            )
        return found[0] if found else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the archive."""
        self._stack.close()


def _keys(path: str) -> set[str]:
    """The names a picture is found by: its path, its own name, and that without the suffix."""
    whole = PurePosixPath(_plain(path))
    return {str(whole), whole.name, whole.stem}


def _plain(name: str) -> str:
    """A name without what differs between systems: case, composed characters, the slash."""
    composed = unicodedata.normalize("NFC", name.strip()).casefold()
    return composed.replace("\\", "/").removeprefix("./").lstrip("/")


def _in_folder(folder: Path) -> Iterator[tuple[str, int, Reader]]:
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number >= LIMITS.entries:
            raise refusal("文件夹内的文件过多", f"{folder} holds more than {LIMITS.entries} files.")
        if path.is_file() and not path.is_symlink() and _is_shown(path.name):
            yield path.relative_to(folder).as_posix(), path.stat().st_size, path.read_bytes


def _in_zip(archive: zipfile.ZipFile) -> Iterator[tuple[str, int, Reader]]:
    for info in archive.infolist():
        name = _name(info)
        is_picture = not info.is_dir() and not name.startswith(_NOT_PICTURES)
        if is_picture and _is_shown(PurePosixPath(name).name):
            yield name, info.file_size, partial(archive.read, info)


def _is_shown(name: str) -> bool:
    return bool(name) and not name.startswith(".")


def _name(info: zipfile.ZipInfo) -> str:
    """The name of an entry. Windows in China writes it in GBK and macOS in UTF-8, and neither says so."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        data = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
